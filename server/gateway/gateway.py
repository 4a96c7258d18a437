"""The gateway: all connections and sessions of this process, swept by the tick and closed together."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Final, cast

from core_ext import WorldPort, broadcast
from protocol.ids import HELLO_BYTES_MAX, CloseCode
from server.doorway.arrivals import Arrival, Arrivals
from server.gateway.connection import Connection
from server.gateway.devices import Devices
from server.gateway.listener import Listener
from server.gateway.registry import SessionRegistry
from server.identity.origins import Origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from ssl import SSLContext

    from server.config.identity import SecondDevice
    from server.errors import PolyclinicError
    from server.gateway.telemetry import Telemetry
    from server.identity.tickets import TicketDesk
    from server.world.directory import Directory
    from server.world.room import Room

SWEEP_SECONDS: Final = 0.8
"""Each connection is swept once in this time, from when it opened: thousands at once would make the tick late, and when
one client is pinged must not tell how many others there are."""

CLOSE_SECONDS: Final = 1.5
"""Ports cut off a peer that does not answer the close frame after 1 s; whoever is left after this is dropped."""

DROP_SECONDS: Final = 0.25


class Gateway:
    """The way into the rooms. A `ConnectionKeeper`."""

    def __init__(
        self,
        directory: Directory,
        tickets: TicketDesk,
        telemetry: Telemetry,
        clock: Callable[[], float],
        *,
        resume_seconds: float,
        origins: Origins | None = None,
        arrivals: Arrivals | None = None,
        second_device: SecondDevice = "join",
        on_locked: Callable[[str], bool] = lambda _subject: False,
    ) -> None:
        """`clock` gives seconds since the server started, monotonic. Without `origins`, no page is let in.

        `second_device` is the facility's; `on_locked` is told whose session was locked, and says whether they have to
        show anew who they are.
        """
        self.directory = directory
        self.tickets = tickets
        self.telemetry = telemetry
        self.clock = clock
        self.registry = SessionRegistry(telemetry, clock, resume_seconds, self._note_locked)
        self._on_locked = on_locked
        self.turned_away: PolyclinicError | None = None
        """Why nobody is let in, if so."""
        self.held_bytes_most = 0
        """The most that any one client was found to make this process hold, at a sweep."""
        self._epoch = time.monotonic() - clock()
        self.arrivals = arrivals or Arrivals(clock=clock)
        self.devices = Devices(self.registry, self.arrivals, second_device)
        self._listener = Listener(self._new_port, origins or Origins(), self.arrivals)
        self._connections: dict[Connection, None] = {}
        self._turns: deque[tuple[float, Connection]] = deque()
        """When each connection is swept next, the first to come first: all wait equally long."""
        self._empty = asyncio.Event()

    @property
    def session_counts(self) -> dict[str, int]:
        """How many there are: `connecting` (no session yet, or closing), `live`, `suspended`."""
        live = self.registry.live
        return {
            "connecting": len(self._connections) - live,
            "live": live,
            "suspended": self.registry.waiting,
        }

    async def start(self, host: str, port: int, tls: SSLContext | None = None) -> int:
        """Listen, on a free port if `port` is 0, in TLS if there is a context for it; the port. Raises `PortInUse`."""
        return await self._listener.open(host, port, tls)

    def broadcast(self, room: Room, now: float) -> None:  # noqa: ARG002 - the room's step has told the encoder the time
        """Send each live session of a room what it sees, if its socket is empty; after the room's step."""
        # The registry knows them by what it needs of them; all of them are of this gateway's making.
        broadcast(cast("Iterable[WorldPort]", self.registry.ports(room.id)))

    def sweep(self, now: float) -> None:
        """Do what is due by now: deadlines, pings, silences, resume windows. To be called some 20 times a second."""
        self.registry.expire(now)
        while self._turns and self._turns[0][0] <= now:
            _, connection = self._turns.popleft()
            if connection in self._connections:
                self._turns.append((now + SWEEP_SECONDS, connection))
                self.held_bytes_most = max(self.held_bytes_most, connection.held_bytes)
                connection.sweep(now)

    def turn_away(self, error: PolyclinicError) -> None:
        """Let nobody in any more, and end every session, with the error's close code."""
        self.turned_away = error
        now = self.clock()
        for connection in tuple(self._connections):
            connection.shut(error.close_code, error.detail, now)
        self.registry.end_waiting(now)

    def revoke(self, subject: str) -> int:
        """End every session of a subject and void the tickets given to it; how many sessions ended."""
        now = self.clock()
        self.tickets.revoke(subject, now)
        return self.registry.end_subject(subject, CloseCode.REVOKED, "revoked", now)

    async def close_all(self, code: CloseCode = CloseCode.SERVICE_RESTART, reason: str = "service restart") -> None:
        """Let nobody in any more, end every session, tell every client why. Ends within 2 s."""
        self._listener.close()
        now = self.clock()
        for connection in tuple(self._connections):
            connection.shut(code, reason, now)
        self.registry.end_waiting(now)
        await self._wait_empty(CLOSE_SECONDS)
        for connection in tuple(self._connections):
            connection.abort()
        await self._wait_empty(DROP_SECONDS)
        self._listener.stop()

    # What connections tell --------------------------------------------------------------------------------------------

    def opened(self, connection: Connection) -> None:
        """Know a connection that is open."""
        self._connections[connection] = None
        self._turns.append((self.clock() + SWEEP_SECONDS, connection))
        self._empty.clear()

    def gone(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.pop(connection, None)
        if not self._connections:
            self._empty.set()

    def _note_locked(self, subject: str) -> None:
        if self._on_locked(subject):
            self.tickets.lock(subject, self.clock())

    def _new_port(self, origin: str, arrival: Arrival) -> WorldPort:
        port = WorldPort(Connection(self, origin, arrival), self.telemetry.traffic, self._epoch)
        port.stranger_bytes_max = HELLO_BYTES_MAX
        return port

    async def _wait_empty(self, seconds: float) -> None:
        if not self._connections:
            return
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            self.telemetry.unanswered(len(self._connections))
