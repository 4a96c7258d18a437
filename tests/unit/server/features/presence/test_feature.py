"""Presence."""

from __future__ import annotations

from random import Random

import pytest

from protocol.ids import CONTAINER_ENTRIES_MAX, ROSTER_PAGE_MAX
from server.features.presence import Presence
from server.features.presence import feature as presence_module
from tests.support.rooms import Person, World


@pytest.fixture
def world() -> World:
    return World(features=(Presence,))


def names(person: Person) -> set[str]:
    return {name for name, _ in person.inbox.roster().values()}


def test_a_newcomer_is_told_everybody_itself_among_them(world: World) -> None:
    world.join("Ann")
    world.step(6)
    bo = world.join("Bo", role="clinician")
    world.step(6)
    assert set(bo.inbox.roster().values()) == {("Ann", "patient"), ("Bo", "clinician")}
    assert [event.type for event in bo.inbox.events] == ["roster"]


def test_the_others_are_told_who_came_and_who_left(world: World) -> None:
    ann = world.join("Ann")
    world.step(6)
    bo = world.join("Bo")
    world.step(6)
    assert names(ann) == {"Ann", "Bo"}
    bo.leave()
    world.step(6)
    assert names(ann) == {"Ann"}
    assert [event.type for event in ann.inbox.events] == ["roster", "changed", "changed"]


def test_changes_are_gathered_for_no_more_than_250_ms(world: World) -> None:
    ann = world.join("Ann")
    world.step(10)
    for offset in range(7):
        world.step()
        came = world.now
        bo = world.join(f"Bo {offset}")
        while f"Bo {offset}" not in names(ann):
            world.step()
        assert world.now - came <= 0.25 + 1e-9
        bo.leave()
        world.step(10)


def test_many_changes_at_once_are_one_event(world: World) -> None:
    ann = world.join("Ann")
    world.step(10)
    for number in range(10):
        world.join(f"Guest {number}")
    world.step(5)
    (changed,) = ann.inbox.bodies("presence", "changed")
    assert len(changed["joined"]) == 10


def test_everybody_is_told_of_who_came_and_left_between_two_turns(world: World) -> None:
    ann = world.join("Ann")
    world.step(10)
    shadow = world.join("Shadow", role="clinician")
    shadow.leave()
    world.step(10)
    one = {"entity": shadow.entity, "name": "Shadow", "role": "clinician"}
    assert ann.inbox.bodies("presence", "changed") == [{"joined": [one], "left": [shadow.entity]}]


def test_a_newcomer_is_told_of_who_left_after_they_came_and_before_their_roster(world: World) -> None:
    ann, earlier = world.join("Ann"), world.join("Earlier")
    world.step(10)
    earlier.leave()
    bo = world.join("Bo")
    between = world.join("Between")
    world.step()
    between.leave()
    world.step()
    cy = world.join("Cy")
    world.step(10)
    assert [event.type for event in bo.inbox.events] == ["roster", "changed"]
    (changed,) = bo.inbox.bodies("presence", "changed")
    assert [one["name"] for one in changed["joined"]] == ["Between"]
    assert changed["left"] == [between.entity]
    assert [event.type for event in cy.inbox.events] == ["roster"]
    (changed,) = ann.inbox.bodies("presence", "changed")
    assert [one["name"] for one in changed["joined"]] == ["Bo", "Between", "Cy"]
    assert changed["left"] == [earlier.entity, between.entity]


def test_of_many_who_came_and_left_all_have_come_before_one_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "ROSTER_PAGE_MAX", 2)
    world = World(features=(Presence,))
    ann = world.join("Ann")
    world.step(10)
    passing = [world.join(f"Guest {number}") for number in range(5)]
    for person in passing:
        person.leave()
    world.step(10)
    told = ann.inbox.bodies("presence", "changed")
    assert [(len(body["joined"]), len(body["left"])) for body in told] == [(2, 0), (2, 0), (1, 2), (0, 2), (0, 1)]
    assert names(ann) == {"Ann"}


def test_when_nothing_changes_nothing_is_told(world: World) -> None:
    ann = world.join("Ann")
    world.step(100)
    assert len(ann.inbox.events) == 1


