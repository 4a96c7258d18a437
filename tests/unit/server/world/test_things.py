"""Things: where they are and what is told of them; the rules are tested with the feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol.codec import decode_facts
from protocol.messages import ObjectFacts
from server.config import ZoneSettings
from tests.support.props import FEATURES, GRIP, UPRIGHT, hold_out, tablet, thing_of
from tests.support.rooms import World

if TYPE_CHECKING:
    from collections.abc import Callable

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)


@pytest.fixture
def world() -> World:
    return World(zones=[BED], objects=[tablet()], features=FEATURES)


def test_a_thing_stands_where_the_facility_has_it(world: World) -> None:
    thing = thing_of(world)
    assert world.room.things.placed == {thing.entity: thing}
    assert world.room.things.where(thing) == (400, 1000, 0)
    assert thing.facts == ObjectFacts(kind="prop", name="Tablet", model="tablet", grabbable=True)


def test_each_change_counts_on_and_only_a_new_holder_counts_as_one(world: World) -> None:
    things, thing = world.room.things, thing_of(world)
    ann = world.join("Ann")
    counts = []
    changes: tuple[Callable[[], None], ...] = (
        lambda: things.carry(thing, ann.member, "right", GRIP),
        lambda: things.offer(thing, offered=True),
        lambda: things.carry(thing, ann.member, "left", GRIP),
        lambda: things.put(thing, (0, 0, 0), UPRIGHT),
        lambda: things.put(thing, (1, 0, 0), UPRIGHT),
    )
    for change in changes:
        change()
        counts.append((thing.facts.ownership, thing.facts.authority))
    assert counts == [(1, 1), (1, 2), (1, 3), (2, 4), (2, 5)]
    assert (thing.facts.holder, thing.facts.hand, thing.facts.grip) == (0, "", ())


def test_what_is_told_is_what_is_known(world: World) -> None:
    thing, ann = thing_of(world), world.join("Ann", x=0.1)
    world.step()
    world.room.things.carry(thing, ann.member, "left", GRIP)
    world.step()
    (held,) = (held for held in ann.view.entities.values() if held.entity == thing.entity)
    assert decode_facts(held.facts) == thing.facts


def test_counts_wrap(world: World) -> None:
    thing, ann = thing_of(world), world.join("Ann")
    thing.facts = ObjectFacts(kind="prop", name="Tablet", model="tablet", ownership=2**32 - 1, authority=2**32 - 1)
    world.room.things.carry(thing, ann.member, "left", GRIP)
    assert (thing.facts.ownership, thing.facts.authority) == (0, 0)


def test_who_holds_on_to_eight_carries_all_the_same(world: World) -> None:
    thing, ann = thing_of(world), world.join("Ann")
    for number in range(8):
        world.room.interest.tie(ann.member.observer, world.join(f"Guest {number}").member.slot)
    world.room.things.carry(thing, ann.member, "left", GRIP)
    assert thing.facts.holder == ann.entity


def test_zones_are_perceived_from_inside_or_by_right(world: World) -> None:
    things = world.room.things
    inside, outside, nurse = world.join("In", x=5.0), world.join("Out"), world.join("Nurse", role="clinician")
    assert [things.perceives_at(person.member, (5000, 1000, 0)) for person in (inside, outside, nurse)] == [
        True,
        False,
        True,
    ]
    assert [things.perceives(person.member, inside.member.slot) for person in (inside, outside, nurse)] == [
        True,
        False,
        True,
    ]
    assert things.perceives_at(outside.member, (0, 0, 0))


def test_a_hand_beyond_the_head_reaches_no_farther(world: World) -> None:
    ann = world.join("Ann")
    hold_out(ann, 3.0, 0.0, 0.0)
    assert not world.room.things.reaches(ann.member, (3000, 1600, 0), "right")
    assert not world.room.things.reaches(ann.member, (0, 1600, 0), "right")
    assert world.room.things.reaches(ann.member, (0, 1600, 0), "left")
    assert world.room.things.reaches(ann.member, (0, 1600, 0))
