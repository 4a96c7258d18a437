"""The command line: what holds is said with status 0, what does not with status 1 and its place."""

import errno
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.audit import commands
from server.audit.commands import app
from server.audit.log import KEY_FILE, SUBJECT_FILE, Log
from server.audit.subjects import Subjects
from server.audit.verify import CHECKPOINT_FILE, LOG_FILE
from server.audit.writer import AuditWriter
from server.world.auditing import Action, AuditEvent
from tests.support.audit import BEGAN, lines_of, offset, some_record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "audit"
    writer = AuditWriter(Log.open(folder, BEGAN), Subjects(folder / SUBJECT_FILE))
    writer.record(AuditEvent(action=Action.JOINED, subject="ann", room="lobby"))
    writer.record(AuditEvent(action=Action.SIGHT_BEGAN, subject="bo", about=("ann",)))
    writer.record(AuditEvent(action=Action.EMERGENCY_BEGAN, subject="bo", purpose="break_glass", text="no answer"))
    writer.close()
    return folder


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_what_holds(folder: Path) -> None:
    status, said, _ = run("verify", folder, "--witness", folder / CHECKPOINT_FILE)
    assert status == 0
    assert said.startswith("4 records, ")
    assert said.endswith("the witness saw 4 records, the same\n")


def test_a_witness_that_is_behind_says_how_far(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "witness").write_bytes(lines_of(folder, CHECKPOINT_FILE)[0])
    status, said, _ = run("verify", folder, "--witness", tmp_path / "witness")
    assert status == 0
    assert said.endswith("the witness saw 1 records, the same; it has not seen the 3 that were signed since\n")


def test_a_witness_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    status, _, error = run("verify", folder, "--witness", tmp_path / "none")
    assert (status, error) == (2, f"{tmp_path / 'none'}: cannot be opened: No such file or directory\n")


def test_what_is_no_regular_file_is_named_and_not_read(folder: Path) -> None:
    status, _, error = run("verify", folder, "--live", "--witness", "/dev/zero")
    assert (status, error) == (2, "/dev/zero: cannot be opened: expected a regular file, got a device\n")
    (folder / LOG_FILE).unlink()
    os.mkfifo(folder / LOG_FILE)
    status, _, error = run("verify", folder)
    assert (status, error) == (2, f"{folder / LOG_FILE}: cannot be opened: expected a regular file, got a pipe\n")


def test_what_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A file of somebody else's; the tests may run as who may read any.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder / LOG_FILE))

    monkeypatch.setattr(commands, "verify", refuse)
    told = f"{folder / LOG_FILE}: cannot be opened: Permission denied\n"
    assert run("verify", folder) == (2, "", told)
    assert run("export", folder) == (2, "", told)


def test_an_export_that_nobody_takes_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(commands, "_export", full)
    assert run("export", folder) == (2, "", "standard output: cannot be written: No space left on device\n")


def test_what_does_not_hold_is_placed(folder: Path) -> None:
    lines = lines_of(folder)
    (folder / LOG_FILE).write_bytes(b"".join(lines).replace(b"lobby", b"ward5"))
    status, _, error = run("verify", folder)
    assert status == 1
    assert error.startswith(f"log: record 1, byte {offset(lines, 1)}: the hash")
    assert run("export", folder)[0] == 1


def test_a_log_that_ends_unsigned_is_good_only_of_a_running_server(folder: Path) -> None:
    log = Log.open(folder, BEGAN)
    log.append([some_record(log.size)])
    log.close()
    assert run("verify", folder)[0] == 1
    status, said, _ = run("verify", folder, "--live")
    assert status == 0
    assert "1 records not signed yet" in said


def test_export(folder: Path) -> None:
    status, said, _ = run("export", folder, "--site", "https://clinic.example")
    events = [json.loads(line) for line in said.splitlines()]
    assert status == 0
    # Those four, that the log was opened, and this export.
    assert [event["resourceType"] for event in events] == ["AuditEvent"] * 6
    assert events[-1]["subtype"][1]["code"] == "audit_exported"
    assert "no answer" not in said
    _, said, _ = run("export", folder, "--words")
    assert "no answer" in said


def test_export_of_one_subject(folder: Path) -> None:
    status, said, _ = run("export", folder, "--subject", "ann")
    # One of them is this export: what is handed over about somebody is about them.
    assert (status, len(said.splitlines())) == (0, 3)
    assert run("export", folder, "--subject", "cy")[0] == 1
    # Whose keys are looked for, theirs open nothing that was not asked for.
    assert "no answer" not in run("export", folder, "--subject", "bo")[1]
    assert "no answer" in run("export", folder, "--subject", "bo", "--words")[1]


def test_a_copy_is_exported_and_says_that_it_is_written_down_nowhere(folder: Path) -> None:
    (folder / KEY_FILE).unlink()
    before = lines_of(folder)
    status, said, error = run("export", folder)
    assert (status, len(said.splitlines()), lines_of(folder)) == (0, 4, before)
    assert error == f"{folder}: is a copy, without the key that signs it: this export is written down nowhere\n"


def test_a_record_that_a_running_server_has_begun_is_not_exported_yet(folder: Path) -> None:
    (folder / KEY_FILE).unlink()
    with (folder / LOG_FILE).open("ab") as file:
        file.write(b"0123")
    status, said, _ = run("export", folder)
    assert (status, len(said.splitlines())) == (0, 4)


def test_nothing_is_exported_that_cannot_be_written_down(folder: Path) -> None:
    (folder / SUBJECT_FILE).write_bytes(b"no database at all, but longer than a header is" * 10)
    status, said, error = run("export", folder)
    assert (status, said) == (1, "")
    assert error.startswith("nothing was done, because it cannot be written down: ")


def test_files_that_are_not_there_or_do_not_serve(folder: Path, tmp_path: Path) -> None:
    assert run("export", folder / "nowhere", "--words")[2].startswith(f"{folder / 'nowhere'}: no audit log is here")
    assert run("verify", folder / "nowhere")[0] == 2
    (folder / SUBJECT_FILE).write_bytes(b"no database at all, but longer than a header is" * 10)
    assert "expected the key store" in run("export", folder, "--words")[2]
