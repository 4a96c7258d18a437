"""Who sees whom as they are, by the room's profile."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace as with_changes

from protocol.ids import StateFlag
from protocol.masking import SCALE_GREATEST, SCALE_KEPT, SCALE_LEAST, SCALE_ONE
from protocol.pose import Pose, encode_pose
from protocol.rights import Right
from protocol.state import AvatarState
from server.world.clearances import TEAMS_MAX, TooManyTeams
from server.world.member import Participant
from server.world.rights import Rights
from server.world.room import Room
from tests.support.rights import ONLY_CLINICIANS_CLEARED
from tests.support.rooms import HALL, Inbox, World, hall_settings

if TYPE_CHECKING:
    from tests.support.rooms import Person


RIGHTS = Rights(ONLY_CLINICIANS_CLEARED)


def hall(**changes: Any) -> World:
    return World(settings=with_changes(hall_settings(), **changes), rights=ONLY_CLINICIANS_CLEARED)


def sees_clear(observer: Person, subject: Person) -> bool:
    """Whether somebody is shown where their head is, not where a mask puts it."""
    observer.world.step()
    return observer.sees_at(subject.entity) == subject.position


def test_in_care_everybody_is_clear_to_all() -> None:
    world = hall()
    ann, bo = world.join("Ann"), world.join("Bo", "clinician")
    assert sees_clear(ann, bo)
    assert sees_clear(bo, ann)
    assert world.room.interest.circle_changes == 0


def test_in_a_group_staff_alone_see_people_as_they_are() -> None:
    world = hall(fidelity="group")
    ann, bo, cy = world.join("Ann"), world.join("Bo", "clinician"), world.join("Cy")
    assert not sees_clear(ann, bo)
    assert not sees_clear(ann, cy)
    assert sees_clear(bo, ann)


@pytest.mark.parametrize("profile", ["group", "sim"])
def test_who_may_is_cleared_while_it_may(profile: str) -> None:
    world = hall(fidelity=profile)
    ann, bo = world.join("Ann"), world.join("Bo", "clinician")
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=True)
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=False)
    assert sees_clear(bo, ann)
    world.room.withhold(bo.member, "test", frozenset({Right.CLEAR_MOTION}))
    assert not sees_clear(bo, ann)
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=True)
    assert sees_clear(bo, ann)
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=False)
    world.room.give_back(bo.member, "test")
    assert sees_clear(bo, ann)


def test_a_care_team_sees_its_own_patient_and_nobody_else() -> None:
    world = hall(fidelity="group")
    ann, bo, cy = world.join("Ann"), world.join("Bo"), world.join("Cy")
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=True)
    assert [sees_clear(bo, ann), sees_clear(cy, ann), sees_clear(bo, cy), sees_clear(ann, bo)] == [
        True,
        False,
        False,
        False,
    ]
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=False)
    assert not sees_clear(bo, ann)


def test_a_team_that_is_gone_clears_nobody_for_the_next() -> None:
    world = hall(fidelity="group")
    ann, bo, cy = world.join("Ann"), world.join("Bo"), world.join("Cy")
    world.room.privacy.clearances.let(ann.member, bo.member, cleared=True)
    ann.leave()
    world.room.privacy.clearances.let(cy.member, world.join("Dee").member, cleared=True)
    assert not sees_clear(bo, cy)


def test_teams_come_to_an_end() -> None:
    room = Room("hall", "Hall", replace(HALL, capacity=80), big_group(), rights=RIGHTS, random=Random(1), now=0.0)
    people = [room.join(Participant(room.new_entity(), "A", "patient", "plain", "s"), Inbox(), 0.0) for _ in range(70)]
    for member in people[1 : TEAMS_MAX + 1]:
        room.privacy.clearances.let(member, people[0], cleared=True)
    with pytest.raises(TooManyTeams):
        room.privacy.clearances.let(people[-1], people[0], cleared=True)
    room.leave(people[1], 0.0)
    room.privacy.clearances.let(people[-1], people[0], cleared=True)
    room.privacy.clearances.let(people[-2], people[0], cleared=False)


def big_group() -> Any:
    return with_changes(hall_settings(), fidelity="group")


def test_nobody_keeps_their_own_proportions() -> None:
    world = hall(fidelity="group", capacity=16)
    for seed in range(12):
        person = world.join(f"P{seed}")
        person.move(0.0, y=2.0)
        masked = world.room.interest.masked(person.member.slot)
        scale = masked[2][1] * SCALE_ONE / 2000
        assert SCALE_LEAST - 1 <= scale <= SCALE_GREATEST + 1
        assert not SCALE_KEPT[0] + 1 <= scale <= SCALE_KEPT[-1] - 1
    heights = {world.room.interest.masked(member.slot)[2][1] for member in world.room.members.values()}
    assert len(heights) > 6


def test_a_body_is_kept_over_a_lost_socket() -> None:
    world = hall(fidelity="group")
    ann = world.join("Ann")
    before = world.room.interest.masked(ann.member.slot)
    ann.suspend()
    ann.resume()
    assert world.room.interest.masked(ann.member.slot) == before


@pytest.mark.parametrize("shown", [True, False, None])
def test_fingers_are_the_rooms_to_show(shown: bool | None) -> None:
    world = hall(fidelity="group", masked_fingers=shown)
    ann = world.join("Ann")
    flags = StateFlag.HEAD | StateFlag.LEFT | StateFlag.LEFT_FINGERS
    pose = encode_pose(Pose(AvatarState(flags=flags, left_fingers=bytes([9] * 20)), 1, 0))
    world.room.table.apply_pose(ann.member.slot, pose, 0)
    masked = world.room.interest.masked(ann.member.slot)
    assert bool(masked[0] & StateFlag.LEFT_FINGERS) is bool(shown)
