"""Copies of the store: taken while a server writes to it, checked, and put back while none does."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from server.errors import StoreError
from server.folders import sync_file, sync_folder
from server.regular_file import demand_regular
from server.store.migrations import bring_up
from server.store.shape import demand_shape, demand_tables_alone
from server.store.sqlite import lock_file, make_private, read_version
from server.store.tables import SCHEMA_VERSION
from server.store.writer import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BUSY_SECONDS = 10.0

DISTRUST = "PRAGMA trusted_schema = OFF"
"""No function with effects is called by the schema of a file that came from elsewhere."""


def back_up(store: Path, copy: Path) -> int:
    """Copy what is committed by now into a new file, by SQLite's online backup; the copy's size in bytes.

    A server may go on writing meanwhile. The copy is whole, checked and on the disk, or there is none. Raises
    `StoreError`.
    """
    if is_there(copy):
        raise StoreError(f"{copy}: is there already, and a copy is never written over another")
    demand_file(store)
    part = _new_part(copy)
    try:
        with closing(open_file(store)) as source, closing(sqlite3.connect(part)) as target:
            version = check_whole(store, source)
            # All pages at one go: one state of the file, and a writer is not held up by who reads (write-ahead log).
            source.backup(target)
            # A copy is one file, without a log beside it.
            target.execute("PRAGMA journal_mode = DELETE")
            if version == SCHEMA_VERSION:
                # What could not be restored is no copy.
                demand_shape(store, target)
                target.execute("DELETE FROM copied")
                target.execute("INSERT INTO copied (at) VALUES (?)", (time.time(),))
                target.commit()
            check_whole(part, target)
        sync_file(part)
        part.rename(copy)
        sync_folder(copy.absolute().parent)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{copy}: cannot be written: {error}") from None
    except StoreError:
        part.unlink(missing_ok=True)
        raise
    return copy.stat().st_size


def _new_part(copy: Path) -> Path:
    """Make a file beside a copy that was not there, for its owner alone, in which the copy is made."""
    try:
        handle, name = tempfile.mkstemp(prefix=f"{copy.name}.", suffix=".part", dir=copy.parent)
    except OSError as error:
        raise StoreError(f"{copy}: cannot be written: {error.strerror}") from None
    os.close(handle)
    return copy.with_name(Path(name).name)


def put_back(copy: Path, store: Path, correct: Callable[[sqlite3.Connection], None] | None = None) -> None:
    """Make a store what a copy of it says, in one transaction. Raises `StoreError`, and then the store is as it was.

    `correct` is given the content, in memory and of this server's tables, before any of it is in the store; the store
    is still what it was then, and nobody else has it. What it does elsewhere is not undone. Refused while a server has
    the store open, and for a copy that is damaged or a newer server's. A store that is no database any more is put
    aside, as `.damaged` under its name.
    """
    try:
        with closing(read_copy(copy)) as content:
            lock = lock_file(store)
            try:
                if correct is not None:
                    correct(content)
                    content.commit()
                    # What was taken out is in no free page either.
                    content.execute("VACUUM")
                aside = _put_aside_damaged(store)
                there = store.exists()
                try:
                    _write(content, store, aside)
                except BaseException:
                    if not there:
                        _take_away(store, aside)
                    raise
            finally:
                os.close(lock)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{store}: cannot be written from {copy}: {error}") from None


def _write(content: sqlite3.Connection, store: Path, aside: Mapping[Path, Path]) -> None:
    make_private(store, *(moved.name for moved in aside.values()))
    with closing(sqlite3.connect(store, timeout=BUSY_SECONDS)) as target:
        target.execute("PRAGMA synchronous = FULL")
        content.backup(target)
        check_whole(store, target)
    sync_file(store)
    sync_folder(store.absolute().parent)


def _take_away(store: Path, aside: Mapping[Path, Path]) -> None:
    """Leave no half a store where there was none, which a server would take for a new clinic's; put back what was."""
    for end in ("", "-wal", "-shm", "-journal"):
        store.with_name(store.name + end).unlink(missing_ok=True)
    for file, moved in aside.items():
        moved.replace(file)


def _put_aside_damaged(store: Path) -> Mapping[Path, Path]:
    """Move a file that SQLite does not take for a database, which it would not write over, out of the way.

    Says where to, by where each was.
    """
    aside: dict[Path, Path] = {}
    if not store.is_file():
        return aside
    try:
        with closing(open_file(store)) as there:
            there.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for end in ("", "-wal", "-shm"):
            file = store.with_name(store.name + end)
            if file.exists():
                aside[file] = file.replace(store.with_name(f"{store.name}.damaged{end}"))
    return aside


def read_copy(file: Path) -> sqlite3.Connection:
    """Read a store or a copy of one into memory, and bring it up to this server's tables there.

    Raises `StoreError` if it is none, damaged, not as this server makes it, or not there, and `sqlite3.Error`.
    """
    demand_file(file)
    content = sqlite3.connect(":memory:")
    try:
        with closing(open_file(file)) as source:
            version = check_whole(file, source)
            source.backup(content)
            content.execute(DISTRUST)
        engine = create_engine("sqlite://", creator=lambda: content, poolclass=StaticPool)
        with engine.begin() as connection:
            bring_up(connection, version)
        demand_shape(file, content)
    except SQLAlchemyError as error:
        content.close()
        raise StoreError(f"{file}: cannot be brought up to this server's tables: {reason(error)}") from None
    except BaseException:
        content.close()
        raise
    return content


def demand_file(file: Path) -> None:
    """Raise `StoreError` if a file is not there, is none, or is not to be looked at."""
    if not is_there(file):
        raise StoreError(f"{file.absolute()}: there is no such file")
    try:
        demand_regular(file)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from None


def is_there(path: Path) -> bool:
    """Whether something is at a path. Raises `StoreError` if that cannot be looked at."""
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None


def open_file(file: Path) -> sqlite3.Connection:
    """Open a file that is there. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
    connection.execute(DISTRUST)
    return connection


def check_whole(file: Path, connection: sqlite3.Connection) -> int:
    """Give the version of a file's tables. Raises `StoreError` unless it is a store of ours, undamaged."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        demand_tables_alone(file, connection)
        with engine.connect() as ours:
            version = read_version(file, ours)
            found = ours.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    except SQLAlchemyError as error:
        raise StoreError(f"{file}: expected a store of this server, got: {reason(error)}") from None
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{file}: expected a store of this server, got: {error}") from None
    if found != "ok":
        raise StoreError(f"{file}: is damaged: {' '.join(str(found).split())}")
    if version is None:
        raise StoreError(f"{file}: expected a store of this server, got an empty file")
    return version
