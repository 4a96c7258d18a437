"""The facility and its rooms; opening one on demand.

The list has the rooms that the facility names and that the person may join in the role of the query (`?role=`); without
one, those that they may join in every role of theirs. A room opened on demand is found by its id alone: the id is as
good as a key, and the name of a visit may say whose it is.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.schema import SCHEMA_HASH
from server.config import ObjectSettings, PortalSettings
from server.errors import InvalidRequest, NotAllowed
from server.frontdesk.answers import json_answer
from server.frontdesk.bodies import DEFAULT_AVATAR, RoomWish
from server.frontdesk.desk import Desk, desk_of, known_role
from server.frontdesk.names import clean_name
from server.frontdesk.people import newcomer, person_and_body, person_of, room_for, rooms_for
from server.identity.person import Person
from server.identity.refusals import OpeningForbidden
from server.store.writing import OpenedRoom
from server.world.auditing import Action, AuditEvent
from server.world.rights import Newcomer
from server.world.room import Room


async def facility(request: Request) -> Response:
    """Tell the facility's name, room types, roles, how to sign in, the looks there are, and the wire's schema."""
    desk = desk_of(request)
    settings = desk.facility.settings
    visit_types = desk.directory.visit_types
    types = dict.fromkeys((*(room.type for room in settings.rooms), *visit_types))
    return json_answer(
        {
            "name": settings.name,
            "room_types": [{"name": name, "on_demand": name in visit_types} for name in types],
            "roles": settings.roles,
            "shared_devices": settings.safety.shared_devices,
            "idle_seconds": settings.safety.idle_seconds,
            "away_seconds": settings.safety.away_seconds,
            "avatars": [DEFAULT_AVATAR, *desk.avatars.offered],
            "sign_in": desk.admission.sign_in,
            "schema": SCHEMA_HASH,
        }
    )


async def rooms(request: Request) -> Response:
    """Tell every room that the facility names and this person may join in the role."""
    desk = desk_of(request)
    role = _role(request, desk)
    listed = rooms_for(desk, await person_of(request), role)
    ways = {room.id: room for room in listed}
    return json_answer({"rooms": [describe_room(room, ways) for room in listed]})


async def room(request: Request) -> Response:
    """Tell one room, named or opened on demand, to who may join it in the role."""
    desk = desk_of(request)
    role = _role(request, desk)
    person = await person_of(request)
    found = room_for(desk, person, role, request.path_params["room"])
    return json_answer(_describe_alone(found, {room.id: room for room in rooms_for(desk, person, role)}))


async def open_room(request: Request) -> Response:
    """Open a room on demand. It is on the disk, and written down who opened it, before this answers."""
    desk = desk_of(request)
    desk.demand_ready()
    with desk.refusals.noting(Action.VISIT_OPENED) as attempt:
        person, wish = await person_and_body(request, RoomWish, attempt)
        opener = _opener(desk, person, wish)
        opened = desk.directory.open_visit(wish.type, clean_name(wish.name), desk.clock())
    # If this fails, nobody has learnt the room's id and it closes once its kind's linger time is over.
    await desk.keep_room(OpenedRoom(id=opened.id, type=opened.type.name, name=opened.name))
    event = AuditEvent(action=Action.VISIT_OPENED, subject=person.subject, role=wish.role or "", room=opened.id)
    await desk.auditor.settle(desk.auditor.record(event))
    ways = {room.id: room for room in desk.directory.listed(opener)}
    return json_answer(_describe_alone(opened, ways), 201, {"Location": f"/v1/rooms/{opened.id}"})


def _opener(desk: Desk, person: Person, wish: RoomWish) -> Newcomer:
    """Say what somebody is who may open a room on demand; raises what SPEC section 10 names if they may not."""
    if wish.role is not None:
        desk.admission.demand_role(person, known_role(desk, wish.role))
    if person.invited:
        raise OpeningForbidden
    opener = newcomer(desk, person, wish.role)
    try:
        desk.directory.demand_opener(wish.type, opener)
    except NotAllowed as error:
        raise desk.admission.refusal(person, error) from None
    return opener


def _role(request: Request, desk: Desk) -> str | None:
    """Read the role in the query, if there is one. Raises `RoleUnknown`, and `InvalidRequest` for another query."""
    given = request.query_params.multi_items()
    if not given:
        return None
    if len(given) != 1 or given[0][0] != "role":
        raise InvalidRequest("expected role, once, or no query")
    return known_role(desk, given[0][1])


def describe_room(room: Room, rooms: Mapping[str, Room]) -> dict[str, Any]:
    """Say what a person choosing a room, or a map of it, needs; lengths in metres, angles in degrees.

    `rooms` are those the person may know of: no door leads to another.
    """
    told = room.describe()
    return {
        "id": told.id,
        "name": told.name,
        "type": told.type,
        "occupancy": len(room.members),
        "capacity": room.capacity,
        "scene": told.scene,
        "tick_hz": told.tick_hz,
        "bounds": told.bounds,
        "zones": told.zones,
        "objects": [_describe_object(thing) for thing in room.settings.objects],
        "portals": [
            _describe_portal(portal, rooms[portal.to].name) for portal in room.settings.portals if portal.to in rooms
        ],
    }


def _describe_alone(room: Room, rooms: Mapping[str, Room]) -> dict[str, Any]:
    """Say besides what is too much for a list: an auditorium has thousands of seats."""
    return describe_room(room, rooms) | {"seats": room.settings.seats}


def _describe_object(thing: ObjectSettings) -> dict[str, Any]:
    return {
        "name": thing.name,
        "kind": thing.kind,
        "model": thing.model,
        "position": thing.position,
        "yaw": thing.yaw,
        "grabbable": thing.grabbable,
    }


def _describe_portal(portal: PortalSettings, leads_to: str) -> dict[str, Any]:
    return {
        "to": portal.to,
        "name": portal.name or leads_to,
        "position": portal.position,
        "yaw": portal.yaw,
        "width": portal.width,
    }


OPENING: Final = Route("/rooms", open_room, methods=["POST"])
"""What is paced more slowly than other requests."""

ROUTES: Final = (
    Route("/facility", facility),
    Route("/rooms", rooms),
    OPENING,
    Route("/rooms/{room}", room),
)
