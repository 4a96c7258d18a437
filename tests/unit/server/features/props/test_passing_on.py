"""Props: what passes from hand to hand."""

from __future__ import annotations

import pytest

from server.world.auditing import Action
from tests.support.audit import Notebook
from tests.support.props import FEATURES, grab, offer, put, tablet, thing_of
from tests.support.rooms import World


@pytest.fixture
def world() -> World:
    return World(objects=[tablet(), tablet("Clipboard", x=-0.4)], features=FEATURES)


def test_what_another_holds_is_not_taken(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    result = grab(bo, thing)
    assert (result.ok, result.code, result.body["holder"]) == (False, "held", ann.entity)
    assert thing.facts.holder == ann.entity


def test_what_is_offered_passes_to_who_takes_it(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    assert offer(ann, thing).body["offered"]
    assert grab(bo, thing, "left").ok
    assert (thing.facts.holder, thing.facts.hand, thing.facts.offered) == (bo.entity, "left", False)
    assert thing.facts.ownership == 2
    assert grab(ann, thing_of(world, "Clipboard")).ok


def test_an_offer_is_taken_back(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    assert offer(ann, thing).ok
    assert offer(ann, thing, offered=False).ok
    assert grab(bo, thing).code == "held"


def test_an_offer_that_is_made_already_changes_nothing(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing).ok
    authority = offer(ann, thing).body["authority"]
    assert offer(ann, thing).body["authority"] == authority


def test_the_holder_is_told_who_wishes_and_once(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    for _ in range(3):
        grab(bo, thing)
    wish = {"prop": thing.entity, "entity": bo.entity, "name": "Bo"}
    assert ann.inbox.bodies("props", "wanted") == [wish]
    world.now += 3.5
    grab(bo, thing)
    assert ann.inbox.bodies("props", "wanted") == [wish, wish]


@pytest.mark.parametrize(("seconds", "passes"), [(0.0, True), (2.9, True), (3.1, False)])
def test_what_is_let_go_passes_to_who_wished_within_3_seconds(world: World, seconds: float, passes: bool) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    grab(bo, thing, "left")
    world.now += seconds
    result = put(ann, thing)
    assert result.ok
    assert thing.facts.holder == (bo.entity if passes else 0)
    assert result.body["holder"] == thing.facts.holder
    assert thing.facts.ownership == 2


def test_the_first_who_wished_comes_first_and_who_left_is_passed_over(world: World) -> None:
    ann, bo, cy, di = (world.join(name) for name in ("Ann", "Bo", "Cy", "Di"))
    thing = thing_of(world)
    assert grab(ann, thing).ok
    for person in (bo, cy, di):
        grab(person, thing)
    bo.leave()
    assert put(ann, thing).ok
    assert thing.facts.holder == cy.entity
    # Wishes end with what they were for.
    assert put(cy, thing).ok
    assert thing.facts.holder == 0


@pytest.mark.parametrize("why", ["away", "far", "full"])
def test_who_cannot_hold_it_any_more_does_not_get_it(world: World, why: str) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    grab(bo, thing)
    if why == "away":
        bo.suspend()
    elif why == "far":
        bo.move(5.0, 5.0)
    else:
        assert grab(bo, thing_of(world, "Clipboard")).ok
    assert put(ann, thing).ok
    assert thing.facts.holder == 0


def test_who_wishes_again_in_time_keeps_the_place_in_the_row(world: World) -> None:
    ann, bo, cy, thing = world.join("Ann"), world.join("Bo"), world.join("Cy"), thing_of(world)
    assert grab(ann, thing).ok
    grab(bo, thing)
    grab(cy, thing)
    world.now += 2.0
    grab(bo, thing)
    assert put(ann, thing).ok
    assert thing.facts.holder == bo.entity


def test_who_wishes_again_too_late_comes_after_those_who_wished_meanwhile(world: World) -> None:
    ann, bo, cy, thing = world.join("Ann"), world.join("Bo"), world.join("Cy"), thing_of(world)
    assert grab(ann, thing).ok
    grab(bo, thing)
    world.now += 2.0
    grab(cy, thing)
    world.now += 1.5
    grab(bo, thing)
    assert put(ann, thing).ok
    assert thing.facts.holder == cy.entity


def test_who_keeps_wishing_is_told_of_once_in_3_seconds(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    told = []
    for _ in range(7):
        grab(bo, thing)
        told.append(len(ann.inbox.bodies("props", "wanted")))
        world.now += 1.0
    assert told == [1, 1, 1, 2, 2, 2, 3]


def test_a_wish_outlives_a_change_of_the_holders_hands(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing, "left").ok
    grab(bo, thing)
    assert grab(ann, thing, "right").ok
    assert put(ann, thing).ok
    assert thing.facts.holder == bo.entity


def test_it_is_counted_how_things_change_hands(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing, "left").ok
    assert grab(ann, thing, "right").ok
    grab(bo, thing)
    assert put(ann, thing).ok
    assert offer(bo, thing).ok
    assert grab(ann, thing).ok
    assert put(ann, thing).ok
    assert world.room.features.counts == {("props", "grabs"): 1, ("props", "handovers"): 2}
    told = {(kind, outcome): n for (_, kind, outcome), n in world.room.features.operations.items()}
    assert told == {("grab", "ok"): 3, ("grab", "held"): 1, ("put", "ok"): 2, ("offer", "ok"): 1}


def test_it_is_written_down_of_whom_it_passes_to() -> None:
    notebook = Notebook()
    world = World(objects=[tablet()], features=FEATURES, auditor=notebook)
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    assert grab(bo, thing).code == "held"
    assert put(ann, thing).body["holder"] == bo.entity
    handled = [(event.subject, event.detail["type"]) for event in notebook.of(Action.PROP_HANDLED)]
    assert handled == [("subject-Ann", "grab"), ("subject-Bo", "grab"), ("subject-Ann", "put")]
