"""What the facility file may say of who is let in."""

from pathlib import Path

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility, override_server
from server.config_identity import AdmissionSettings
from server.errors import ConfigError
from server.room_types import ROOM_TYPES


@pytest.mark.parametrize(
    "origin",
    ["https://clinic.example", "http://localhost:5173", "http://[::1]:8080", "http://192.0.2.7", "https://a"],
)
def test_an_origin_is_a_scheme_a_host_and_maybe_a_port(origin: str) -> None:
    assert msgspec.convert({"origins": [origin]}, AdmissionSettings).origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "", "clinic.example", "https://clinic.example/", "https://Clinic.example", "wss://clinic.example"],
)
def test_what_no_browser_would_say_is_told_before_the_start(origin: str) -> None:
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    with pytest.raises(ConfigError, match=r"--origins.*an origin such as https://clinic\.example") as wrong:
        override_server(facility, origins=[origin])
    assert wrong.value.exit_status == 2


def test_the_sample_lets_in_pages_of_its_own_front_desk() -> None:
    assert load_facility(Path(SAMPLE_FACILITY), ROOM_TYPES).settings.server.origins is None
