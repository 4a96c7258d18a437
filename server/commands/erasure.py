"""`polyclinic audit erase`: a person taken out of everything that a server keeps."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.audit.commands import open_subjects
from server.audit.operators import written_down
from server.audit.taken_back import ERASURE
from server.commands.folders import audit_folder
from server.config import SAMPLE_FACILITY, SAMPLE_WORDS, load_facility
from server.errors import StartError, StoreError
from server.identity.erasures import Erasures
from server.identity.house_key import HouseKey
from server.room_types import ROOM_TYPES
from server.store.copies import demand_file
from server.store.erasing import erase_author
from server.world.auditing import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

REMAINS = (
    "not erased: backups that were not given with --copy, out of which `restore` leaves this person while"
    " the store's house key and list of erasures are there, copies of the audit log's key store, what others"
    " wrote about this person, recordings of motion, in which nobody is named, and what open rooms remember until they"
    " close or the server is restarted. The files .revoked and .locked beside the store keep, for 30 days, a digest of"
    " everybody whose access was taken back or whose view was locked: whoever has them and guesses an account's"
    " subject can tell that it is there"
)


def erase(
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="Who is to be erased, as the front desk knows them.")
    ],
    facility: Annotated[
        Path,
        typer.Option(help="The facility file, which names the store and the audit log.", show_default=SAMPLE_WORDS),
    ] = SAMPLE_FACILITY,
    store: Annotated[Path | None, typer.Option(help="The SQLite file, if it is not the one of the facility.")] = None,
    path: Annotated[
        Path | None, typer.Option(help="The audit log's folder, if it is not the one of the facility.")
    ] = None,
    copy: Annotated[
        list[Path] | None,
        typer.Option(help="A backup of the store to erase from as well, again for each.", metavar="<path>"),
    ] = None,
) -> None:
    """Delete what a subject wrote and asked for, then destroy the key of its pseudonym in the audit log.

    Lines of chat and texts on panels that are kept go with the subject and the name; the audit log stays as it is and
    still verifies, with nobody behind the pseudonym, and has who ran this. The server may run. Copies from before are
    restored without this person. Exit status 1 if nothing of the subject is kept, or if its bytes could not be
    overwritten because another process reads a file: then run this again.
    """
    try:
        settings = load_facility(facility, ROOM_TYPES).settings
        kept = Path(settings.server.store) if store is None else store
        folder = audit_folder(settings.audit, kept, path)
        # Before anything is erased: a wrong path must not leave half a person behind.
        subjects = None if folder is None else open_subjects(folder)
        try:
            files = [kept, *(copy or ())]
            for file in files:
                demand_file(file)
            detail: dict[str, str | int] = {"files": len(files)}
            with written_down(folder, Action.ERASURE, detail, witness=settings.audit.witness) as told:
                key = _house_key(kept)
                # Noted first: a copy that is restored is without this person, whatever becomes of this command.
                erasure = _note(kept, subject, key)
                told[ERASURE] = erasure
                told["rows"] = rows = _erase_rows(subject, erasure, key.tag(subject), files)
                pseudonym = None if subjects is None else subjects.erase(subject)
        finally:
            if subjects is not None:
                subjects.close()
    except (StartError, StoreError) as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    except sqlite3.Error as error:
        typer.echo(f"{folder or kept}: not erased for good: {error}; run this command again", err=True)
        raise typer.Exit(1) from None
    if pseudonym is None and not rows:
        typer.echo(
            "nothing of this subject is kept, and copies are restored without it; a subject is what the people of a"
            " room have, not a name",
            err=True,
        )
        raise typer.Exit(1)
    if pseudonym is not None:
        typer.echo(f"erased; the records of {pseudonym} are nobody's now")
    typer.echo(REMAINS)


def _house_key(store: Path) -> HouseKey:
    key = HouseKey()
    if key.keep_beside(store):
        typer.echo(
            f"{store}: had no house key, and has one now: every invitation and pass from before is void", err=True
        )
    return key


def _note(store: Path, subject: str, key: HouseKey) -> str:
    """Note the erasure beside the store; its id."""
    now = time.time()
    return Erasures(store, key, now).note(subject, now)


def _erase_rows(subject: str, erasure: str, issuer: str, files: Sequence[Path]) -> int:
    found = 0
    for file in files:
        rows = erase_author(file, subject, erasure, issuer)
        typer.echo(f"{file}: {rows} rows erased")
        found += rows
    return found
