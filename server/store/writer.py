"""The one writer: gathers for a few milliseconds, commits all of it in one transaction, then says so, in order.

A sync of the disk costs the same for one edit as for a hundred, so what arrives within `GATHER_SECONDS` shares one.
Nothing is said to be kept before its commit returned. After a commit that failed nothing is written or synced any more
until the process starts anew: the operating system may have dropped the pages of a failed sync and called the next
one good, so trying again would only look like success. A lock that another process holds for too long is no such
failure: that transaction was never begun.
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from server.errors import StoreError
from server.store.writing import Numbers, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

    from server.store.writing import Writing

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("store")

GATHER_SECONDS: Final = 0.005
"""What arrives within this time of the first goes into one transaction with it."""

BATCH_MOST: Final = 1_000
"""Of what waits, what goes into one transaction."""

CHECKPOINT_EVERY: Final = 1_000
"""Writings after which the write-ahead log is folded into the file, so that it stays small and opens quickly."""

CLOSING_TRIES: Final = 3
"""As the store closes, how many transactions another process may keep out before the rest is given up: each waits for
it (`BUSY_SECONDS`), and whoever stops a server kills it after some 10 s."""


class Writer:
    """Writes to the file over an engine that has one connection. Everything happens on the loop that started it."""

    def __init__(self, file: Path, engine: AsyncEngine, numbers: Numbers) -> None:
        self._file = file
        self._engine = engine
        self._numbers = numbers
        self._waiting: list[tuple[Writing, Callable[[StoreError | None], None]]] = []
        self._arrived = asyncio.Event()
        self._closing = False
        self._since_checkpoint = 0
        self.failure = ""
        """Why nothing is written any more; empty while all is well."""
        self.on_failure: list[Callable[[], None]] = []
        """Called once, when the first commit fails."""
        self.commits = 0
        self.written = 0
        self._task = asyncio.get_running_loop().create_task(self._run(), name="store writer")

    def submit(self, writing: Writing, settled: Callable[[StoreError | None], None]) -> None:
        """Write; `settled` is called on the loop, in the order of submission, and never before this returns."""
        if self._task.done():
            self._give_up([settled])
            return
        self._waiting.append((writing, settled))
        self._arrived.set()

    async def write(self, writing: Writing) -> None:
        """Write, and wait until it is on the disk. Raises `StoreError`."""
        done = asyncio.get_running_loop().create_future()

        def settled(error: StoreError | None) -> None:
            if done.done():  # who waited has gone
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        self.submit(writing, settled)
        await done

    async def finish(self) -> None:
        """Write what waits, and what is submitted again because it was refused; no more after that."""
        self._closing = True
        self._arrived.set()
        await self._task

    async def _run(self) -> None:
        kept_out = 0
        while kept_out < CLOSING_TRIES and (self._waiting or not self._closing):
            await self._arrived.wait()
            if not self._closing and not self.failure:
                await asyncio.sleep(GATHER_SECONDS)
            batch, self._waiting = self._waiting[:BATCH_MOST], self._waiting[BATCH_MOST:]
            if not self._waiting:
                self._arrived.clear()
            if batch:
                error = await self._commit([writing for writing, _ in batch])
                for _, settled in batch:
                    # By the loop: what one of them raises is that one's.
                    asyncio.get_running_loop().call_soon(settled, error)
                await self._checkpoint_if_due()
                # Who is refused may submit it again: they are told before it is asked whether anything waits.
                await asyncio.sleep(0)
                kept_out += self._closing and error is not None and error.passing
        self._give_up([settled for _, settled in self._waiting])

    def _give_up(self, unkept: Sequence[Callable[[StoreError | None], None]]) -> None:
        """Say of what is not written any more that nobody may count on it."""
        if unkept:
            _log.error("store_unkept", file=self._file, count=len(unkept))
        for settled in unkept:
            error = StoreError(f"{self._file}: the server stops, and nothing more is kept")
            asyncio.get_running_loop().call_soon(settled, error)

    async def _commit(self, batch: Sequence[Writing]) -> StoreError | None:
        if self.failure:
            return self._refusal()
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(write, batch, self._numbers)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows what of the batch is on the disk
            if is_busy(error):
                _log.warning("store_busy", file=self._file, reason=reason(error))
                return StoreError(f"{self._file}: cannot be written: {reason(error)}", passing=True)
            self._fail(error)
            return StoreError(f"{self._file}: cannot be written: {self.failure}")
        self.commits += 1
        self.written += len(batch)
        self._since_checkpoint += len(batch)
        return None

    async def _checkpoint_if_due(self) -> None:
        """Fold the log into the file, here and not by SQLite itself, which keeps a failure of it to itself."""
        if self._since_checkpoint < CHECKPOINT_EVERY or self.failure:
            return
        self._since_checkpoint = 0
        try:
            async with self._engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        except SQLAlchemyError as error:
            if not is_busy(error):
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.failure = reason(error)
        _log.error("store_failed", file=self._file, reason=self.failure)
        for told in self.on_failure:
            told()

    def _refusal(self) -> StoreError:
        return StoreError(f"{self._file}: nothing is kept since a write failed ({self.failure}); restart the server")


def reason(error: Exception) -> str:
    """Tell the driver's words on one line: SQLAlchemy's carry the statement's values, and a value may be a name."""
    return " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())


def is_busy(error: Exception) -> bool:
    """Whether another process holds the file: nothing was written, and it will pass."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
