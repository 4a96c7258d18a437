"""How the command line asks a running server, and what it says when none answers as one."""

from __future__ import annotations

import shutil
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from server.commands.admin_client import NoAnswer, ask_admin, refusal
from server.config import SAMPLE_FACILITY
from server.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNNER = CliRunner()

HOSTS = ("http://a b", "http://.x", f"http://{'a' * 64}.example", "http://\udcff")


class Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(self.headers["Content-Type"].encode() + b" " + self.path.encode() + b" " + said)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Write nothing."""


@pytest.fixture
def echo() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_request_has_its_body_as_json_and_no_proxy_of_the_environment(
    echo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask_admin(echo, "POST", "/v1/it", {"a": 1}) == (201, b'application/json /v1/it {"a":1}')


@pytest.mark.parametrize(
    "admin", ["127.0.0.1:8082", "https://127.0.0.1:8082", "http://:x", "http://[", "", "http://", *HOSTS]
)
def test_what_is_no_address_is_told(admin: str) -> None:
    with pytest.raises(NoAnswer, match="expected an address like"):
        ask_admin(admin, "GET", "/")


def test_no_server_is_told_in_a_line() -> None:
    with pytest.raises(NoAnswer, match=r"^http://127.0.0.1:9: no server answers \(Connection refused\)"):
        ask_admin("http://127.0.0.1:9", "GET", "/")


def test_a_refusal_is_told_in_the_servers_words_or_as_none_of_a_server() -> None:
    assert refusal("a", 404, b'{"code": "room_unknown", "detail": "no such room", "status": 404}') == "no such room"
    assert refusal("a", 502, b"<html>") == "a: status 502, which is no answer of a Polyclinic server"


@pytest.mark.parametrize(
    "command", [("invite",), ("why", "ann", "bo"), ("revoke", f"account-{'0' * 32}")], ids=lambda typed: typed[0]
)
@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("1", "http://127.0.0.1:1: no server answers"),
        ("-1", "has no admin interface"),
        ("0", "name it by --admin"),
    ],
)
def test_the_server_is_asked_at_the_port_of_its_facility(
    command: tuple[str, ...], port: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "facility.toml"
    shutil.copytree(SAMPLE_FACILITY.parent, tmp_path, dirs_exist_ok=True)
    sample = SAMPLE_FACILITY.read_text()
    assert "admin_port = 8082" in sample
    file.write_text(sample.replace("admin_port = 8082", f"admin_port = {port}"))
    for named, told in (((), words), (("--admin", "http://127.0.0.1:9"), "http://127.0.0.1:9: no server answers")):
        done = RUNNER.invoke(app, [*command, *named, "--facility", str(file)])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith(f"{command[0]}: ")
        assert told in done.stderr
