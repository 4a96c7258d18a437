"""Who is in a room."""

import pytest

from protocol.messages import Spawn
from server.world.member import Member, Participant
from server.world.rights import Standing
from tests.support.rooms import Inbox

ANN = Participant(entity=77, name="Ann", role="patient", avatar="robot", subject="ann@example.org")


def test_a_member_is_known_by_its_participants_entity() -> None:
    member = Member(ANN, Inbox(), 0, 0, 0, Spawn((0.0, 0.0, 0.0), 0.0), Standing(()))
    assert member.entity == 77
    assert not member.suspended


def test_members_are_themselves_and_not_what_they_say_of_themselves() -> None:
    inbox, spawn = Inbox(), Spawn((0.0, 0.0, 0.0), 0.0)
    first, second = (Member(ANN, inbox, 0, 0, 0, spawn, Standing(())) for _ in range(2))
    assert first != second
    assert len({first, second}) == 2


def test_who_somebody_is_does_not_change() -> None:
    with pytest.raises(AttributeError):
        ANN.name = "Bo"  # type: ignore[misc]  # that it cannot is the point
