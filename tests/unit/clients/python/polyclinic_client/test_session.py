"""The session, stepped by hand: on messages of its own, and on the sessions among the wire's vectors."""

import json
from pathlib import Path
from typing import Any

import pytest
from polyclinic_client.changes import (
    Change,
    Corrected,
    Entered,
    FeatureEvent,
    Handled,
    Left,
    Moved,
    Person,
    Reconnected,
    RosterChanged,
    Said,
    Wanted,
)
from polyclinic_client.errors import BrokenWorld
from polyclinic_client.session import Session

from protocol.codec import decode_client, encode, encode_facts
from protocol.messages import (
    Ack,
    AvatarFacts,
    Clock,
    ClockReply,
    Correction,
    Event,
    ObjectFacts,
    Result,
    RoomDescription,
    Spawn,
    Welcome,
)
from protocol.snapshot import (
    AvatarState,
    Enter,
    Frame,
    Record,
    decode_pose,
    encode_frame,
    first_held,
    full_record,
    pose_from_floats,
)

VECTORS = json.loads((Path(__file__).parents[5] / "protocol" / "vectors" / "sessions.json").read_text())["sessions"]
ROOM = RoomDescription("lobby", "lobby", "Lobby", "/s", 30, ((-5, 0, -5), (5, 4, 5)), 8, (), ("presence", "chat"))
ANN = encode_facts(AvatarFacts(kind="avatar", name="Ann", role="patient", avatar="plain"))
GRIP = (0, 0, -100, 3, 0, 0, 0)
CART = encode_facts(ObjectFacts(kind="prop", name="Cart", model="cart"))


def welcome(*, resumed: bool = False, event: int = 0, entity: int = 7) -> bytes:
    spawn = Spawn((0.0, 1.6, 0.0), 0.0)
    return encode(Welcome("s", entity, resumed, "token", 30.0, event, ROOM, 1, 50_000, spawn))


def event(number: int, feature: str = "chat", kind: str = "said", **body: Any) -> bytes:
    return encode(Event(number, feature, kind, body or {"entity": 7, "name": "Ada", "text": "hi", "time": 1}))


def frame(
    *entered: tuple[int, int], updated: tuple[int, ...] = (), left: tuple[int, ...] = (), facts: bytes = ANN
) -> bytes:
    state = full_record(first_held(AvatarState(voice=9)))
    return encode_frame(
        Frame(
            tick=1,
            time=50_000,
            leaves=left,
            enters=tuple(Enter(alias, entity, facts) for alias, entity in entered),
            records=tuple(Record(alias, state) for alias in (*(alias for alias, _ in entered), *updated)),
        )
    )


def live(results: list[Result] | None = None) -> Session:
    session = Session("tests", ([] if results is None else results).append)
    assert session.receive(welcome(), 0.0) == []
    return session


def names(changes: list[Change]) -> list[str]:
    return [type(change).__name__ for change in changes]


def test_a_session_is_live_from_the_welcome_on() -> None:
    session = Session("tests", lambda _: None)
    with pytest.raises(BrokenWorld, match="before the welcome"):
        session.receive(event(1), 0.0)
    session.receive(welcome(), 0.0)
    assert session.live
    with pytest.raises(BrokenWorld, match="second welcome"):
        session.receive(welcome(), 0.0)


def test_entities_enter_move_and_leave() -> None:
    session = live()
    (entered,) = session.receive(frame((0, 41)), 0.0)
    assert isinstance(entered, Entered)
    assert (entered.entity.id, entered.entity.name, entered.entity.role) == (41, "Ann", "patient")
    assert (entered.entity.tick, entered.entity.tier) == (1, 0)
    (moved,) = session.receive(frame(updated=(0,)), 0.0)
    assert isinstance(moved, Moved)
    assert moved.time == 50_000
    assert session.entities == {41: moved.entity}
    assert session.receive(frame(left=(0,)), 0.0) == [Left(moved.entity)]
    assert session.entities == {}


def test_an_alias_may_pass_to_another_in_one_frame() -> None:
    session = live()
    session.receive(frame((0, 41)), 0.0)
    assert names(session.receive(frame((0, 42), left=(0,)), 0.0)) == ["Left", "Entered"]
    assert list(session.entities) == [42]


def test_things_have_a_model_and_no_role() -> None:
    session = live()
    session.receive(frame((0, 5), facts=CART), 0.0)
    cart = session.entities[5]
    assert (cart.kind, cart.look, cart.role) == ("prop", "cart", "")


