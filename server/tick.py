"""The only clock, and what runs by it: each room's ticks at its own rate, and the chores.

All of it happens on the event loop's thread. `Scheduler.run_due` does what is due and says when to come again: tests
call it by hand, `Scheduler.start` hangs it on a timer of the loop.
"""

from __future__ import annotations

import math
import time
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Protocol

import structlog

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from server.world.room import Room

EARLY_SECONDS = 0.0005
"""What is due within this is done now: the timers of uvloop are no finer than 1 ms, and a timer that comes a little
early would otherwise spin until it is time."""

BATCH_SECONDS = 0.005
"""After this long at a stretch the loop gets to its sockets before the next room: a stalled process must not answer
for its stall by another."""

LOG_SECONDS = 1.0
"""A room that raises at every tick is logged once in this time."""

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_UINT32 = 0xFFFFFFFF

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Clock:
    """Seconds since the server started: monotonic, and finer than `loop.time()`, which uvloop keeps at 1 ms."""

    def __init__(self, read: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self.epoch = read()
        """What the source read when this clock was zero."""

    def now(self) -> float:
        """Read the clock."""
        return self._read() - self.epoch


class TickRecorder(Protocol):
    """Who counts how late ticks begin and how long they take."""

    def record_tick(self, room_type: str, lateness: float, duration: float) -> None:
        """Count one tick of a room of a type; both in seconds."""


class Scheduler:
    """Runs rooms and chores when they are due. A `RoomListener`: the directory tells it of rooms.

    Due times are `epoch + n * period` and never drift. What is late by more than a period skips the ticks it missed:
    the tick number jumps and the world stays in time, rather than a burst of ticks for people who have moved on.
    Rooms are spread over the tick by the golden ratio: however many there are, whenever they open, no two of them
    begin together for long.
    """

    def __init__(self, clock: Clock, broadcast: Callable[[Room, float], None], recorder: TickRecorder) -> None:
        """`broadcast(room, now)` sends the room's snapshots after each step."""
        self._clock = clock
        self._broadcast = broadcast
        self._recorder = recorder
        self._queue: list[tuple[float, int, _Turns]] = []
        self._order = count()
        self._phases = count()
        self._rooms: dict[str, _Turns] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.Handle | None = None
        self._wake_at = math.inf
        self.faults = 0

    def room_opened(self, room: Room, now: float) -> None:
        """Begin a room's ticks."""
        phase = next(self._phases) * _GOLDEN % 1.0
        period = 1.0 / room.tick_hz

        def step(tick: int, begun: float, lateness: float) -> None:
            if not room.members:
                # Nobody is there for whom the world would go on; thousands of rooms may be open and empty.
                return
            room.step(tick, begun)
            self._broadcast(room, begun)
            room.tell(begun)
            ended = self._clock.now()
            room.took(lateness + ended - begun, ended)
            self._recorder.record_tick(room.type.name, lateness, ended - begun)

        turns = _Turns(room.id, step, period, now + phase * period)
        self._rooms[room.id] = turns
        self._enqueue(turns)

    def room_closed(self, room: Room, now: float) -> None:  # noqa: ARG002 - a listener is told the time
        """End a room's ticks."""
        self._rooms.pop(room.id).ended = True

    def every(self, seconds: float, name: str, chore: Callable[[float], None]) -> None:
        """Call `chore(now)` once in that time, from that time on."""

        def run(tick: int, begun: float, lateness: float) -> None:  # noqa: ARG001 - chores are not counted
            chore(begun)

        self._enqueue(_Turns(name, run, seconds, self._clock.now() + seconds))

    def run_due(self) -> float | None:
        """Do what is due; the time at which something is due next, None if nothing ever is.

        Everything runs at most once in a call, and no longer than `BATCH_SECONDS` at a stretch.
        """
        begun = self._clock.now()
        until = begun + EARLY_SECONDS
        now = begun
        while self._queue and self._queue[0][0] <= until and now - begun <= BATCH_SECONDS:
            _, _, turns = heappop(self._queue)
            if turns.ended:
                continue
            self._run(turns, now)
            heappush(self._queue, (turns.due, next(self._order), turns))
            now = self._clock.now()
        return self._queue[0][0] if self._queue else None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Keep running on a loop's timer."""
        self._loop = loop
        self._wake()

    def stop(self) -> None:
        """Run nothing any more."""
        self._loop = None
        if self._timer is not None:
            self._timer.cancel()

    def _run(self, turns: _Turns, now: float) -> None:
        lateness = max(now - turns.due, 0.0)
        tick = turns.advance(now + EARLY_SECONDS)
        try:
            turns.run(tick, now, lateness)
        except Exception as error:  # noqa: BLE001 - a room's fault ends its tick, not those of the others
            self.faults += 1
            if now >= turns.quiet_until:
                turns.quiet_until = now + LOG_SECONDS
                _log.error("tick_raised", room=turns.name, tick=tick, exc_info=error)

    def _enqueue(self, turns: _Turns) -> None:
        heappush(self._queue, (turns.due, next(self._order), turns))
        if turns.due < self._wake_at:
            self._arm(turns.due)

    def _wake(self) -> None:
        self._wake_at = -math.inf
        due = self.run_due()
        self._wake_at = math.inf
        if due is not None:
            self._arm(due)

    def _arm(self, due: float) -> None:
        if self._loop is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wake_at = due
        # Rounded up to the timer's milliseconds: a wait rounded down to none would spin.
        wait = math.ceil((due - EARLY_SECONDS - self._clock.now()) * 1000.0) / 1000.0
        self._timer = self._loop.call_later(max(wait, 0.0), self._wake)


class _Turns:
    """One room or chore: when it is due, and what is done then."""

    __slots__ = ("due", "ended", "epoch", "name", "period", "quiet_until", "run", "tick")

    def __init__(self, name: str, run: Callable[[int, float, float], None], period: float, first_due: float) -> None:
        self.name = name
        self.run = run
        self.period = period
        self.epoch = first_due - period
        self.tick = 0
        self.due = first_due
        self.ended = False
        self.quiet_until = -math.inf

    def advance(self, now: float) -> int:
        """Go on to the tick that is due at `now`, past those that were missed; its number on the wire (u32)."""
        self.tick = max(self.tick + 1, math.floor((now - self.epoch) / self.period))
        self.due = self.epoch + (self.tick + 1) * self.period
        return self.tick & _UINT32
