"""How the command line asks a running server's admin interface."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
import typer

from server.config import NO_PORT, SAMPLE_WORDS, FacilitySettings, load_facility
from server.errors import StartError
from server.frontdesk.admin import ADMIN_HOST
from server.room_types import ROOM_TYPES
from server.typed import typed_text

T = TypeVar("T")

FacilityOption = Annotated[
    Path, typer.Option(help="The facility file, which names the server's admin port.", show_default=SAMPLE_WORDS)
]
AdminOption = Annotated[
    str | None,
    typer.Option(
        help="Address of the server's admin interface.",
        show_default="this machine, the facility's port",
        callback=typed_text,
    ),
]

_TIMEOUT_SECONDS: Final = 5.0


class NoAnswer(Exception):
    """Why there is none, in one line."""


class _Problem(msgspec.Struct):
    """What the server refuses with."""

    code: str
    detail: str


def admin_address(facility: Path, admin: str | None) -> str:
    """Give the address to ask: `admin` if it is named, else that of the facility's server. Raises `NoAnswer`."""
    if admin is not None:
        return admin
    port = read_settings(facility).server.admin_port
    if port == NO_PORT:
        raise NoAnswer(f"{facility} has no admin interface (admin_port = {NO_PORT}), which is what would be asked")
    if port == 0:
        raise NoAnswer(f"{facility} has the server pick its admin port: name it by --admin, as its line `ready` has it")
    return f"http://{ADMIN_HOST}:{port}"


def read_settings(facility: Path) -> FacilitySettings:
    """Give what a facility file says. Raises `NoAnswer`."""
    try:
        return load_facility(facility, ROOM_TYPES).settings
    except StartError as error:
        raise NoAnswer(error.detail) from None


def ask_admin(admin: str, method: str, target: str, body: object = None) -> tuple[int, bytes]:
    """Make one request, with `body` as JSON unless it is None; the status and the answer. Raises `NoAnswer`."""
    connection = _connection(admin)
    said = None if body is None else msgspec.json.encode(body)
    headers = {"Accept": "application/json"} | ({} if said is None else {"Content-Type": "application/json"})
    try:
        connection.request(method, target, said, headers)
        response = connection.getresponse()
        return response.status, response.read()
    except UnicodeError:
        # The host is none that a name server could be asked for (RFC 3490).
        raise _no_address(admin) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise NoAnswer(f"{admin}: no server answers ({reason}); is it running, and its admin port on?") from None
    finally:
        connection.close()


def refusal(admin: str, status: int, body: bytes) -> str:
    """Say why a server refused, in its own words."""
    try:
        return msgspec.json.decode(body, type=_Problem).detail
    except msgspec.DecodeError:
        return f"{admin}: status {status}, which is no answer of a Polyclinic server"


def read_answer(answer: bytes, type_: type[T]) -> T:
    """Give what a server answered. Raises `NoAnswer` if it is of no shape that this version knows."""
    try:
        return msgspec.json.decode(answer, type=type_)
    except msgspec.DecodeError:
        raise NoAnswer("the server's answer is not one that this version understands") from None


def _connection(admin: str) -> http.client.HTTPConnection:
    try:
        address = urlsplit(admin)
        host, port = address.hostname, address.port
    except ValueError:
        host = None
    if host is None or address.scheme != "http":
        raise _no_address(admin)
    try:
        # Not urllib's opener: that would go through a proxy which the environment names, and this is for this machine.
        return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    except http.client.InvalidURL:
        raise _no_address(admin) from None


def _no_address(admin: str) -> NoAnswer:
    return NoAnswer(f"expected an address like http://127.0.0.1:8082, got {admin!r}")
