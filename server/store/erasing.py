"""What somebody wrote, and that it was they who asked, taken out of a store or a copy of one for good."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from server.errors import StoreError
from server.store.copies import check_whole, demand_file, open_file
from server.store.shape import demand_shape
from server.store.tables import OF_A_ROOM, SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path


def erase_author(file: Path, subject: str, erasure: str, issuer: str) -> int:
    """Delete the rows whose author is a subject, and overwrite where they were; how many rows had something of it.

    `erasure` is the id of this erasure, which the file then has been through. `issuer` is the house key's tag of the
    subject, which stands in the invitations it made: those stay, for whom they were made for, and are nobody's.
    A server may go on writing meanwhile; what it is asked to keep while the file is written anew, seconds for a large
    one, it refuses. Nothing of the rows is in the file or in its log when this returns. Raises `StoreError`; then the
    rows may be deleted while their bytes are still there, and this is to be called again.
    """
    demand_file(file)
    try:
        with closing(open_file(file)) as store:
            store.isolation_level = None
            _demand_erasable(file, store)
            store.execute("PRAGMA secure_delete = ON")
            store.execute("BEGIN IMMEDIATE")
            found = sum(
                # The table's name is the program's own.
                store.execute(f"DELETE FROM {table.name} WHERE author = ?", (subject,)).rowcount  # noqa: S608
                for table in OF_A_ROOM
            )
            found += store.execute("UPDATE invitations SET issuer = '' WHERE issuer = ?", (issuer,)).rowcount
            store.execute("INSERT OR IGNORE INTO erasures (id) VALUES (?)", (erasure,))
            store.execute("COMMIT")
            _scrub(store)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: not erased for good: {error}; erase again") from None
    return found


def has_author(file: Path, subject: str, issuer: str) -> bool:
    """Say whether `erase_author` would find something in a file. Raises `StoreError` if it would not serve."""
    demand_file(file)
    wanted = [(f"SELECT EXISTS (SELECT 1 FROM {table.name} WHERE author = ?)", subject) for table in OF_A_ROOM]  # noqa: S608
    wanted.append(("SELECT EXISTS (SELECT 1 FROM invitations WHERE issuer = ?)", issuer))
    try:
        with closing(open_file(file)) as store:
            _demand_erasable(file, store)
            return any(store.execute(query, (value,)).fetchone()[0] for query, value in wanted)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: cannot be read: {error}") from None


def _demand_erasable(file: Path, store: sqlite3.Connection) -> None:
    if check_whole(file, store) != SCHEMA_VERSION:
        raise StoreError(f"{file}: was written by an older server; let this one open it once, then erase")
    # A trigger would write again what is deleted.
    demand_shape(file, store)


def _scrub(store: sqlite3.Connection) -> None:
    """Write the file anew without what was deleted, and empty the write-ahead log."""
    _empty_log(store)
    store.execute("VACUUM")
    _empty_log(store)


def _empty_log(store: sqlite3.Connection) -> None:
    busy, _, _ = store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("another process reads the file")
