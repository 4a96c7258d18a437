"""The command line's side; over a real server it is tested in tests/integration/identity."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.config import SAMPLE_FACILITY, SAMPLE_WORDS
from server.identity.subjects import SUBJECT_WORDS
from server.main import app

RUNNER = CliRunner()
SUBJECT = f"account-{'0' * 32}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([SUBJECT, "--admin", "http://127.0.0.1:1"], "no server answers"),
        ([SUBJECT, "--admin", "https://127.0.0.1:1"], "expected an address"),
        ([], "expected SUBJECT or --account"),
        ([SUBJECT, "--account", "ann"], "expected SUBJECT or --account"),
        (["ann@clinic.example"], "for a sub use --account"),
        (["--account", "ann"], "names no issuer"),
        (["--account", "ann", "--facility", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_refusal_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    done = RUNNER.invoke(app, ["revoke", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("1", "http://127.0.0.1:1: no server answers"),
        ("-1", "has no admin interface"),
        ("0", "name it by --admin"),
    ],
)
def test_the_server_is_asked_at_the_port_of_its_facility(port: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "facility.toml"
    shutil.copytree(SAMPLE_FACILITY.parent, tmp_path, dirs_exist_ok=True)
    sample = SAMPLE_FACILITY.read_text()
    assert "admin_port = 8082" in sample
    file.write_text(sample.replace("admin_port = 8082", f"admin_port = {port}"))
    for arguments in ([SUBJECT], [SUBJECT, "--admin", "http://127.0.0.1:9"]):
        done = RUNNER.invoke(app, ["revoke", *arguments, "--facility", str(file)])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert (words if len(arguments) == 1 else "http://127.0.0.1:9: no server answers") in done.stderr


def test_help_says_who_is_meant_as_its_text_does_and_no_path_of_this_machine() -> None:
    told = RUNNER.invoke(app, ["revoke", "--help"]).stdout
    assert "[SUBJECT]" in told
    assert f"[default: ({SAMPLE_WORDS})]" in " ".join(told.split())
    refused = RUNNER.invoke(app, ["revoke", "ann"])
    assert SUBJECT_WORDS in refused.stderr
