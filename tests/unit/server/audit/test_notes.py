from server.audit.notes import Note, encode, read_notes
from server.world.auditing import Action, AuditEvent


def test_a_note_is_read_as_the_event_it_tells() -> None:
    note = Note(time=7, action=Action.ERASURE, outcome="failed", about=("ann",), detail={"files": 2})
    event = AuditEvent(action=Action.ERASURE, outcome="failed", about=("ann",), detail={"files": 2})
    assert read_notes([(3, encode(note))]) == {3: (7, event)}


def test_what_is_no_note_is_left_where_it_is() -> None:
    good = encode(Note(time=7, action=Action.STORE_COPIED))
    for bad in (b"", b"{}", b'{"time":1,"action":"of_tomorrow"}', good[:-1] + b',"more":1}'):
        assert list(read_notes([(1, bad), (2, good)])) == [2]
