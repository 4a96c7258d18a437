"""What the facility file may say of who is let in."""

import json
import tomllib
from pathlib import Path
from typing import Never

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility, override_server
from server.config.identity import AdmissionSettings, GuestSettings, IdentitySettings, check_identity
from server.errors import ConfigError
from server.room_types import ROOM_TYPES

ROLES = ("patient", "clinician")


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


GUESTS = (
    GuestSettings(roles=("patient",), rooms=("lobby",)),
    GuestSettings(roles=("clinician",), types=("consult",)),
)


@pytest.mark.parametrize(
    ("room", "room_type", "roles"),
    [
        ("lobby", "lobby", {"patient"}),
        ("consult-1", "consult", {"clinician"}),
        ("", "consult", {"clinician"}),
        ("ward", "ward", set()),
    ],
)
def test_guests_come_where_a_rule_covers_room_and_role(room: str, room_type: str, roles: set[str]) -> None:
    assert IdentitySettings(guests=GUESTS).guest_roles_in(ROLES, room_type, room) == roles


def test_a_rule_without_rooms_and_types_covers_all_and_an_empty_one_nothing() -> None:
    everywhere = IdentitySettings(guests=(GuestSettings(roles=("patient",)),))
    assert everywhere.guest_roles_in(ROLES, "ward", "ward") == {"patient"}
    nowhere = IdentitySettings(guests=(GuestSettings(roles=("patient",), rooms=()),))
    assert nowhere.guest_roles_in(ROLES, "ward", "ward") == set()


def test_without_a_rule_for_guests_an_issuer_decides() -> None:
    assert IdentitySettings().guest_roles_in(ROLES, "ward", "ward") == set(ROLES)
    assert IdentitySettings(issuer="https://id.example").guest_roles_in(ROLES, "ward", "ward") == set()


GOOD = {"issuer": "https://id.example", "client_id": "web", "staff": []}


@pytest.mark.parametrize(
    ("identity", "key", "expected"),
    [
        ({"issuer": "id.example"}, "identity.issuer", "an issuer identifier such as"),
        ({**GOOD, "issuer": "http://id.example"}, "identity.issuer", "https"),
        ({"issuer": "https://id.example"}, "identity.audience", "audience, or client_id"),
        ({**GOOD, "algorithms": ["HS256"]}, r"identity.algorithms\[0\]", "RS256, ES256, ES384 or EdDSA"),
        ({**GOOD, "algorithms": []}, "identity.algorithms", "some of RS256"),
        ({**GOOD, "token": "refresh_token"}, "identity.token", "access_token or id_token"),
        ({**GOOD, "staff": ["doctor"]}, "identity.staff", "roles of the facility"),
        (
            {"issuer": "https://id.example", "client_id": "web"},
            "identity.staff",
            r"more than one factor, \[\] for none",
        ),
        ({**GOOD, "everyone": ["doctor"]}, "identity.everyone", "roles of the facility"),
        ({**GOOD, "roles": {"x": "doctor"}}, "identity.roles", "roles of the facility"),
        ({"guests": [{"roles": ["doctor"]}]}, r"identity.guests\[0\].roles", "roles of the facility"),
        ({"guests": [{"roles": [], "rooms": ["x"]}]}, r"identity.guests\[0\].rooms", "rooms of the facility"),
        ({"guests": [{"roles": [], "types": ["x"]}]}, r"identity.guests\[0\].types", "room types of the facility"),
        ({"guests": [{}]}, r"identity.guests\[0\].roles", "a value"),
        ({"second_device": "both"}, "identity.second_device", '"join" or "supersede"'),
        ({"secret": "x"}, "identity.secret", "one of the keys issuer"),
        (
            {**GOOD, "staff": ["clinician"], "guests": [{"roles": ["clinician"]}]},
            r"identity.guests\[0\].roles",
            "no roles of staff",
        ),
    ],
)
def test_a_rule_that_cannot_hold_is_told_before_the_start(
    tmp_path: Path, identity: dict[str, object], key: str, expected: str
) -> None:
    tree = tomllib.loads(SAMPLE_FACILITY.read_text()) | {"identity": identity}
    folder = SAMPLE_FACILITY.parent
    tree |= {"scenes": str(folder / "scenes"), "avatars": str(folder / "avatars")}
    file = tmp_path / "clinic.toml"
    file.write_text("\n".join(f"{name} = {_toml(value)}" for name, value in tree.items()))
    with pytest.raises(ConfigError, match=rf"{key}: expected .*{expected}"):
        load_facility(file, ROOM_TYPES)


@pytest.mark.parametrize("issuer", ["https://id.example/realms/clinic", "http://localhost:9400", "http://127.0.0.1:1"])
def test_an_issuer_is_reached_by_https_or_is_this_machine(issuer: str) -> None:
    said = IdentitySettings(issuer=issuer, client_id="web", staff=())
    check_identity(said, ["patient"], ["lobby"], ["lobby"], _never)
    assert said.wanted_audience == "web"
    assert IdentitySettings(audience="x", client_id="web").wanted_audience == "x"


def _toml(value: object) -> str:
    """Write a value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}" = {_toml(entry)}' for name, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return json.dumps(value)


def _never(key: str, expected: str, got: str) -> Never:
    raise AssertionError(key, expected, got)
