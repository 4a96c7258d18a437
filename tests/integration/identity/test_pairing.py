"""A headset is let in from a phone: accounts of a real provider at the front desk, over real HTTP to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.config.identity import IdentitySettings
from server.frontdesk.bodies import InvitationWish
from server.identity.provider import ProviderKeys
from server.identity.subjects import account_subject
from server.room_types import ROOM_TYPES
from server.world.auditing import Action
from tests.support.front_desk import Answer, FrontDesk
from tests.support.oidc_provider import CLIENT

if TYPE_CHECKING:
    from tests.support.oidc_provider import Provider

PAGE = {"origin": "http://127.0.0.1:8080"}
OTHER = {"origin": "https://other.example"}
WISH = {"name": "Ann", "role": "clinician"}


@pytest.fixture
def desk(provider: Provider) -> FrontDesk:
    settings = IdentitySettings(issuer=provider.issuer, client_id=CLIENT, staff=("clinician",), guests=())
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    facility = msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, identity=settings))
    made = FrontDesk(facility, keys=ProviderKeys(provider.issuer, 30.0, lambda: 0.0))
    made.desk.origins.allow([PAGE["origin"], OTHER["origin"]])
    return made


def doctor(provider: Provider) -> dict[str, str]:
    return {"authorization": f"Bearer {provider.token('dr', roles=['clinician'], amr=['mfa'])}"}


async def ask(desk: FrontDesk, device_code: str, page: dict[str, str] = PAGE) -> Answer:
    return await desk.post("/v1/pairings/token", {"device_code": device_code}, page)


async def paired(desk: FrontDesk, phone: dict[str, str]) -> dict[str, str]:
    """Go the whole way; what the headset shows from then on."""
    begun = (await desk.post("/v1/pairings", {}, PAGE)).json
    allowed = {"user_code": begun["user_code"], "allow": True}
    assert (await desk.post("/v1/pairings/approval", allowed, PAGE | phone)).json == {"allowed": True}
    return {"authorization": f"Bearer {(await ask(desk, begun['device_code'])).json['pass']}"}


async def test_a_headset_comes_in_as_who_let_it_in_with_the_factors_of_the_phone(
    desk: FrontDesk, provider: Provider
) -> None:
    phone = doctor(provider)
    begun = await desk.post("/v1/pairings", {}, PAGE)
    assert begun.status == 201
    assert set(begun.json) == {"device_code", "user_code", "verification_uri", "expires_in", "interval"}
    assert (begun.json["verification_uri"], begun.json["interval"]) == (f"{PAGE['origin']}/", 5)
    waiting = await ask(desk, begun.json["device_code"])
    assert (waiting.status, waiting.code) == (400, "authorization_pending")
    assert (await ask(desk, begun.json["device_code"])).code == "slow_down"
    desk.now += 20.0
    typed = {"user_code": begun.json["user_code"].lower()}
    assert (await desk.post("/v1/pairings/show", typed, PAGE | phone)).json == {"shown_for": 20, "expires_in": 580}
    await desk.post("/v1/pairings/approval", typed | {"allow": True}, PAGE | phone)
    given = await ask(desk, begun.json["device_code"])
    assert given.json["expires_in"] == 3600
    headset = {"authorization": f"Bearer {given.json['pass']}"}
    ticket = await desk.post("/v1/rooms/ward/tickets", WISH, PAGE | headset)
    claims = desk.tickets.redeem(ticket.json["ticket"], desk.now, PAGE["origin"])
    subject = account_subject(provider.issuer, "dr")
    assert (claims.subject, claims.role, claims.mfa) == (subject, "clinician", True)
    assert claims.expires == pytest.approx(desk.now + 3600, abs=5)
    assert (await ask(desk, begun.json["device_code"])).code == "expired_token"
    (event,) = desk.auditor.of(Action.DEVICE_PAIRED)
    assert event.subject == subject
    assert begun.json["user_code"] not in repr(desk.auditor.events)


async def test_guests_and_headsets_let_nobody_in(desk: FrontDesk, provider: Provider) -> None:
    headset = await paired(desk, doctor(provider))
    begun = (await desk.post("/v1/pairings", {}, PAGE)).json
    wish = {"user_code": begun["user_code"], "allow": True}
    for who, status, code in (({}, 401, "unauthenticated"), (headset, 403, "forbidden")):
        for path in ("show", "approval"):
            body = wish if path == "approval" else {"user_code": begun["user_code"]}
            refused = await desk.post(f"/v1/pairings/{path}", body, PAGE | who)
            assert (refused.status, refused.code) == (status, code)
    assert refused.json["detail"].startswith("a device that was let in lets no other in")
    assert (await ask(desk, begun["device_code"])).code == "authorization_pending"


async def test_codes_and_passes_are_of_one_origin(desk: FrontDesk, provider: Provider) -> None:
    phone = doctor(provider)
    begun = (await desk.post("/v1/pairings", {}, PAGE)).json
    wrong = await desk.post("/v1/pairings/approval", {"user_code": begun["user_code"], "allow": True}, OTHER | phone)
    assert (wrong.status, wrong.code) == (404, "code_unknown")
    assert (await ask(desk, begun["device_code"], OTHER)).code == "expired_token"
    stolen = await desk.post("/v1/rooms/ward/tickets", WISH, OTHER | await paired(desk, phone))
    assert (stolen.status, stolen.code) == (401, "unauthenticated")


async def test_guessing_ends_soon(desk: FrontDesk, provider: Provider) -> None:
    phone = doctor(provider)
    answers = [await desk.post("/v1/pairings/show", {"user_code": "BBBB-BBBB"}, PAGE | phone) for _ in range(6)]
    assert [answer.code for answer in answers] == ["code_unknown"] * 5 + ["too_many_guesses"]
    assert answers[-1].status == 429


async def test_who_is_revoked_is_out_on_the_headset_too(desk: FrontDesk, provider: Provider) -> None:
    headset = await paired(desk, doctor(provider))
    assert (await desk.get("/v1/me", headset)).json["kind"] == "account"
    await desk.desk.revoking.take_back(account_subject(provider.issuer, "dr"))
    assert (await desk.get("/v1/me", headset)).code == "unauthenticated"


async def test_who_was_invited_lets_their_own_headset_in_for_as_long_as_they_may_stay(desk: FrontDesk) -> None:
    made = await desk.desk.inviting.issue(
        msgspec.convert({"room": "ward", "role": "patient", "hours": 0.5}, InvitationWish)
    )
    came = await desk.post("/v1/invitations/tickets", {"invitation": made["invitation"], "name": "Ann"}, PAGE)
    phone = {"authorization": f"Bearer {came.json['pass']}"}
    headset = await paired(desk, phone)
    told = (await desk.get("/v1/me", headset)).json
    assert (told["kind"], told["roles"]) == ("invited", ["patient"])
    assert told["expires_in"] <= 1800