def test_new_facts_of_a_thing_in_sight_are_told_as_handling() -> None:
    session = live()
    session.receive(frame((0, 5), facts=CART), 0.0)
    held = encode_facts(
        ObjectFacts(kind="prop", name="Cart", model="cart", holder=41, hand="left", grip=GRIP, ownership=1)
    )
    (handled,) = session.receive(frame((2, 5), left=(0,), facts=held), 0.0)
    assert isinstance(handled, Handled)
    assert (handled.entity.holder, handled.time) == (41, 50_000)
    assert session.entities == {5: handled.entity}
    assert names(session.receive(frame(updated=(2,)), 0.0)) == ["Moved"]


def test_facts_that_changed_while_the_connection_was_lost_are_told_too() -> None:
    session = live()
    session.receive(frame((0, 5), facts=CART), 0.0)
    session.suspend(0.0)
    session.receive(welcome(resumed=True), 0.0)
    held = encode_facts(
        ObjectFacts(kind="prop", name="Cart", model="cart", holder=41, hand="left", grip=GRIP, ownership=1)
    )
    assert names(session.receive(frame((0, 5), facts=held), 0.0)) == ["Handled"]


def test_a_thing_in_a_hand_without_a_grip_breaks_the_protocol() -> None:
    held = encode_facts(ObjectFacts(kind="prop", name="Cart", model="cart", holder=41, hand="left", ownership=1))
    with pytest.raises(BrokenWorld, match="grip of 0"):
        live().receive(frame((0, 5), facts=held), 0.0)


def test_a_wish_is_told() -> None:
    session = live()
    (wanted,) = session.receive(event(1, "props", "wanted", prop=5, entity=41, name="Ann"), 0.0)
    assert wanted == Wanted(5, 41, "Ann")


def test_an_entity_under_two_aliases_breaks_the_protocol() -> None:
    session = live()
    session.receive(frame((0, 41)), 0.0)
    with pytest.raises(BrokenWorld, match="enter twice"):
        session.receive(frame((1, 41)), 0.0)


@pytest.mark.parametrize("data", [b"\x90", b"\xff", b"\x82\xc1", frame(updated=(3,))])
def test_what_is_malformed_breaks_the_world(data: bytes) -> None:
    with pytest.raises(BrokenWorld):
        live().receive(data, 0.0)


def test_a_gap_in_the_events_breaks_the_world() -> None:
    session = live()
    assert session.receive(event(1), 0.0) == [Said(7, "Ada", "hi", 1)]
    with pytest.raises(BrokenWorld, match="event 3 after event 1"):
        session.receive(event(3), 0.0)


def test_the_roster_comes_in_pages_and_changes() -> None:
    session = live()
    ada, bo, cy = ({"entity": n, "name": name, "role": "patient"} for n, name in ((7, "Ada"), (8, "Bo"), (9, "Cy")))
    assert session.receive(event(1, "presence", "roster", people=[ada], more=True), 0.0) == []
    assert session.receive(event(2, "presence", "changed", joined=[cy], left=[]), 0.0) == []
    (listed,) = session.receive(event(3, "presence", "roster", people=[bo], more=False), 0.0)
    assert isinstance(listed, RosterChanged)
    assert [person.name for person in listed.joined] == ["Ada", "Cy", "Bo"]
    (changed,) = session.receive(event(4, "presence", "changed", joined=[], left=[8, 99]), 0.0)
    assert isinstance(changed, RosterChanged)
    assert changed.left == (Person(8, "Bo", "patient"),)
    assert set(changed.people) == set(session.people) == {7, 9}
    (passed,) = session.receive(event(5, "presence", "changed", joined=[bo], left=[8]), 0.0)
    assert isinstance(passed, RosterChanged)
    assert passed.joined == passed.left == (Person(8, "Bo", "patient"),)
    assert set(passed.people) == {7, 9}
    (replaced,) = session.receive(event(6, "presence", "roster", people=[bo], more=False), 0.0)
    assert isinstance(replaced, RosterChanged)
    assert {person.name for person in replaced.left} == {"Ada", "Cy"}


def test_events_of_other_features_are_passed_on() -> None:
    assert live().receive(event(1, "consent", "asked", who=7), 0.0) == [FeatureEvent("consent", "asked", {"who": 7})]


