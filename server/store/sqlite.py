"""The embedded store: one SQLite file, written ahead and synced at each commit, with one connection.

A commit that returned is on the disk (`synchronous=FULL` syncs the write-ahead log each time). After a write that
failed the store takes no more of them until the process starts anew: what an operating system did with the pages of a
failed sync cannot be known, so trying again would only look like success.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from sqlalchemy import Executable, delete, event, func, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from server.errors import StoreError
from server.store.tables import APPLICATION_ID, METADATA, ROOMS_OPENED, SCHEMA, SCHEMA_VERSION

BUSY_SECONDS: Final = 2.0
"""How long a write waits for another process that holds the file, a backup for instance."""


class OpenedRoom(msgspec.Struct, frozen=True):
    """A room that was opened on demand: what is needed to open it again."""

    id: str
    type: str
    name: str


_WRITE_AHEAD: Final = "PRAGMA journal_mode = WAL"


class Store:
    """The file, open. Made by `Store.open`; every method raises `StoreError` when the file does not serve."""

    def __init__(self, file: Path, engine: AsyncEngine) -> None:
        self.file: Final = file
        self._engine = engine
        self._failed = ""

    @classmethod
    async def open(cls, file: Path) -> Self:
        """Open the file, or make it, and check that it can be written."""
        try:
            _try_opening(file)
        except sqlite3.Error as error:
            raise StoreError(f"{file}: expected a SQLite file that can be written, got: {error}") from None
        # One connection is one writer: statements queue for it in the pool.
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(file)),
            pool_size=1,
            max_overflow=0,
            connect_args={"timeout": BUSY_SECONDS},
        )
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        store = cls(file, engine)
        try:
            async with engine.begin() as connection:
                await store._prepare(connection)
        except SQLAlchemyError as error:
            await engine.dispose()
            raise StoreError(f"{file}: expected a SQLite file that can be written, got: {_reason(error)}") from None
        except StoreError:
            await engine.dispose()
            raise
        return store

    @property
    def failed(self) -> bool:
        """Whether a write failed, so that no more are taken."""
        return bool(self._failed)

    async def opened_rooms(self) -> list[OpenedRoom]:
        """Read the rooms opened on demand that were never closed, oldest first."""
        query = select(ROOMS_OPENED.c.id, ROOMS_OPENED.c.type, ROOMS_OPENED.c.name).order_by(ROOMS_OPENED.c.number)
        try:
            async with self._engine.connect() as connection:
                rows = (await connection.execute(query)).all()
        except SQLAlchemyError as error:
            raise StoreError(f"{self.file}: cannot be read: {_reason(error)}") from None
        return [OpenedRoom(id=row.id, type=row.type, name=row.name) for row in rows]

    async def room_opened(self, room: OpenedRoom) -> None:
        """Keep a room that was opened on demand; on the disk when this returns. One that is kept already stays."""
        values = insert(ROOMS_OPENED).values(id=room.id, type=room.type, name=room.name)
        await self._write(values.on_conflict_do_nothing(index_elements=[ROOMS_OPENED.c.id]))

    async def room_closed(self, room_id: str) -> None:
        """Forget a room that closed; nothing happens if it is not kept."""
        await self._write(delete(ROOMS_OPENED).where(ROOMS_OPENED.c.id == room_id))

    async def close(self) -> None:
        """Close the file. SQLite then folds the write-ahead log into it."""
        await self._engine.dispose()

    async def _prepare(self, connection: AsyncConnection) -> None:
        await self._check_owner(connection)
        await connection.run_sync(METADATA.create_all)
        version = await connection.scalar(select(SCHEMA.c.version))
        if version is None:
            await connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION))
        elif version != SCHEMA_VERSION:
            raise StoreError(f"{self.file}: expected schema version {SCHEMA_VERSION}, got {version}")
        # Written even when nothing changes: a file that cannot be written is found now, not at the first visit.
        await connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
        await connection.execute(SCHEMA.update().values(version=SCHEMA_VERSION))

    async def _check_owner(self, connection: AsyncConnection) -> None:
        owner = await connection.scalar(text("PRAGMA application_id"))
        tables = await connection.scalar(select(func.count()).select_from(text("sqlite_master")))
        if owner not in {0, APPLICATION_ID} or (owner == 0 and tables and not await self._has_schema(connection)):
            raise StoreError(f"{self.file}: expected a file of this server, got another program's database")

    async def _has_schema(self, connection: AsyncConnection) -> bool:
        # A file whose very first opening was cut short has our tables and not yet our mark.
        found = text("SELECT 1 FROM sqlite_master WHERE name = :name").bindparams(name=SCHEMA.name)
        return await connection.scalar(found) is not None

    async def _write(self, statement: Executable) -> None:
        if self._failed:
            raise StoreError(f"{self.file}: nothing is kept since a write failed ({self._failed}); restart the server")
        try:
            async with self._engine.begin() as connection:
                await connection.execute(statement)
        except SQLAlchemyError as error:
            reason = _reason(error)
            if not _is_busy(error):
                self._failed = reason
            raise StoreError(f"{self.file}: cannot be written: {reason}") from None


def _try_opening(file: Path) -> None:
    """Open and close the file without the driver, which after a failure leaves a thread that still calls the loop."""
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        connection.execute(_WRITE_AHEAD)


def _set_pragmas(connection: Any, _record: object) -> None:
    # `Any`: SQLAlchemy hands over its own adapter of the driver's connection, whose class is not public.
    cursor = connection.cursor()
    cursor.execute(_WRITE_AHEAD)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _reason(error: SQLAlchemyError) -> str:
    """Tell the driver's words on one line: SQLAlchemy's carry the statement's values, and a value may be a name."""
    return " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())


def _is_busy(error: SQLAlchemyError) -> bool:
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
