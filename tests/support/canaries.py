"""Where words of a person's may be put: in each field of every feature's operations, and of every route there is.

The operations are those that `protocol.features` declares, the routes those of the two applications: what is new there
is found by itself, and a new body has to be told to `WISHES`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from msgspec import inspect
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from protocol.features import FEATURES
from protocol.messages import Operation
from server.config import SAMPLE_FACILITY, load_facility
from server.frontdesk.admin import create_admin
from server.frontdesk.bodies import (
    Approval,
    DeviceCode,
    InvitationShown,
    InvitationWish,
    InvitedWish,
    Revocation,
    RoomWish,
    TicketWish,
    UserCode,
)
from server.room_types import ROOM_TYPES
from tests.support.front_desk import FrontDesk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

WISHES: Final[dict[str, msgspec.Struct | None]] = {
    "GET /healthz": None,
    "GET /readyz": None,
    "GET /metrics": None,
    "GET /{path}": None,
    "GET /v1/facility": None,
    "GET /v1/me": None,
    "GET /v1/rooms": None,
    "POST /v1/rooms": RoomWish(type="consult", name="Visit", role="patient"),
    "GET /v1/rooms/{room}": None,
    "POST /v1/rooms/{room}/tickets": TicketWish(name="Ann", role="patient"),
    "POST /v1/invitations": InvitationWish(room="lobby", role="patient"),
    "GET /v1/invitations": None,
    "POST /v1/invitations/show": InvitationShown(invitation="?"),
    "POST /v1/invitations/tickets": InvitedWish(invitation="?", name="Ann"),
    "DELETE /v1/invitations/{invitation}": None,
    "POST /v1/pairings": None,
    "POST /v1/pairings/token": DeviceCode(device_code="?"),
    "POST /v1/pairings/show": UserCode(user_code="?"),
    "POST /v1/pairings/approval": Approval(user_code="?", allow=True),
    "GET /v1/avatars": None,
    "GET /v1/avatars/{path}": None,
    "GET /v1/scenes/{path}": None,
    "GET /v1/admin/why": None,
    "GET /v1/admin/rooms": None,
    "GET /v1/admin/rooms/{room}/people": None,
    "POST /v1/admin/revocations": Revocation(subject="nobody"),
    "POST /v1/admin/invitations": InvitationWish(room="lobby", role="patient"),
    "GET /v1/admin/invitations": None,
    "DELETE /v1/admin/invitations/{invitation}": None,
}
"""Every route, and a body that it takes."""

KEEPING: Final = frozenset(
    {"POST /v1/rooms", "POST /v1/rooms/{room}/tickets", "POST /v1/invitations/tickets", "POST /v1/admin/invitations"}
)
"""Routes that take a name and keep it: there the words must have been let in, or nothing was tried."""

ADMIN: Final = "/v1/admin/"
QUERY: Final = ("observer", "subject", "room", "token", "ticket", "invitation")


def routes() -> set[str]:
    """List every route of the front desk and the admin interface, as `METHOD /path`."""
    desk = FrontDesk(load_facility(SAMPLE_FACILITY, ROOM_TYPES))
    admin = create_admin(desk.directory, desk.desk.metrics, desk.desk.revoking)
    return set(_listed(_inner(desk.app).routes)) | set(_listed(_inner(admin).routes))


def _inner(app: ASGIApp) -> Starlette:
    while not isinstance(app, Starlette):
        app = app._app  # type: ignore[attr-defined]  # what each of ours calls the one behind it
    return app


def _listed(of: Sequence[BaseRoute], before: str = "") -> Iterator[str]:
    for route in of:
        if isinstance(route, Route):
            yield from (f"{method} {before}{route.path}" for method in (route.methods or set()) - {"HEAD"})
        elif isinstance(route, Mount) and route.routes:
            yield from _listed(route.routes, before + route.path)
        elif isinstance(route, Mount):
            yield f"GET {before}{route.path}/{{path}}"
        else:
            raise TypeError(route)


def bodies(route: str, words: str, known: Mapping[str, str]) -> list[dict[str, Any]]:
    """Fill a route's body once for each of its fields, with the words there, and once with the words as a key.

    `known` are values that only this server gives, by field.
    """
    wish = WISHES[route]
    sound: dict[str, Any] = {} if wish is None else {**msgspec.to_builtins(wish)}
    sound = {key: value for key, value in sound.items() if value is not None}
    sound |= {key: value for key, value in known.items() if key in sound}
    fields = () if wish is None else wish.__struct_fields__
    return [{**sound, field: words} for field in (*fields, words)]


def addresses(route: str, words: str) -> list[str]:
    """Fill a route's path with the words, and its query."""
    path = route.split(" ", 1)[1]
    # Byte by byte: as a client sends it that leaves nothing as it is.
    said = "".join(f"%{byte:02X}" for byte in words.encode())
    plain, filled = (
        "/".join(each if part.startswith("{") else part for part in path.split("/")) for each in ("lobby", said)
    )
    queries = [f"{plain}?{key}={said}" for key in (*QUERY, quote(words, safe=""))]
    return [*dict.fromkeys((plain, filled)), f"{plain}?observer={said}&subject={said}", *queries]


def _sound(declared: inspect.Type, name: str, entities: Mapping[str, int]) -> Any:
    match declared:
        case inspect.IntType():
            return entities.get(name, 0 if name == "version" else 1)
        case inspect.FloatType():
            return 1.0
        case inspect.BoolType():
            return True
        case inspect.StrType():
            return "words"
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.TupleType(item_types=items):
            return [_sound(item, "", entities) for item in items]
        case _:
            # A shape that no operation had so far: say here what is sound.
            raise TypeError(declared)


def operations(words: str, entities: Mapping[str, int]) -> Iterator[Operation]:
    """Fill every operation of every feature once for each of its fields, with the words there, and once as a key.

    `entities` are ids of the room, by the field that names them. Where a field takes text, what is made is sound.
    """
    for feature, declared in FEATURES.items():
        for type_, shape in declared.operations.items():
            fields = inspect.type_info(shape).fields  # type: ignore[attr-defined]  # of a struct
            sound = {field.encode_name: _sound(field.type, field.name, entities) for field in fields}
            msgspec.convert(sound, shape)
            for field in fields:
                body = {**sound, field.encode_name: words}
                if isinstance(field.type, inspect.StrType):
                    msgspec.convert(body, shape)
                yield Operation(op=os.urandom(16), feature=feature, type=type_, body=body)
            yield Operation(op=os.urandom(16), feature=feature, type=type_, body={**sound, words: words})
