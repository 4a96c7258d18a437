"""Who may come in and how, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.commands.entrance import describe_entrance
from server.config import load_facility
from server.room_types import ROOM_TYPES
from tests.support.clinic_files import write_clinic
from tests.unit.server.commands.test_check import FILE, facility

if TYPE_CHECKING:
    from server.config import Facility

__all__ = ["facility"]

HOW_TO = Path(__file__).parents[4] / "docs" / "howto" / "identity.md"


def lines_of(facility: Facility, more: str = "") -> list[str]:
    """What is said of a facility that says this besides."""
    facility.file.write_text(f"{FILE}\n{more}\n")
    return [line.strip() for line in describe_entrance(load_facility(facility.file, ROOM_TYPES).settings)]


def test_of_a_facility_that_says_nothing_the_defaults_are_told(facility: Facility) -> None:
    assert lines_of(facility) == [
        "who comes in",
        "accounts: none, there is no issuer",
        "guests: whoever reaches it, in every role and every room",
        "by invitation: every role",
        "who invites: the operator",
        "logged off: asked after 15 min without a sign of anybody, 2 min with the headset off; locked 1 min later, "
        "ended after 30 min more",
        "",
        "how it is reached",
        "front desk 127.0.0.1:8080, world 127.0.0.1:8081, admin interface 127.0.0.1:8082",
        "in the clear, on this machine alone",
        "tickets lead to the host by which one came, at the port of the world",
        "pages that may join: its own",
    ]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("[identity]\nguests = []", "guests: nobody"),
        (
            '[[identity.guests]]\nroles = ["patient"]\nrooms = ["hall"]\ntypes = ["consult"]',
            "guests: patient in hall, rooms of the type consult",
        ),
        ('[[identity.guests]]\nroles = ["patient", "clinician", "visitor"]', "guests: every role in every room"),
        ('[identity]\nstaff = ["clinician"]', "by invitation: every role but clinician"),
        ("[server]\nadmin_port = -1", "by invitation: nobody"),
        ("[server]\nadmin_port = -1", "front desk 127.0.0.1:8080, world 127.0.0.1:8081, no admin interface"),
        (
            "[safety]\nidle_seconds = 90\nlocked_seconds = 7200",
            "logged off: asked after 90 s without a sign of anybody, "
            "2 min with the headset off; locked 1 min later, ended after 2 h more",
        ),
        ("[safety]\nshared_devices = true", "devices are passed on: clients keep nothing of who wore them"),
        ("[server]\ntls_self_signed = true", "in TLS, by a certificate of its own making"),
        ('[server]\ntls_cert = "clinic.pem"', "in TLS, by the certificate clinic.pem"),
        ("[server]\nbehind_proxy = true", "in the clear, behind a proxy that speaks TLS"),
        ('[server]\nworld_url = "wss://clinic.example/world"', "tickets lead to wss://clinic.example/world"),
        (
            '[server]\norigins = ["https://a.example", "https://b.example"]',
            "pages that may join: https://a.example, https://b.example",
        ),
    ],
)
def test_what_the_file_says_is_told(facility: Facility, more: str, line: str) -> None:
    assert line in lines_of(facility, more)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("", "more than one factor: asked of nobody"),
        ("", "their roles: by the claim 'roles': a value is the role of its name"),
        ('staff = ["clinician"]\nacr = ["gold"]', "more than one factor (amr mfa or acr gold): clinician"),
        ('staff = ["clinician"]\namr = []', "more than one factor (no claim says so): clinician"),
        ('everyone = ["patient"]', "every account: may also be patient"),
        ('second_device = "supersede"', "a second device: ends the session before"),
        ("device_seconds = 5400.0", "a headset let in from a phone: for 90 min"),
        (
            'token = "id_token"\nalgorithms = ["ES384"]',
            "accounts: of https://id.example, by an ID token for 'web', signed by ES384",
        ),
        (
            '[[rights]]\nroles = ["clinician"]\nmay = ["invite"]',
            "who invites: the operator or clinician",
        ),
    ],
)
def test_what_the_file_says_of_accounts_is_told(facility: Facility, more: str, line: str) -> None:
    staff = "" if more.startswith("staff") else "staff = []\n"
    told = lines_of(facility, f'[identity]\nissuer = "https://id.example"\nclient_id = "web"\n{staff}{more}')
    assert line in told


def test_the_how_tos_facility_is_what_the_how_to_says(tmp_path: Path) -> None:
    page = HOW_TO.read_text()
    settings = page.split("```toml\n[identity]\n")[1].split("```")[0]
    file = write_clinic(tmp_path)
    before, _, after = file.read_text().partition("\n[identity]\n")
    file.write_text(f"{before}\n[identity]\n{settings}\n[safety]{after.partition('[safety]')[2]}")
    told = list(describe_entrance(load_facility(file, ROOM_TYPES).settings))
    printed = page.split("```\nwho comes in\n")[1].split("```")[0].splitlines()
    assert told[1 : len(printed) + 1] == printed
