"""`polyclinic invite`: asks a running server's admin interface for an invitation, to list them or to take one back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, TypeVar
from urllib.parse import quote

import msgspec
import typer

from server.commands.admin_client import (
    AdminOption,
    FacilityOption,
    NoAnswer,
    admin_address,
    ask_admin,
    read_answer,
    refusal,
)
from server.config import SAMPLE_FACILITY
from server.identity.invitations import HOURS_MAX, USES_MAX
from server.typed import typed_text

_PATH = "/v1/admin/invitations"

T = TypeVar("T")


class _Issued(msgspec.Struct):
    """What the server answers who invites."""

    id: str
    link: str


class _TakenBack(msgspec.Struct):
    """What it answers who takes an invitation back."""

    sessions: int


class _Open(msgspec.Struct):
    """One that is open."""

    id: str
    room: str
    role: str
    uses: int
    used: int
    expires_in: float


class _Listed(msgspec.Struct):
    invitations: list[_Open]


def invite(  # noqa: PLR0917 - typer makes options of them
    room: Annotated[
        str | None, typer.Argument(metavar="ROOM", help="The id of an open room.", callback=typed_text)
    ] = None,
    role: Annotated[
        str | None,
        typer.Argument(metavar="ROLE", help="The role they come in; none of the staff's.", callback=typed_text),
    ] = None,
    hours: Annotated[float, typer.Option(help=f"How long the invitation is good, at most {HOURS_MAX:g}.")] = 24.0,
    uses: Annotated[int, typer.Option(help=f"How many people may come by it, at most {USES_MAX}.")] = 1,
    name: Annotated[
        str | None, typer.Option(help="The name that others see; left out, they choose it.", callback=typed_text)
    ] = None,
    revoke: Annotated[
        str | None,
        typer.Option(help="Take the invitation of this id back, and show out who came by it.", callback=typed_text),
    ] = None,
    facility: FacilityOption = SAMPLE_FACILITY,
    admin: AdminOption = None,
) -> None:
    """Invite somebody without an account into ROOM as ROLE: prints a link, which is shown once and kept nowhere.

    Without ROOM and ROLE it lists the invitations that are open. Exit status: 0, or 2 if the server refuses or does
    not answer; one line says why.
    """
    try:
        asked = admin_address(facility, admin)
        if revoke is not None:
            taken = _ask(_TakenBack, asked, "DELETE", f"{_PATH}/{quote(revoke, safe='')}")
            typer.echo(f"taken back; sessions ended: {taken.sessions}")
        elif room is None:
            _list(asked)
        else:
            issued = _ask(_Issued, asked, "POST", _PATH, _wish(room, role, hours, uses, name))
            typer.echo(issued.link)
            typer.echo(f"invitation {issued.id}, uses: {uses}, for {hours:g} h", err=True)
    except NoAnswer as error:
        typer.echo(f"invite: {error}", err=True)
        raise typer.Exit(2) from None


def _wish(room: str, role: str | None, hours: float, uses: int, name: str | None) -> dict[str, object]:
    if role is None:
        raise NoAnswer("expected ROOM and ROLE, or neither")
    # What is no number ("nan") is in no range either.
    if not 0.0 < hours <= HOURS_MAX:
        raise NoAnswer(f"--hours: expected more than 0 and at most {HOURS_MAX:g}, got {hours:g}")
    if not 1 <= uses <= USES_MAX:
        raise NoAnswer(f"--uses: expected 1 to {USES_MAX}, got {uses}")
    return {"room": room, "role": role, "hours": hours, "uses": uses, "name": name}


def _list(admin: str) -> None:
    for each in _ask(_Listed, admin, "GET", _PATH).invitations:
        used, hours_left = f"{each.used} of {each.uses} used", each.expires_in / 3600
        typer.echo(f"{each.id}  {each.room}  {each.role}  {used}  {hours_left:.1f} h left")


def _ask(shape: type[T], admin: str, method: str, target: str, body: object = None) -> T:
    status, answer = ask_admin(admin, method, target, body)
    if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        raise NoAnswer(refusal(admin, status, answer))
    return read_answer(answer, shape)
