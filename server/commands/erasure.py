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
from server.store.erasing import erase_author, has_author
from server.typed import typed_text
from server.world.auditing import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.audit.subjects import Subjects

REMAINS = (
    "not erased: backups that were not given with --copy, out of which `restore` leaves this person while"
    " the store's house key and list of erasures are there, copies of the audit log's key store, what others"
    " wrote about this person, recordings of motion, in which nobody is named, and what open rooms remember until they"
    " close or the server is restarted. The files .revoked and .locked beside the store keep, for 30 days, a digest of"
    " everybody whose access was taken back or whose view was locked: whoever has them and guesses an account's"
    " subject can tell that it is there"
)

NOBODY = (
    "nothing of this subject is kept, so nothing was changed and nothing noted. A subject is what the people of a room"
    " have, not a name (`polyclinic audit subject` tells an account's); if a backup alone has something of it, name it"
    " with --copy"
)

ERASED_BEFORE = (
    "nothing of this subject is kept any more: it was erased before, which is noted anew, and every copy is restored"
    " without it"
)


def erase(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT", help="Who is to be erased, as the front desk knows them.", callback=typed_text
        ),
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
    restored without this person. Exit status 1 if nothing of the subject is kept, where nothing is changed or noted
    unless the subject was erased before, or if its bytes could not be overwritten because another process reads a
    file: then run this again. Whom a copy alone knows is erased by naming that copy.
    """
    try:
        settings = load_facility(facility, ROOM_TYPES).settings
        kept = Path(settings.server.store) if store is None else store
        folder = audit_folder(settings.audit, kept, path)
        # Before anything is erased: a wrong path must not leave half a person behind.
        subjects = None if folder is None else open_subjects(folder)
        try:
            files = [kept, *(copy or ())]
            # Before anything is noted, too: somebody mistyped would count as a person from then on.
            if not _is_known(subject, kept, files, subjects):
                typer.echo(NOBODY, err=True)
                raise typer.Exit(1)
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
        typer.echo(ERASED_BEFORE, err=True)
        raise typer.Exit(1)
    if pseudonym is not None:
        typer.echo(f"erased; the records of {pseudonym} are nobody's now")
    typer.echo(REMAINS)


def _is_known(subject: str, store: Path, files: Sequence[Path], subjects: Subjects | None) -> bool:
    """Say whether anything is known of a subject, be it that it was erased. Raises `StoreError` for a wrong file."""
    key = HouseKey()
    key.take_from(store)
    # All of them: each has to serve before one is changed.
    of_rows = [has_author(file, subject, key.tag(subject)) for file in files]
    erasures = Erasures(store, key, time.time())
    noted = any(erasures.is_of(each, subject) for each in erasures.noted)
    return any(of_rows) or noted or (subjects is not None and subjects.find(subject) is not None)


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
