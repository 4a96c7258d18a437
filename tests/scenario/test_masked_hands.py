"""Things in masked hands: the server judges what people really do, the others see the thing in the masked hand."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as with_changes

from protocol.ids import Tier
from protocol.masking import SCALE_GREATEST, SCALE_ONE
from protocol.snapshot import show_in_tier
from tests.parity.fields import fields
from tests.support.props import FEATURES, GRIP, facts_seen, hold_out, offer, push, put, tablet, thing_of
from tests.support.props import grab as take
from tests.support.rights import ONLY_CLINICIANS_CLEARED
from tests.support.rooms import Person, World, hall_settings


@pytest.fixture
def world() -> World:
    return masked_world()


def masked_world() -> World:
    """A room in which nobody but clinicians is shown how people really move, with a thing to take."""
    settings = with_changes(hall_settings(objects=[tablet(x=0.4)]), fidelity="group")
    return World(settings=settings, features=FEATURES, rights=ONLY_CLINICIANS_CLEARED)


def grab(person: Person) -> str:
    body = {"prop": thing_of(person.world).entity, "hand": "right", "grip": GRIP, "ownership": 0}
    return person.ask("props", "grab", body).code


def test_a_grab_is_judged_on_the_clear_pose(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    ann.move(0.4, y=2.95)
    world.room.interest.set_mask(ann.member.slot, SCALE_GREATEST, SCALE_ONE)
    world.step()
    # The masked head is farther than an arm reaches, the real one is not.
    assert bo.sees_at(ann.entity)[1] - 1000 > 2000 > ann.position[1] - 1000
    assert grab(ann) == ""


def test_a_masked_reach_takes_nothing(world: World) -> None:
    ann = world.join("Ann")
    ann.move(0.4, y=3.1)
    world.room.interest.set_mask(ann.member.slot, 870, SCALE_ONE)
    assert world.room.interest.masked(ann.member.slot)[2][1] - 1000 < 2000 < ann.position[1] - 1000
    assert grab(ann) == "out_of_reach"


def test_what_is_held_is_drawn_in_the_masked_hand(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    world.room.interest.set_mask(ann.member.slot, SCALE_GREATEST, SCALE_GREATEST)
    hold_out(ann, 0.3, -0.5, -0.1)
    assert grab(ann) == ""
    world.step()
    thing = thing_of(world)
    facts = facts_seen(bo, thing)
    assert facts is not None
    assert (facts.holder, facts.hand, tuple(facts.grip)) == (ann.entity, "right", GRIP)
    held = {one.entity: one.state for one in bo.view.entities.values()}
    # The thing has no place of its own: it is where its holder's hand is drawn.
    assert held[thing.entity].flags == 0
    assert fields(held[ann.entity]) == world.room.interest.masked(ann.member.slot)
    clear = world.room.table.state(ann.member.slot)
    assert held[ann.entity].right.position == tuple(round(value * SCALE_GREATEST / 1024) for value in clear[4][:3])
    assert show_in_tier(held[ann.entity], Tier.FULL) == held[ann.entity]


@pytest.mark.parametrize("role", ["observer", "clinician"])
def test_no_answer_tells_another_where_the_hand_really_is(world: World, role: str) -> None:
    ann, mal = world.join("Ann"), world.join("Mal", role)
    hold_out(ann, 0.3, -0.5, -0.1)
    assert grab(ann) == ""
    thing = thing_of(world)

    def answers() -> list[tuple[str, object]]:
        wrong = thing.facts.ownership + 1
        asked = [
            put(mal, thing, ownership=wrong),
            put(mal, thing),
            offer(mal, thing),
            take(mal, thing, ownership=wrong),
            take(mal, thing),
            push(mal, thing, (400, 1000, 0), ownership=wrong),
            push(mal, thing, (400, 1000, 0)),
        ]
        return [(result.code, result.body) for result in asked]

    before = answers()
    assert [code for code, _ in before] == ["stale", "not_holder", "not_holder", "stale", "held", "stale", "held"]
    hold_out(ann, 0.1, -0.3, -0.2)
    assert answers() == before
    # Where the facility has it, though the hand is elsewhere.
    assert {tuple(body["position"]) for _, body in before} == {(400, 1000, 0)}  # type: ignore[index]  # a map
    # Who holds it is told where it is.
    assert offer(ann, thing).body["position"] == world.room.things.where(thing) == (100, 1300, -200)


def test_who_a_thing_passes_to_is_not_told_of_by_the_real_hand(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    hold_out(ann, 0.3, -0.5, -0.1)
    hold_out(bo, 0.2, -0.4, -0.1)
    assert grab(ann) == ""
    thing = thing_of(world)
    assert take(bo, thing).code == "held"
    passed = put(ann, thing, (300, 1100, -100))
    assert (passed.ok, passed.body["holder"]) == (True, bo.entity)
    assert passed.body["position"] == (400, 1000, 0) != world.room.things.where(thing)
