"""Things: where they are and what one asks for."""

import math
from typing import Any

import pytest
from polyclinic_client.changes import SaidEarlier, Written
from polyclinic_client.session import Session
from polyclinic_client.things import Handling

from protocol.codec import convert_body, encode, encode_facts
from protocol.features import Grab, Move, Offer, Put
from protocol.messages import AvatarFacts, Event, ObjectFacts, Result, RoomDescription, Spawn, Welcome
from protocol.snapshot import (
    AvatarState,
    Enter,
    FloatPose,
    Frame,
    Record,
    encode_frame,
    first_held,
    full_record,
    pose_from_floats,
)

ROOM = RoomDescription("lobby", "lobby", "Lobby", "/s", 30, ((-5, 0, -5), (5, 4, 5)), 8, (), ("props",))
UPRIGHT = (0.0, 0.0, 0.0, 1.0)
ABOUT_Y = (0.0, math.sqrt(0.5), 0.0, math.sqrt(0.5))
ANN = encode_facts(AvatarFacts(kind="avatar", name="Ann", role="patient", avatar="plain"))


class Hands(Handling):
    """A room of which only its things are there."""

    def __init__(self, facts: ObjectFacts, state: AvatarState, ann: AvatarState | None = None) -> None:
        self._session = Session("tests", lambda _: None)
        self._session.receive(encode(Welcome("s", 7, False, "t", 30.0, 0, ROOM, 1, 0, Spawn((0, 0, 0), 0.0))), 0.0)
        seen = [(5, encode_facts(facts), state), *([] if ann is None else [(41, ANN, ann)])]
        enters = tuple(Enter(alias, entity, told) for alias, (entity, told, _) in enumerate(seen))
        records = tuple(Record(alias, full_record(first_held(shown))) for alias, (_, _, shown) in enumerate(seen))
        self._session.receive(encode_frame(Frame(1, 0, enters=enters, records=records)), 0.0)
        self.asked: list[tuple[str, str, Any]] = []

    async def operate(self, feature: str, kind: str, body: Any, op: bytes | None = None) -> Result:
        self.asked.append((feature, kind, body))
        return Result(op=bytes(16), ok=True)


def cart(**changes: Any) -> ObjectFacts:
    return ObjectFacts(kind="prop", name="Cart", model="cart", grabbable=True, **changes)


def standing(head: FloatPose, **parts: Any) -> AvatarState:
    return pose_from_floats(head=head, **parts)


LYING = standing(((1.0, 0.8, -0.5), UPRIGHT))


async def test_what_is_asked_for_names_the_truth_in_sight() -> None:
    hands = Hands(cart(ownership=3, authority=9), LYING)
    place = ((0.1, 0.8, -0.25), ABOUT_Y)
    await hands.grab(5, "left", ((0.02, -0.035, -0.11), UPRIGHT))
    await hands.put(5, place)
    await hands.offer(5)
    await hands.move(5, place)
    expected = [
        ("grab", Grab(prop=5, hand="left", grip=(20, -35, -110, 3, 0, 0, 0), ownership=3)),
        ("put", Put(prop=5, position=(100, 800, -250), rotation=(1, 0, 0, 400), ownership=3)),
        ("offer", Offer(prop=5, offered=True)),
        ("move", Move(prop=5, position=(100, 800, -250), rotation=(1, 0, 0, 400), ownership=3, authority=9)),
    ]
    assert [(feature, kind) for feature, kind, _ in hands.asked] == [("props", kind) for kind, _ in expected]
    assert [
        convert_body(body, type(wanted)) for (_, _, body), (_, wanted) in zip(hands.asked, expected, strict=True)
    ] == [wanted for _, wanted in expected]


async def test_a_panel_is_written_on_over_what_stands_there() -> None:
    hands = Hands(cart(), LYING)
    await hands.write(5, "first")
    told = {"panel": 5, "text": "second", "version": 2}
    (change,) = hands._session.receive(encode(Event(1, "panels", "written", told)), 0.0)
    assert change == Written(5, "second", 2) == hands.panels[5]
    await hands.write(5, "third")
    assert hands.asked == [
        ("panels", "write", {"panel": 5, "text": "first", "version": 0}),
        ("panels", "write", {"panel": 5, "text": "third", "version": 2}),
    ]


def test_what_was_said_before_one_came_is_told_line_by_line() -> None:
    told = {"lines": [{"name": "Ann", "text": text, "age": 1.5} for text in ("one", "two")]}
    changes = Hands(cart(), LYING)._session.receive(encode(Event(1, "chat", "earlier", told)), 0.0)
    assert changes == [SaidEarlier("Ann", "one", 1.5), SaidEarlier("Ann", "two", 1.5)]


async def test_what_is_not_in_sight_is_not_handled() -> None:
    hands = Hands(cart(), LYING, standing(((0.0, 1.6, 0.0), UPRIGHT)))
    for thing in (6, 41):
        with pytest.raises(ValueError, match="in sight"):
            await hands.put(thing, ((0.0, 0.0, 0.0), UPRIGHT))
        with pytest.raises(ValueError, match="in sight"):
            hands.place_of(thing)


def test_what_nobody_holds_is_where_it_lies() -> None:
    place = Hands(cart(), LYING).place_of(5)
    assert place is not None
    assert place[0] == (1.0, 0.8, -0.5)


def test_what_is_held_is_where_hand_and_grip_say() -> None:
    held = cart(holder=41, hand="right", grip=(100, 0, -200, 1, 0, 0, 400), ownership=1)
    ann = standing(((0.0, 1.6, 0.0), UPRIGHT), right=((0.3, 1.2, -0.4), ABOUT_Y))
    place = Hands(held, AvatarState(), ann).place_of(5)
    assert place is not None
    # The hand looks along -X: ahead of it is -X, to its right is -Z.
    assert place[0] == pytest.approx((0.1, 1.2, -0.5), abs=2e-3)
    assert place[1] == pytest.approx((0.0, 1.0, 0.0, 0.0), abs=5e-3)


@pytest.mark.parametrize("ann", [None, standing(((0.0, 1.6, 0.0), UPRIGHT))])
def test_what_is_held_out_of_sight_is_nowhere(ann: AvatarState | None) -> None:
    assert (
        Hands(cart(holder=41, hand="left", grip=(0, 0, 0, 3, 0, 0, 0), ownership=1), AvatarState(), ann).place_of(5)
        is None
    )
