"""`polyclinic audit subject`: by what name the records have who has an account."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from server.commands.admin_client import NoAnswer, read_settings
from server.config import SAMPLE_FACILITY, SAMPLE_WORDS
from server.identity.subjects import account_subject
from server.typed import typed_text


def subject(
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="Who, by the claim sub of their tokens.", callback=typed_text)
    ],
    facility: Annotated[
        Path, typer.Option(help="The facility file, which names the issuer.", show_default=SAMPLE_WORDS)
    ] = SAMPLE_FACILITY,
) -> None:
    """Tell the subject of ACCOUNT, by which `export` and `erase` know who it is; nothing is asked or changed.

    Exit status: 0, or 2 if the facility has no accounts; one line says so.
    """
    try:
        typer.echo(subject_of(account, facility))
    except NoAnswer as error:
        typer.echo(f"audit subject: {error}", err=True)
        raise typer.Exit(2) from None


def subject_of(account: str, facility: Path) -> str:
    """Give the subject of an account of a facility's issuer. Raises `NoAnswer` where there is none."""
    issuer = read_settings(facility).identity.issuer
    if issuer is None:
        raise NoAnswer(f"{facility} names no issuer, so nobody has an account: name the facility file by --facility")
    return account_subject(issuer, account)
