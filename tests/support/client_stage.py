"""A transport that a script plays for the Python client: no sockets, no waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from polyclinic_client.changes import Change
from polyclinic_client.frontdesk import Ticket
from polyclinic_client.room import Room
from polyclinic_client.transport import Transport, TransportClosed

from protocol.codec import decode_client, encode
from protocol.ids import Kind
from protocol.messages import ClientMessage, Event, RoomDescription, Spawn, Welcome
from protocol.snapshot import decode_pose

ROOM = RoomDescription("lobby", "lobby", "Lobby", "/s", 30, ((-5, 0, -5), (5, 4, 5)), 8, (), ("presence", "chat"))
UPRIGHT = (0.0, 0.0, 0.0, 1.0)


def welcome(*, resumed: bool = False, event: int = 0, entity: int = 7) -> bytes:
    spawn = Spawn((0.0, 1.6, 0.0), 0.0)
    return encode(Welcome("s", entity, resumed, f"token-{event}", 30.0, event, ROOM, 1, 50_000, spawn))


def said(number: int, text: str = "hi") -> bytes:
    return encode(Event(number, "chat", "said", {"entity": 7, "name": "Ada", "text": text, "time": 1}))


class Wire:
    """A transport and its far end. What is put into `far` arrives: bytes, or the exception of the closing."""

    def __init__(self, *greeting: bytes | Exception) -> None:
        self.far: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        for step in greeting:
            self.far.put_nowait(step)
        self.sent: list[bytes] = []
        self.said_something = asyncio.Event()
        self.closed: list[int] = []

    async def send(self, data: bytes) -> None:
        if self.closed:
            raise TransportClosed(1006)
        self.sent.append(data)
        self.said_something.set()

    async def receive(self) -> bytes:
        step = await self.far.get()
        if isinstance(step, Exception):
            raise step
        return step

    async def close(self, code: int = 1000) -> None:
        self.closed.append(code)

    def drop(self, code: int = 1006, reason: str = "") -> None:
        self.far.put_nowait(TransportClosed(code, reason))

    def heard(self, kind: type[ClientMessage]) -> list[Any]:
        messages = [decode_client(data) for data in self.sent if data[0] != Kind.POSE]
        return [message for message in messages if isinstance(message, kind)]

    async def hear(self, kind: type[ClientMessage]) -> Any:
        """Wait until the client has sent a message of a kind; the last of them."""
        return await self.until(lambda: self.heard(kind))

    async def hear_pose(self) -> Any:
        return await self.until(lambda: [decode_pose(data) for data in self.sent if data[0] == Kind.POSE])

    async def until(self, heard: Callable[[], list[Any]]) -> Any:
        async with asyncio.timeout(5):
            while not (messages := heard()):
                self.said_something.clear()
                await self.said_something.wait()
        return messages[-1]


class Stage:
    """Wires in the order they will be opened, tickets in the order they will be asked for, and the waits between."""

    def __init__(self, *wires: Wire | Exception) -> None:
        self.wires = list(wires)
        self.tickets: list[Exception] = []
        self.asked = 0
        self.waits: list[float] = []
        self.now = 1000.0
        self.slow = 0.0

    async def ticket(self) -> Ticket:
        self.asked += 1
        if self.tickets:
            raise self.tickets.pop(0)
        return Ticket(f"ticket-{self.asked}", "ws://desk/world", 60)

    async def connect(self, _address: str) -> Transport:
        wire = self.wires.pop(0)
        if isinstance(wire, Exception):
            raise wire
        return wire

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds + self.slow
        await asyncio.sleep(0)

    @asynccontextmanager
    async def room(self, patience: float = 120.0) -> AsyncIterator[Room]:
        room = Room(
            self.ticket,
            connect=self.connect,
            patience=patience,
            clock=lambda: self.now,
            sleep=self.sleep,
            chance=lambda: 0.5,
        )
        await room.open()
        try:
            yield room
        finally:
            await room.close()


async def next_of(room: Room, kind: type[Change]) -> Any:
    async with asyncio.timeout(5):
        async for change in room.changes():
            if isinstance(change, kind):
                return change
    raise AssertionError(f"the changes ended without a {kind.__name__}")
