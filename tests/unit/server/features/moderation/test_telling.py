"""Who is told that somebody is muted, where curtains hide people from each other."""

from __future__ import annotations

import pytest

from server.config import ZoneSettings
from server.features.chat import Chat
from server.features.moderation import Moderation
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
