"""How long a client waits before it comes back (SPEC.md section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 30.0
STEADY_SECONDS: Final = 10.0


class Backoff:
    """Random waits whose upper end doubles from 1 s to 30 s, so that a thousand clients do not come back at once."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._upper = FIRST_SECONDS

    def wait(self) -> float:
        """Seconds to wait before the next attempt."""
        seconds = self._random() * self._upper
        self._upper = min(self._upper * 2, LONGEST_SECONDS)
        return seconds

    def note_live(self, seconds: float) -> None:
        """Begin anew if the session was live for a while: a server that welcomes and closes at once earns no haste."""
        if seconds >= STEADY_SECONDS:
            self._upper = FIRST_SECONDS
