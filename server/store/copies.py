"""Copies of the store: taken while a server writes to it, checked, and put back while none does."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from server.errors import StoreError
from server.store.sqlite import lock_file, make_private, read_version
from server.store.writer import reason

if TYPE_CHECKING:
    from pathlib import Path

BUSY_SECONDS = 10.0


def back_up(store: Path, copy: Path) -> int:
    """Copy what is committed by now into a new file, by SQLite's online backup; the copy's size in bytes.

    A server may go on writing meanwhile. The copy is whole, checked and on the disk, or there is none. Raises
    `StoreError`.
    """
    if copy.exists():
        raise StoreError(f"{copy}: is there already, and a copy is never written over another")
    if not store.is_file():
        raise StoreError(f"{store}: there is no such file")
    part = copy.with_name(f"{copy.name}.part")
    make_private(part)
    try:
        with closing(open_file(store)) as source, closing(sqlite3.connect(part)) as target:
            check_whole(store, source)
            # All pages at one go: one state of the file, and a writer is not held up by who reads (write-ahead log).
            source.backup(target)
            # A copy is one file, without a log beside it.
            target.execute("PRAGMA journal_mode = DELETE")
            check_whole(part, target)
        _sync(part)
        part.rename(copy)
        _sync(copy.absolute().parent)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{copy}: cannot be written: {error}") from None
    except StoreError:
        part.unlink(missing_ok=True)
        raise
    return copy.stat().st_size


def put_back(copy: Path, store: Path) -> None:
    """Make a store what a copy of it says, in one transaction. Raises `StoreError`, and then nothing has changed.

    Refused while a server has the store open, and for a copy that is damaged or a newer server's.
    """
    if not copy.is_file():
        raise StoreError(f"{copy}: there is no such file")
    try:
        with closing(open_file(copy)) as source:
            check_whole(copy, source)
            lock = lock_file(store)
            make_private(store)
            try:
                with closing(sqlite3.connect(store, timeout=BUSY_SECONDS)) as target:
                    target.execute("PRAGMA synchronous = FULL")
                    source.backup(target)
                    check_whole(store, target)
                _sync(store)
                _sync(store.absolute().parent)
            finally:
                os.close(lock)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{store}: cannot be written from {copy}: {error}") from None


def open_file(file: Path) -> sqlite3.Connection:
    """Open a file that is there. Raises `sqlite3.Error`."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)


def check_whole(file: Path, connection: sqlite3.Connection) -> int:
    """Give the version of a file's tables. Raises `StoreError` unless it is a store of ours, undamaged."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        with engine.connect() as ours:
            version = read_version(file, ours)
            found = ours.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    except SQLAlchemyError as error:
        raise StoreError(f"{file}: expected a store of this server, got: {reason(error)}") from None
    if found != "ok":
        raise StoreError(f"{file}: is damaged: {' '.join(str(found).split())}")
    if version is None:
        raise StoreError(f"{file}: expected a store of this server, got an empty file")
    return version


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
