"""Accounts of a real OpenID provider at the front desk, over real HTTP."""

from __future__ import annotations

import base64
import hmac
import json
import math
import time
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs
from typer.testing import CliRunner

from server.config import SAMPLE_FACILITY, load_facility
from server.config.identity import ALGORITHMS, GuestSettings, IdentitySettings
from server.identity.provider import ProviderKeys
from server.identity.revocations import KEPT_SECONDS
from server.main import app
from server.room_types import ROOM_TYPES
from tests.support.clinic_files import write_clinic
from tests.support.front_desk import FrontDesk
from tests.support.oidc_provider import CLIENT, Provider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.front_desk import Answer


class ClinicDesk(FrontDesk):
    """The sample facility with accounts; `seconds` is the clock by which the provider is asked for its keys."""

    seconds: float = 0.0

    async def as_account(self, token: str, room: str = "lobby", role: str = "patient") -> Answer:
        wish = {"name": "Ann", "role": role}
        return await self.post(f"/v1/rooms/{room}/tickets", wish, {"authorization": f"Bearer {token}"})


def desk_with(issuer: str, **identity: Any) -> ClinicDesk:
    settings = IdentitySettings(
        issuer=issuer,
        client_id=CLIENT,
        token="id_token",  # noqa: S106 - which kind of token
        roles={"doctor": "clinician", "patient": "patient"},
        staff=("clinician",),
        guests=(GuestSettings(roles=("patient",), rooms=("waiting",)),),
    )
    settings = msgspec.structs.replace(settings, **identity)
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    facility = msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, identity=settings))
    made = ClinicDesk(facility, keys=ProviderKeys(issuer, settings.refetch_seconds, lambda: made.seconds))
    return made


@pytest.fixture
def desk(provider: Provider) -> ClinicDesk:
    return desk_with(provider.issuer)


def good(provider: Provider, **changed: Any) -> dict[str, Any]:
    """What the provider would say of Ann, with some of it changed; None leaves a claim out."""
    return provider.claims("ann", **{"roles": ["patient"], **changed})


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_who_has_logged_in_at_the_provider_comes_in(algorithm: str) -> None:
    with Provider(algorithm) as provider:
        desk = desk_with(provider.issuer)
        answer = await desk.as_account(provider.log_in("ann", roles=["patient"]))
        assert answer.status == 201
        claims = desk.tickets.redeem(answer.json["ticket"], 1.0)
        assert claims.subject.startswith("account-")
        assert claims.expires == pytest.approx(3600, abs=10)
        again = await desk.as_account(provider.log_in("ann", roles=["patient"]))
        assert desk.tickets.redeem(again.json["ticket"], 1.0).subject == claims.subject
        # The provider's other algorithms are not believed, whatever its key could do.
        others = tuple(other for other in ALGORITHMS if other != algorithm)
        refused = await desk_with(provider.issuer, algorithms=others).as_account(provider.log_in("ann"))
        assert (refused.status, refused.code) == (401, "unauthenticated")


async def test_two_accounts_are_two_people_and_no_mail_address_is_left_of_them(
    desk: ClinicDesk, provider: Provider
) -> None:
    answers = [await desk.as_account(provider.log_in(who, roles="patient")) for who in ("a@x.example", "b@x.example")]
    subjects = [desk.tickets.redeem(answer.json["ticket"], 1.0).subject for answer in answers]
    assert len(set(subjects)) == 2
    assert not any("example" in subject for subject in subjects)


async def test_staff_need_more_than_one_factor(desk: ClinicDesk, provider: Provider) -> None:
    one = await desk.as_account(provider.log_in("bo", roles=["doctor"], amr=["pwd"]), role="clinician")
    assert (one.status, one.code) == (403, "mfa_required")
    two = await desk.as_account(provider.log_in("bo", roles=["doctor"], amr=["pwd", "mfa"]), role="clinician")
    assert desk.tickets.redeem(two.json["ticket"], 1.0).mfa
    by_acr = desk_with(provider.issuer, acr=("urn:two",))
    assert (
        await by_acr.as_account(provider.sign(good(provider, roles="doctor", acr="urn:two")), role="clinician")
    ).status == 201


