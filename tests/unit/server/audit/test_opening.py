"""A facility's auditor is put together from its settings."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.audit.log import SUBJECT_FILE
from server.audit.notes import Note, encode
from server.audit.opening import open_auditor, open_writer
from server.audit.verify import verify
from server.config.audit import AuditSettings
from server.errors import AuditStartError
from server.world.auditing import Action, AuditEvent
from tests.support.audit import lines_of


def test_it_stands_beside_the_store(tmp_path: Path) -> None:
    open_auditor(AuditSettings(witness=str(tmp_path / "witness")), str(tmp_path / "clinic.sqlite3")).close()
    assert verify(tmp_path / "clinic.audit").tree.size == 1


def test_what_a_witness_missed_of_runs_before_is_covered_by_what_it_gets_as_the_next_begins(tmp_path: Path) -> None:
    folder, witness = tmp_path / "audit", tmp_path / "elsewhere" / "checkpoints"
    for _ in range(2):
        writer = open_writer(folder, str(witness))
        assert writer.witness_behind == 1
        writer.record(AuditEvent(action=Action.JOINED))
        writer.close()
        assert writer.witness_behind == 2
    witness.parent.mkdir()
    open_writer(folder, str(witness)).close()
    assert witness.read_bytes() == lines_of(folder, "checkpoints")[-1]
    assert verify(folder, witness=witness).witnessed == verify(folder).tree.size == 5


def test_a_witness_has_the_checkpoint_of_a_log_that_is_made(tmp_path: Path) -> None:
    open_writer(tmp_path / "audit", str(tmp_path / "witness")).close()
    assert (tmp_path / "witness").read_bytes() == b"".join(lines_of(tmp_path / "audit", "checkpoints"))


def test_a_witness_that_cannot_be_reached_is_told_before_anything_happens(tmp_path: Path) -> None:
    with capture_logs() as told:
        open_writer(tmp_path / "audit", str(tmp_path / "nowhere" / "checkpoints")).close()
    assert [line["event"] for line in told] == ["audit_witness_unreachable"]


def test_a_key_store_that_is_none_is_told_and_the_log_is_let_go(tmp_path: Path) -> None:
    settings = AuditSettings(folder=str(tmp_path))
    (tmp_path / SUBJECT_FILE).write_bytes(b"no database at all, but longer than a header is" * 10)
    for _ in range(2):
        with pytest.raises(AuditStartError, match="expected the key store"):
            open_auditor(settings, "clinic.sqlite3")
    (tmp_path / SUBJECT_FILE).unlink()
    open_auditor(settings, "clinic.sqlite3").close()


def test_that_the_keys_of_a_log_with_records_were_lost_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / SUBJECT_FILE
    with capture_logs() as lines:
        for _ in range(2):
            open_writer(tmp_path).close()
    assert lines == []
    file.unlink()
    with capture_logs() as unlinked:
        open_writer(tmp_path).close()
    os.truncate(file, 0)
    with capture_logs() as emptied:
        for _ in range(2):
            open_writer(tmp_path).close()
    told = [(line["event"], line["log_level"], line["file"], line["count"]) for line in [*unlinked, *emptied]]
    assert told == [("subjects_made", "warning", file, 2), ("subjects_made", "warning", file, 3)]


def test_a_log_that_fails_as_it_is_opened_is_not_open(tmp_path: Path) -> None:
    open_writer(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / SUBJECT_FILE, isolation_level=None)) as keys:
        keys.execute("INSERT INTO notes (body) VALUES (?)", (encode(Note(time=7, action=Action.ERASURE)),))
        keys.execute("CREATE TRIGGER stays BEFORE DELETE ON notes BEGIN SELECT raise(ABORT, 'no'); END")
        for _ in range(2):
            with pytest.raises(AuditStartError, match="the audit log cannot be written"):
                open_writer(tmp_path)
        keys.execute("DROP TRIGGER stays")
    open_writer(tmp_path).close()
    verify(tmp_path)
