import msgspec
import pytest

from protocol.ids import Kind
from protocol.messages import CLIENT_MESSAGES, SERVER_MESSAGES, Event, Hello, Result


def test_every_kind_but_the_packed_ones_has_a_message() -> None:
    assert {*CLIENT_MESSAGES, *SERVER_MESSAGES} == set(Kind) - {Kind.POSE, Kind.SNAPSHOT}
    assert all(kind < 0x80 for kind in CLIENT_MESSAGES)
    assert all(kind >= 0x80 for kind in SERVER_MESSAGES)


def test_messages_are_immutable_and_admit_no_other_keys() -> None:
    for struct in (*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()):
        assert struct.__struct_config__.frozen
        assert struct.__struct_config__.forbid_unknown_fields


def test_optional_keys_have_defaults() -> None:
    assert Hello(version=1, schema="s", ticket="t", client="c").ages is False
    assert (Result(op=bytes(16), ok=True).code, Result(op=bytes(16), ok=True).body) == ("", {})


def test_events_are_numbered_from_1() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"event": 0, "feature": "f", "type": "t", "body": {}}, Event)
