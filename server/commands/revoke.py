"""`polyclinic revoke`: asks a running server's admin interface to take somebody's access back."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import msgspec
import typer

from server.commands.admin_client import NoAnswer, ask_admin, demand_text, read_answer, refusal
from server.config import NO_PORT, SAMPLE_FACILITY, SAMPLE_WORDS, FacilitySettings, load_facility
from server.errors import StartError
from server.frontdesk.admin import ADMIN_HOST
from server.identity.subjects import SUBJECT_PATTERN, SUBJECT_WORDS, account_subject
from server.room_types import ROOM_TYPES


class _Done(msgspec.Struct):
    """What the server answers."""

    sessions: int


def revoke(
    subject: Annotated[
        str | None, typer.Argument(metavar="SUBJECT", help="Who, as the list of people in a room names them.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="Who, by the claim sub of their tokens.")] = None,
    facility: Annotated[
        Path,
        typer.Option(help="The facility file, which names the issuer and the admin port.", show_default=SAMPLE_WORDS),
    ] = SAMPLE_FACILITY,
    admin: Annotated[
        str | None,
        typer.Option(help="Address of the server's admin interface.", show_default="this machine, the facility's port"),
    ] = None,
) -> None:
    """Take somebody's access back: SUBJECT, or the account with --account.

    Their sessions end at once, and those of who came by their invitations; what was issued to them up to now is void,
    also after a restart. It does not lock the account at the provider. Exit status: 0, or 2 if the server refuses or
    does not answer; one line says why.
    """
    try:
        demand_text(account)
        who = _subject(subject, account, facility)
        sessions = _take_back(_admin_of(facility) if admin is None else admin, who)
    except NoAnswer as error:
        typer.echo(f"revoke: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"access of {who} is taken back; sessions ended: {sessions}")


def _admin_of(facility: Path) -> str:
    """Give the address of the admin interface of a facility's server. Raises `NoAnswer`."""
    port = _settings(facility).server.admin_port
    if port == NO_PORT:
        raise NoAnswer(f"{facility} has no admin interface (admin_port = {NO_PORT}), by which access is taken back")
    if port == 0:
        raise NoAnswer(f"{facility} has the server pick its admin port: name it by --admin, as its line `ready` has it")
    return f"http://{ADMIN_HOST}:{port}"


def _settings(facility: Path) -> FacilitySettings:
    try:
        return load_facility(facility, ROOM_TYPES).settings
    except StartError as error:
        raise NoAnswer(error.detail) from None


def _take_back(admin: str, subject: str) -> int:
    """Have the server do it; how many sessions ended. Raises `NoAnswer`."""
    status, answer = ask_admin(admin, "POST", "/v1/admin/revocations", {"subject": subject})
    if status != HTTPStatus.OK:
        raise NoAnswer(refusal(admin, status, answer))
    return read_answer(answer, _Done).sessions


def _subject(subject: str | None, account: str | None, facility: Path) -> str:
    """Give the subject that is meant. Raises `NoAnswer`."""
    if (subject is None) == (account is None):
        raise NoAnswer("expected SUBJECT or --account, one of them")
    if subject is not None:
        if not re.match(SUBJECT_PATTERN, subject):
            raise NoAnswer(f"expected SUBJECT: {SUBJECT_WORDS}; for a sub use --account")
        return subject
    issuer = _settings(facility).identity.issuer
    if issuer is None:
        raise NoAnswer(f"{facility} names no issuer, so nobody has an account: name the facility file by --facility")
    return account_subject(issuer, str(account))