async def test_by_one_factor_staff_are_told_of_no_room_and_open_none(desk: ClinicDesk, provider: Provider) -> None:
    one = {"authorization": f"Bearer {provider.log_in('bo', roles=['doctor'], amr=['pwd'])}"}
    two = {"authorization": f"Bearer {provider.log_in('bo', roles=['doctor'], amr=['pwd', 'mfa'])}"}
    for path in ("", "?role=clinician", "/consult-1?role=clinician"):
        refused = await desk.get(f"/v1/rooms{path}", one)
        assert (refused.status, refused.code) == (403, "mfa_required"), path
        assert (await desk.get(f"/v1/rooms{path}", two)).status == 200, path
    # Whether there is such a room is not told either.
    assert (await desk.get("/v1/rooms/nowhere?role=clinician", one)).code == "mfa_required"
    for role in ({}, {"role": "clinician"}):
        wish = {"type": "consult", "name": "Visit", **role}
        refused = await desk.post("/v1/rooms", wish, one)
        assert (refused.status, refused.code, desk.kept) == (403, "mfa_required", []), role
        assert (await desk.post("/v1/rooms", wish, two)).status == 201, role
        desk.kept.clear()


async def test_by_one_factor_one_is_what_needs_no_more(desk: ClinicDesk, provider: Provider) -> None:
    both = {"authorization": f"Bearer {provider.log_in('cy', roles=['doctor', 'patient'], amr=['pwd'])}"}
    told = [(await desk.get(f"/v1/rooms{query}", both)).json["rooms"] for query in ("", "?role=patient")]
    assert told[0] == told[1] != []
    # In a role that is not one's own there is nothing, by however many factors.
    assert (await desk.get("/v1/rooms?role=reception", both)).json["rooms"] == []


async def test_nobody_comes_in_a_role_that_is_not_theirs(desk: ClinicDesk, provider: Provider) -> None:
    answer = await desk.as_account(provider.log_in("ann", roles=["patient"], amr=["mfa"]), role="clinician")
    assert (answer.status, answer.code) == (403, "forbidden")
    # A claim that is not mapped stands for nothing, be it a role's own name.
    answer = await desk.as_account(provider.log_in("cy", roles=["clinician"], amr=["mfa"]), role="clinician")
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_guests_stay_where_the_facility_has_them(desk: ClinicDesk) -> None:
    assert (await desk.ticket("waiting")).status == 201
    not_theirs, not_there = await desk.ticket("ward"), await desk.ticket("nowhere")
    assert (not_theirs.status, not_theirs.code) == (401, "unauthenticated")
    assert not_theirs.headers["www-authenticate"] == 'Bearer realm="polyclinic"'
    assert (not_theirs.headers, not_theirs.body) == (not_there.headers, not_there.body)
    as_staff = await desk.ticket("waiting", {"role": "clinician"})
    assert (as_staff.status, as_staff.code) == (401, "unauthenticated")
    opening = await desk.post("/v1/rooms", {"type": "consult", "name": "Visit"})
    assert (opening.status, opening.code) == (401, "unauthenticated")


CLAIMS: dict[str, Any] = {
    "another issuer": {"iss": "https://evil.example"},
    "the issuer with a slash": lambda provider: {"iss": f"{provider.issuer}/"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody-else"},
    "other audiences": {"aud": ["a", "b"]},
    "an audience that is a map": {"aud": {"polyclinic-web": 1}},
    "no audience": {"aud": None},
    "expired": {"exp": 1_000_000_000},
    "expired beyond the leeway": lambda _: {"exp": time.time() - 31},
    "no expiry": {"exp": None},
    "an expiry in words": {"exp": "2999-01-01"},
    "an expiry that is true": {"exp": True},
    "not yet": lambda _: {"nbf": time.time() + 60},
    "a beginning in words": {"nbf": "now"},
    "issued in times to come": lambda _: {"iat": time.time() + 60},
    "issued before what is remembered of those who were revoked": lambda _: {"iat": time.time() - KEPT_SECONDS - 60},
    "issued nobody knows when": {"iat": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 7},
    "a subject without an end": {"sub": "x" * 256},
}


@pytest.mark.parametrize("case", CLAIMS)
async def test_a_token_that_says_something_else_is_refused(desk: ClinicDesk, provider: Provider, case: str) -> None:
    changed = CLAIMS[case](provider) if callable(CLAIMS[case]) else CLAIMS[case]
    answer = await desk.as_account(provider.sign(good(provider, **changed)))
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="polyclinic", error="invalid_token"'


async def test_clocks_may_differ_by_the_leeway(desk: ClinicDesk, provider: Provider) -> None:
    now = time.time()
    for changed in ({"exp": now - 20}, {"nbf": now + 20}, {"iat": now + 20}):
        assert (await desk.as_account(provider.sign(good(provider, **changed)))).status == 201


async def test_one_of_several_audiences_is_enough(desk: ClinicDesk, provider: Provider) -> None:
    assert (await desk.as_account(provider.sign(good(provider, aud=["other", CLIENT])))).status == 201


def unsigned(token: str, **header: object) -> str:
    """The token without a signature, saying so."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none"} | header).encode()).rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def by_public_key(provider: Provider, token: str) -> str:
    """Signed with what everybody knows: the provider's public key as an HMAC secret."""
    told = httpx.get(f"{provider.issuer}/jwks").json()["keys"][0]
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": told["kid"]}).encode()).rstrip(b"=").decode()
    signed = f"{head}.{token.split('.')[1]}"
    digest = hmac.digest(RSAKey.import_key(told).as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


FORGERIES: dict[str, Any] = {
    "unsigned": lambda _, token: unsigned(token),
    "unsigned in capitals": lambda _, token: unsigned(token, alg="NONE"),
    "no algorithm": lambda _, token: unsigned(token, alg=None),
    "the public key as a secret": by_public_key,
    "the signature cut off": lambda _, token: token.rpartition(".")[0] + ".",
    "two parts": lambda _, token: token.rpartition(".")[0],
    "four parts": lambda _, token: token + ".x",
    "another's claims": lambda _, token: ".".join((token.split(".")[0], "eyJzdWIiOiJibyJ9", token.split(".")[2])),
    "a bit of the signature": lambda _, token: token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:],
    "another key's id": lambda provider, _: provider.sign(good(provider), kid="unknown"),
    "a key id that is a number": lambda _, token: unsigned(token, alg="RS256", kid=7),
    "a critical header": lambda _, token: unsigned(token, alg="RS256", crit=["exp"], exp=1),
    "a logout token": lambda provider, _: provider.sign(good(provider), typ="logout+jwt"),
    "claims that are a list": lambda provider, _: provider.sign(["ann"]),
    "not a token": lambda *_: "abc",
    "too long": lambda _, token: token + "a" * 8192,
    "no alphabet": lambda *_: "é.é.é",
}


@pytest.mark.parametrize("case", FORGERIES)
async def test_a_forged_token_is_refused(desk: ClinicDesk, provider: Provider, case: str) -> None:
    answer = await desk.as_account(FORGERIES[case](provider, provider.sign(good(provider))))
    assert (answer.status, answer.code) == (401, "unauthenticated")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "abc", ""])
