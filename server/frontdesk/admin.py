"""The admin interface: which rooms there are and how they bear it, who is in them, and why somebody sees what they see.

An application of its own, on a listener of its own that binds the loopback address: it tells names, the ids of rooms
opened on demand, and what is behind curtains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.routing import Route

from server.errors import EntityUnknown, InvalidRequest, NameAmbiguous, NotTogether, RoleUnknown
from server.frontdesk.answers import json_answer
from server.frontdesk.bodies import InvitationWish, Revocation, read_body
from server.frontdesk.headers import SafeHeaders
from server.frontdesk.loopback import LoopbackOnly
from server.frontdesk.metrics import written
from server.frontdesk.names import clean_name
from server.frontdesk.problems import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from server.frontdesk.inviting import Inviting
    from server.frontdesk.revoking import Revoking
    from server.ops.metrics import Metrics
    from server.world.directory import Directory
    from server.world.room import Room

ADMIN_HOST: Final = "127.0.0.1"
"""Where the admin interface listens, whatever the facility says of the other ports."""

ENTITY_MAX: Final = 0xFFFFFFFF
ENTITY_DIGITS: Final = len(str(ENTITY_MAX))

_PARAMETERS: Final = frozenset({"observer", "subject", "room"})


def create_admin(directory: Directory, metrics: Metrics, revoking: Revoking | None = None) -> ASGIApp:
    """Put the routes together, behind what keeps browsers' pages out.

    `revoking` takes access back, and knows who issues invitations; without it one may look and change nothing.
    """
    app = Starlette(
        routes=[
            Route("/v1/admin/why", why),
            Route("/v1/admin/rooms", rooms),
            Route("/v1/admin/rooms/{room}/people", people),
            Route("/metrics", read_metrics),
            *([] if revoking is None else _CHANGING),
        ],
        exception_handlers=HANDLERS,
    )
    app.router.redirect_slashes = False
    app.state.directory = directory
    app.state.metrics = metrics
    app.state.revoking = revoking
    return SafeHeaders(LoopbackOnly(app))


async def why(request: Request) -> Response:
    """Tell why an observer gets a subject as it does: the terms as they are now, and the same in words."""
    asked = _query(request)
    directory = _directory(request)
    among = [directory.find(asked["room"])] if "room" in asked else list(directory.rooms.values())
    observer_room, observer = _find(among, "observer", asked["observer"])
    subject_room, subject = _find(among, "subject", asked["subject"])
    member = observer_room.members.get(observer)
    if member is None:
        raise InvalidRequest("observer: an object, and objects are sent nothing")
    if subject_room is not observer_room:
        raise NotTogether
    return json_answer(observer_room.explain(member, subject))


async def rooms(request: Request) -> Response:
    """Tell every open room, those opened on demand too, and how it bears its load."""
    return json_answer({"rooms": [_describe(room) for room in _directory(request).rooms.values()]})


async def read_metrics(request: Request) -> Response:
    """Write all metrics, as the front desk does to programs of this machine: a proxy forwards that port, not this."""
    return written(request.app.state.metrics, request)


async def take_back(request: Request) -> Response:
    """Take a subject's access back: its sessions end now, and what it was given up to now opens nothing.

    Nor does what it gave others: its invitations are taken back, and who came by them is shown out.
    """
    asked = await read_body(request, Revocation)
    return json_answer({"subject": asked.subject, "sessions": await _revoking(request).take_back(asked.subject)})


async def people(request: Request) -> Response:
    """Tell who and what is in a room, by the ids that `why` takes."""
    room = _directory(request).find(request.path_params["room"])
    return json_answer(
        {
            "people": [
                {
                    "entity": member.entity,
                    "role": member.participant.role,
                    "subject": member.participant.subject,
                    "name": member.participant.name,
                    "suspended": member.suspended,
                }
                for member in room.members.values()
            ],
            "objects": [
                {"entity": entity, "kind": thing.settings.kind, "name": thing.settings.name}
                for entity, thing in room.things.placed.items()
            ],
        }
    )


async def invite(request: Request) -> Response:
    """Invite somebody, as the operator, who is told which roles there are for that if it is in none of them."""
    inviting, wish = _inviting(request), await read_body(request, InvitationWish)
    try:
        return json_answer(await inviting.issue(wish), 201)
    except RoleUnknown as error:
        raise RoleUnknown(f"{error.detail}; {inviting.roles_told(_directory(request).find(wish.room))}") from None


async def invitations(request: Request) -> Response:
    """Tell every invitation that is open, whoever issued it."""
    return json_answer(_inviting(request).listed())


async def take_invitation_back(request: Request) -> Response:
    """Take an invitation back, whoever issued it."""
    return json_answer(await _inviting(request).take_back(request.path_params["invitation"]))


_CHANGING: Final = (
    Route("/v1/admin/revocations", take_back, methods=["POST"]),
    Route("/v1/admin/invitations", invite, methods=["POST"]),
    Route("/v1/admin/invitations", invitations),
    Route("/v1/admin/invitations/{invitation}", take_invitation_back, methods=["DELETE"]),
)


def _revoking(request: Request) -> Revoking:
    revoking: Revoking = request.app.state.revoking
    return revoking


def _inviting(request: Request) -> Inviting:
    return _revoking(request).inviting


def _describe(room: Room) -> dict[str, Any]:
    return {
        "id": room.id,
        "type": room.type.name,
        "people": len(room.members),
        "tick_hz": room.tick_hz,
        "strain": room.strain,
        "tick_load": round(room.load, 3),
    }


def _directory(request: Request) -> Directory:
    directory: Directory = request.app.state.directory
    return directory


def _query(request: Request) -> dict[str, str]:
    """Read the parameters. Raises `InvalidRequest` for one that is unknown, given twice or missing."""
    given = request.query_params.multi_items()
    asked = dict(given)
    if len(asked) != len(given) or not asked.keys() <= _PARAMETERS:
        raise InvalidRequest("expected observer and subject, and room if need be, each once")
    for part in ("observer", "subject"):
        if not asked.get(part):
            raise InvalidRequest(f"{part}: expected an entity id or a name")
    return asked


def _find(among: Iterable[Room], part: str, said: str) -> tuple[Room, int]:
    """Find the one entity of that id, else of exactly that name; the room it is in, and its id.

    Raises `EntityUnknown`, `NameAmbiguous`, and `InvalidRequest` for what can be neither.
    """
    among = tuple(among)
    found: list[tuple[Room, int]] = []
    digits = said.lstrip("0") or "0"
    # Python reads no number of thousands of digits.
    if said.isascii() and said.isdecimal() and len(digits) <= ENTITY_DIGITS and int(digits) <= ENTITY_MAX:
        entity = int(digits)
        found = [(room, entity) for room in among if entity in room.members or entity in room.things.placed]
    if not found:
        name = clean_name(said)
        found = [(room, entity) for room in among for entity in _named(room, name)]
    if not found:
        raise EntityUnknown(part)
    if len(found) > 1:
        raise NameAmbiguous(part)
    return found[0]


def _named(room: Room, name: str) -> Iterator[int]:
    for entity, member in room.members.items():
        if member.participant.name == name:
            yield entity
    for entity, thing in room.things.placed.items():
        if thing.settings.name == name:
            yield entity
