"""Access is taken back while a request is under way: a real provider's tokens at the front desk, in steps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.config.identity import IdentitySettings
from server.frontdesk.bodies import InvitationWish
from server.identity.provider import ProviderKeys
from server.identity.refusals import TicketRevoked
from server.identity.subjects import account_subject
from server.room_types import ROOM_TYPES
from tests.support.front_desk import FrontDesk
from tests.support.oidc_provider import CLIENT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.oidc_provider import Provider

PAGE = {"origin": "http://127.0.0.1:8080"}
WISH = {"name": "Ann", "role": "clinician"}


@pytest.fixture
def desk(provider: Provider) -> FrontDesk:
    settings = IdentitySettings(issuer=provider.issuer, client_id=CLIENT, guests=())
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    facility = msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, identity=settings))
    made = FrontDesk(facility, keys=ProviderKeys(provider.issuer, 30.0, lambda: 0.0))
    made.desk.origins.allow([PAGE["origin"]])
    return made


@pytest.fixture
def doctor(provider: Provider) -> dict[str, str]:
    return PAGE | {"authorization": f"Bearer {provider.token('dr', iat=time.time() - 1, roles=['clinician'])}"}


def taking_back(desk: FrontDesk, subject: str) -> Callable[[], None]:
    """Take access back, a second before and a second after whatever else happens."""

    def act() -> None:
        desk.now += 1.0
        desk.desk.end_sessions(subject)
        desk.desk.admission.revoke(subject)
        desk.now += 1.0

    return act


def while_it_is_written_down(monkeypatch: pytest.MonkeyPatch, desk: FrontDesk, act: Callable[[], None]) -> None:
    settle: Callable[[int], Awaitable[None]] = desk.auditor.settle

    async def slow(number: int) -> None:
        act()
        await settle(number)

    monkeypatch.setattr(desk.auditor, "settle", slow)


async def begin(desk: FrontDesk) -> tuple[str, str]:
    begun = (await desk.post("/v1/pairings", {}, PAGE)).json
    return begun["device_code"], begun["user_code"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/rooms/ward/tickets", WISH),
        ("/v1/invitations", {"room": "ward", "role": "patient"}),
        ("/v1/rooms", {"type": "consult", "name": "Visit", "role": "clinician"}),
    ],
)
async def test_who_holds_a_body_back_over_it_gets_nothing(
    desk: FrontDesk, provider: Provider, doctor: dict[str, str], path: str, body: dict[str, str]
) -> None:
    assert (await desk.post(path, body, doctor)).status == 201
    rooms = set(desk.directory.rooms)
    act = taking_back(desk, account_subject(provider.issuer, "dr"))
    refused = await desk.post(path, body, doctor, meanwhile=act)
    assert (refused.status, refused.code) == (401, "unauthenticated")
    assert set(desk.directory.rooms) == rooms


async def test_nobody_lets_a_headset_in_who_holds_the_body_back_over_it(
    desk: FrontDesk, provider: Provider, doctor: dict[str, str]
) -> None:
    device, user = await begin(desk)
    act = taking_back(desk, account_subject(provider.issuer, "dr"))
    wish = {"user_code": user, "allow": True}
    assert (await desk.post("/v1/pairings/approval", wish, doctor, meanwhile=act)).code == "unauthenticated"
    asked = await desk.post("/v1/pairings/token", {"device_code": device}, PAGE)
    assert asked.code == "authorization_pending"


async def test_a_pass_is_void_that_is_signed_after_it(
    desk: FrontDesk, provider: Provider, doctor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    device, user = await begin(desk)
    await desk.post("/v1/pairings/approval", {"user_code": user, "allow": True}, doctor)
    while_it_is_written_down(monkeypatch, desk, taking_back(desk, account_subject(provider.issuer, "dr")))
    given = await desk.post("/v1/pairings/token", {"device_code": device}, PAGE)
    headset = {"authorization": f"Bearer {given.json['pass']}"}
    assert (await desk.get("/v1/me", headset)).code == "unauthenticated"


async def test_a_ticket_is_void_that_is_signed_after_it(
    desk: FrontDesk, provider: Provider, doctor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    while_it_is_written_down(monkeypatch, desk, taking_back(desk, account_subject(provider.issuer, "dr")))
    given = (await desk.post("/v1/rooms/ward/tickets", WISH, doctor)).json
    assert given["expires_in"] == 58.0
    with pytest.raises(TicketRevoked):
        desk.tickets.redeem(given["ticket"], desk.now, PAGE["origin"])


async def test_a_ticket_is_void_whose_invitation_is_taken_back_while_it_is_written_down(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await desk.desk.inviting.issue(InvitationWish(room="ward", role="patient"))
    settle = desk.auditor.settle

    async def slow(number: int) -> None:
        monkeypatch.setattr(desk.auditor, "settle", settle)
        desk.now += 1.0
        assert (await desk.desk.inviting.take_back(made["id"]))["sessions"] == 1
        desk.now += 1.0
        await settle(number)

    monkeypatch.setattr(desk.auditor, "settle", slow)
    came = await desk.post("/v1/invitations/tickets", {"invitation": made["invitation"], "name": "Ann"}, PAGE)
    with pytest.raises(TicketRevoked):
        desk.tickets.redeem(came.json["ticket"], desk.now, PAGE["origin"])
    bearer = {"authorization": f"Bearer {came.json['pass']}"}
    assert (await desk.get("/v1/me", bearer)).code == "invitation_revoked"
