"""Private zones: of what an observer may not perceive there is no trace in what it is sent."""

from __future__ import annotations

import pytest

from protocol.codec import encode
from server.config import ObjectSettings, ZoneSettings
from server.config.rights import RightsSettings
from tests.support.rights import EVERYTHING, SMALL
from tests.support.rooms import Person, World

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
NEXT_BED = ZoneSettings(name="Next bed", box=((7.0, 0.0, -1.0), (9.0, 3.0, 1.0)), private=True)
DESK = ZoneSettings(name="Desk", box=((-6.0, 0.0, -1.0), (-4.0, 3.0, 1.0)))
DRIP = ObjectSettings(name="Drip canary-of-bed", kind="prop", model="drip", position=(5.0, 1.0, 0.0))


@pytest.fixture
def world() -> World:
    nurses = RightsSettings(roles=("clinician",), may=EVERYTHING, zones=("Bed",))
    return World(zones=[BED, NEXT_BED, DESK], rights=(SMALL[0], nurses))


def traces(observer: Person, entity: int, name: str) -> list[bytes]:
    """The frames and messages to an observer in which an entity's id or name occurs."""
    marks = (entity.to_bytes(4, "little"), name.encode())
    sent = [*observer.frames, *(encode(event) for event in observer.inbox.events if event.feature != "presence")]
    return [data for data in sent if any(mark in data for mark in marks)]


def test_who_is_in_a_private_zone_is_unseen_from_outside_and_sees_out(world: World) -> None:
    patient, visitor = world.join("Canary-Patient", x=5.0), world.join("Visitor", x=3.5)
    world.step(5)
    assert visitor.seen == set()
    assert patient.seen == {visitor.entity}
    assert traces(visitor, patient.entity, "Canary-Patient") == []


def test_an_outsiders_frames_are_the_same_whether_or_not_anybody_is_inside() -> None:
    def frames_of_visitor(*, occupied: bool) -> list[bytes]:
        world = World(zones=[BED])
        visitor = world.join("Visitor", x=3.5)
        patient = world.join("Patient", x=5.0)
        if not occupied:
            patient.leave()
        for turn in range(10):
            if occupied:
                patient.move(5.0 + turn / 20)
                patient.say("it hurts")
            world.step()
        return visitor.frames

    assert frames_of_visitor(occupied=True) == frames_of_visitor(occupied=False)


def test_granted_roles_see_into_the_zone(world: World) -> None:
    patient, nurse = world.join("Patient", x=5.0), world.join("Nurse", role="clinician", x=3.0)
    world.step()
    assert nurse.seen == {patient.entity}


def test_a_zone_that_no_right_names_is_for_those_inside(world: World) -> None:
    patient, nurse = world.join("Patient", x=8.0), world.join("Nurse", role="clinician", x=6.5)
    friend = world.join("Friend", x=7.5)
    world.step()
    assert patient.entity not in nurse.seen
    assert patient.entity in friend.seen


def test_two_private_zones_keep_from_each_other(world: World) -> None:
    one, other = world.join("Canary-One", x=5.0), world.join("Canary-Other", x=8.0)
    one.say("about one")
    other.say("about other")
    world.step(3)
    assert one.seen == other.seen == set()
    assert traces(one, other.entity, "Canary-Other") == traces(other, one.entity, "Canary-One") == []


def test_going_behind_the_curtain_is_one_leave_and_coming_out_one_enter(world: World) -> None:
    patient, visitor = world.join("Patient", x=3.0), world.join("Visitor")
    world.step(2)
    patient.move(5.0)
    world.step(5)
    assert (visitor.entered, visitor.left) == ([patient.entity], [patient.entity])
    seen_so_far = len(visitor.frames)
    for turn in range(10):
        patient.move(4.5 + turn / 10)
        world.step()
    assert {len(frame) for frame in visitor.frames[seen_so_far:]} == {5}
    patient.move(3.0)
    world.step(2)
    assert visitor.entered == [patient.entity] * 2
    assert visitor.seen == {patient.entity}


def test_going_in_shows_who_was_there(world: World) -> None:
    patient, friend = world.join("Patient", x=5.0), world.join("Friend", x=2.0)
    world.step()
    assert friend.seen == set()
    friend.move(4.5)
    world.step()
    assert friend.seen == {patient.entity}
    friend.move(2.0)
    world.step()
    assert friend.seen == set()
    assert friend.left == [patient.entity]


def test_what_happens_in_a_public_zone_is_for_all(world: World) -> None:
    clerk, visitor = world.join("Clerk", x=-5.0), world.join("Visitor")
    clerk.say("next please")
    world.step()
    assert visitor.seen == {clerk.entity}
    assert visitor.inbox.heard == ["next please"]


def test_objects_in_a_private_zone_are_private_too() -> None:
    world = World(zones=[BED], objects=[DRIP])
    visitor, nurse = world.join("Visitor", x=3.5), world.join("Nurse", role="clinician", x=3.0)
    world.step(3)
    assert visitor.seen_names == {"Nurse"}
    assert not any(b"canary-of-bed" in frame for frame in visitor.frames)
    assert "Drip canary-of-bed" in nurse.seen_names


def test_chat_reaches_only_perceivers(world: World) -> None:
    patient, friend = world.join("Patient", x=5.0), world.join("Friend", x=4.5)
    nurse, visitor = world.join("Nurse", role="clinician"), world.join("Visitor", x=3.9)
    patient.say("a secret")
    assert [person.inbox.heard for person in (patient, friend, nurse)] == [["a secret"]] * 3
    assert visitor.inbox.heard == []


def test_who_steps_out_to_speak_is_heard_and_who_steps_in_is_not(world: World) -> None:
    patient, visitor = world.join("Patient", x=5.0), world.join("Visitor")
    world.step()
    patient.move(3.0)
    patient.say("hello there")
    patient.move(5.0)
    patient.say("in private")
    assert visitor.inbox.heard == ["hello there"]
