"""Join tickets: who are you, which room, and here is the address (SPEC section 10)."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.ids import WORLD_PATH
from server.avatars import is_file_look
from server.errors import AvatarUnknown, InvalidRequest, RoomFull
from server.frontdesk.answers import json_answer
from server.frontdesk.bodies import TicketWish
from server.frontdesk.desk import Desk, desk_of, known_role, known_room
from server.frontdesk.names import clean_name
from server.frontdesk.people import origin_of, person_and_body, room_for
from server.identity.person import Person
from server.identity.tickets import Claims
from server.world.auditing import Action, AuditEvent
from server.world.superseding import leaving

_HOST: Final = re.compile(
    r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|(?![^:]{254})[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?)(?::[0-9]{1,5})?"
)
"""A Host header (RFC 9110 section 7.2) of a name, an IPv4 address or an IPv6 address in brackets. Between the dots of a
name is something."""


async def issue_ticket(request: Request) -> Response:
    """Check the wish and sign a ticket. Places are not reserved: the gateway looks again when the ticket comes.

    Nobody gets a ticket before it is written down that they do.
    """
    desk = desk_of(request)
    desk.demand_ready()
    since, asked = desk.clock(), request.path_params["room"]
    with desk.refusals.noting(Action.TICKET_REFUSED, known_room(desk, asked)) as attempt:
        person, wish = await person_and_body(request, TicketWish, attempt)
        desk.admission.demand_role(person, known_role(desk, wish.role))
        claims, world = check_wish(request, person, wish, asked)
    return json_answer(await give(desk, claims, world, since), 201)


def check_wish(request: Request, person: Person, wish: TicketWish, room_id: str) -> tuple[Claims, str]:
    """Look at all that may stand against a ticket, but who it is for; what it is to say, and the WebSocket's address.

    Raises what SPEC section 10 names.
    """
    desk = desk_of(request)
    if is_file_look(wish.avatar) and wish.avatar not in desk.avatars.offered:
        raise AvatarUnknown
    name = clean_name(wish.name if person.name is None else person.name)
    world = world_address(desk, request.headers.get("host"))
    origin = origin_of(request)
    # After all that is wrong whatever the room: what comes before must not tell whether there is one.
    room = room_for(desk, person, wish.role, room_id)
    room.bars.demand_entry(person.subject, person.invitation, desk.clock())
    staying = len(room.members) - leaving(person.subject, room, desk.facility.settings.identity.second_device)
    if staying >= room.capacity and not (wish.returning or wish.refreshing):
        raise RoomFull(room.capacity)
    claims = Claims(
        room=room.id,
        subject=person.subject,
        name=name,
        role=wish.role,
        avatar=wish.avatar,
        origin=origin,
        scopes=person.scopes,
        expires=person.expires,
        mfa=person.mfa,
        invitation=person.invitation,
        refreshing=wish.refreshing,
    )
    return claims, world


async def give(desk: Desk, claims: Claims, world: str, since: float, **detail: str) -> dict[str, object]:
    """Write down who gets a ticket, with what codes say more, then sign it. Raises `AuditUnavailable`.

    `since` is the clock of before it was looked who asks; see `TicketDesk.issue`.
    """
    action = Action.TICKET_ISSUED
    issued = AuditEvent(action=action, subject=claims.subject, role=claims.role, room=claims.room, detail=detail)
    await desk.auditor.settle(desk.auditor.record(issued))
    ticket = desk.tickets.issue(claims, since)
    left = max(0.0, since + desk.tickets.lifetime - desk.clock())
    return {"ticket": ticket, "world": world, "expires_in": round(left, 3)}


def world_address(desk: Desk, host: str | None) -> str:
    """Give the WebSocket's address: the facility's, else the port of this process at the host the client used.

    Somebody on the local network came by a name or an address that reaches this machine, which "127.0.0.1" from the
    configuration would not. Raises `InvalidRequest` for a host that is none.
    """
    settings = desk.facility.settings.server
    if settings.world_url is not None:
        return settings.world_url
    match = _HOST.fullmatch(host or settings.host)
    if match is None:
        raise InvalidRequest("the Host header is not a host")
    scheme = "wss" if desk.secure else "ws"
    return f"{scheme}://{match['name']}:{desk.world_port()}{WORLD_PATH}"


ROUTES: Final = (Route("/rooms/{room}/tickets", issue_ticket, methods=["POST"]),)
