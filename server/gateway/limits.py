"""How much a client may ask for. Times are seconds of the server's clock and come in as arguments."""

from __future__ import annotations

from collections import deque
from typing import Final

HELD_BYTES_MAX: Final = 256 * 1024
"""Of all that one client makes this process hold: events and replies on their way, answers to its operations, what its
socket does not take, parts of what it sends. Past it the client is closed as slow. What the kernel holds in the
socket's buffers comes on top (`listener.SEND_BUFFER_BYTES`, `RECEIVE_BUFFER_BYTES`)."""


class TokenBucket:
    """So many at once, so many a second after that."""

    __slots__ = ("_burst", "_per_second", "_tokens", "_updated")

    def __init__(self, burst: float, per_second: float, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = burst
        self._updated = now

    def take(self, now: float) -> bool:
        """Take one; False, and nothing taken, when there is none."""
        # The clock of a caller may lag by a tick: time that goes back gives and takes nothing.
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._updated) * self._per_second)
        self._updated = max(now, self._updated)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class SlidingCounter:
    """At most so many within any window of so many seconds, exactly."""

    __slots__ = ("_times", "_window")

    def __init__(self, most: int, window: float) -> None:
        self._times: deque[float] = deque([float("-inf")] * most, maxlen=most)
        self._window = window

    def add(self, now: float) -> bool:
        """Count one; False when it is one too many."""
        within = now - self._times[0] >= self._window
        self._times.append(now)
        return within
