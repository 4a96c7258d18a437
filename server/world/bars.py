"""Who was shown out of a room, and until when."""

from __future__ import annotations

from typing import Final

from server.errors import Removed

BARS_MAX: Final = 1_000
"""Subjects kept out of one room at a time; past it the one that was shown out longest ago may come back."""


class Bars:
    """The subjects that get no ticket to one room. Time is an argument."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long somebody stays out."""
        self._seconds = seconds
        self._until: dict[str, float] = {}

    def put(self, subject: str, now: float) -> None:
        """Keep a subject out from now on."""
        self._until.pop(subject, None)
        self._until[subject] = now + self._seconds
        # In the order in which they end, since all are equally long.
        while self._until and (len(self._until) > BARS_MAX or next(iter(self._until.values())) <= now):
            del self._until[next(iter(self._until))]

    def demand_entry(self, subject: str, now: float) -> None:
        """Raise `Removed` while a subject is kept out."""
        if self._until.get(subject, now) > now:
            raise Removed
