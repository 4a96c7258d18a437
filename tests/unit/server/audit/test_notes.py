import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.audit.log import SUBJECT_FILE
from server.audit.notes import Note, encode, read_notes
from server.audit.opening import open_writer
from server.audit.record import decode
from server.audit.subjects import NOTE_BYTES_MAX, Subjects
from server.audit.verify import verify
from server.world.auditing import Action, AuditEvent
from tests.support.audit import lines_of


def test_a_note_is_read_as_the_event_it_tells() -> None:
    note = Note(time=7, action=Action.ERASURE, outcome="failed", about=("ann",), detail={"files": 2})
    event = AuditEvent(action=Action.ERASURE, outcome="failed", about=("ann",), detail={"files": 2})
    assert read_notes([(3, encode(note))]) == {3: (7, event)}


def test_what_is_no_note_is_left_where_it_is() -> None:
    good = encode(Note(time=7, action=Action.STORE_COPIED))
    for bad in (b"", b"{}", b'{"time":1,"action":"of_tomorrow"}', good[:-1] + b',"more":1}'):
        assert list(read_notes([(1, bad), (2, good)])) == [2]


HOSTILE: dict[str, object] = {
    "a time that no calendar has": b'{"time":9223372036854775807000,"action":"erasure"}',
    "a time before 1970": b'{"time":-1,"action":"erasure"}',
    "a number of 400 digits": b'{"time":1,"action":"erasure","detail":{"a":' + b"9" * 400 + b"}}",
    "half a character": b'{"time":1,"action":"erasure","about":["\\ud800"]}',
    "longer than any note": b'{"time":1,"action":"erasure","detail":{"a":"' + b"x" * 4_096 + b'"}}',
    "a size for bytes()": 10**14,
    "text": '{"time":1,"action":"erasure"}',
    "a float": 9e999,
}
"""Bodies that somebody who may write into the key store can leave there."""


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_note_stays_and_the_log_goes_on_and_verifies(tmp_path: Path, body: object) -> None:
    folder = tmp_path / "audit"
    open_writer(folder).close()
    with closing(sqlite3.connect(folder / SUBJECT_FILE, isolation_level=None)) as keys:
        keys.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        keys.execute("INSERT INTO notes (body) VALUES (?)", (encode(Note(time=7, action=Action.STORE_COPIED)),))
        open_writer(folder).close()
        assert [number for (number,) in keys.execute("SELECT number FROM notes")] == [1]
    assert [decode(line[65:-1]).action for line in lines_of(folder)] == ["log_created", "log_opened", "store_copied"]
    verify(folder)


def test_the_longest_notes_are_lines_that_verify(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    open_writer(folder).close()
    head, end = b'{"time":1,"action":"erasure","about":[', b"]}"
    many = head + b",".join([b'""'] * ((NOTE_BYTES_MAX - len(head) - len(end)) // 3)) + end
    latest = encode(Note(time=2**63 - 1, action=Action.ERASURE, detail={"a": 2**63 - 1, "b": -(2**63)}))
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        for note in (many, latest):
            subjects.leave(note)
        open_writer(folder).close()
        assert subjects.notes() == []
    verify(folder)
