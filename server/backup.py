"""`polyclinic backup` and `polyclinic restore`: a copy of what a server keeps, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.config import SAMPLE_FACILITY, SAMPLE_WORDS, load_facility
from server.errors import StartError, StoreError
from server.room_types import ROOM_TYPES
from server.store.copies import back_up, put_back

_Facility = Annotated[Path, typer.Option(help="The facility file, which names the store.", show_default=SAMPLE_WORDS)]
_Store = Annotated[str | None, typer.Option(help="The SQLite file, if it is not the one that the facility file names.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to be made; must not be there yet.")],
    facility: _Facility = SAMPLE_FACILITY,
    store: _Store = None,
) -> None:
    """Copy what the server keeps into FILE, also while it runs.

    The copy is checked, and there is none unless it is whole. Exit status: 0 when it is made, 1 if it cannot be, 2 for
    a wrong facility file.
    """
    try:
        size = back_up(_find_store(facility, store), file)
    except (StartError, StoreError) as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    typer.echo(f"{file}: {size} bytes, checked")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` made.")],
    facility: _Facility = SAMPLE_FACILITY,
    store: _Store = None,
) -> None:
    """Put FILE back as what the server keeps; the server must not run.

    The copy is checked first, and what was kept is replaced whole or not at all. Exit status: 0 when it is done, 1 if
    it cannot be, a server having the store open for instance, 2 for a wrong facility file.
    """
    try:
        target = _find_store(facility, store)
        put_back(file, target)
    except (StartError, StoreError) as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    typer.echo(f"{target}: is what {file} says, checked")


def _find_store(facility: Path, store: str | None) -> Path:
    return Path(store if store is not None else load_facility(facility, ROOM_TYPES).settings.server.store)
