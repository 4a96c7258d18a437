"""What operators do is in the log before it is done, by whoever writes the log; what cannot be is not done."""

from __future__ import annotations

import os
import pwd
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from server.audit import operators
from server.audit.export import to_fhir
from server.audit.log import SUBJECT_FILE, Log
from server.audit.operators import written_down
from server.audit.record import Record, decode
from server.audit.subjects import Subjects
from server.audit.verify import LOG_FILE, verify
from server.audit.writer import AuditWriter
from server.errors import AuditStartError, StoreError
from server.world.auditing import Action, AuditEvent
from tests.support.audit import BEGAN, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


@pytest.fixture
def server(folder: Path) -> Iterator[AuditWriter]:
    """A server that has the log open."""
    writer = AuditWriter(Log.open(folder, BEGAN), Subjects(folder / SUBJECT_FILE))
    yield writer
    if not writer._ended.is_set():
        writer.close()


def records(folder: Path) -> list[Record]:
    return [decode(line[65:-1]) for line in lines_of(folder)]


def told(folder: Path) -> list[tuple[str, str, object, object]]:
    of_operators = [record for record in records(folder) if "operator" in record.detail]
    return [
        (record.action, record.outcome, record.detail["stage"], record.detail["operator"]) for record in of_operators
    ]


def copy(folder: Path, *, about: tuple[str, ...] = ()) -> None:
    with written_down(folder, Action.STORE_COPIED, {"files": 1}, about=about) as detail:
        # It is there before anything is done.
        assert told(folder)[-1] == ("store_copied", "", "begun", ME)
        detail["bytes"] = 7


def test_a_command_opens_the_log_itself_while_no_server_has_it(folder: Path) -> None:
    copy(folder)
    assert told(folder) == [("store_copied", "", "begun", ME), ("store_copied", "", "ended", ME)]
    assert records(folder)[-1].detail | {"login": ""} == {
        "operator": ME, "login": "", "stage": "ended", "files": 1, "bytes": 7,
    }  # fmt: skip
    verify(folder)


def test_a_server_that_has_the_log_writes_what_a_command_leaves(folder: Path, server: AuditWriter) -> None:
    server.record(AuditEvent(action=Action.JOINED, subject="ann"))
    copy(folder, about=("ann",))
    assert told(folder) == [("store_copied", "", "begun", ME), ("store_copied", "", "ended", ME)]
    joined = next(record for record in records(folder) if record.action == "joined")
    assert records(folder)[-1].about == (joined.agent,)
    assert b"ann" not in (folder / LOG_FILE).read_bytes()
    server.close()
    verify(folder)
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        assert subjects.notes() == []


def test_how_it_failed_is_written_down(folder: Path) -> None:
    with pytest.raises(StoreError), written_down(folder, Action.STORE_RESTORED, {}):
        raise StoreError("no disk")
    with pytest.raises(KeyboardInterrupt), written_down(folder, Action.STORE_RESTORED, {}):
        raise KeyboardInterrupt
    assert [(outcome, stage) for _, outcome, stage, _ in told(folder)] == [
        ("", "begun"),
        ("store_unavailable", "ended"),
        ("", "begun"),
        ("failed", "ended"),
    ]


def never(folder: Path) -> str:
    with (
        pytest.raises(AuditStartError, match=r"^nothing was done, because it cannot be written down: ") as refused,
        written_down(folder, Action.ERASURE, {}),
    ):
        pytest.fail("it was done")
    return str(refused.value)


def test_a_server_that_cannot_write_any_more_has_the_command_refused(
    folder: Path, server: AuditWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators, "WAIT_SECONDS", 0.1)
    server._fail("the disk did not take it", None)
    assert "does not write it" in never(folder)
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        # Nothing that was not done is written later.
        assert subjects.notes() == []


def test_a_log_that_was_tampered_with_has_the_command_refused(folder: Path) -> None:
    copy(folder)
    log = folder / LOG_FILE
    log.write_bytes(log.read_bytes().replace(b'"bytes":7', b'"bytes":8'))
    assert "does not verify" in never(folder)


def test_an_end_that_cannot_be_written_is_told(folder: Path) -> None:
    with pytest.raises(AuditStartError, match=r"^it was done, and its end"), written_down(folder, Action.ERASURE, {}):
        (folder / LOG_FILE).write_bytes(b"")


def test_what_was_left_by_a_newer_program_stays_and_the_log_goes_on(folder: Path) -> None:
    copy(folder)
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        number = subjects.leave(b'{"time":1,"action":"of_tomorrow"}')
    copy(folder)
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        assert [each for each, _ in subjects.notes()] == [number]
    assert len(told(folder)) == 4
    verify(folder)


def test_who_is_erased_is_written_down_before_anything_else_happens(folder: Path, server: AuditWriter) -> None:
    server.record(AuditEvent(action=Action.JOINED, subject="ann"))
    server.record(AuditEvent(action=Action.LEFT, subject="ann"))
    copy(folder)
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        pseudonym = subjects.erase("ann")
    # Another note comes after it.
    copy(folder)
    (erased,) = [record for record in records(folder) if record.action == "subject_erased"]
    assert erased.about == (pseudonym,)


def test_a_facility_without_a_log_writes_nothing(folder: Path) -> None:
    with written_down(None, Action.STORE_COPIED, {}):
        pass
    assert not folder.exists()


def test_the_operator_is_the_one_who_asked_in_fhir(folder: Path) -> None:
    copy(folder)
    event = to_fhir(records(folder)[-1], log_id="0f" * 16, site="https://clinic.example")
    (asked,) = [agent for agent in event["agent"] if agent["requestor"]]
    assert asked["who"] == {"identifier": {"system": "urn:polyclinic:operator", "value": ME}}
    assert (event["type"]["code"], event["subtype"][0]["code"], event["action"]) == ("110106", "archive", "R")


def test_who_logged_in_is_told_beside_the_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (login := tmp_path / "loginuid").write_text("4123456")
    monkeypatch.setattr(operators, "_LOGIN_FILE", login)
    assert operators._operator() == {"operator": ME, "login": "uid 4123456"}
    login.write_text(str(0xFFFFFFFF))
    assert operators._operator() == {"operator": ME}


def test_a_key_store_that_does_not_serve_has_the_command_refused(
    folder: Path, server: AuditWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: Subjects, note: bytes) -> int:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Subjects, "leave", busy)
    assert "database is locked" in never(folder)
