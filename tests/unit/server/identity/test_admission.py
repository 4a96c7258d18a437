"""The facility's rule for guests; accounts come in by a real provider in tests/integration/identity."""

import json
import os
from pathlib import Path
from typing import Any, cast

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from structlog.testing import capture_logs

from protocol.rights import Right
from server.config import SAMPLE_FACILITY, load_facility, override_server
from server.config.identity import GuestSettings, IdentitySettings
from server.config.rights import OVER_OTHERS, RightsSettings
from server.errors import RoomUnknown, StoreError
from server.identity.admission import Admission
from server.identity.person import Person
from server.identity.provider import ProviderKeys
from server.identity.refusals import MfaRequired, NameMissing, RoleForbidden, Unauthenticated
from server.room_types import ROOM_TYPES

ROLES = ("patient", "clinician")
RIGHTS = (RightsSettings(roles=ROLES, may=(Right.JOIN,)),)
GUESTS = (
    GuestSettings(roles=("patient",), rooms=("lobby",)),
    GuestSettings(roles=("clinician",), types=("consult",)),
)


def admission(*, provider: bool = False, **settings: Any) -> Admission:
    issuer = "https://id.example" if provider else None
    keys = None if issuer is None else ProviderKeys(issuer, 30.0, lambda: 0.0)
    return Admission(IdentitySettings(issuer=issuer, **settings), RIGHTS, keys, lambda: 0.0)


GUEST = Person(subject="guest-1")


async def test_each_guest_is_somebody_else() -> None:
    subjects = {(await admission().who([], 0.0)).subject for _ in range(20)}
    assert len(subjects) == 20
    assert all(subject.startswith("guest-") for subject in subjects)


def test_a_guest_may_come_in_what_a_rule_names() -> None:
    for provider, refusal in ((False, RoleForbidden), (True, Unauthenticated)):
        rule = admission(provider=provider, guests=GUESTS[:1])
        assert rule.roles_of(GUEST) == {"patient"}
        rule.demand_role(GUEST, "patient")
        with pytest.raises(refusal):
            rule.demand_role(GUEST, "clinician")
    assert admission(guests=GUESTS).roles_of(GUEST) == set(ROLES)


def test_without_a_rule_a_provider_decides() -> None:
    assert admission().roles_of(GUEST) == set(ROLES)
    assert admission(provider=True).roles_of(GUEST) == set()


def test_a_room_that_is_not_there_is_denied_by_what_the_person_is() -> None:
    account = Person(subject="account-1", account=True)
    unknown = RoomUnknown()
    assert admission().refusal(GUEST, unknown) is unknown
    assert isinstance(admission(provider=True).refusal(GUEST, unknown), Unauthenticated)
    assert admission(provider=True).refusal(account, unknown) is unknown


def test_accounts_have_their_roles_and_staff_two_factors() -> None:
    rule = admission(provider=True, staff=("clinician",))
    one = Person(subject="account-1", account=True, roles=frozenset(ROLES))
    rule.demand_role(one, "patient")
    with pytest.raises(MfaRequired):
        rule.demand_role(one, "clinician")
    rule.demand_role(Person(subject="a", account=True, roles=frozenset(ROLES), mfa=True), "clinician")
    with pytest.raises(RoleForbidden):
        rule.demand_role(Person(subject="a", account=True, roles=frozenset(), mfa=True), "patient")


def test_nobody_is_invited_as_staff() -> None:
    rule = admission(provider=True, staff=("clinician",))
    assert rule.is_invitable("patient")
    assert not rule.is_invitable("clinician")


@pytest.mark.parametrize("right", sorted(OVER_OTHERS))
def test_nobody_is_invited_to_rights_over_others_whatever_is_said_of_staff(right: Right) -> None:
    rights = (
        RightsSettings(roles=("patient", "interpreter"), may=tuple(frozenset(Right) - OVER_OTHERS)),
        RightsSettings(roles=("interpreter",), may=(right,), rooms=("ward",)),
    )
    keys = ProviderKeys("https://id.example", 30.0, lambda: 0.0)
    with_accounts = Admission(IdentitySettings(issuer="https://id.example", staff=()), rights, keys, lambda: 0.0)
    assert with_accounts.is_invitable("patient")
    assert not with_accounts.is_invitable("interpreter")
    # Where nobody has an account, the operator invites in any role.
    assert Admission(IdentitySettings(), rights, None, lambda: 0.0).is_invitable("interpreter")


@pytest.mark.parametrize("name", [None, "", " ", "\ud800", 7])
async def test_an_account_without_the_name_that_it_is_to_be_called_by_is_refused(name: object) -> None:
    key = ECKey.generate_key("P-256")

    class Keys:
        async def find(self, kid: str | None, algorithm: str) -> ECKey:
            return key

    settings = IdentitySettings(issuer="https://id.example", client_id="web", staff=(), name_claim="name")
    rule = Admission(settings, RIGHTS, cast("ProviderKeys", Keys()), lambda: 100.0)

    def bearer(**claims: object) -> list[str]:
        claims = {"iss": "https://id.example", "aud": "web", "sub": "ann", "iat": 90, "exp": 200} | claims
        return [f"Bearer {jws.serialize_compact({'alg': 'ES256'}, json.dumps(claims).encode(), key)}"]

    assert (await rule.who(bearer(name="Ann"), 0.0)).name == "Ann"
    with pytest.raises(NameMissing):
        await rule.who(bearer(name=name), 0.0)


def test_that_a_house_key_was_made_is_logged_once(tmp_path: Path) -> None:
    with capture_logs() as lines:
        for _ in range(2):
            admission().begin(tmp_path / "store.sqlite3")
    assert [(line["event"], line["file"]) for line in lines] == [("house_key_made", "store.sqlite3.house-key")]
    (tmp_path / "store.sqlite3.house-key").unlink()
    with capture_logs() as lines:
        admission().begin(tmp_path / "store.sqlite3")
    assert [line["event"] for line in lines] == ["house_key_made"]


@pytest.mark.parametrize("suffix", [".revoked", ".erased", ".locked"])
def test_what_is_damaged_beside_the_store_is_told_at_each_start(tmp_path: Path, suffix: str) -> None:
    store = str(tmp_path / "store.sqlite3")
    facility = override_server(load_facility(SAMPLE_FACILITY, ROOM_TYPES), store=store).settings
    assert facility.identity.issuer is None
    Admission.of(facility, lambda: 0.0)
    assert list(tmp_path.iterdir()) == []
    file = Path(store + suffix)
    file.write_text("no time\n")
    with pytest.raises(StoreError) as refused:
        Admission.of(facility, lambda: 0.0)
    assert refused.value.detail.startswith(f"{file}, line 1: expected a time")
    assert file.read_text() == "no time\n"
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(StoreError, match="expected a regular file, got a pipe"):
        Admission.of(facility, lambda: 0.0)
