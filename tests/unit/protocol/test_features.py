"""The bodies of operations and events: what both ends take for one."""

import json
from typing import Any

import pytest
from msgspec import Raw

from protocol import features, schema
from protocol.codec import convert_body, decode_server, encode, pack, unpack_map
from protocol.errors import MalformedMessage
from protocol.features import (
    FEATURES,
    BreakGlass,
    Changed,
    FeatureBodies,
    Grab,
    Move,
    Offer,
    Person,
    Put,
    Recent,
    Roster,
    Said,
    Say,
    Seen,
    Seer,
    Truth,
    Wanted,
)
from protocol.messages import Event

ANN = Person(entity=7, name="Ann", role="patient")


def test_saying_takes_a_text_and_nothing_else() -> None:
    assert convert_body({"text": "hello"}, Say) == Say(text="hello")
    for body in ({}, {"text": 5}, {"text": "hello", "to": 7}):
        with pytest.raises(MalformedMessage):
            convert_body(body, Say)


def test_what_was_said_names_its_sender_and_time() -> None:
    said = {"entity": 7, "name": "Ann", "text": "hello", "time": 12}
    assert convert_body(said, Said) == Said(entity=7, name="Ann", text="hello", time=12)
    for wrong in ({"entity": 0}, {"time": -1}, {"time": 2**32}):
        with pytest.raises(MalformedMessage):
            convert_body(said | wrong, Said)


def test_people_encoded_before_are_told_as_people() -> None:
    ann = Raw(pack(ANN))
    roster = unpack_map(pack(Roster(people=(ann, ann), more=True)))
    assert convert_body(roster, Roster[Person]) == Roster(people=(ANN, ANN), more=True)
    changed = unpack_map(pack(Changed(joined=(ann,), left=(8, 9))))
    assert convert_body(changed, Changed[Person]) == Changed(joined=(ANN,), left=(8, 9))


def test_a_body_of_an_event_is_what_the_feature_declares() -> None:
    message = encode(Event(event=1, feature="presence", type="changed", body={"joined": [], "left": [7]}))
    event = decode_server(message)
    assert isinstance(event, Event)
    declared = FEATURES[event.feature].events[event.type]
    assert convert_body(event.body, declared) == Changed(joined=(), left=(7,))


def test_another_body_is_another_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.describe()
    told = json.loads(before)["features"]
    assert told["chat"]["operations"]["say"] == {"text": "str"}
    assert told["presence"]["events"]["roster"]["people"][0]["entity"] == "int >= 1 <= 4294967295"
    monkeypatch.setitem(features.FEATURES, "chat", FeatureBodies(operations={"say": Said}))
    assert schema.describe() != before


GRAB = {"prop": 900, "hand": "left", "grip": [1000, -1000, 0, 3, 400, -400, 0], "ownership": 0}
MOVE = {"prop": 900, "position": [0, 1, 2], "rotation": [0, 1, 2, 3], "ownership": 1, "authority": 2**32 - 1}
PUT = {key: value for key, value in MOVE.items() if key != "authority"}
TRUTH = GRAB | MOVE | {"holder": 0, "hand": "", "grip": [], "offered": False}
PROPS = [
    (Grab, GRAB),
    (Put, PUT),
    (Offer, {"prop": 900, "offered": True}),
    (Move, MOVE),
    (Truth, TRUTH),
    (Wanted, {"prop": 900, "entity": 77, "name": "Ann"}),
]


@pytest.mark.parametrize(("declared", "body"), PROPS)
def test_what_is_told_of_props_has_every_key_and_no_other(declared: type[Any], body: dict[str, Any]) -> None:
    assert unpack_map(pack(convert_body(body, declared))) == body
    for key in body:
        with pytest.raises(MalformedMessage):
            convert_body({name: value for name, value in body.items() if name != key}, declared)
    with pytest.raises(MalformedMessage):
        convert_body(body | {"more": 1}, declared)


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        (Grab, GRAB | {"grip": [1001, 0, 0, 3, 0, 0, 0]}),
        (Grab, GRAB | {"grip": [0, 0, 0, 3, 0, 0]}),
        (Grab, GRAB | {"grip": []}),
        (Grab, GRAB | {"hand": ""}),
        (Grab, GRAB | {"prop": 0}),
        (Grab, GRAB | {"ownership": 2**32}),
        (Put, PUT | {"position": [8_388_608, 0, 0]}),
        (Put, PUT | {"position": [0.5, 0, 0]}),
        (Put, PUT | {"rotation": [3, 0, 401, 0]}),
        (Move, MOVE | {"rotation": [0, 1, 2]}),
        (Offer, {"prop": 900, "offered": 1}),
    ],
)
def test_what_is_out_of_range_of_props_is_malformed(declared: type[Any], body: dict[str, Any]) -> None:
    with pytest.raises(MalformedMessage):
        convert_body(body, declared)


def test_who_breaks_the_glass_says_why_and_for_how_long() -> None:
    body = {"reason": "no_response", "text": "pale", "minutes": 5}
    assert convert_body(body, BreakGlass) == BreakGlass(reason="no_response", text="pale", minutes=5)
    for wrong in ({"reason": "curiosity"}, {"minutes": -1}, {"minutes": 1.5}, {"text": None}, {"to": 7}):
        with pytest.raises(MalformedMessage):
            convert_body(body | wrong, BreakGlass)


def test_who_saw_somebody_is_told_as_people_with_times() -> None:
    people = ({"entity": 7, "name": "Ann", "role": "patient", "seconds": 61, "ago": 0, "unseen": False},)
    seen = convert_body({"people": people}, Seen)
    assert seen == Seen(people=(Seer(entity=7, name="Ann", role="patient", seconds=61, ago=0, unseen=False),))
    assert convert_body({}, Recent) == Recent()
    with pytest.raises(MalformedMessage):
        convert_body({"entity": 7}, Recent)
