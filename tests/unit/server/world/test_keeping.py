from typing import Any

from protocol.messages import Result
from server.features.props import Props
from server.world.feature import Keep
from server.world.keeping import RESULTS_KNOWN, Keeping, Outcome, Recalled, identity_of
from server.world.member import Member, Participant
from tests.support.props import grab, offer, push, put, tablet, thing_of
from tests.support.rooms import Person, SlowKeeper, World

OP = bytes(range(16))
HALF = (500, 1000, 0)


def shelf(keeper: SlowKeeper | None = None, recalled: Recalled | None = None) -> tuple[World, Person]:
    world = World(
        features=(Props,),
        objects=[tablet(), tablet("Cup")],
        keeper=keeper,
        recalled=recalled if recalled is not None else Recalled({}, {}, ()),
    )
    return world, world.join("Ann")


def move_body(world: World, name: str = "Tablet", position: tuple[int, int, int] = HALF) -> dict[str, object]:
    thing = thing_of(world, name)
    return {
        "prop": thing.entity,
        "position": position,
        "rotation": (1, 0, 7, 0),
        "ownership": thing.facts.ownership,
        "authority": thing.facts.authority,
    }


def test_nothing_is_answered_or_changed_before_it_is_kept() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    thing = thing_of(world)
    before = thing.facts, world.room.things.where(thing)
    answers = ann.ask_for("props", "move", move_body(world))
    assert answers == []
    assert (thing.facts, world.room.things.where(thing)) == before
    keeper.settle()
    (result,) = answers
    assert result.ok
    assert world.room.things.where(thing) == HALF
    assert result.body["authority"] == thing.facts.authority == 1
    assert keeper.edits[0].result == result
    # Where a thing stands is nobody's words, and that it was Ann who asked is hers.
    assert (keeper.edits[0].author, keeper.edits[0].personal) == (ann.member.participant.subject, False)


def test_what_is_about_the_same_thing_waits_and_is_judged_by_what_is_then() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    bo = world.join("Bo")
    first = ann.ask_for("props", "move", move_body(world))
    # Bo acts upon the same truth, and is slower.
    second = bo.ask_for("props", "move", move_body(world, position=(300, 1000, 0)))
    other = bo.ask_for("props", "move", move_body(world, "Cup"))
    assert keeper.on_their_way == 2
    keeper.settle()
    assert (first[0].ok, second[0].code, other) == (True, "stale", [])
    assert second[0].body["position"] == HALF
    keeper.settle()
    assert other[0].ok


def test_what_is_kept_by_nobody_goes_ahead() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    waiting = ann.ask_for("props", "move", move_body(world))
    assert grab(ann, thing_of(world, "Cup")).ok
    assert waiting == []


def test_an_operation_that_comes_again_has_one_effect_and_one_result() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    bo = world.join("Bo")
    body = move_body(world)
    first, again = ann.ask_for("props", "move", body, OP), ann.ask_for("props", "move", body, OP)
    assert keeper.on_their_way == 1
    keeper.settle()
    later = ann.ask_for("props", "move", body, OP)
    assert first == again == later
    assert len(keeper.edits) == 1
    # Somebody else's operation is another, whatever its id.
    assert not bo.ask("props", "move", body, OP).ok


def test_an_operation_is_known_again_after_a_restart() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    body = move_body(world)
    answers = ann.ask_for("props", "move", body, OP)
    keeper.settle()
    later = SlowKeeper()
    again, ann = shelf(later, keeper.recalled())
    assert again.room.things.where(thing_of(again)) == HALF
    assert thing_of(again).rotation == (1, 0, 7, 0)
    assert ann.ask("props", "move", body, OP) == answers[0]
    assert later.edits == []


