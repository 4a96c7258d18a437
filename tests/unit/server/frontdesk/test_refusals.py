"""Who was refused what: by name where it is known who, by number else."""

import pytest

from server.errors import RoomFull, RoomUnknown
from server.frontdesk.refusals import Refusals
from server.identity.person import Person
from server.identity.refusals import Unauthenticated
from server.world.auditing import Action, AuditEvent
from tests.support.audit import Notebook

STAFF = Person(subject="account-1", account=True)
GUEST = Person(subject="guest-1")


class Desk:
    """Refusals and what they wrote."""

    def __init__(self) -> None:
        self.notebook = Notebook()
        self.refusals = Refusals(self.notebook)

    def refuse(self, person: Person | None, error: Exception, room: str = "") -> None:
        def ask() -> None:
            with self.refusals.noting(Action.TICKET_REFUSED, room) as attempt:
                attempt.person = person
                raise error

        with pytest.raises(type(error)):
            ask()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_who_is_known_is_written_down_each_time_with_the_room(desk: Desk) -> None:
    for _ in range(2):
        desk.refuse(STAFF, RoomFull(2), "ward")
    refused = AuditEvent(action=Action.TICKET_REFUSED, outcome="room_full", subject="account-1", room="ward")
    assert desk.notebook.events == [refused, refused]


def test_strangers_are_counted_and_written_down_once_in_a_while(desk: Desk) -> None:
    for person in (None, GUEST, GUEST):
        desk.refuse(person, RoomUnknown(), "ward")
    desk.refuse(None, Unauthenticated())
    assert desk.notebook.events == []
    desk.refusals.write(60.0)
    detail = {"room_unknown": 3, "unauthenticated": 1}
    assert desk.notebook.events == [AuditEvent(action=Action.STRANGERS_REFUSED, outcome="refused", detail=detail)]
    # Of a minute in which nobody was refused there is nothing to say.
    desk.refusals.write(120.0)
    assert len(desk.notebook.events) == 1


def test_what_is_done_and_faults_of_ours_are_no_refusals(desk: Desk) -> None:
    with desk.refusals.noting(Action.TICKET_REFUSED) as attempt:
        attempt.person = STAFF
    desk.refuse(STAFF, KeyError())
    desk.refusals.write(60.0)
    assert desk.notebook.events == []
