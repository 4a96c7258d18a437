"""Events encoded once for all."""

import pytest

from protocol.codec import decode_server, encode
from protocol.features import Said
from protocol.messages import Event
from server.world.event import EncodedEvent


@pytest.mark.parametrize("number", [1, 127, 128, 255, 256, 65_535, 65_536, 2**32, 2**53 - 1])
def test_the_message_is_the_one_the_codec_makes(number: int) -> None:
    body = {"text": "good morning", "list": [1, 2, 3]}
    event = EncodedEvent.of("chat", "said", body)
    assert event.message(number) == encode(Event(event=number, feature="chat", type="said", body=body))


def test_a_struct_is_a_body_too() -> None:
    event = EncodedEvent.of("chat", "said", Said(entity=7, name="Ann", text="hello", time=12))
    decoded = decode_server(event.message(3))
    assert decoded == Event(3, "chat", "said", {"entity": 7, "name": "Ann", "text": "hello", "time": 12})


def test_the_size_is_that_of_a_message_but_for_its_number() -> None:
    event = EncodedEvent.of("chat", "said", {"text": "x" * 300})
    assert 0 < len(event.message(2**53 - 1)) - event.size <= 17
