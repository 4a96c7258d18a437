"""Who a request is from, and which rooms are there for them."""

from starlette.requests import Request

from server.errors import RoomUnknown
from server.frontdesk.desk import Desk, desk_of
from server.identity.admission import Person
from server.world.room import Room


async def person_of(request: Request) -> Person:
    """Say who sends a request. Raises `Unauthenticated` or `IdentityUnavailable`.

    Tokens are read from the header Authorization alone: an address ends up in histories and logs.
    """
    desk = desk_of(request)
    return await desk.admission.who(request.headers.getlist("authorization"), desk.clock())


def room_for(desk: Desk, person: Person, room_id: str) -> Room:
    """Find a room that a person may enter. One that is not theirs is answered like one that is not there.

    Raises `RoomUnknown` or `Unauthenticated`, whichever the person gets for both, or `RoomClosed`.
    """
    try:
        room = desk.directory.find(room_id)
    except RoomUnknown:
        raise desk.admission.deny_room(person) from None
    if not desk.admission.may_enter(person, room.id, room.type.name):
        raise desk.admission.deny_room(person)
    return room
