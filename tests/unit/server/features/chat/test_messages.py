"""The bodies of chat's operation and event."""

import pytest

from protocol.codec import convert_body
from protocol.errors import MalformedMessage
from server.features.chat.messages import Said, Say


def test_saying_takes_a_text_and_nothing_else() -> None:
    assert convert_body({"text": "hello"}, Say) == Say(text="hello")
    for body in ({}, {"text": 5}, {"text": "hello", "to": 7}):
        with pytest.raises(MalformedMessage):
            convert_body(body, Say)


def test_what_was_said_names_its_sender_and_time() -> None:
    assert Said.__struct_fields__ == ("entity", "name", "text", "time")
