"""A view that was locked opens to who signs in again: a whole server, a real provider, real sockets."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from protocol.codec import decode_server
from protocol.ids import VERSION, CloseCode, Kind
from protocol.messages import Event, Resume, Welcome
from protocol.schema import SCHEMA_HASH
from server.config import SAMPLE_FACILITY, load_facility
from server.config.identity import IdentitySettings
from server.identity.locks import Locks
from server.identity.provider import ProviderKeys
from server.identity.subjects import account_subject
from server.room_types import ROOM_TYPES
from tests.support.clinic_files import ask_ticket, clinic_with_accounts
from tests.support.front_desk import FrontDesk
from tests.support.oidc_provider import CLIENT, Provider
from tests.support.raw_websocket import AWAITED_SECONDS, BINARY, CLOSE, RawWebSocket

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.front_desk import Answer
    from tests.support.server_process import ServerProcess

CHALLENGE = re.compile(
    r'Bearer realm="polyclinic", error="insufficient_user_authentication", error_description="[^"]+", max_age="(\d+)"'
)
"""RFC 9470 section 3."""
PAGE = {"origin": "http://127.0.0.1:8080"}
INVITED = {"room": "ward", "role": "patient"}


def quick_clinic(provider: Provider, folder: Path, *arguments: str, **safety: str) -> ServerProcess:
    """A clinic that asks after a second whether anybody is there, and locks a second later."""
    server = clinic_with_accounts(provider, folder, *arguments)
    file = folder / "clinic.toml"
    text = file.read_text()
    for key, value in {"idle_seconds": "1.0", "warn_seconds": "1.0", **safety}.items():
        text, changed = re.subn(rf"^{key} = \S+", f"{key} = {value}", text, flags=re.MULTILINE)
        assert changed == 1
    file.write_text(text)
    return server


async def until_locked(ann: RawWebSocket) -> int:
    """Read up to the lock; the last event that came before it."""
    last = 0
    async with asyncio.timeout(AWAITED_SECONDS):
        while True:
            opcode, payload = await ann.read_frame()
            if opcode == CLOSE:
                assert int.from_bytes(payload[:2]) == CloseCode.LOCKED
                return last
            message = decode_server(payload) if payload[0] != Kind.SNAPSHOT else None
            last = message.event if isinstance(message, Event) else last


async def come_back(port: int, welcome: Welcome, last: int, ticket: str) -> tuple[Welcome, list[int]]:
    """Take the session up again; its welcome, and the first events after it."""
    async with await RawWebSocket.open(port) as ann:
        asked = Resume(version=VERSION, schema=SCHEMA_HASH, token=welcome.resume_token, last_event=last, ticket=ticket)
        ann.say(asked)
        back = decode_server(await ann.read_until(BINARY))
        assert isinstance(back, Welcome)
        events: list[int] = []
        while len(events) < 2:
            payload = await ann.read_until(BINARY)
            message = decode_server(payload) if payload[0] != Kind.SNAPSHOT else None
            events += [message.event] if isinstance(message, Event) else []
        return back, events


async def test_a_locked_view_opens_to_who_signs_in_again_with_the_exact_gap(provider: Provider, tmp_path: Path) -> None:
    def bearer(signed_in_at: float | None, who: str = "ann") -> str:
        return provider.token(who, auth_time=signed_in_at)

    began = int(time.time()) - 600
    store = f"--store={tmp_path / 'store.sqlite3'}"
    with quick_clinic(provider, tmp_path, store) as server:
        port = int(server.world.rpartition(":")[2])
        async with await RawWebSocket.open(port) as ann:
            welcome = await ann.join(ask_ticket(server, bearer(began)).json()["ticket"])
            last = await until_locked(ann)
        # A press, then a fresh token of the same sign-in, as a silent refresh brings it: both are challenged.
        for returning in (True, False, True):
            refused = ask_ticket(server, bearer(began), returning=returning)
            assert (refused.status_code, refused.json()["code"]) == (401, "reauthentication_required")
            found = CHALLENGE.fullmatch(refused.headers["www-authenticate"])
            assert found is not None
            assert 0 < int(found[1]) < 60
        assert ask_ticket(server, bearer(None), returning=True).json()["code"] == "auth_time_missing"
        # In no other room either, and Bo comes in as ever: of that Ann is told when she is back.
        assert ask_ticket(server, bearer(began), "waiting").status_code == 401
        async with await RawWebSocket.open(port) as bo:
            await bo.join(ask_ticket(server, bearer(began, "bo"), name="Bo").json()["ticket"])
        ticket = ask_ticket(server, bearer(int(time.time())), returning=True).json()["ticket"]
        back, events = await come_back(port, welcome, last, ticket)
        assert (back.session, back.entity, back.resumed) == (welcome.session, welcome.entity, True)
        assert events == [last + 1, last + 2]
        assert '"reason":"auth_time"' in server.errors.replace(" ", "")
    with quick_clinic(provider, tmp_path, store) as again:
        assert ask_ticket(again, bearer(began)).json()["code"] == "reauthentication_required"
        assert ask_ticket(again, bearer(int(time.time()))).status_code == 201


async def test_where_the_facility_says_so_a_press_is_enough(provider: Provider, tmp_path: Path) -> None:
    with quick_clinic(provider, tmp_path, reauthenticate="false") as server:
        port = int(server.world.rpartition(":")[2])
        async with await RawWebSocket.open(port) as ann:
            await ann.join(ask_ticket(server, provider.token("ann", auth_time=int(time.time()) - 600)).json()["ticket"])
            await until_locked(ann)
        assert ask_ticket(server, provider.token("ann"), returning=True).status_code == 201


@pytest.fixture
def desk(provider: Provider) -> FrontDesk:
    settings = IdentitySettings(issuer=provider.issuer, client_id=CLIENT, everyone=("patient", "clinician"))
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    facility = msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, identity=settings))
    made = FrontDesk(facility, keys=ProviderKeys(provider.issuer, 30.0, lambda: 0.0))
    made.desk.origins.allow([PAGE["origin"]])
    return made


def lock(desk: FrontDesk, provider: Provider) -> None:
    assert desk.desk.admission.lock(account_subject(provider.issuer, "dr"))


def doctor(provider: Provider, seconds: float = -600.0) -> dict[str, str]:
    """A token of somebody who signed in so many seconds from now."""
    signed = provider.token("dr", auth_time=time.time() + seconds, iat=time.time() - 1.0)
    return PAGE | {"authorization": f"Bearer {signed}"}


async def ticket(desk: FrontDesk, who: dict[str, str], **wish: object) -> Answer:
    return await desk.post("/v1/rooms/ward/tickets", {"name": "Ann", "role": "clinician", **wish}, who)


async def show_code(desk: FrontDesk) -> dict[str, str]:
    """Begin to wait, as a headset does; its codes."""
    begun: dict[str, str] = (await desk.post("/v1/pairings", {}, PAGE)).json
    return begun


async def let_in(desk: FrontDesk, shown: dict[str, str], phone: dict[str, str]) -> Answer:
    return await desk.post("/v1/pairings/approval", {"user_code": shown["user_code"], "allow": True}, phone)


async def take_pass(desk: FrontDesk, shown: dict[str, str]) -> dict[str, str]:
    given = await desk.post("/v1/pairings/token", {"device_code": shown["device_code"]}, PAGE)
    return PAGE | {"authorization": f"Bearer {given.json['pass']}"}


async def test_a_headset_is_let_in_again_by_a_phone_whose_person_signs_in_again(
    desk: FrontDesk, provider: Provider
) -> None:
    phone, shown = doctor(provider), await show_code(desk)
    await let_in(desk, shown, phone)
    headset = await take_pass(desk, shown)
    assert (await ticket(desk, headset)).status == 201
    lock(desk, provider)
    refused = await ticket(desk, headset)
    assert (refused.status, refused.code) == (401, "reauthentication_required")
    assert "let it in again" in refused.json["detail"]
    # Neither the phone nor the page that was locked lets anything in as it is.
    shown = await show_code(desk)
    assert (await let_in(desk, shown, phone)).code == "reauthentication_required"
    assert (await let_in(desk, shown, doctor(provider, 1.0))).status == 200
    assert (await ticket(desk, await take_pass(desk, shown))).status == 201
    assert (await ticket(desk, headset)).code == "reauthentication_required"


async def test_who_was_locked_invites_nobody_and_opens_no_room(desk: FrontDesk, provider: Provider) -> None:
    lock(desk, provider)
    for path, wish in (
        ("/v1/invitations", INVITED),
        ("/v1/rooms", {"type": "consult", "name": "Visit", "role": "clinician"}),
        ("/v1/pairings/show", {"user_code": "BBBB-BBBB"}),
    ):
        refused = await desk.post(path, wish, doctor(provider))
        assert (refused.status, refused.code) == (401, "reauthentication_required"), path
    assert (await desk.post("/v1/invitations", INVITED, doctor(provider, 1.0))).status == 201


async def test_who_is_locked_while_they_ask_gets_no_ticket(desk: FrontDesk, provider: Provider) -> None:
    wish = {"name": "Ann", "role": "clinician"}
    asked = await desk.post("/v1/rooms/ward/tickets", wish, doctor(provider), meanwhile=lambda: lock(desk, provider))
    assert asked.code == "reauthentication_required"


async def test_a_session_on_another_device_that_is_attended_goes_on(desk: FrontDesk, provider: Provider) -> None:
    lock(desk, provider)
    fresh = await ticket(desk, doctor(provider), refreshing=True)
    assert fresh.status == 201
    assert desk.tickets.redeem(fresh.json["ticket"], desk.now, PAGE["origin"], refreshing=True).refreshing


async def test_guests_and_who_was_invited_have_nowhere_to_sign_in(desk: FrontDesk, provider: Provider) -> None:
    link = (await desk.post("/v1/invitations", INVITED, doctor(provider))).json
    asked = {"invitation": link["invitation"], "name": "Ben"}
    given = (await desk.post("/v1/invitations/tickets", asked, PAGE)).json
    invited = PAGE | {"authorization": f"Bearer {given['pass']}"}
    claims = desk.tickets.redeem(given["ticket"], desk.now, PAGE["origin"])
    assert not desk.desk.admission.lock(claims.subject)
    assert not desk.desk.admission.lock("guest-0123456789abcdef")
    assert (await ticket(desk, invited, role="patient", returning=True)).status == 201


@pytest.mark.parametrize("claim", ["soon", None, True, float(2**60)])
async def test_a_time_that_is_none_proves_no_sign_in(desk: FrontDesk, provider: Provider, claim: object) -> None:
    lock(desk, provider)
    signed = PAGE | {"authorization": f"Bearer {provider.token('dr', auth_time=claim)}"}
    assert (await ticket(desk, signed)).code == "auth_time_missing"


@pytest.mark.unguarded
async def test_without_the_memory_of_locks_a_press_would_be_enough(desk: FrontDesk, provider: Provider) -> None:
    """What the tests above hold falls with the one thing that they try."""
    lock(desk, provider)
    assert (await ticket(desk, doctor(provider))).status == 401
    desk.desk.admission._locks = Locks()
    assert (await ticket(desk, doctor(provider))).status == 201
