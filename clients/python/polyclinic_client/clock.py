"""The server's clock, kept by asking it: a pose says when it was sampled in the server's time."""

from __future__ import annotations

from collections import deque
from typing import Final

SAMPLES_KEPT: Final = 8
UINT32: Final = 0xFFFFFFFF


class ServerClock:
    """Tells the server's time from one's own. All times are milliseconds; the server's are u32 and wrap.

    Of the last answers the one with the shortest way there and back is trusted: it bounds the error by half that time.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=SAMPLES_KEPT)
        self._offset = 0.0

    def start(self, server_time: int, now: float) -> None:
        """Take the time in a welcome as a first guess; it is late by the way here."""
        self._samples.clear()
        self._offset = server_time - now

    def note(self, sent: float, server_time: int, now: float) -> None:
        """Take in an answer: asked at `sent`, here at `now`, both on one's own clock."""
        guess = server_time - (sent + now) / 2
        # Unwrap: the guess that lies nearest to what is held, whole turns of the server's clock apart.
        turns = round((self._offset - guess) / (UINT32 + 1))
        self._samples.append((max(0.0, now - sent), guess + turns * (UINT32 + 1)))
        self._offset = min(self._samples)[1]

    @property
    def round_trip(self) -> float | None:
        """The shortest way there and back among the last answers; None before the first."""
        return min(self._samples)[0] if self._samples else None

    def at(self, now: float) -> int:
        """Tell the server's time at `now`."""
        return int(now + self._offset) & UINT32
