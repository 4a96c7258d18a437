"""When Python looks for cyclic garbage: by the clock, among few objects, and never in the middle of a tick (ADR 17)."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

CHECK_SECONDS: Final = 0.05
"""How often `GarbageCollector.check` is to be called: 250 joins a second make some 1,000 objects between two calls."""

YOUNG_OBJECTS: Final = 1_000
"""As many new objects are looked through at once: 200 us."""

YOUNG_SECONDS: Final = 1.0
"""Fewer are looked through after this time."""

MOST_OBJECTS: Final = 4_000
"""More than these take over a millisecond and are kept unlooked: sessions, which come in such heaps, have no cycles."""

ALL_SECONDS: Final = 300.0
"""At the least between two looks through everything while nobody is there."""

GENERATIONS: Final = ("young", "middle", "full")


class GarbageCollector:
    """Takes over from the automatic collector, which runs in whatever allocates and looks through all that is alive.

    The paths of ticks, messages, sessions and requests make no cycles: reference counts free what they use, and tests
    hold them to it. Cycles come from what is rare, above all from tracebacks, and die young. So objects are looked at
    once, soon after they were made, and what is alive then is frozen: no later look goes through it again, whatever the
    number of sessions. Everything is looked through only while nobody is in any room, or when an operator asks for it.
    """

    def __init__(self, record: Callable[[str, float], None], occupied: Callable[[], bool]) -> None:
        """`record(generation, seconds)` is told every pause, `occupied()` whether anybody is in a room."""
        self._record = record
        self._occupied = occupied
        self._young_due = 0.0
        self._all_due = 0.0
        self._asked = False
        self._begun = 0.0

    def begin(self, now: float) -> None:
        """Freeze what is alive and take over."""
        gc.collect()
        gc.freeze()
        gc.disable()
        gc.callbacks.append(self._observe)
        self._young_due = now + YOUNG_SECONDS
        self._all_due = now + ALL_SECONDS

    def check(self, now: float) -> None:
        """Do what is due, as a chore of each `CHECK_SECONDS`."""
        if self._asked or (now >= self._all_due and not self._occupied()):
            self._asked = False
            self._all_due = now + ALL_SECONDS
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            return
        young = gc.get_count()[0]
        if young < YOUNG_OBJECTS and now < self._young_due:
            return
        self._young_due = now + YOUNG_SECONDS
        if young <= MOST_OBJECTS:
            gc.collect(0)
        gc.freeze()

    def ask_for_all(self) -> None:
        """Look through everything at the next check, whoever is there: some tens of milliseconds for thousands."""
        self._asked = True

    def end(self) -> None:
        """Give back to the automatic collector."""
        gc.callbacks.remove(self._observe)
        gc.unfreeze()
        gc.enable()

    def _observe(self, phase: str, info: dict[str, int]) -> None:
        # Python calls it before and after every collection, whoever asked for it.
        if phase == "start":
            self._begun = time.perf_counter()
        else:
            self._record(GENERATIONS[info["generation"]], time.perf_counter() - self._begun)
