"""The auditor: takes events on the event loop's thread and writes them on its own, in batches, each synced.

A write that failed is the last one. What an operating system did with the pages of a failed sync cannot be known, so
nothing is tried again: from then on `available` is false, and what must be audited is refused until a restart.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

import structlog

from server.audit.notes import read_notes
from server.audit.record import Record, time_text
from server.errors import AuditUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.audit.log import Log
    from server.audit.subjects import Subjects
    from server.audit.witness import WitnessPost
    from server.world.auditing import AuditEvent

CHECKPOINT_SECONDS: Final = 1.0
CHECKPOINT_RECORDS: Final = 1_000
"""A record is signed within this time and before there are so many after it."""

GATHER_SECONDS: Final = 0.002
"""What comes within this time of the first of a batch shares its sync."""

LOOK_SECONDS: Final = 0.25
"""How often it is looked whether another process erased somebody or left a note: a read of SQLite's shared memory."""

CHUNK: Final = 32
"""Records made at a stretch. A write lets the rooms' thread go on, which else waits up to 5 ms for Python's lock."""

WAITING_MAX: Final = 200_000
"""Events that may wait. A disk so far behind is as good as one that failed."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

_Waiter = tuple[int, asyncio.AbstractEventLoop, "asyncio.Future[bool]"]


class AuditWriter:
    """The `Auditor` in earnest. Its log, key store and witness are its own from here on."""

    def __init__(
        self,
        log: Log,
        subjects: Subjects,
        witness: WitnessPost | None = None,
        *,
        wall: Callable[[], int] = time.time_ns,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`wall` gives nanoseconds since 1970, `clock` seconds that never jump."""
        self._log = log
        self._subjects = subjects
        self._witness = witness
        self._wall = wall
        self._clock = clock
        self._queue: deque[tuple[int, AuditEvent]] = deque()
        self._taken = 0
        self.written = 0
        """How many of the events taken are on the disk."""
        self.lost = 0
        """Events that came after a write had failed."""
        self.failed = False
        if witness is not None:
            # Whatever it missed before is covered by this one, and one that cannot be reached is known from the start.
            witness.post(log.last_checkpoint)
        self._signed_at = clock()
        self._waiters: list[_Waiter] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    # On the event loop's thread ---------------------------------------------------------------------------------------

    @property
    def available(self) -> bool:
        """Whether what is recorded will be written."""
        return not self.failed and not self._ended.is_set()

    @property
    def key(self) -> str:
        """The public key that checkpoints are signed by, hex: for whoever verifies to know from elsewhere."""
        return self._log.signer.public

    @property
    def waiting(self) -> int:
        """Events that are not on the disk yet."""
        return self._taken - self.written

    @property
    def records(self) -> int:
        """Records in the log."""
        return self._log.size

    @property
    def unsigned(self) -> int:
        """Records that no checkpoint covers yet."""
        return self._log.size - self._log.signed

    @property
    def witness_behind(self) -> int:
        """Checkpoints that the witness does not have yet."""
        return 0 if self._witness is None else self._witness.behind

    def record(self, event: AuditEvent) -> int:
        """Take an event; its number, which `written` reaches when it is on the disk."""
        if not self.available:
            self.lost += 1
            return self._taken + 1
        self._taken += 1
        self._queue.append((self._wall(), event))
        if len(self._queue) > WAITING_MAX:
            self._fail("too far behind", None)
        self._wake.set()
        return self._taken

    async def settle(self, number: int) -> None:
        """Wait until the event of that number is on the disk. Raises `AuditUnavailable` if it never will be."""
        if self.written >= number:
            return
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[bool] = loop.create_future()
        with self._lock:
            self._waiters.append((number, loop, settled))
        self._wake.set()
        if self.failed or not self._thread.is_alive() or not await settled:
            raise AuditUnavailable

    def begin(self) -> bool:
        """Wait until what the log was opened with, and what was left for it, is written; whether it was."""
        self._begun.wait()
        return not self.failed

    def close(self) -> None:
        """Write and sign what was taken, and let the files go. Blocks for as long as the disk takes."""
        self._ended.set()
        self._wake.set()
        self._thread.join()
        self._tell_waiters()
        self._log.close()
        self._subjects.close()
        if self._witness is not None:
            self._witness.close()

    # On its own thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self.failed:
                ending = self._ended.is_set()
                self._write_batch()
                self._sign(now=ending)
                self._tell_waiters()
                self._begun.set()
                if ending and not self._queue:
                    break
                self._rest()
        except (OSError, sqlite3.Error) as error:
            self._fail("the disk did not take it", error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave people waiting for a thread that died
            self._fail("the writer made a mistake", error)
        self._tell_waiters()
        self._begun.set()

    def _rest(self) -> None:
        if self._queue or self._ended.is_set():
            return
        due = self._signed_at + CHECKPOINT_SECONDS - self._clock()
        self._wake.wait(max(min(due, LOOK_SECONDS), 0.0) if self.unsigned else LOOK_SECONDS)
        self._wake.clear()
        self._ended.wait(GATHER_SECONDS)

    def _write_batch(self) -> None:
        taken = [self._queue.popleft() for _ in range(min(len(self._queue), CHECKPOINT_RECORDS - self.unsigned))]
        if not taken and not self._subjects.changed:
            return
        erased = self._subjects.begin()
        number, now = self._log.size, time_text(taken[0][0] if taken else self._wall())
        records = [
            Record(number=number + index, time=now, action="subject_erased", about=(pseudonym,))
            for index, pseudonym in enumerate(erased)
        ]
        noted = read_notes(self._subjects.notes())
        for time_ns, event in [*noted.values(), *taken]:
            records.append(self._record(number + len(records), time_ns, event))
        # A pseudonym whose key was lost in a crash would be nobody's.
        self._subjects.commit()
        for start in range(0, len(records), CHUNK):
            self._log.append(records[start : start + CHUNK])
        if records:
            self._log.sync()
        # Only now: whoever left a note waits until it is gone. After a crash in between it is written twice.
        self._subjects.take(tuple(noted))
        self.written += len(taken)

    def _record(self, number: int, time_ns: int, event: AuditEvent) -> Record:
        subjects: Sequence[str] = [subject for subject in (event.subject, *event.about) if subject]
        pseudonym = self._subjects.pseudonym
        return Record(
            number=number,
            time=time_text(time_ns),
            action=event.action.value,
            outcome=event.outcome,
            agent=pseudonym(event.subject) if event.subject else "",
            role=event.role,
            room=event.room,
            about=tuple(pseudonym(subject) for subject in event.about),
            purpose=event.purpose,
            detail=dict(event.detail),
            sealed=self._subjects.seal(event.text, subjects) if event.text else "",
        )

    def _sign(self, *, now: bool) -> None:
        due = now or self.unsigned >= CHECKPOINT_RECORDS or self._clock() - self._signed_at >= CHECKPOINT_SECONDS
        if not self.unsigned or not due:
            return
        line = self._log.checkpoint(self._wall())
        self._signed_at = self._clock()
        if self._witness is not None:
            self._witness.post(line)

    def _fail(self, what: str, error: Exception | None) -> None:
        self.failed = True
        _log.error("audit_failed", reason=what, exc_info=error)

    def _tell_waiters(self) -> None:
        over = self.failed or (self._ended.is_set() and not self._queue)
        with self._lock:
            told = [waiter for waiter in self._waiters if over or waiter[0] <= self.written]
            self._waiters = [waiter for waiter in self._waiters if not (over or waiter[0] <= self.written)]
        for number, loop, settled in told:
            loop.call_soon_threadsafe(_settle, settled, number <= self.written)


def _settle(settled: asyncio.Future[bool], done: bool) -> None:
    if not settled.done():
        settled.set_result(done)
