"""The bodies of operations and events: what both ends take for one."""

import json

import pytest
from msgspec import Raw

from protocol import features, schema
from protocol.codec import convert_body, decode_server, encode, pack, unpack_map
from protocol.errors import MalformedMessage
from protocol.features import FEATURES, Changed, FeatureBodies, Person, Roster, Said, Say
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
