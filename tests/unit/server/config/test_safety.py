"""What the facility file says of logoff and removal."""

import msgspec
import pytest

from server.config.safety import DEFAULT_SAFETY, SafetySettings


def test_a_facility_that_says_nothing_has_automatic_logoff_and_no_shared_devices() -> None:
    safety = DEFAULT_SAFETY
    assert (safety.idle_seconds, safety.away_seconds, safety.warn_seconds) == (900.0, 120.0, 60.0)
    assert not DEFAULT_SAFETY.shared_devices


@pytest.mark.parametrize("value", [0.0, -1.0, 86_401.0, "soon", None])
def test_times_are_seconds_of_a_day(value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"idle_seconds": value}, SafetySettings)
