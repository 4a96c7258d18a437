"""Who is told that somebody is muted, where curtains hide people from each other."""

from __future__ import annotations

import pytest

from server.config import ZoneSettings
from server.features.chat import Chat
from server.features.moderation import Moderation
from server.features.moderation.telling import TELL_MOST, TELL_SECONDS
from server.features.presence import Presence
from tests.support.rooms import World
from tests.unit.server.features.moderation.test_feature import RIGHTS, ask, muted

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)


@pytest.fixture
def behind() -> World:
    return World(zones=(BED,), features=(Presence, Chat, Moderation), rights=RIGHTS)


def test_of_who_is_behind_a_curtain_those_are_told_who_may_look_in_and_others_when_they_come(behind: World) -> None:
    ann, bo, cy = behind.join("Ann", x=5.0), behind.join("Bo", x=5.5), behind.join("Cy")
    desk = behind.join("Desk", role="reception", x=5.0)
    behind.step()
    assert ask(desk, "mute", ann.entity) == ""
    late = behind.join("Late")
    behind.step(20)
    assert muted(ann) == muted(bo) == muted(desk) == [(ann.entity, True)]
    assert muted(cy) == muted(late) == []
    cy.move(5.0)
    behind.step(7)
    assert muted(cy) == [(ann.entity, True)]
    cy.move(0.0)
    behind.step(7)
    assert ask(desk, "unmute", ann.entity) == ""
    assert muted(bo)[1:] == [(ann.entity, False)]
    assert muted(cy)[1:] == muted(late) == []
    ann.move(0.0)
    behind.step(7)
    assert muted(cy)[1:] == [(ann.entity, False)]
    assert muted(late) == []


def test_who_mutes_somebody_unseen_is_told_the_same_whether_or_not_they_were_muted(behind: World) -> None:
    ann, near = behind.join("Ann", x=5.0), behind.join("Near", role="reception", x=5.0)
    desk, other = behind.join("Desk", role="reception"), behind.join("Other", role="reception")
    behind.step()
    assert ask(desk, "mute", ann.entity) == ""
    assert ask(other, "mute", ann.entity) == ""
    assert muted(desk) == muted(other) == [(ann.entity, True)]
    assert ask(near, "unmute", ann.entity) == ""
    assert ask(desk, "unmute", ann.entity) == ""
    assert muted(desk)[1:] == [(ann.entity, False)]
    assert muted(other)[1:] == []


def test_who_comes_where_many_are_muted_is_told_of_them_bit_by_bit() -> None:
    """All at once are more than a session may have unacknowledged: nobody could come in any more."""
    hall = World(features=(Presence, Chat, Moderation), rights=RIGHTS, capacity=3 * TELL_MOST)
    desk = hall.join("Desk", role="reception")
    crowd = [hall.join(f"Person {number}") for number in range(2 * TELL_MOST + 1)]
    for person in crowd:
        assert ask(desk, "mute", person.entity) == ""
    hall.step(int(TELL_SECONDS * hall.room.tick_hz) + 1, looking=False)
    late, told = hall.join("Late"), 0
    for _ in range(4):
        assert len(muted(late)) - told <= (2 if told else 1) * TELL_MOST
        told = len(muted(late))
        hall.step(int(TELL_SECONDS * hall.room.tick_hz) + 1, looking=False)
    assert sorted(muted(late)) == sorted((person.entity, True) for person in crowd)
    assert sorted(muted(crowd[0])) == sorted(muted(late))
