"""Event messages: their numbers, whatever the order of their keys."""

import pytest

from loadtest.events import EventReader
from protocol.codec import encode
from protocol.errors import MalformedMessage
from protocol.messages import Bye, ClockReply, Event

NUMBERS = [1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1]


def event(number: int, text: str = "hello") -> bytes:
    return encode(Event(event=number, feature="chat", type="said", body={"text": text}))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_number_is_read_the_first_time_and_every_time(number: int) -> None:
    reader = EventReader()
    assert reader.read(event(7)) == (7, ())
    assert reader.read(event(number)) == (number, ())
    assert reader.read(event(number, "other")).number == number


def test_other_orders_of_keys_are_read_too() -> None:
    moved = b"\x82\x84\xa7feature\xa4chat\xa5event\x05\xa4type\xa4said\xa4body\x80"
    reader = EventReader()
    assert reader.read(moved).number == 5
    assert reader.read(moved).number == 5


@pytest.mark.parametrize(
    "data",
    [
        b"\x82\x84\xa5event",
        b"\x82\x84\xa5event\xcd\x01",
        b"\x82\x84\xa5event\x00\xa7feature\xa4chat\xa4type\xa4said\xa4body\x80",
        b"\x82\x84\xa5event\xff\xa7feature\xa4chat\xa4type\xa4said\xa4body\x80",
        b"\x82\xc1",
    ],
)
def test_what_is_no_event_is_refused_even_after_a_good_one(data: bytes) -> None:
    reader = EventReader()
    reader.read(b"\x82\x84\xa5event\x01\xa7feature\xa4chat\xa4type\xa4said\xa4body\x80")
    with pytest.raises(MalformedMessage):
        reader.read(data)


def test_another_message_is_no_event() -> None:
    with pytest.raises(MalformedMessage, match="ClockReply instead of an event"):
        EventReader().read(encode(ClockReply(sent=1.0, time=5)))
    with pytest.raises(MalformedMessage):
        EventReader().read(encode(Bye()))


ANN = {"entity": 7, "name": "Ann", "role": "patient"}
BO = {"entity": 0xFFFFFFFF, "name": "Bo", "role": "patient"}


@pytest.mark.parametrize(
    ("what", "body", "entities"),
    [
        ("roster", {"people": [ANN, BO], "more": False}, (7, 0xFFFFFFFF)),
        ("roster", {"people": [], "more": False}, ()),
        ("changed", {"joined": [BO], "left": [7, 8]}, (0xFFFFFFFF, 7, 8)),
        ("changed", {"joined": [], "left": []}, ()),
    ],
)
def test_whom_presence_tells_of_is_read_the_first_time_and_every_time(
    what: str, body: dict[str, object], entities: tuple[int, ...]
) -> None:
    reader = EventReader()
    for number in (1, 2):
        data = encode(Event(event=number, feature="presence", type=what, body=body))
        assert reader.read(data) == (number, entities)


def test_what_another_feature_tells_is_not_looked_at() -> None:
    data = encode(Event(event=1, feature="chat", type="roster", body={"people": [{"entity": 7}]}))
    assert EventReader().read(data).entities == ()


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("roster", {}),
        ("roster", {"people": [7]}),
        ("roster", {"people": [{"entity": -1}]}),
        ("changed", {"joined": []}),
        ("changed", {"joined": [], "left": [2**32]}),
        ("gone", {}),
    ],
)
def test_presence_that_does_not_say_who_is_refused(what: str, body: dict[str, object]) -> None:
    with pytest.raises(MalformedMessage, match=f"presence {what}: "):
        EventReader().read(encode(Event(event=1, feature="presence", type=what, body=body)))


def test_only_so_many_bodies_are_remembered() -> None:
    reader = EventReader()
    for number in range(1, 1_000):
        assert reader.read(event(number, str(number))).number == number
    assert len(reader._checked) <= 256
