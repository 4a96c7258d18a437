"""What may be served and may not be meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.commands.doubts import REASONS, doubts
from server.config import SAMPLE_FACILITY, load_facility
from server.identity.certificates import VALID_DAYS, make_self_signed
from server.room_types import ROOM_TYPES
from tests.unit.server.commands.test_check import FILE, facility

if TYPE_CHECKING:
    from server.commands.doubts import Doubt
    from server.config import Facility

__all__ = ["facility"]

ISSUER = '[identity]\nissuer = "https://id.example"\nclient_id = "web"\n'
OPEN = '[server]\nhost = "0.0.0.0"\ntls_self_signed = true\n'
PROXY = "[server]\nbehind_proxy = true\n"
WORLD = 'world_url = "wss://clinic.example/world"\n'
GUESTS = "[[identity.guests]]\n"


def told(facility: Facility, lines: str) -> dict[str, Doubt]:
    """The doubts of a facility that says this besides, by code; those of its rooms aside."""
    facility.file.write_text(f"{FILE}\n{lines}\n")
    found = [each for each in doubts(load_facility(facility.file, ROOM_TYPES)) if not each.key.startswith("rooms")]
    assert REASONS.keys() >= {each.code for each in found}
    return {each.code: each for each in found}


def test_the_sample_facility_leaves_no_doubt() -> None:
    assert list(doubts(load_facility(SAMPLE_FACILITY, ROOM_TYPES))) == []


@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        ("[identity]\nguests = []", "nobody_can_come_in", "nobody can come in but whom the operator invites: name an"),
        (f"{GUESTS}roles = []", "nobody_can_come_in", "nobody can come in but whom"),
        ("[server]\nadmin_port = -1\n[identity]\nguests = []", "nobody_can_come_in", "nobody can come in: name"),
        (OPEN, "open_to_everybody", "whoever reaches this server comes in as anything"),
        (PROXY + WORLD, "open_to_everybody", "whoever reaches this server comes in as anything"),
        ('[identity]\nclient_id = "web"', "account_without_issuer", "it says nothing without an issuer"),
        ('[identity]\naudience = "web"', "account_without_issuer", "it says nothing without an issuer"),
        (
            '[identity]\nissuer = "https://id.example"\naudience = "x"\nstaff = []',
            "client_id_missing",
            "the web client can sign no",
        ),
        (
            '[identity]\nstaff = ["clinician"]',
            "staff_without_issuer",
            "a second factor takes an account, and there is no issuer: anybody comes in as clinician",
        ),
        (
            f'[identity]\nstaff = ["clinician"]\n{GUESTS}roles = ["patient"]',
            "staff_without_issuer",
            "a second factor takes an account, and there is no issuer: nobody comes in as clinician",
        ),
        (f'{ISSUER}staff = ["clinician"]\namr = []', "second_factor_unprovable", "no value of amr or acr shows"),
        (
            f'{ISSUER}staff = ["clinician"]\nroles = {{ sick = "patient" }}',
            "staff_without_claim",
            "no value of the claim 'roles' stands for clinician, so nobody",
        ),
        (
            f'{ISSUER}staff = ["clinician"]',
            "staff_by_one_factor",
            "one factor is enough for visitor, with rights over others (invite",
        ),
        (
            f'{ISSUER}staff = []\ntoken = "id_token"\naudience = "polyclinic"',
            "audience_of_no_id_token",
            "ID tokens are for 'web', so each is refused",
        ),
        (f'{ISSUER}staff = []\nname_claim = "name"', "name_unasked", "most providers put 'name' into no token unless"),
        (f'{GUESTS}roles = ["visitor"]\nrooms = ["quiet"]', "guests_without_join", "'visitor' may join none of these"),
        (f'{GUESTS}roles = ["visitor"]\ntypes = ["ward"]', "guests_without_join", "'visitor' may join none of these"),
        (
            f'{ISSUER}staff = []\n{GUESTS}roles = ["visitor"]\nrooms = ["hall"]',
            "guests_in_charge",
            "people without an account may see_private as 'visitor'",
        ),
        (
            PROXY,
            "proxy_without_world_url",
            "behind a proxy tickets lead past it, to ws:// at the world's own port, which no "
            "page by https may open; the proxy's own pages are refused (origin_refused)",
        ),
        (
            f'{PROXY}origins = ["https://clinic.example"]',
            "proxy_without_world_url",
            "behind a proxy tickets lead past it, to "
            "ws:// at the world's own port, which no page by https may open: say where",
        ),
        (
            f'{PROXY}{WORLD}host = "::"\n{ISSUER}staff = []',
            "clear_past_proxy",
            "both ports are open in the clear on every network of this machine, past the proxy",
        ),
        (
            f'{PROXY}world_url = "ws://clinic.example/world"',
            "world_url_in_clear",
            "no page that came by https may open ws://",
        ),
        ('[server]\norigins = ["http://clinic.example"]', "origin_in_clear", "pages of http://clinic.example can sign"),
        ('[server]\ntls_self_signed = true\ntls_cert = "x.pem"', "certificates_both", "tls_self_signed has another"),
        ('[server]\ntls_cert = "none.pem"', "certificate_unusable", "none.pem: cannot be read"),
    ],
)
def test_what_is_surely_a_mistake_is_told(facility: Facility, lines: str, code: str, words: str) -> None:
    found = told(facility, lines)
    assert found[code].words.startswith(words)
    assert found[code].key.startswith(("identity.", "server."))


@pytest.mark.parametrize(
    "lines",
    [
        "",
        f'{GUESTS}roles = ["patient"]\nrooms = ["hall"]',
        f"{ISSUER}staff = []\nguests = []",
        f'{ISSUER}staff = ["clinician", "visitor"]\nroles = {{ doctor = "clinician", fellow = "visitor" }}',
        f'{ISSUER}staff = ["clinician", "visitor"]\nroles = {{ sick = "patient" }}\n'
        'everyone = ["clinician", "visitor"]',
        f'{ISSUER}staff = ["clinician", "visitor"]\namr = []\nacr = ["gold"]',
        f'{ISSUER}staff = []\ntoken = "id_token"\naudience = "web"',
        f'{ISSUER}staff = []\ntoken = "id_token"',
        f'{ISSUER}staff = []\naudience = "polyclinic"',
        f'{ISSUER}staff = []\nname_claim = "name"\nscopes = ["openid", "profile"]',
        f'{ISSUER}staff = []\nname_claim = "profile.called"',
        f'{ISSUER}staff = []\n{GUESTS}roles = ["patient"]',
        f"{OPEN}{ISSUER}staff = []",
        f'{PROXY}{WORLD}{GUESTS}roles = ["patient"]',
        f'{PROXY}{WORLD}host = "10.0.0.7"\n{ISSUER}staff = []',
        f'{PROXY}{WORLD}host = "0.0.0.0"\ntls_self_signed = true\n{ISSUER}staff = []',
        '[server]\norigins = ["http://localhost:5173", "https://clinic.example"]\nworld_url = "ws://127.0.0.1:8081/world"',
    ],
)
def test_what_may_well_be_meant_is_not(facility: Facility, lines: str) -> None:
    assert told(facility, lines) == {}


def test_a_lock_that_opens_to_a_press_is_told_where_people_have_accounts(facility: Facility) -> None:
    by_press = "[safety]\nreauthenticate = false"
    assert told(facility, f"{ISSUER}staff = []\n{by_press}")["lock_by_a_press"].key == "safety.reauthenticate"
    assert told(facility, by_press) == told(facility, f"{ISSUER}staff = []\n[safety]\nreauthenticate = true") == {}


@pytest.mark.parametrize(("left", "codes"), [(29, {"certificate_ends_soon"}), (31, set())])
def test_a_certificate_that_ends_soon_is_told_30_days_before(
    facility: Facility, left: int, codes: set[str], tmp_path: Path
) -> None:
    file = tmp_path / "clinic.pem"
    file.write_bytes(make_self_signed(["clinic.example"], datetime.now(UTC) - timedelta(days=VALID_DAYS - 1 - left)))
    assert told(facility, f'[server]\ntls_cert = "{file}"').keys() == codes


def test_the_documentation_has_every_doubt_by_its_code() -> None:
    docs = Path(__file__).parents[4] / "docs"
    told = "".join((docs / name).read_text() for name in ("howto/identity.md", "operations.md"))
    assert [code for code in REASONS if f"`{code}`" not in told] == []
