from typing import Literal

import msgspec
import pytest

from protocol.errors import MalformedFrame, MalformedMessage, MalformedPose, MalformedRotation, WireError, fault_words
from protocol.ids import CloseCode


@pytest.mark.parametrize("error", [MalformedMessage, MalformedRotation, MalformedPose, MalformedFrame])
def test_every_error_of_the_wire_closes_as_malformed(error: type[WireError]) -> None:
    assert error("why").close_code is CloseCode.MALFORMED
    assert isinstance(error("why"), ValueError)
    assert str(error("why")) == "why"


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    hand: Literal["left", "right"] = "left"
    inner: "_Body | None" = None


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"Jane` - at `$.x` Doe": 1}, "Object contains an unknown field"),
        ({"inner": {"Jane Doe": 1}}, "Object contains an unknown field - at `$.inner`"),
        ({"hand": "Jane Doe"}, "Invalid enum value - at `$.hand`"),
        ({"hand": 7}, "Expected `str`, got `int` - at `$.hand`"),
    ],
)
def test_what_was_sent_is_not_said_again(sent: dict[str, object], words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(sent, _Body)
    assert fault_words(caught.value) == words
