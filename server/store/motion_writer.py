"""Recordings of motion on their way to the disk: rooms hand over what is shown, a thread writes it.

A room never waits for the disk. What may wait is bounded; a recording whose rows find no room, or are refused by the
disk, has failed: its rest is not written, and the room is told. Others go on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Literal

import structlog

from server.store.motion import MotionFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from protocol.state import StateNumbers

    Row = tuple[int, StateNumbers, bool]
    """An entity, what it shows, and whether it allows research."""

WAITING_MAX: Final = 60_000
"""Rows that may wait, of all recordings together: two minutes of eight people at 60 Hz, some 40 MB."""

CHUNK: Final = 32
"""Rows written at a stretch, between which the rooms' thread, which else waits up to 5 ms for Python's lock, has its
turn."""

REST_SECONDS: Final = 0.0005

CLOSE_SECONDS: Final = 10.0
"""A server that ends waits for a slow disk for so long."""

Failure = Literal["failed", "behind"]
"""The disk refused it, or is too slow."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class MotionRecording:
    """One that was begun. Its methods take at once, and raise nothing."""

    def __init__(self, writer: MotionWriter, files: MotionFiles, room: str) -> None:
        """`room` is its mark, for the log."""
        self._writer = writer
        self.files = files
        self.room = room
        self.failure: Failure | None = None
        """Why nothing more is written, from when that is known."""

    def write(self, rows: Sequence[Row], now: float) -> None:
        """Take what people show at a tick."""
        if self.failure is None:
            self._writer.take(self, rows, now)

    def end(self) -> None:
        """Have nothing more to write: the files are closed when what was taken is in them."""
        self._writer.take_end(self)


class MotionWriter:
    """Writes all recordings of a process, on a thread that is there once something is recorded."""

    def __init__(self, *, wall: Callable[[], int] = time.time_ns, by_hand: bool = False) -> None:
        """`wall` gives nanoseconds since 1970. `by_hand`: there is no thread, and `work` is called by who made this."""
        self._wall = wall
        self._by_hand = by_hand
        self._queue: deque[tuple[MotionRecording, Sequence[Row] | None, float]] = deque()
        """What is to be written; no rows: the recording has ended."""
        self._going: dict[MotionRecording, None] = {}
        self._taken = 0
        self._done = 0
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    # On the event loop's thread ---------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Rows that are taken and not written."""
        return self._taken - self._done

    def begin(self, folder: Path, room: str, now: float) -> MotionRecording:
        """Begin a recording of a room, given by its mark. Nothing is asked of the disk yet."""
        if self._thread is None and not self._by_hand:
            self._thread = threading.Thread(target=self._run, name="motion", daemon=True)
            self._thread.start()
        recording = MotionRecording(self, MotionFiles(folder, room, self._wall(), now), room)
        self._going[recording] = None
        return recording

    def take(self, recording: MotionRecording, rows: Sequence[Row], now: float) -> None:
        """Take rows, unless too many wait: then the recording has failed."""
        if self.waiting + len(rows) > WAITING_MAX:
            self._fail(recording, "behind", None)
            return
        self._taken += len(rows)
        for start in range(0, len(rows), CHUNK):
            self._queue.append((recording, rows[start : start + CHUNK], now))
        self._wake.set()

    def take_end(self, recording: MotionRecording) -> None:
        """Take the end of a recording; again is harmless."""
        if recording in self._going:
            del self._going[recording]
            self._queue.append((recording, None, 0.0))
            self._wake.set()

    def close(self) -> None:
        """End all recordings and write what was taken; a disk that takes too long for that is not waited for."""
        for recording in tuple(self._going):
            self.take_end(recording)
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
        else:
            while self.work():
                pass
        if self._queue:
            _log.error("recordings_cut", count=self.waiting)

    # On its own thread ------------------------------------------------------------------------------------------------

    def work(self) -> bool:
        """Write what has waited the longest; whether there was anything."""
        if not self._queue:
            return False
        # It stays in the queue until it is written, so that an empty queue has nothing on its way.
        recording, rows, now = self._queue[0]
        try:
            if rows is None:
                recording.files.close()
            elif recording.failure != "failed":
                for entity, state, research in rows:
                    recording.files.write(entity, state, now, research=research)
        except Exception as error:  # noqa: BLE001 - of the disk's or ours: the other recordings must not be left to a dead thread
            self._fail(recording, "failed", error)
        self._done += len(rows or ())
        self._queue.popleft()
        return True

    def _run(self) -> None:
        while not (self._closed.is_set() and not self._queue):
            self._wake.wait()
            self._wake.clear()
            while self.work():
                self._closed.wait(REST_SECONDS)

    # On either --------------------------------------------------------------------------------------------------------

    def _fail(self, recording: MotionRecording, failure: Failure, error: Exception | None) -> None:
        if recording.failure == failure:
            return
        recording.failure = failure
        _log.error("recording_failed", room=recording.room, reason=failure, count=self.waiting, exc_info=error)