def test_who_is_away_stays_on_the_roster(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    world.step(6)
    bo.suspend()
    world.step(20)
    assert names(ann) == {"Ann", "Bo"}


def test_who_comes_back_without_the_events_is_told_everybody_anew(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    world.step(6)
    ann.suspend()
    bo.leave()
    ann.inbox.events.clear()
    ann.resume(resync=True)
    cy = world.join("Cy")
    world.step(6)
    assert names(ann) == {"Ann", "Cy"}
    assert [event.type for event in ann.inbox.events] == ["roster"]
    cy.leave()
    world.step(6)
    assert names(ann) == {"Ann"}


def test_who_has_not_been_told_yet_may_leave(world: World) -> None:
    ann = world.join("Ann")
    world.join("Bo").leave()
    world.step(6)
    assert names(ann) == {"Ann"}


def test_a_large_roster_comes_in_pages_that_a_client_may_decode() -> None:
    world = World(features=(Presence,), capacity=600)
    guests = [world.join(f"Guest {number}") for number in range(450)]
    world.step(6, looking=False)
    pages = guests[0].inbox.bodies("presence", "roster")
    assert [len(page["people"]) for page in pages] == [200, 200, 50]
    assert [page["more"] for page in pages] == [True, True, False]
    assert ROSTER_PAGE_MAX <= CONTAINER_ENTRIES_MAX
    assert names(guests[-1]) == {f"Guest {number}" for number in range(450)}


def test_changes_come_in_pages_too() -> None:
    world = World(features=(Presence,), capacity=600)
    ann = world.join("Ann")
    world.step(10, looking=False)
    guests = [world.join(f"Guest {number}") for number in range(250)]
    world.step(10, looking=False)
    joined = ann.inbox.bodies("presence", "changed")
    assert [len(body["joined"]) for body in joined] == [200, 50]
    for guest in guests:
        guest.leave()
    world.step(10, looking=False)
    left = ann.inbox.bodies("presence", "changed")[2:]
    assert [len(body["left"]) for body in left] == [200, 50]
    assert names(ann) == {"Ann"}


def test_a_roster_goes_out_no_faster_than_it_can_be_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "ROSTER_BYTES_AT_ONCE", 1)
    world = World(features=(Presence,), capacity=1000)
    guests = [world.join(f"Guest {number}") for number in range(650)]
    first = guests[0]
    world.step(10, looking=False)
    told = len(first.inbox.bodies("presence", "roster"))
    assert 1 <= told < 4
    # What changes while the roster is being read is told when it is read, and leaves no ghost.
    guests.pop().leave()
    guests.pop(100).leave()
    world.join("Late")
    world.step(30, looking=False)
    assert names(first) == {guest.member.participant.name for guest in guests} | {"Late"}
    assert [event.type for event in first.inbox.events] == ["roster"] * 4 + ["changed"]


def test_a_large_room_tells_its_cohorts_on_different_ticks() -> None:
    world = World(features=(Presence,), capacity=5000)
    guests = [world.join(f"Guest {number}") for number in range(400)]
    world.step(10, looking=False)
    world.join("Late")
    told_at_once = []
    before = [len(guest.inbox.events) for guest in guests]
    for _ in range(6):
        world.step(looking=False)
        after = [len(guest.inbox.events) for guest in guests]
        told_at_once.append(sum(new - old for new, old in zip(after, before, strict=True)))
        before = after
    assert sum(told_at_once) == 400
    assert max(told_at_once) <= 150


def test_telling_somebody_may_make_them_leave(world: World) -> None:
    ann, bo, cy = world.join("Ann"), world.join("Bo"), world.join("Cy")
    world.step(6, looking=False)

    class Slow:
        """An outlet that is full: the session ends within the call."""

        def event(self, event: object) -> None:
            if bo in world.people:
                bo.leave()

    bo.member.outlet = Slow()  # type: ignore[assignment]  # the part that is called
    world.join("Di")
    world.step(12)
    assert names(ann) == names(cy) == {"Ann", "Cy", "Di"}


def test_who_is_made_to_leave_by_a_roster_stays_on_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "ROSTER_BYTES_AT_ONCE", 1)
    monkeypatch.setattr(presence_module, "ROSTER_PAGE_MAX", 2)
    world = World(features=(Presence,))
    ann, bo, cy, di = (world.join(name) for name in ("Ann", "Bo", "Cy", "Di"))

    class Slow:
        """An outlet that is full: the session ends within the call."""

        def event(self, event: object) -> None:
            if bo in world.people:
                bo.leave()

    bo.member.outlet = Slow()  # type: ignore[assignment]  # the part that is called
    world.step(20, looking=False)
    assert names(ann) == names(cy) == names(di) == {"Ann", "Cy", "Di"}


def test_every_roster_agrees_with_the_room_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "ROSTER_BYTES_AT_ONCE", 300)
    monkeypatch.setattr(presence_module, "ROSTER_PAGE_MAX", 3)
    monkeypatch.setattr(presence_module, "COHORT_PEOPLE", 10)
    random = Random(20)
    world = World(features=(Presence,), capacity=40)
    for turn in range(1500):
        choice = random.random()
        if choice < 0.35 and len(world.people) < 40:
            world.join(f"Guest {turn}")
        elif choice < 0.6 and world.people:
            random.choice(world.people).leave()
        elif choice < 0.65 and world.people:
            person = random.choice(world.people)
            person.inbox.events.clear()
            person.resume(resync=True)
        else:
            world.tick += random.choice([1, 1, 1, 2, 7])
            world.room.step(world.tick, world.now)
            world.room.tell(world.now)
        if turn % 100 == 99:
            for _ in range(400):
                world.tick += 1
                world.room.step(world.tick, world.now)
                world.room.tell(world.now)
            everybody = {person.entity: (person.member.participant.name, "patient") for person in world.people}
            assert all(person.inbox.roster() == everybody for person in world.people)


def test_snapshots_do_not_wait_for_what_is_told() -> None:
    world = World(features=(Presence,))
    ann = world.join("Ann")
    world.step(6)
    world.join("Bo")
    ann.inbox.events.clear()
    for _ in range(world.room.tick_hz):
        world.tick += 1
        world.room.step(world.tick, world.now)
    assert ann.inbox.events == []
    world.room.tell(world.now)
    assert [event.type for event in ann.inbox.events] == ["changed"]
