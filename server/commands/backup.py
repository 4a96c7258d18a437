"""`polyclinic backup` and `polyclinic restore`: a copy of what a server keeps, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.audit.operators import written_down
from server.commands.folders import audit_folder
from server.commands.restoring import restore_store
from server.config import SAMPLE_FACILITY, SAMPLE_WORDS, load_facility
from server.errors import StartError, StoreError
from server.room_types import ROOM_TYPES
from server.store.copies import back_up, demand_file
from server.world.auditing import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.commands.restoring import Restored
    from server.config import FacilitySettings

_Facility = Annotated[
    Path,
    typer.Option(
        help="The facility file, which names the store and the audit log, where this is written down.",
        show_default=SAMPLE_WORDS,
    ),
]
_Store = Annotated[str | None, typer.Option(help="The SQLite file, if it is not the one that the facility file names.")]
_Path = Annotated[
    Path | None, typer.Option("--path", help="The audit log's folder, if it is not the one of the facility.")
]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to be made; must not be there yet.")],
    facility: _Facility = SAMPLE_FACILITY,
    store: _Store = None,
    path: _Path = None,
) -> None:
    """Copy what the server keeps into FILE, also while it runs.

    The copy is checked, and there is none unless it is whole; the audit log has who made it. Exit status: 0 when it is
    made, 1 if it cannot be, 2 for a wrong facility file.
    """
    try:
        settings = load_facility(facility, ROOM_TYPES).settings
        source = _store_of(settings, store)
        demand_file(source)
        folder = audit_folder(settings.audit, source, path)
        with written_down(folder, Action.STORE_COPIED, {}, witness=settings.audit.witness) as told:
            told["bytes"] = size = back_up(source, file)
    except (StartError, StoreError) as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    typer.echo(f"{file}: {size} bytes, checked")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` made.")],
    facility: _Facility = SAMPLE_FACILITY,
    store: _Store = None,
    path: _Path = None,
) -> None:
    """Put FILE back as what the server keeps; the server must not run.

    The copy is checked first, and what was kept is replaced whole or not at all. What was taken back since the copy was
    made is taken back again: invitations, consents, people who were erased. What of it cannot be known here, standard
    error says, and what to do. Exit status: 0 when it is done, 1 if it cannot be, a server having the store open for
    instance, 2 for a wrong facility file.
    """
    try:
        settings = load_facility(facility, ROOM_TYPES).settings
        target = _store_of(settings, store)
        demand_file(file)
        folder = audit_folder(settings.audit, target, path)
        with written_down(folder, Action.STORE_RESTORED, {}, witness=settings.audit.witness) as told:
            restored = restore_store(file, target, folder, [room.id for room in settings.rooms])
            told["unknown"] = len(restored.unknown)
    except (StartError, StoreError) as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    typer.echo(f"{target}: is what {file} says, checked")
    for line in _taken_back(restored):
        typer.echo(f"taken back again: {line}")
    for line in restored.unknown:
        typer.echo(f"not taken back again: {line}", err=True)


def _taken_back(restored: Restored) -> Iterator[str]:
    applied = restored.applied
    if applied.people:
        yield f"{_count(applied.people, 'erasure')} of people, {_count(applied.rows, 'row')}"
    if applied.invitations or applied.uses:
        yield f"{_count(applied.invitations, 'invitation')}, and uses of {applied.uses}"
    if applied.consents:
        yield _count(applied.consents, "consent")
    if restored.revocations:
        people = _count(restored.revocations, "person", "people")
        yield f"access of {people}, which the list of revocations had lost"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _store_of(settings: FacilitySettings, store: str | None) -> Path:
    return Path(store if store is not None else settings.server.store)