def test_results_corrections_and_the_clock_are_taken_in() -> None:
    results: list[Result] = []
    session = live(results)
    result = Result(op=bytes(16), ok=True)
    assert session.receive(encode(result), 0.0) == []
    assert results == [result]
    correction = encode(Correction(sequence=3, position=(1000, 1600, -500), reason="bounds"))
    assert session.receive(correction, 0.0) == [Corrected((1.0, 1.6, -0.5), "bounds", 3)]
    session.receive(encode(ClockReply(sent=1000.0, time=61_010)), 1020.0)
    assert session.clock.at(2000.0) == 62_000


def test_events_are_acknowledged_after_a_second_or_in_lots() -> None:
    session = live()
    session.due(0.0)
    session.receive(event(1), 10.0)
    assert session.next_due() <= 1010.0
    assert Ack(1) in [decode_client(message) for message in session.due(1010.0)]
    for number in range(2, 34):
        session.receive(event(number), 1020.0)
    assert session.next_due() == 0.0
    assert decode_client(session.due(1020.0)[0]) == Ack(33)


def test_the_time_is_asked_often_at_first_then_seldom() -> None:
    session = live()
    asked = [now for now in range(0, 12_000, 50) if any(isinstance(decode_client(m), Clock) for m in session.due(now))]
    assert asked == [0, 250, 500, 750, 10_750]


def test_poses_are_numbered_and_wrap() -> None:
    session = live()
    state = pose_from_floats(head=((0.0, 1.6, 0.0), (0.0, 0.0, 0.0, 1.0)))
    first = decode_pose(session.pose(state, 5))
    session._sequence = 0xFFFF
    assert [decode_pose(session.pose(state, 5)).sequence for _ in range(2)] == [0xFFFF, 0]
    assert (first.sequence, first.state, first.sampled_at) == (0, state, 5)


def test_a_session_may_resume_within_its_window_only() -> None:
    session = Session("tests", lambda _: None)
    assert not session.may_resume(0.0)
    with pytest.raises(ValueError, match="no session"):
        session.resume()
    session.receive(welcome(), 0.0)
    session.suspend(1000.0)
    assert session.may_resume(30_999.0)
    assert not session.may_resume(31_000.0)
    session.abandon()
    assert not session.may_resume(1000.0)


def test_after_a_resume_only_who_is_gone_has_left() -> None:
    session = live()
    session.receive(frame((0, 41), (1, 42)), 0.0)
    session.receive(event(1), 0.0)
    session.suspend(100.0)
    assert session.receive(welcome(resumed=True, event=2), 200.0) == [Reconnected(resumed=True)]
    assert names(session.receive(event(2), 200.0)) == ["Said"]
    changes = session.receive(frame((0, 42), (1, 43)), 300.0)
    assert names(changes) == ["Moved", "Entered", "Left"]
    assert set(session.entities) == {42, 43}
    assert Ack(2) in [decode_client(message) for message in session.due(300.0)]


def test_after_a_resync_everything_has_left_and_numbers_go_on() -> None:
    session = live()
    session.receive(frame((0, 41)), 0.0)
    session.suspend(100.0)
    changes = session.receive(welcome(resumed=False, event=400, entity=8), 200.0)
    assert names(changes) == ["Left", "Reconnected"]
    assert names(session.receive(event(401), 200.0)) == ["Said"]
    assert session.people == {}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_every_session_of_the_vectors_is_understood(vector: dict[str, Any]) -> None:
    session = Session("web 0.1", lambda _: None)
    told = 0
    for step in vector["steps"]:
        if step.get("drop"):
            session.suspend(0.0)
        elif step["from"] == "server" and "hex" in step:
            session.receive(bytes.fromhex(step["hex"]), 0.0)
            told += 1
        elif step["from"] == "server":
            session.suspend(0.0)
    assert told == sum("hex" in step and step["from"] == "server" for step in vector["steps"])


@pytest.mark.parametrize("name", ["resume_with_the_exact_gap", "resume_when_nothing_was_missed"])
def test_a_resume_is_asked_for_as_the_vectors_do(name: str) -> None:
    (vector,) = (vector for vector in VECTORS if vector["name"] == name)
    session = Session("web 0.1", lambda _: None)
    for step in vector["steps"]:
        if step.get("drop"):
            break
        if step["from"] == "server":
            session.receive(bytes.fromhex(step["hex"]), 0.0)
    asked = next(step["hex"] for step in vector["steps"] if step.get("hex", "").startswith("02"))
    assert decode_client(session.resume()) == decode_client(bytes.fromhex(asked))
