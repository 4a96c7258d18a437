"""The embedded store: one SQLite file, written ahead and synced at each commit, with one connection.

A commit that returned is on the disk (`synchronous=FULL` syncs the write-ahead log each time); `writer.py` says what
shares one and what follows when one fails.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import structlog
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.config.facility import DEFAULT_STORE
from server.errors import StoreError
from server.folders import give_to_owner, sync_folder
from server.store.migrations import bring_up
from server.store.tables import APPLICATION_ID, ROOMS_OPENED, SCHEMA, SCHEMA_VERSION
from server.store.writer import Writer, reason
from server.store.writing import (
    KeptInvitation,
    KeptRoom,
    Numbers,
    OpenedRoom,
    RoomClosed,
    last_number,
    read_invitations,
    read_room,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from server.store.writing import Writing

T = TypeVar("T")

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("store")

BUSY_SECONDS: Final = 2.0
"""How long a write waits for another process that holds the file."""

SYNCHRONOUS: Final = "FULL"

CACHE_KIB: Final = 256
"""Of the file's pages in memory: a room is read once and then only written, and SQLite's own 2 MiB fill up for half an
hour."""

LOCK_SUFFIX: Final = "-lock"
"""Of the file beside the store that whoever has it open has locked."""

_WRITE_AHEAD: Final = "PRAGMA journal_mode = WAL"


class Store:
    """The file, open. Made by `Store.open`; every method raises `StoreError` when the file does not serve."""

    def __init__(self, file: Path, engine: AsyncEngine, writer: Writer, lock: int) -> None:
        self.file: Final = file
        self.writer: Final = writer
        self._engine = engine
        self._lock = lock

    @classmethod
    async def open(cls, file: Path) -> Self:
        """Open the file, or make it, bring it up to this server's tables, and check that it can be written."""
        lock = lock_file(file)
        try:
            try:
                size = _try_opening(file)
            except sqlite3.Error as error:
                raise _unfit(file, str(error)) from None
            opened = await cls._open_locked(file, lock)
        except BaseException:
            os.close(lock)
            raise
        if not size:
            # A name that somebody gave and that is mistyped would else be an empty clinic, and nobody told; and so
            # would one whose file was cut to nothing.
            tell = _log.info if size is None and str(file) == DEFAULT_STORE else _log.warning
            was = "there was none at this place" if size is None else "the file at this place was empty"
            tell("store_made", file=file, reason=f"{was}, so that nothing is kept yet")
        return opened

    @classmethod
    async def _open_locked(cls, file: Path, lock: int) -> Self:
        # One connection is one writer: statements queue for it in the pool.
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(file)),
            pool_size=1,
            max_overflow=0,
            connect_args={"timeout": BUSY_SECONDS},
        )
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        try:
            async with engine.begin() as connection:
                await _prepare(file, connection)
                last = await connection.run_sync(last_number)
            # SQLite does it for its log alone: the file itself, if it is new, would be lost by name.
            sync_folder(file.parent)
        except (SQLAlchemyError, OSError) as error:
            await engine.dispose()
            raise _unfit(file, reason(error) if isinstance(error, SQLAlchemyError) else str(error)) from None
        except StoreError:
            await engine.dispose()
            raise
        return cls(file, engine, Writer(file, engine, Numbers(last)), lock)

    @property
    def failed(self) -> bool:
        """Whether a write failed, so that no more are taken."""
        return bool(self.writer.failure)

    async def opened_rooms(self) -> list[OpenedRoom]:
        """Read the rooms opened on demand that were never closed, oldest first."""
        query = select(ROOMS_OPENED.c.id, ROOMS_OPENED.c.type, ROOMS_OPENED.c.name).order_by(ROOMS_OPENED.c.number)
        rows = await self._read(lambda connection: connection.execute(query).all())
        return [OpenedRoom(id=row.id, type=row.type, name=row.name) for row in rows]

    async def kept_rooms(self, rooms: list[str]) -> dict[str, KeptRoom]:
        """Read what is kept of each of these rooms."""
        return await self._read(lambda connection: {room: read_room(connection, room) for room in rooms})

    async def invitations(self) -> list[KeptInvitation]:
        """Read the invitations that are not expired."""
        return await self._read(read_invitations)

    async def keep_invitation(self, invitation: KeptInvitation) -> None:
        """Keep how an invitation stands; on the disk when this returns."""
        await self.writer.write(invitation)

    async def room_opened(self, room: OpenedRoom) -> None:
        """Keep a room that was opened on demand; on the disk when this returns. One that is kept already stays."""
        await self.writer.write(room)

    async def room_closed(self, room_id: str) -> None:
        """Forget a room that closed, and all that is kept of it; nothing happens if it is not kept."""
        await self.writer.write(RoomClosed(room_id))

    def keep(self, writing: Writing, settled: Callable[[StoreError | None], None]) -> None:
        """Write; `settled` learns of it once it is on the disk, or that it is not."""
        self.writer.submit(writing, settled)

    async def close(self) -> None:
        """Write what waits and close the file; SQLite then folds the write-ahead log into it.

        Not after a failed write: closing would sync once more what the system may have dropped. The file then stays
        open until the process ends, which must not go by way of the interpreter's own closing (`os._exit`).
        """
        await self.writer.finish()
        if not self.failed:
            await self._engine.dispose()
            os.close(self._lock)

    async def _read(self, query: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(query)
        except SQLAlchemyError as error:
            raise StoreError(f"{self.file}: cannot be read: {reason(error)}") from None


def lock_file(file: Path) -> int:
    """Take the file for this process alone, as long as the descriptor is open. Raises `StoreError`.

    The lock is the system's own, on a file beside the store, and goes with the process that holds it, however it ends.
    """
    try:
        lock = os.open(file.with_name(f"{file.name}{LOCK_SUFFIX}"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_to_owner(lock, file.name)
    except OSError as error:
        raise _unfit(file, f"unable to open: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise StoreError(f"{file}: a server has it open") from None
    return lock


async def _prepare(file: Path, connection: AsyncConnection) -> None:
    # The driver begins no transaction for statements that make tables: this one makes the migration whole or nothing.
    await connection.exec_driver_sql("BEGIN IMMEDIATE")
    version = await connection.run_sync(lambda sync: read_version(file, sync))
    await connection.run_sync(bring_up, version)
    # Written even when nothing changes: a file that cannot be written is found now, not at the first visit.
    await connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def read_version(file: Path, connection: Connection) -> int | None:
    """Read the version of a file's tables, None if it has none yet. Raises `StoreError` if they are not ours."""
    owner = connection.scalar(text("PRAGMA application_id"))
    tables = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    # A file whose very first opening was cut short may have our tables and not yet our mark.
    if owner not in {0, APPLICATION_ID} or (owner == 0 and tables and SCHEMA.name not in tables):
        raise StoreError(f"{file}: expected a file of this server, got another program's database")
    version = connection.scalar(select(func.max(SCHEMA.c.version))) if SCHEMA.name in tables else None
    if version is not None and not 1 <= version <= SCHEMA_VERSION:
        raise StoreError(f"{file}: expected schema version 1 to {SCHEMA_VERSION}, got {version}")
    return version


def _unfit(file: Path, why: str) -> StoreError:
    return StoreError(f"{file}: expected a SQLite file that can be written, got: {why}")


def _try_opening(file: Path) -> int | None:
    """Open and close the file without the driver, which after a failure leaves a thread that still calls the loop.

    Gives how many bytes it had before, None if there was none.
    """
    size = file.stat().st_size if file.exists() else None
    make_private(file)
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        connection.execute(_WRITE_AHEAD)
    return size


def make_private(file: Path, *like: str) -> None:
    """Make a file that is not there yet for its owner alone; its log takes the same rights. Why not, SQLite says.

    `like` names files beside it: it belongs to whom the first of them does.
    """
    with suppress(OSError):
        handle = os.open(file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_to_owner(handle, *like)
        os.close(handle)


def _set_pragmas(connection: Any, _record: object) -> None:
    # `Any`: SQLAlchemy hands over its own adapter of the driver's connection, whose class is not public.
    cursor = connection.cursor()
    cursor.execute(_WRITE_AHEAD)
    cursor.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    cursor.execute("PRAGMA wal_autocheckpoint = 0")
    # What is deleted, with a closed room for instance, is overwritten with zeros.
    cursor.execute("PRAGMA secure_delete = ON")
    # Negative: KiB, else it would be pages.
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.close()
