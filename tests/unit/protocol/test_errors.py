import pytest

from protocol.errors import MalformedFrame, MalformedMessage, MalformedPose, MalformedRotation, WireError
from protocol.ids import CloseCode


@pytest.mark.parametrize("error", [MalformedMessage, MalformedRotation, MalformedPose, MalformedFrame])
def test_every_error_of_the_wire_closes_as_malformed(error: type[WireError]) -> None:
    assert error("why").close_code is CloseCode.MALFORMED
    assert isinstance(error("why"), ValueError)
    assert str(error("why")) == "why"
