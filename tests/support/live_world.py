"""The real gateway on a real port, before real rooms under the real clock."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from server.gateway import Gateway, Telemetry
from server.identity.origins import Origins
from server.identity.tickets import Claims, TicketDesk
from server.room_types import find_room_type
from server.tick import Clock, Scheduler
from server.world.directory import Directory
from tests.support.gateway_world import FACILITY
from tests.support.origins import LISTED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from ssl import SSLContext

    from server.world.room import Room

RESUME_SECONDS = 5.0


@dataclass
class LiveWorld:
    """Everything behind one listening port."""

    clock: Clock
    directory: Directory
    tickets: TicketDesk
    gateway: Gateway
    scheduler: Scheduler
    port: int

    @property
    def address(self) -> str:
        """Of the WebSocket."""
        return f"ws://127.0.0.1:{self.port}/world"

    @property
    def secure_address(self) -> str:
        """Of the WebSocket in TLS."""
        return f"wss://127.0.0.1:{self.port}/world"

    @property
    def ward(self) -> Room:
        """A room with many places."""
        return self.directory.rooms["ward"]

    def ticket(self, name: str = "Ann", room: str = "ward", origin: str = "") -> str:
        """A ticket for a room."""
        claims = Claims(room=room, subject=name, name=name, role="patient", avatar="plain", origin=origin)
        return self.tickets.issue(claims, self.clock.now())

    @staticmethod
    async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Let the loop run until something is so. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.005)


class _Recorder:
    def record_tick(self, room_type: str, lateness: float, duration: float) -> None:
        """Nobody asks here."""


@asynccontextmanager
async def running_world(tls: SSLContext | None = None) -> AsyncIterator[LiveWorld]:
    """Open the rooms, listen and tick; close everything at the end."""
    clock = Clock()
    directory = Directory(FACILITY, find_room_type, Random(1))
    tickets = TicketDesk()
    origins = Origins(LISTED)
    gateway = Gateway(directory, tickets, Telemetry(), clock.now, resume_seconds=RESUME_SECONDS, origins=origins)
    scheduler = Scheduler(clock, gateway.broadcast, _Recorder())
    directory.subscribe(scheduler)
    directory.open_named(clock.now())
    scheduler.every(0.05, "sweep", gateway.sweep)
    port = await gateway.start("127.0.0.1", 0, tls)
    scheduler.start(asyncio.get_running_loop())
    try:
        yield LiveWorld(clock, directory, tickets, gateway, scheduler, port)
    finally:
        await gateway.close_all()
        scheduler.stop()
