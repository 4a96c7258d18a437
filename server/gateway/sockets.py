"""When the sockets get their turn: at once while little comes, every few milliseconds while much does.

Waking up for each pose costs more than the pose. A room ticks every 16 ms at most often, so poses that wait 1 or 2 ms
for others to come in with them lose nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

    from core_ext import Poller

TURN_SECONDS: Final = 0.001
"""Until the next turn while much comes; uvloop's timers take 1 to 2 ms for it."""

WAKES: Final = 64
"""Wakes after which it is asked how long they took: asking costs, too."""

BUSY_SECONDS: Final = 0.050
"""As many wakes within this time are much: 1,280 a second, more often than turns would be."""

QUIET_TURNS: Final = 16
"""After as many turns with hardly anything to do, each socket is answered at once again."""


class SocketTurns:
    """Calls a poller from an event loop."""

    def __init__(self, poller: Poller, loop: asyncio.AbstractEventLoop) -> None:
        self.poller = poller
        self.loop = loop
        self.in_turns = False
        """Whether sockets wait for their turn at the moment."""
        self._wakes = 0
        self._since = loop.time()
        self._quiet = 0
        self._timer: asyncio.TimerHandle | None = None
        loop.add_reader(poller.fileno(), self.ready)

    def ready(self) -> None:
        """Do what is there: a socket is ready."""
        self.poller.poll()
        self._wakes += 1
        if self._wakes >= WAKES:
            now = self.loop.time()
            if now - self._since < BUSY_SECONDS:
                self.in_turns = True
                self._quiet = 0
                self.loop.remove_reader(self.poller.fileno())
                self._timer = self.loop.call_later(TURN_SECONDS, self.turn)
            self._wakes = 0
            self._since = now

    def turn(self) -> None:
        """Do what has gathered since the last turn."""
        self._timer = self.loop.call_later(TURN_SECONDS, self.turn)
        self._quiet = self._quiet + 1 if self.poller.poll() <= 1 else 0
        if self._quiet >= QUIET_TURNS:
            self.in_turns = False
            self._timer.cancel()
            self._since = self.loop.time()
            self.loop.add_reader(self.poller.fileno(), self.ready)

    def stop(self) -> None:
        """Call nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        self.loop.remove_reader(self.poller.fileno())
