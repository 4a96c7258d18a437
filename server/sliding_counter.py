"""At most so many within any window of time. Times are seconds of the server's clock and come in as arguments."""

from __future__ import annotations

from collections import deque


class SlidingCounter:
    """At most so many within any window of so many seconds, exactly."""

    __slots__ = ("_times", "_window")

    def __init__(self, most: int, window: float) -> None:
        self._times: deque[float] = deque([float("-inf")] * most, maxlen=most)
        """Of the last so many, the oldest first."""
        self._window = window

    def add(self, now: float) -> bool:
        """Count one; False when it is one too many."""
        within = not self.is_full(now)
        self._times.append(now)
        return within

    def is_full(self, now: float) -> bool:
        """Whether the next would be one too many."""
        return now - self._times[0] < self._window

    def is_empty(self, now: float) -> bool:
        """Whether none counts any more."""
        return now - self._times[-1] >= self._window
