"""What holds in a room is watched: each case takes one guard of the world away, and what watches it has to notice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from protocol.ids import PROP_HEAD_REACH_MM
from server.features.presence import Presence
from server.features.presence.feature import Cohort
from server.features.props.feature import Props, _truth
from server.world.clearances import Clearances
from server.world.things import Things
from tests.scenario import test_masked_hands as masked_hands
from tests.support.rooms import World
from tests.unit.server.features.presence import test_feature as presence

if TYPE_CHECKING:
    from collections.abc import Callable

    from msgspec import Raw

    from protocol.messages import Millimetres
    from server.world.member import Member
    from server.world.things import Side, Thing

pytestmark = pytest.mark.unguarded


def forget_who_passes(cohort: Cohort, entity: int, _person: Raw) -> None:
    """Tell nobody of who came and left between two turns."""
    for readers in cohort._readers:
        if readers.joined.pop(entity, None) is None:
            readers.left.append(entity)


def reach_as_shown(things: Things, member: Member, position: Millimetres, hand: Side | None = None) -> bool:
    """Judge a reach by the body that others are shown."""
    return math.dist(things._interest.masked(member.slot)[2], position) <= PROP_HEAD_REACH_MM


def truth_for_all(props: Props, _member: Member, thing: Thing) -> object:
    """Tell everybody where a hand that holds something really is."""
    return _truth(thing, thing.facts, props.room.things.where(thing), thing.rotation)


def in_masks(check: Callable[[World], None]) -> Callable[[], None]:
    return lambda: check(masked_hands.masked_world())


def with_presence(check: Callable[[World], None]) -> Callable[[], None]:
    return lambda: check(World(features=(Presence,)))


CASES: dict[str, tuple[object, str, object, Callable[[], None]]] = {
    "who perceives a room for a moment is named": (
        Cohort,
        "note_left",
        forget_who_passes,
        with_presence(presence.test_everybody_is_told_of_who_came_and_left_between_two_turns),
    ),
    "a newcomer is told who was there": (
        Cohort,
        "note_left",
        forget_who_passes,
        with_presence(presence.test_a_newcomer_is_told_of_who_left_after_they_came_and_before_their_roster),
    ),
    "a grab is judged on the clear pose": (
        Things,
        "reaches",
        reach_as_shown,
        in_masks(masked_hands.test_a_grab_is_judged_on_the_clear_pose),
    ),
    "a masked reach takes nothing": (
        Things,
        "reaches",
        reach_as_shown,
        in_masks(masked_hands.test_a_masked_reach_takes_nothing),
    ),
    "what is held is drawn in the masked hand": (
        Clearances,
        "joined",
        lambda *_: None,
        in_masks(masked_hands.test_what_is_held_is_drawn_in_the_masked_hand),
    ),
    "an answer tells the place of a hand to its owner alone": (
        Props,
        "_truth",
        truth_for_all,
        in_masks(lambda world: masked_hands.test_no_answer_tells_another_where_the_hand_really_is(world, "observer")),
    ),
}
"""What is guarded: where the guard is, what stands there instead, and what must notice."""


@pytest.mark.parametrize("guarded", CASES)
def test_a_guard_that_is_gone_is_noticed(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, check = CASES[guarded]
    check()
    monkeypatch.setattr(where, name, instead)
    with pytest.raises(AssertionError):
        check()
