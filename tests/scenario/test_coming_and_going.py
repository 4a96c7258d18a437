"""Joining, leaving, being away and coming back."""

from __future__ import annotations

from random import Random

import pytest

from server.errors import RoomFull
from tests.support.rooms import World


def test_who_leaves_is_gone_from_sight_and_roster() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step(6)
    bo.leave()
    world.step(6)
    assert ann.seen == set()
    assert ann.left == [bo.entity]
    assert set(ann.inbox.roster()) == {ann.entity}


def test_a_suspended_avatar_vanishes_at_once_and_keeps_its_place() -> None:
    world = World(capacity=2)
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step()
    bo.suspend()
    world.step()
    assert ann.seen == set()
    assert ann.left == [bo.entity]
    assert bo.entity in world.room.members
    with pytest.raises(RoomFull):
        world.join("Cy")


def test_who_comes_back_has_the_same_entity_and_place_and_sees_all_anew() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step()
    bo.suspend()
    world.step(20)
    bo.resume()
    world.step()
    assert ann.seen == {bo.entity}
    assert ann.sees_at(bo.entity) == (2000, 1600, 0)
    assert ann.entered == [bo.entity] * 2
    assert bo.seen == {ann.entity}
    assert bo.entered == [ann.entity] * 2


def test_who_is_away_misses_no_event() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo")
    world.step(6)
    bo.suspend()
    ann.say("are you there?")
    world.join("Cy")
    world.step(6)
    assert bo.inbox.heard == ["are you there?"]
    assert len(bo.inbox.roster()) == 3


def test_a_place_taken_by_another_is_another_entity() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step()
    bo.leave()
    cy = world.join("Cy", x=2.0)
    world.step()
    assert cy.member.slot == bo.member.slot
    assert cy.entity != bo.entity
    assert ann.left == [bo.entity]
    assert ann.seen_names == {"Cy"}


def test_a_room_takes_as_many_as_it_has_places_and_no_more() -> None:
    world = World(capacity=5)
    for number in range(5):
        world.join(f"Guest {number}")
    with pytest.raises(RoomFull):
        world.join("One too many")
    world.step(6)
    assert all(len(person.inbox.roster()) == 5 for person in world.people)


def test_after_a_long_day_everybody_sees_exactly_who_is_there() -> None:
    """Random comings and goings: after each step every view is the set the rules give, with no ghosts."""
    random = Random(42)
    world = World(bounds=6.0, seed=42)
    for turn in range(400):
        chance = random.random()
        if chance < 0.2 and len(world.people) < 9:
            world.join(f"Guest {turn}")
        elif chance < 0.35 and world.people:
            random.choice(world.people).leave()
        elif chance < 0.5 and world.people:
            person = random.choice(world.people)
            if person.member.suspended:
                person.resume()
            else:
                person.suspend()
        for person in world.people:
            if not person.member.suspended:
                x, _, z = (value / 1000 for value in person.position)
                person.move(x + random.uniform(-0.1, 0.1), z + random.uniform(-0.1, 0.1))
        world.step()
        present = {person.entity: person for person in world.people if not person.member.suspended}
        for person in present.values():
            # The room is small: all are in reach of all.
            assert person.seen == set(present) - {person.entity}
            assert all(person.sees_at(entity) == present[entity].position for entity in person.seen)
