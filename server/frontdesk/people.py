"""Who a request is from, and which rooms are there for them."""

from starlette.requests import Request

from server.errors import RoomUnknown
from server.frontdesk.desk import Desk, desk_of
from server.identity.admission import Person
from server.world.rights import Newcomer, scope_of
from server.world.room import Room


async def person_of(request: Request) -> Person:
    """Say who sends a request. Raises `Unauthenticated` or `IdentityUnavailable`.

    Tokens are read from the header Authorization alone: an address ends up in histories and logs.
    """
    desk = desk_of(request)
    return await desk.admission.who(request.headers.getlist("authorization"), desk.clock())


def newcomer(desk: Desk, person: Person, role: str | None) -> Newcomer:
    """Say what a person is to the rooms in a role, which opens nothing if it is not theirs; without one, in all."""
    roles = desk.admission.roles_of(person)
    if role is not None:
        roles &= {role}
    return Newcomer(roles, scope_of(person.scopes), guest=not person.account)


def room_for(desk: Desk, person: Person, role: str | None, room_id: str) -> Room:
    """Find a room that a person may join in a role. One that they may not is answered like one that is not there.

    Raises `RoomUnknown` or `Unauthenticated`, whichever the person gets for both, or `RoomClosed`.
    """
    try:
        return desk.directory.admit(room_id, newcomer(desk, person, role))
    except RoomUnknown as error:
        raise desk.admission.refusal(person, error) from None
