"""The command line, as it is called."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from loadtest.cli import app
from loadtest.report import decode
from tests.support.server_process import ROOT, ServerProcess

runner = CliRunner()


def test_a_test_without_errors_ends_with_zero_and_both_files(server: ServerProcess, tmp_path: Path) -> None:
    json_file, page = tmp_path / "out.json", tmp_path / "out.html"
    arguments = ["--server", server.http, "--avatars", "5", "--seconds", "1", "--room", "lobby"]
    result = runner.invoke(app, [*arguments, "--json", str(json_file), "--html", str(page)])
    assert result.exit_code == 0, result.output
    report = decode(json_file.read_bytes())
    assert (report.errors, report.avatars, report.motion) == (0, 5, "model and recordings")
    assert [row.device for row in report.motion_statistics] == ["head", "left", "right"]
    assert page.read_text().startswith("<!doctype html>")
    assert "0 errors" in result.output


def test_recorded_motion_is_named_in_report_and_page(server: ServerProcess, tmp_path: Path) -> None:
    t = np.arange(200) / 90
    np.savez(tmp_path / "a.npz", t=t, head=np.tile(np.array([0, 1.6, 0, 0, 0, 0, 1.0]), (200, 1)))
    page = tmp_path / "out.html"
    few = ["--server", server.http, "--avatars", "3", "--seconds", "1", "--room", "ward", "--hz", "20"]
    result = runner.invoke(app, [*few, "--traces", str(tmp_path), "--html", str(page)])
    assert result.exit_code == 0, result.output
    assert "motion from recordings" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--room", "cellar"], "room_unknown"),
        ([], "expected --room or --scenario"),
        (["--scenario", "picnic"], "picnic: no such scenario"),
        (["--room", "lobby", "--traces", "nowhere"], "nowhere: no such directory"),
        (["--room", "lobby", "--server", "ftp://x"], "--server wants an address like"),
        (["--room", "lobby", "--avatars", "2", "--seconds", "1", "--json", "/nowhere/x.json"], "cannot be written"),
        (["--room", "lobby", "--role", "king"], "role_unknown"),
    ],
)
def test_what_cannot_run_is_one_line_and_status_two(server: ServerProcess, arguments: list[str], says: str) -> None:
    address = [] if "--server" in arguments else ["--server", server.http]
    result = runner.invoke(app, ["--avatars", "2", *address, *arguments])
    assert result.exit_code == 2
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("load test: ")
    assert says in last


def test_a_server_that_is_not_there_is_one_line_and_status_two() -> None:
    result = runner.invoke(app, ["--server", "http://127.0.0.1:9", "--room", "lobby"])
    assert result.exit_code == 2
    assert result.stderr.strip().endswith("is it running?")


def test_motion_is_compared_in_a_page(tmp_path: Path) -> None:
    t = np.arange(200) / 90
    np.savez(tmp_path / "a.npz", t=t, head=np.tile(np.array([0, 1.6, 0, 0, 0, 0, 1.0]), (200, 1)))
    page = tmp_path / "motion.html"
    result = runner.invoke(app, ["motion", "--traces", str(tmp_path), "--html", str(page)])
    assert result.exit_code == 0, result.output
    assert "model, standing" in page.read_text()


def test_the_schema_of_the_report_is_printed() -> None:
    result = runner.invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.output)["$defs"]["Report"]


def test_the_help_names_the_scenarios_and_both_kinds_of_recordings() -> None:
    words = " ".join(re.sub(r"[│╭╮╰╯─]", " ", runner.invoke(app, ["--help"]).output).split())
    assert "arrivals, consultations, corner, handover, lecture, lobby, or a TOML file" in words
    assert ".npz and .motion.jsonl" in words


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "loadtest", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--avatars" in done.stdout