def test_what_is_surely_not_kept_is_refused_and_may_be_asked_again() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    thing = thing_of(world)
    answers = ann.ask_for("props", "move", move_body(world), OP)
    twice = ann.ask_for("props", "move", move_body(world), OP)
    keeper.settle(Outcome.REFUSED)
    assert (answers[0].ok, answers[0].code) == (False, "failed")
    assert world.room.things.where(thing) == (400, 1000, 0)
    # The second time it was asked is another try.
    keeper.settle()
    assert twice[0].ok
    assert world.room.things.where(thing) == HALF


def test_when_nobody_knows_nobody_is_told_anything() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    thing = thing_of(world)
    answers = ann.ask_for("props", "move", move_body(world), OP)
    waiting = ann.ask_for("props", "move", move_body(world))
    keeper.settle(Outcome.LOST)
    assert answers == waiting == []
    assert world.room.things.where(thing) == (400, 1000, 0)
    assert keeper.on_their_way == 0


def test_who_leaves_while_waiting_asks_for_nothing_any_more() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    bo = world.join("Bo")
    ann.ask_for("props", "move", move_body(world))
    waiting = bo.ask_for("props", "move", move_body(world))
    bo.leave()
    keeper.settle()
    assert waiting == []


def test_who_leaves_while_putting_down_has_put_it_there() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    thing = thing_of(world)
    assert grab(ann, thing).ok
    put_body = {"prop": thing.entity, "position": HALF, "rotation": (3, 0, 0, 0), "ownership": thing.facts.ownership}
    ann.ask_for("props", "put", put_body)
    ann.leave()
    assert (world.room.things.where(thing), thing.facts.holder) == (HALF, 0)
    keeper.settle()
    keeper.settle()
    assert (world.room.things.where(thing), thing.facts.authority) == (HALF, 2)
    assert keeper.recalled().values["props"]["Tablet"] == {"position": list(HALF), "rotation": [3, 0, 0, 0]}


def test_what_falls_from_a_hand_is_kept_where_it_fell() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    thing = thing_of(world)
    assert grab(ann, thing).ok
    ann.suspend()
    where = list(world.room.things.where(thing))
    assert keeper.recalled().values["props"]["Tablet"] == {"position": where, "rotation": list(thing.rotation)}


def test_what_a_wish_takes_over_is_not_kept() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    bo = world.join("Bo")
    thing = thing_of(world)
    assert grab(ann, thing).ok
    assert grab(bo, thing).code == "held"
    assert put(ann, thing).ok
    assert offer(bo, thing).ok
    assert keeper.edits == []
    assert push(ann, thing, HALF).code == "held"


def test_things_that_may_not_be_handled_any_more_stand_where_the_facility_has_them() -> None:
    keeper = SlowKeeper()
    world, ann = shelf(keeper)
    ann.ask_for("props", "move", move_body(world))
    keeper.settle()
    again = World(features=(Props,), objects=[tablet(grabbable=False)], recalled=keeper.recalled())
    assert again.room.things.where(thing_of(again)) == (400, 1000, 0)


def test_only_the_newest_results_are_known() -> None:
    results = [("ann", Result(op=number.to_bytes(16, "big"), ok=True)) for number in range(RESULTS_KNOWN + 5)]
    keeping = Keeping("hall", SlowKeeper(), Recalled({}, {}, results))
    assert keeping.known("ann", results[4][1].op) is None
    assert keeping.known("ann", results[5][1].op) == results[5][1]
    assert keeping.known("bo", results[5][1].op) is None


def test_guests_are_known_by_the_operation_alone() -> None:
    assert identity_of(Participant(1, "Ann", "patient", "plain", "guest-1")) == ""
    assert identity_of(Participant(1, "Ann", "patient", "plain", "oidc|ann")) == "oidc|ann"


def test_what_a_feature_does_wrong_after_keeping_is_its_own_fault_and_answered() -> None:
    class Faulty(Props):
        def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Keep:
            def then(later: float) -> None:
                raise ZeroDivisionError

            return Keep(key="", value={}, then=then)

    world = World(features=(Faulty,), objects=[tablet()])
    ann = world.join("Ann")
    assert ann.ask("props", "move", move_body(world)).ok
    assert world.room.features.faults == 1
