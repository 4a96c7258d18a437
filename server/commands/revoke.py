"""`polyclinic revoke`: asks a running server's admin interface to take somebody's access back."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

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
from server.commands.subject import subject_of
from server.config import SAMPLE_FACILITY
from server.identity.subjects import SUBJECT_PATTERN, SUBJECT_WORDS
from server.typed import typed_text


class _Done(msgspec.Struct):
    """What the server answers."""

    sessions: int


def revoke(
    subject: Annotated[
        str | None,
        typer.Argument(metavar="SUBJECT", help="Who, as the list of people in a room names them.", callback=typed_text),
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Who, by the claim sub of their tokens.", callback=typed_text)
    ] = None,
    facility: FacilityOption = SAMPLE_FACILITY,
    admin: AdminOption = None,
) -> None:
    """Take somebody's access back: SUBJECT, or the account with --account.

    Their sessions end at once, and those of who came by their invitations; what was issued to them up to now is void,
    also after a restart. It does not lock the account at the provider. Exit status: 0, or 2 if the server refuses or
    does not answer; one line says why.
    """
    try:
        who = _subject(subject, account, facility)
        sessions = _take_back(admin_address(facility, admin), who)
    except NoAnswer as error:
        typer.echo(f"revoke: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"access of {who} is taken back; sessions ended: {sessions}")


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
    return subject_of(str(account), facility)
