"""Props: who holds what."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.rights import Right
from server.config import ObjectSettings, ZoneSettings
from server.config.rights import RightsSettings
from server.world.keeping import Recalled
from tests.support.props import FEATURES, GRIP, facts_seen, grab, hold_out, offer, push, put, tablet, thing_of
from tests.support.rooms import SlowKeeper, World

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
PANEL = ObjectSettings(name="X-ray", kind="panel", model="a4", position=(0.5, 1.2, 0.0))


@pytest.fixture
def world() -> World:
    return World(zones=[BED], objects=[tablet(), tablet("Clipboard", x=-0.4), PANEL], features=FEATURES)


# Taking and putting ---------------------------------------------------------------------------------------------------


def test_who_takes_a_thing_holds_it_for_everybody(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=1.0), thing_of(world)
    world.step(2)
    result = grab(ann, thing)
    world.step()
    assert (result.ok, result.body["holder"], result.body["ownership"]) == (True, ann.entity, 1)
    for person in (ann, bo):
        facts = facts_seen(person, thing)
        assert facts is not None
        assert (facts.holder, facts.hand, facts.grip) == (ann.entity, "right", GRIP)
        assert (facts.ownership, facts.authority, facts.offered) == (1, 1, False)


def test_what_changes_is_one_leave_and_one_enter_in_one_frame(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=1.0), thing_of(world)
    world.step(2)
    assert grab(ann, thing).ok
    bo.entered.clear()
    world.step(5)
    assert (bo.left, bo.entered) == ([thing.entity], [thing.entity])


def test_what_is_held_shows_nothing_of_its_own_and_goes_where_the_hand_goes(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=1.0), thing_of(world)
    world.step(2)
    assert grab(ann, thing).ok
    ann.move(2.0)
    hold_out(ann, 0.3, -0.4, -0.5)
    world.step()
    assert world.room.things.where(thing) == (2300, 1200, -500)
    (held,) = (held for held in bo.view.entities.values() if held.entity == thing.entity)
    assert held.state.flags == 0


def test_what_is_put_down_stands_there_and_is_nobodys(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=1.0), thing_of(world)
    assert grab(ann, thing).ok
    result = put(ann, thing, (300, 900, -200))
    world.step()
    facts = facts_seen(bo, thing)
    assert facts is not None
    assert (result.ok, facts.holder, facts.hand, facts.ownership, facts.authority) == (True, 0, "", 2, 2)
    assert bo.sees_at(thing.entity) == (300, 900, -200)


def test_a_thing_changes_hands_and_its_holder_stays(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing, "left").ok
    result = grab(ann, thing, "right")
    assert (result.body["hand"], result.body["ownership"], result.body["authority"]) == ("right", 1, 2)
    assert grab(ann, thing_of(world, "Clipboard"), "left").ok


def test_a_hand_holds_one_thing(world: World) -> None:
    ann = world.join("Ann")
    assert grab(ann, thing_of(world)).ok
    assert grab(ann, thing_of(world, "Clipboard")).code == "hand_full"
    assert grab(ann, thing_of(world, "Clipboard"), "left").ok


def test_the_holder_keeps_what_it_holds_in_sight_among_a_crowd(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing).ok
    for number in range(12):
        world.join(f"Guest {number}", x=0.1)
    world.step(30)
    assert facts_seen(ann, thing) is not None
    assert put(ann, thing).ok
    world.step(30)
    assert facts_seen(ann, thing) is None


# What is refused ------------------------------------------------------------------------------------------------------


def test_who_acts_on_an_older_truth_is_told_the_newest(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    before = thing.facts
    result = grab(bo, thing, ownership=0)
    assert (result.code, result.body["ownership"], result.body["holder"]) == ("stale", 1, ann.entity)
    assert put(ann, thing, ownership=0).code == "stale"
    assert thing.facts is before
    assert ann.inbox.bodies("props", "wanted") == []


def test_who_does_not_hold_it_neither_puts_nor_offers(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert put(bo, thing).code == "not_holder"
    assert grab(ann, thing).ok
    assert put(bo, thing).code == "not_holder"
    assert offer(bo, thing).code == "not_holder"


def test_what_is_not_for_handling_is_left_alone(world: World) -> None:
    ann, panel = world.join("Ann"), thing_of(world, "X-ray")
    assert grab(ann, panel).code == push(ann, panel, (0, 0, 0)).code == "forbidden"


def test_roles_that_the_facility_leaves_out_handle_nothing() -> None:
    rights = (
        RightsSettings(roles=("patient", "clinician"), may=(Right.JOIN,)),
        RightsSettings(roles=("clinician",), may=(Right.HANDLE,)),
    )
    world = World(objects=[tablet()], features=FEATURES, rights=rights)
    thing = thing_of(world)
    patient, nurse = world.join("Patient"), world.join("Nurse", role="clinician")
    assert grab(patient, thing).code == push(patient, thing, (0, 1000, 0)).code == "forbidden"
    assert grab(nurse, thing).ok


@pytest.mark.parametrize(("x", "code"), [(-1.5, ""), (-1.6, "out_of_reach"), (30.0, "out_of_reach")])
def test_without_hands_the_head_reaches_2_metres(world: World, x: float, code: str) -> None:
    ann, thing = world.join("Ann", x=x), thing_of(world)
    assert grab(ann, thing).code == code


@pytest.mark.parametrize(("down", "code"), [(-1.5, ""), (-1.7, "out_of_reach")])
def test_a_hand_that_is_tracked_reaches_1_metre(world: World, down: float, code: str) -> None:
    ann, thing = world.join("Ann", x=0.4), thing_of(world)
    hold_out(ann, 0.0, down, 0.0)
    assert grab(ann, thing).code == code
    # The other hand is not tracked.
    assert grab(ann, thing, "left").ok


def test_a_thing_is_put_down_within_reach(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing).ok
    assert put(ann, thing, (0, 0, 1300)).code == "out_of_reach"
    assert thing.facts.holder == ann.entity


def test_a_place_outside_the_room_becomes_the_nearest_inside(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing).ok
    assert put(ann, thing, (0, -300, 0)).body["position"] == (0, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        {"hand": "middle"},
        {"hand": ""},
        {"grip": (1001, 0, 0, 3, 0, 0, 0)},
        {"grip": (0, 0, 0, 4, 0, 0, 0)},
        {"grip": (0, 0, 0, 3, 401, 0, 0)},
        {"grip": (0, 0, 0, 3, 0, 0)},
        {"ownership": -1},
        {"prop": 0},
        {"extra": 1},
    ],
)
def test_what_is_not_of_the_wire_is_malformed(world: World, body: dict[str, Any]) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing, **body).code == "malformed"
    assert thing.facts.holder == 0


def test_things_that_are_not_there_are_unknown(world: World) -> None:
    ann = world.join("Ann")
    result = grab(ann, thing_of(world), prop=ann.entity)
    assert (result.code, result.body) == ("unknown_prop", {})


# Pushing --------------------------------------------------------------------------------------------------------------


def test_what_nobody_holds_is_pushed(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=1.0), thing_of(world)
    result = push(ann, thing, (700, 1000, 100))
    world.step()
    assert (result.ok, result.body["ownership"], result.body["authority"]) == (True, 0, 1)
    assert (result.body["position"], result.body["rotation"]) == ((700, 1000, 100), (1, 0, 7, 0))
    assert bo.sees_at(thing.entity) == (700, 1000, 100)


def test_of_two_who_push_one_is_stale(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert push(ann, thing, (700, 1000, 100)).ok
    result = push(bo, thing, (100, 1000, 100), authority=0)
    assert (result.code, result.body["authority"], result.body["position"]) == ("stale", 1, (700, 1000, 100))


def test_what_is_held_is_not_pushed(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    assert push(bo, thing, (0, 1000, 0)).code == push(ann, thing, (0, 1000, 0)).code == "held"


def test_a_push_reaches_from_where_it_is_to_where_it_goes(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert push(ann, thing, (2100, 1000, 0)).code == "out_of_reach"
    ann.move(2.5, 0.5)
    assert push(ann, thing, (2000, 1000, 0)).code == "out_of_reach"


# Curtains -------------------------------------------------------------------------------------------------------------


def test_what_is_carried_behind_a_curtain_is_gone_for_those_outside(world: World) -> None:
    ann, bo, nurse = world.join("Ann"), world.join("Bo", x=3.0), world.join("Nurse", role="clinician", x=3.0)
    thing = thing_of(world)
    world.step(2)
    assert grab(ann, thing).ok
    world.step()
    seen_before = len(bo.frames)
    # Even with the hand still outside.
    ann.move(4.5)
    hold_out(ann, -0.9, 0.0, 0.0)
    world.step(10)
    assert world.room.things.where(thing) == (3600, 1600, 0)
    assert facts_seen(bo, thing) is None
    assert facts_seen(nurse, thing) is not None
    assert facts_seen(ann, thing) is not None
    assert grab(bo, thing).code == "unknown_prop"
    assert offer(ann, thing).ok
    world.step(10)
    assert not any(thing.entity.to_bytes(4, "little") in frame for frame in bo.frames[seen_before:])


def test_nothing_is_put_where_one_may_not_see_it(world: World) -> None:
    ann, thing = world.join("Ann"), thing_of(world)
    assert grab(ann, thing).ok
    ann.move(3.5)
    assert put(ann, thing, (4500, 1000, 0)).code == "forbidden"
    assert put(ann, thing, (3900, 1000, 0)).ok
    assert push(ann, thing, (4500, 1000, 0)).code == "forbidden"


def test_who_is_hidden_from_the_holder_wishes_unheard() -> None:
    world = World(zones=[BED], objects=[tablet(x=3.9)], features=FEATURES)
    ann, bo, thing = world.join("Ann", x=3.5), world.join("Bo", x=4.2), thing_of(world)
    assert grab(ann, thing).ok
    assert grab(bo, thing).code == "held"
    assert ann.inbox.bodies("props", "wanted") == []
    result = put(ann, thing, (3900, 1000, 0))
    assert (result.ok, result.body["holder"], result.body["position"]) == (True, 0, (3900, 1000, 0))
    assert thing.facts.holder == 0


# Leases ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["leave", "suspend"])
def test_a_lease_ends_with_its_holder(world: World, how: str) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=1.0), thing_of(world)
    clipboard = thing_of(world, "Clipboard")
    assert grab(ann, thing).ok
    assert grab(ann, clipboard, "left").ok
    ann.move(2.0)
    hold_out(ann, 0.3, -0.4, -0.5)
    world.step()
    grab(bo, thing)
    getattr(ann, how)()
    world.step()
    assert (thing.facts.holder, thing.facts.ownership) == (0, 2)
    assert clipboard.facts.holder == 0
    assert bo.sees_at(thing.entity) == (2300, 1200, -500)
    assert bo.sees_at(clipboard.entity) == (2000, 1600, 0)
    assert thing.rotation == (3, 0, 0, 0)
    assert grab(bo, thing).ok


@pytest.mark.parametrize("away", [(-7.0, 0.0, 0.0), (0.0, 5.0, 0.0), (6.0, 0.0, 3.0)])
def test_what_is_held_where_nobody_reaches_it_falls_where_its_holder_is(away: tuple[float, float, float]) -> None:
    world = World(objects=[tablet()], features=FEATURES, bounds=3.0)
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    hold_out(ann, *away)
    world.step()
    ann.leave()
    assert world.room.things.where(thing) == (0, 1600, 0)
    assert grab(bo, thing).ok


def test_who_lost_the_socket_while_a_grab_waited_holds_nothing() -> None:
    keeper = SlowKeeper()
    world = World(objects=[tablet()], features=FEATURES, keeper=keeper)
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    moved = {"prop": thing.entity, "position": (300, 1000, 0), "rotation": (3, 0, 0, 0)}
    bo.ask_for("props", "move", moved | {"ownership": 0, "authority": 0})
    answers = ann.ask_for("props", "grab", {"prop": thing.entity, "hand": "left", "grip": GRIP, "ownership": 0})
    assert answers == []
    ann.suspend()
    keeper.settle()
    assert ([answer.code for answer in answers], thing.facts.holder) == (["failed"], 0)
    ann.resume()
    assert grab(ann, thing).ok


def test_who_comes_back_holds_nothing_and_sees_where_it_is(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    ann.suspend()
    world.step()
    assert grab(bo, thing).ok
    ann.resume()
    world.step()
    facts = facts_seen(ann, thing)
    assert facts is not None
    assert facts.holder == bo.entity
    assert put(ann, thing).code == "not_holder"


def test_what_was_held_through_a_curtain_stays_on_the_holders_side(world: World) -> None:
    ann, bo, thing = world.join("Ann"), world.join("Bo", x=3.0), thing_of(world)
    assert grab(ann, thing).ok
    ann.move(4.5)
    hold_out(ann, -0.9, 0.0, 0.0)
    ann.leave()
    world.step(5)
    assert world.room.things.where(thing) == (4500, 1600, 0)
    assert facts_seen(bo, thing) is None


def test_nothing_is_remembered_of_who_left(world: World) -> None:
    props = world.room.features._features["props"]
    ann, bo, thing = world.join("Ann"), world.join("Bo"), thing_of(world)
    assert grab(ann, thing).ok
    grab(bo, thing)
    bo.leave()
    ann.leave()
    assert vars(props)["_hands"] == {}
    assert not any(vars(props)["_wishes"].values())


def test_a_place_that_the_disk_damaged_takes_no_other_with_it() -> None:
    placed = {"Tablet": {"position": "there"}, "Clipboard": {"position": (100, 900, 200), "rotation": (3, 0, 0, 0)}}
    objects = [tablet(), tablet("Clipboard", x=-0.4)]
    world = World(objects=objects, features=FEATURES, recalled=Recalled({"props": placed}, {}, ()))
    assert world.room.things.where(thing_of(world, "Clipboard")) == (100, 900, 200)
    assert world.room.things.where(thing_of(world)) == (400, 1000, 0)
    assert world.room.features.faults == 1
