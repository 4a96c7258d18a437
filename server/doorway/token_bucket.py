"""So many at once, so many a second after that. Times are seconds of the server's clock and come in as arguments."""

from __future__ import annotations


class TokenBucket:
    """A bucket that begins full."""

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

    def wait(self) -> float:
        """Seconds from the last try until there is one to take."""
        return max(0.0, 1.0 - self._tokens) / self._per_second

    def full_at(self) -> float:
        """When it is full again if nobody takes of it."""
        return self._updated + (self._burst - self._tokens) / self._per_second