async def test_an_authorization_that_is_no_bearer_token_is_refused(desk: ClinicDesk, header: str) -> None:
    wish = {"name": "Ann", "role": "patient"}
    answer = await desk.post("/v1/rooms/waiting/tickets", wish, {"authorization": header})
    assert (answer.status, answer.code) == (401, "unauthenticated")


async def test_a_token_in_the_address_is_no_token(desk: ClinicDesk, provider: Provider) -> None:
    token = provider.sign(good(provider))
    answer = await desk.post(f"/v1/rooms/lobby/tickets?access_token={token}", {"name": "Ann", "role": "patient"})
    assert (answer.status, answer.code) == (401, "unauthenticated")


async def test_a_new_key_is_asked_for_once_in_a_while_and_an_old_one_is_believed_no_more() -> None:
    with Provider() as provider:
        desk = desk_with(provider.issuer)
        old = provider.sign(good(provider))
        assert (await desk.as_account(old)).status == 201
        provider.rotate()
        new = provider.sign(good(provider))
        assert desk.keys is not None
        for _ in range(20):
            # Asked a moment ago: whoever makes ids of keys up does not make this server ask.
            assert (await desk.as_account(new)).status == 401
        assert desk.keys.fetches == 1
        desk.seconds += 31
        assert (await desk.as_account(new)).status == 201
        assert desk.keys.fetches == 2
        assert (await desk.as_account(old)).status == 401


async def test_a_provider_that_is_gone_leaves_its_keys_in_force() -> None:
    with Provider() as provider:
        desk = desk_with(provider.issuer)
        token, strange = provider.sign(good(provider)), provider.sign(good(provider), kid="unknown")
        assert (await desk.as_account(token)).status == 201
    desk.seconds += 3_600
    assert (await desk.as_account(strange)).status == 401
    assert (await desk.as_account(token)).status == 201
    assert desk.keys is not None
    await desk.keys.close()


async def test_without_the_provider_accounts_have_to_wait_and_guests_do_not() -> None:
    with Provider() as provider:
        token, port = provider.sign(good(provider)), int(provider.issuer.rpartition(":")[2])
    desk = desk_with(provider.issuer)
    answer = await desk.as_account(token)
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "identity_unavailable", "5")
    assert (await desk.ticket("waiting")).status == 201
    with Provider(port=port) as provider:
        desk.seconds += 31
        assert (await desk.as_account(provider.sign(good(provider)))).status == 201


async def test_a_discovery_document_of_another_issuer_is_not_believed(provider: Provider) -> None:
    desk = desk_with(f"{provider.issuer}/")
    assert (await desk.as_account(provider.sign(good(provider)))).code == "identity_unavailable"


