"""How much a client may ask for. Times are seconds of the server's clock and come in as arguments."""

from __future__ import annotations

from collections import deque
from typing import Final

HELD_BYTES_MAX: Final = 256 * 1024
"""Of all that one client makes this process hold: events and replies on their way, answers to its operations, what its
socket does not take, parts of what it sends. Past it the client is closed as slow. What the kernel holds in the
socket's buffers comes on top (`listener.SEND_BUFFER_BYTES`, `RECEIVE_BUFFER_BYTES`)."""


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
