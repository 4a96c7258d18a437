"""Invitations over HTTP: staff issue them with their token, and whoever was invited gives them for a ticket.

An invitation is in bodies alone, never in an address.
"""

from dataclasses import replace
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.frontdesk.answers import json_answer
from server.frontdesk.bodies import InvitationShown, InvitationWish, InvitedWish, TicketWish, read_body
from server.frontdesk.desk import Desk, desk_of, known_room
from server.frontdesk.people import origin_of, person_and_body, person_of, room_for, rooms_for
from server.frontdesk.rooms import describe_room
from server.frontdesk.tickets import check_wish, give
from server.identity.invitations import Invitation
from server.identity.person import Person
from server.world.auditing import Action


async def issue(request: Request) -> Response:
    """Invite somebody; what the answer has of it is nowhere else."""
    desk = desk_of(request)
    desk.demand_ready()
    with desk.refusals.noting(Action.INVITATION_ISSUED) as attempt:
        person, wish = await person_and_body(request, InvitationWish, attempt)
        attempt.room = known_room(desk, wish.room)
        made = await desk.inviting.issue(wish, origin_of(request), person)
    return json_answer(made, 201)


async def listed(request: Request) -> Response:
    """Tell the invitations of who asks that are still open."""
    return json_answer(desk_of(request).inviting.listed(await person_of(request)))


async def take_back(request: Request) -> Response:
    """Take an invitation back that one has issued."""
    desk, person = desk_of(request), await person_of(request)
    return json_answer(await desk.inviting.take_back(request.path_params["invitation"], person))


async def show(request: Request) -> Response:
    """Tell whoever was invited what for. It uses nothing up."""
    desk = desk_of(request)
    wish = await read_body(request, InvitationShown)
    said = desk.admission.invitations.read(wish.invitation)
    invited = _invited(desk, said)
    desk.admission.demand_role(invited, said.role)
    room = room_for(desk, invited, said.role, said.room)
    ways = {each.id: each for each in rooms_for(desk, invited, said.role)}
    return json_answer(
        {
            "room": describe_room(room, ways),
            "role": said.role,
            "name": said.name,
            "expires_in": round(desk.admission.seconds_until(said.exp)),
        }
    )


async def issue_ticket(request: Request) -> Response:
    """Use an invitation: a ticket now, and a pass by which the same person gets the next one.

    The use is counted last, when nothing else stands against the ticket.
    """
    desk = desk_of(request)
    desk.demand_ready()
    since = desk.clock()
    with desk.refusals.noting(Action.TICKET_REFUSED):
        wish = await read_body(request, InvitedWish)
        said = desk.admission.invitations.read(wish.invitation)
        invited = _invited(desk, said)
        desk.admission.demand_role(invited, said.role)
        asked = TicketWish(name=wish.name or "", role=said.role, avatar=wish.avatar)
        claims, world = check_wish(request, invited, asked, said.room)
        subject = await desk.admission.invitations.use(wish.invitation)
    given = await give(desk, msgspec.structs.replace(claims, subject=subject), world, since, invitation=said.jti)
    seconds = desk.admission.seconds_until(said.exp)
    given["pass"] = desk.admission.passes.issue(replace(invited, subject=subject), claims.origin, seconds)
    return json_answer(given, 201)


def _invited(desk: Desk, said: Invitation) -> Person:
    """Say what somebody is who comes by an invitation; who, the first ticket says."""
    return Person(
        subject="",
        roles=frozenset({said.role}),
        name=said.name,
        expires=desk.clock() + desk.admission.seconds_until(said.exp),
        room=said.room,
        invitation=said.jti,
    )


ROUTES: Final = (
    Route("/invitations", issue, methods=["POST"]),
    Route("/invitations", listed),
    Route("/invitations/show", show, methods=["POST"]),
    Route("/invitations/tickets", issue_ticket, methods=["POST"]),
    Route("/invitations/{invitation}", take_back, methods=["DELETE"]),
)
