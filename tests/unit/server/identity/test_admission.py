"""The facility's rule for guests; accounts come in by a real provider in tests/integration/identity."""

from typing import Any

import pytest

from server.config_identity import GuestSettings, IdentitySettings
from server.errors import MfaRequired, RoleForbidden, RoomUnknown, Unauthenticated
from server.identity.admission import Admission, Person, account_subject
from server.identity.provider import ProviderKeys

ROLES = ("patient", "clinician")
GUESTS = (
    GuestSettings(roles=("patient",), rooms=("lobby",)),
    GuestSettings(roles=("clinician",), types=("consult",)),
)


def admission(*, provider: bool = False, **settings: Any) -> Admission:
    keys = ProviderKeys("https://id.example", 30.0, lambda: 0.0) if provider else None
    return Admission(IdentitySettings(**settings), ROLES, keys, lambda: 0.0)


GUEST = Person(subject="guest-1")


async def test_each_guest_is_somebody_else() -> None:
    subjects = {(await admission().who([], 0.0)).subject for _ in range(20)}
    assert len(subjects) == 20
    assert all(subject.startswith("guest-") for subject in subjects)


@pytest.mark.parametrize(
    ("room", "room_type", "role", "let_in"),
    [
        ("lobby", "lobby", "patient", True),
        ("lobby", "lobby", "clinician", False),
        ("consult-1", "consult", "clinician", True),
        ("consult-1", "consult", "patient", False),
        ("ward", "ward", "patient", False),
    ],
)
def test_a_guest_may_come_where_a_rule_covers_room_and_role(room: str, room_type: str, role: str, let_in: bool) -> None:
    for provider, refusal in ((False, RoleForbidden), (True, Unauthenticated)):
        rule = admission(provider=provider, guests=GUESTS)
        if let_in:
            rule.demand_role(GUEST, role, room, room_type)
        else:
            with pytest.raises(refusal):
                rule.demand_role(GUEST, role, room, room_type)
    assert admission(guests=GUESTS).may_enter(GUEST, room, room_type) is (room != "ward")


def test_a_rule_without_rooms_and_types_covers_all_and_an_empty_one_nothing() -> None:
    everywhere = admission(guests=(GuestSettings(roles=("patient",)),))
    assert everywhere.may_enter(GUEST, "ward", "ward")
    nowhere = admission(guests=(GuestSettings(roles=("patient",), rooms=()),))
    assert not nowhere.may_enter(GUEST, "ward", "ward")


def test_without_a_rule_a_provider_decides() -> None:
    assert admission().may_enter(GUEST, "ward", "ward")
    assert not admission(provider=True).may_enter(GUEST, "ward", "ward")


def test_a_room_that_is_not_there_is_denied_by_what_the_person_is() -> None:
    account = Person(subject="account-1", account=True)
    assert isinstance(admission().deny_room(GUEST), RoomUnknown)
    assert isinstance(admission(provider=True).deny_room(GUEST), Unauthenticated)
    assert isinstance(admission(provider=True).deny_room(account), RoomUnknown)


def test_accounts_have_their_roles_and_staff_two_factors() -> None:
    rule = admission(provider=True, staff=("clinician",))
    one = Person(subject="account-1", account=True, roles=frozenset(ROLES))
    rule.demand_role(one, "patient", "ward", "ward")
    with pytest.raises(MfaRequired):
        rule.demand_role(one, "clinician", "ward", "ward")
    rule.demand_role(Person(subject="a", account=True, roles=frozenset(ROLES), mfa=True), "clinician", "ward", "ward")
    with pytest.raises(RoleForbidden):
        rule.demand_role(Person(subject="a", account=True, roles=frozenset(), mfa=True), "patient", "ward", "ward")


def test_an_accounts_subject_depends_on_both_issuer_and_subject() -> None:
    assert account_subject("a", "b") == account_subject("a", "b")
    assert len({account_subject("a", "b"), account_subject("a", "c"), account_subject("b", "b")}) == 3
