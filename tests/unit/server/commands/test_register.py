"""The command line: what each command takes, says and ends with."""

from __future__ import annotations

import gc
import sys
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from server import main
from server.audit.commands import app as audit_app
from server.errors import PortInUse, StoreError
from server.ops.logging import LogCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config import Facility

RUNNER = CliRunner(env={"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "200"})


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def quiet(level: str) -> LogCounts:
    """Leave the logging of the tests as it is."""
    return LogCounts()


def test_help_tells_the_commands() -> None:
    result = RUNNER.invoke(main.app, ["--help"])
    assert result.exit_code == 0
    assert "serve" in result.stdout
    assert "load" in result.stdout
    assert "why" in result.stdout


def test_help_of_serve_tells_options_and_exit_statuses() -> None:
    result = RUNNER.invoke(main.app, ["serve", "--help"])
    assert result.exit_code == 0
    for word in (
        "--facility",
        "--host",
        "--http-port",
        "--world-port",
        "--admin-port",
        "--world-url",
        "--store",
        "ready",
        "SIGTERM",
    ):
        assert word in result.stdout


COMMANDS: tuple[list[str], ...] = (
    *([], ["serve"], ["check"], ["invite"], ["revoke"], ["why"], ["backup"], ["restore"]),
    *(["audit"], ["audit", "verify"], ["audit", "export"], ["audit", "subject"], ["audit", "erase"]),
    *(["load"], ["load", "motion"], ["load", "schema"]),
)


def test_every_command_has_its_page_looked_at() -> None:
    here, audit = (typer.main.get_command(each) for each in (main.app, audit_app))
    names = {("load",), ("load", "motion"), ("load", "schema"), ()}
    names |= {(name,) for name in getattr(here, "commands", {})}
    names |= {("audit", name) for name in getattr(audit, "commands", {})}
    assert names == set(map(tuple, COMMANDS))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_page_of_help_fills_its_lines_and_cuts_nothing_off(command: list[str], width: int) -> None:
    result = RUNNER.invoke(main.app, [*command, "--help"], env={"COLUMNS": str(width)})
    assert result.exit_code == 0
    page = result.stdout
    assert "..." not in page.replace("COMMAND [ARGS]...", "")
    assert not set("\u2026\u2502") & set(page), "something is cut off, or in a box"
    assert max(map(len, page.splitlines())) <= width
    prose = page.partition("Options:")[0].partition("Arguments:")[0].partition("\n")[2]
    filled = max(map(len, prose.splitlines()))
    for paragraph in prose.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line.strip()]
        for line, after in pairwise(lines):
            assert len(line) + 1 + len(after.split()[0]) > filled, (line, after)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--facility", "none.toml"], "none.toml: file: expected a facility file that can be read"),
        (["--admin-port", "-2"], "command line: --admin-port: expected int >= -1, got -2"),
        (["--http-port", "70000"], "command line: --http-port: expected int <= 65535, got 70000"),
        (["--world-url", "http://x"], "command line: --world-url: expected an address such as wss://"),
    ],
)
def test_a_wrong_facility_or_option_is_one_line_and_status_2(options: list[str], line: str) -> None:
    result = RUNNER.invoke(main.app, ["serve", *options])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_an_unknown_log_level_is_status_2() -> None:
    result = RUNNER.invoke(main.app, ["serve", "--log-level", "loud"])
    assert result.exit_code == 2
    assert "debug, info, warning, error" in result.stderr


def test_serve_runs_with_the_options_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Facility] = []

    async def run(facility: Facility, logs: LogCounts, announce: object) -> None:
        seen.append(facility)
        assert announce is typer.echo

    monkeypatch.setattr(main, "run", run)
    monkeypatch.setattr(main, "configure_logging", quiet)
    result = RUNNER.invoke(main.app, ["serve", "--host", "192.0.2.7", "--store", "x.sqlite3"])
    assert result.exit_code == 0
    (server,) = (facility.settings.server for facility in seen)
    assert (server.host, server.http_port, server.store) == ("192.0.2.7", 8080, "x.sqlite3")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PortInUse("127.0.0.1", 80, "address already in use"), "cannot listen on 127.0.0.1:80: address already in use"),
        (StoreError("store.sqlite3: expected a SQLite file"), "store.sqlite3: expected a SQLite file"),
    ],
)
def test_what_keeps_the_server_from_starting_is_one_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, error: Exception, line: str
) -> None:
    async def run(facility: Facility, logs: LogCounts, announce: object) -> None:
        raise error

    monkeypatch.setattr(main, "run", run)
    monkeypatch.setattr(main, "configure_logging", quiet)
    result = RUNNER.invoke(main.app, ["serve"])
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", line + "\n")


def test_load_hands_its_arguments_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], str]] = []
    stub = ModuleType("loadtest.cli")
    stub.app = lambda arguments, prog_name: seen.append((arguments, prog_name))  # type: ignore[attr-defined]  # a stub
    monkeypatch.setitem(sys.modules, "loadtest.cli", stub)
    result = RUNNER.invoke(main.app, ["load", "--avatars", "5", "--help"])
    assert result.exit_code == 0
    assert seen == [(["--avatars", "5", "--help"], "polyclinic load")]
