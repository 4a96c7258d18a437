"""Who a request is from, and which rooms are there for them."""

from starlette.requests import Request

from server.errors import RoomUnknown
from server.frontdesk.bodies import Body, TicketWish, read_body
from server.frontdesk.desk import Desk, desk_of
from server.frontdesk.pages import READING
from server.frontdesk.refusals import Attempt
from server.identity.person import Person
from server.identity.refusals import Unauthenticated
from server.world.rights import Newcomer, scope_of
from server.world.room import Room


async def person_of(request: Request) -> Person:
    """Say who sends a request. Raises `Unauthenticated`, `IdentityUnavailable` or `InvitationError`.

    Tokens are read from the header Authorization alone: an address ends up in histories and logs.
    """
    desk = desk_of(request)
    person = await desk.admission.who(request.headers.getlist("authorization"), desk.clock())
    # Of what only reads, browsers do not say whose page asks.
    if person.origin is not None and request.method not in READING and person.origin != origin_of(request):
        raise Unauthenticated(invalid=True)
    return person


async def person_and_body(request: Request, shape: type[Body], attempt: Attempt) -> tuple[Person, Body]:
    """Say who sends a request, and read its body, over which they may take their time; `attempt` is told who.

    Raises what `person_of`, `read_body`, `Admission.demand_kept` and `Admission.demand_present` do: access may be taken
    back meanwhile, and who was locked gets nothing by which they, or somebody they invite, would come in.
    """
    person = attempt.person = await person_of(request)
    body = await read_body(request, shape)
    admission = desk_of(request).admission
    admission.demand_kept(person)
    # A session that is live has its person there; the one that is locked may be on another device.
    if not (isinstance(body, TicketWish) and body.refreshing):
        admission.demand_present(person)
    return person, body


def origin_of(request: Request) -> str:
    """Say whose page sends a request. Raises `OriginRefused`."""
    return desk_of(request).origins.check(request.headers.getlist("origin"))


def newcomer(desk: Desk, person: Person, role: str | None) -> Newcomer:
    """Say what a person is to the rooms: in a role, or without one in all of theirs. Another's role opens nothing.

    Raises `MfaRequired`, whatever the room, if each of these roles needs more factors than the person has shown.
    """
    proved = desk.admission.proved_roles(person, role)
    return Newcomer(proved, scope_of(person.scopes), guest=person.is_guest)


def rooms_for(desk: Desk, person: Person, role: str | None) -> list[Room]:
    """Give the rooms that the facility names and a person may join in a role, or in all of theirs."""
    listed = desk.directory.listed(newcomer(desk, person, role))
    return [room for room in listed if person.room in {None, room.id}]


def room_for(desk: Desk, person: Person, role: str | None, room_id: str) -> Room:
    """Find a room that a person may join in a role. One that they may not is answered like one that is not there.

    Raises `RoomUnknown` or `Unauthenticated`, whichever the person gets for both, `RoomClosed` or `MfaRequired`.
    """
    # For who was invited, every other room is one that is not there.
    asked = room_id if person.room in {None, room_id} else ""
    try:
        return desk.directory.admit(asked, newcomer(desk, person, role))
    except RoomUnknown as error:
        raise desk.admission.refusal(person, error) from None