async def test_a_client_is_told_where_to_sign_in(desk: ClinicDesk, provider: Provider) -> None:
    assert (await desk.get("/v1/facility")).json["sign_in"] == {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "scopes": ["openid"],
        "token": "id_token",
    }


async def test_scopes_of_this_server_and_a_name_of_the_accounts_go_into_the_ticket(provider: Provider) -> None:
    desk = desk_with(provider.issuer, name_claim="profile.name", everyone=("patient",))
    token = provider.sign(good(provider, scope="openid polyclinic:join x", roles=None, profile={"name": "Ann B."}))
    claims = desk.tickets.redeem((await desk.as_account(token)).json["ticket"], 1.0)
    assert (claims.scopes, claims.name) == (("join",), "Ann B.")


async def test_where_people_are_called_as_their_accounts_nobody_comes_in_under_a_name_they_typed(
    provider: Provider,
) -> None:
    desk = desk_with(provider.issuer, name_claim="name")
    who: dict[str, Any] = {"roles": ["patient"], "name": "Ann B."}
    given = await desk.as_account(provider.log_in("ann", **who))
    assert desk.tickets.redeem(given.json["ticket"], 1.0).name == "Ann B."
    # Not asked for the scope, the provider does not tell the name.
    unsaid = provider.log_in("ann", scope="openid", **who)
    assert (await desk_with(provider.issuer).as_account(unsaid)).status == 201
    for token in (unsaid, *(provider.sign(good(provider, name=name)) for name in ("", " ", 7, ["Ann"]))):
        with capture_logs() as lines:
            refused = await desk.as_account(token)
            me = await desk.get("/v1/me", {"authorization": f"Bearer {token}"})
        assert (refused.status, refused.code, me.status) == (401, "unauthenticated", 401)
        assert "does not say your name" in refused.json["detail"]
        assert [(line["event"], line["reason"]) for line in lines] == [("token_refused", "name")] * 2


@pytest.mark.parametrize(
    ("said", "scopes"),
    [
        ({"scope": ["openid", "polyclinic:join"]}, ("join",)),
        ({"scope": ["openid polyclinic:join", "polyclinic:chat"]}, ("join", "chat")),
        ({"scp": ["polyclinic:join"]}, ("join",)),
        ({"scp": "openid polyclinic:join"}, ("join",)),
        ({"scope": "openid", "scp": ["polyclinic:join"]}, ("join",)),
        ({"scope": ["openid"]}, None),
        ({"scope": []}, None),
        ({"scope": ""}, None),
        ({}, None),
    ],
)
async def test_scopes_limit_in_each_form_that_providers_have(
    provider: Provider, said: dict[str, object], scopes: tuple[str, ...] | None
) -> None:
    desk = desk_with(provider.issuer, everyone=("patient",))
    given = await desk.as_account(provider.sign(good(provider, **said)))
    assert desk.tickets.redeem(given.json["ticket"], 1.0).scopes == scopes


@pytest.mark.parametrize("said", [7, True, {"polyclinic:join": True}, ["polyclinic:join", 7], [None]])
async def test_a_scope_that_cannot_be_read_opens_nothing(provider: Provider, said: object) -> None:
    desk = desk_with(provider.issuer, everyone=("patient",))
    answer = await desk.as_account(provider.sign(good(provider, scope=said)))
    assert (answer.status, answer.code) == (404, "room_unknown")


def test_an_operator_is_told_whether_the_provider_can_be_read(provider: Provider, tmp_path: Path) -> None:
    for issuer, status in ((provider.issuer, 0), (f"{provider.issuer}/", 1)):
        file = write_clinic(
            tmp_path, identity=f'issuer = "{issuer}"\nclient_id = "{CLIENT}"\nstaff = []', guests='rooms = ["lobby"]'
        )
        told = CliRunner().invoke(app, ["check", "--provider", "--facility", str(file)])
        assert told.exit_code == status
        if status == 0:
            assert told.stdout.splitlines()[-1].startswith(f"{issuer} answers, with keys: ")
        else:
            # One letter more, and it is another issuer.
            assert "name it so, letter for letter" in told.stderr


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time"])
@pytest.mark.parametrize("value", [10**400, -(10**400), math.nan, math.inf, -math.inf, 1e308])
async def test_a_time_that_no_calendar_has_is_no_time(
    desk: ClinicDesk, provider: Provider, claim: str, value: float
) -> None:
    answer = await desk.as_account(provider.sign(good(provider, **{claim: value})))
    if claim == "auth_time":
        # Where nothing of hers is locked, nobody asks when she signed in.
        assert answer.status == 201
    else:
        assert (answer.status, answer.code) == (401, "unauthenticated")
