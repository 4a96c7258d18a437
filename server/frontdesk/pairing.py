"""Letting a headset in from a phone: the shape of RFC 8628, with the front desk as the authorization server.

No code is part of an address, of the log or of the audit log.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.frontdesk.answers import json_answer
from server.frontdesk.bodies import Approval, Body, DeviceCode, UserCode, read_body
from server.frontdesk.desk import desk_of
from server.frontdesk.people import origin_of, person_and_body
from server.frontdesk.refusals import Attempt
from server.identity.pairing import shown
from server.identity.person import Person
from server.identity.refusals import PairedForbidden, PairingForbidden
from server.world.auditing import Action, AuditEvent


async def begin(request: Request) -> Response:
    """Give a headset its two codes, and the address to which its wearer goes with the short one."""
    desk = desk_of(request)
    desk.demand_ready()
    origin, now = origin_of(request), desk.clock()
    peer = "" if request.client is None else request.client.host
    # What counts for nobody elsewhere, this machine's own programs, is one place here.
    address = desk.arrivals.place_of(peer, request.headers.getlist("x-forwarded-for")) or ""
    device_code, pairing = desk.admission.pairings.begin(origin, address, now)
    return json_answer(
        {
            "device_code": device_code,
            "user_code": shown(pairing.user_code),
            "verification_uri": f"{origin or desk.origins.home}/",
            "expires_in": round(pairing.expires - now),
            "interval": round(pairing.interval),
        },
        201,
    )


async def ask(request: Request) -> Response:
    """Tell a headset whether somebody has let it in; if so, it is given a pass of that person's, once."""
    desk = desk_of(request)
    desk.demand_ready()
    wish = await read_body(request, DeviceCode)
    origin, now = origin_of(request), desk.clock()
    person = desk.admission.pairings.ask(wish.device_code, origin, now)
    seconds = desk.admission.device_seconds(person, now)
    await desk.auditor.settle(desk.auditor.record(AuditEvent(action=Action.DEVICE_PAIRED, subject=person.subject)))
    return json_answer({"pass": desk.admission.passes.issue(person, origin, seconds), "expires_in": round(seconds)})


async def show(request: Request) -> Response:
    """Tell who holds the phone what waits there, before they let it in: for how long it has shown its code."""
    desk = desk_of(request)
    with desk.refusals.noting(Action.DEVICE_PAIRED) as attempt:
        person, wish = await _holder_and_body(request, UserCode, attempt)
        now = desk.clock()
        pairing = desk.admission.pairings.find(wish.user_code, origin_of(request), person.subject, now)
    return json_answer({"shown_for": round(now - pairing.began), "expires_in": round(pairing.expires - now)})


async def settle(request: Request) -> Response:
    """Let a headset in as oneself, or say no to it."""
    desk = desk_of(request)
    desk.demand_ready()
    with desk.refusals.noting(Action.DEVICE_PAIRED) as attempt:
        person, wish = await _holder_and_body(request, Approval, attempt)
        now, origin = desk.clock(), origin_of(request)
        desk.admission.pairings.settle(wish.user_code, origin, person, now, allowed=wish.allow)
    return json_answer({"allowed": wish.allow})


async def _holder_and_body(request: Request, shape: type[Body], attempt: Attempt) -> tuple[Person, Body]:
    """Say who holds the phone, and read the body; see `person_and_body`.

    Raises besides `Unauthenticated` or `PairingForbidden` for guests, and `PairedForbidden` for what was let in itself.
    """
    person, body = await person_and_body(request, shape, attempt)
    if person.is_guest:
        raise desk_of(request).admission.refusal(person, PairingForbidden())
    if person.account and person.origin is not None:
        raise PairedForbidden
    return person, body


ROUTES: Final = (
    Route("/pairings", begin, methods=["POST"]),
    Route("/pairings/token", ask, methods=["POST"]),
    Route("/pairings/show", show, methods=["POST"]),
    Route("/pairings/approval", settle, methods=["POST"]),
)
