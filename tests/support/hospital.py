"""A hospital with curtains, stepped by hand: the real gateway, the real core, real ports, and every byte they write.

Poses go into the table at the step's own time, as the port would put them there; all else goes through sockets.
"""

from __future__ import annotations

import socket
import time
from random import Random
from typing import TYPE_CHECKING, Final, Literal, cast

from msgspec.structs import replace

from core_ext import Poller, WorldPort
from protocol.codec import decode_server, encode
from protocol.ids import VERSION, Kind
from protocol.messages import Ack, Event, Hello, Resume, Welcome
from protocol.rights import Right
from protocol.schema import SCHEMA_HASH
from server.config import FacilitySettings, NamedRoomSettings, ObjectSettings, SpawnSettings, ZoneSettings
from server.config.rights import RightsSettings
from server.gateway import Gateway, Telemetry
from server.gateway.connection import Connection
from server.identity.tickets import Claims, TicketDesk
from server.room_types import find_room_type
from server.world.directory import Directory
from server.world.wire_time import wire_time
from tests.support.port_doubles import LoopDouble
from tests.support.raw_websocket import BINARY, frame
from tests.support.rights import BUT_CURTAINS

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from protocol.messages import ClientMessage
    from server.config import Box
    from server.gateway.session import Session
    from server.world.member import Member
    from server.world.room import Room

TICK_HZ: Final = 20
RESUME_SECONDS: Final = 3_600.0
"""Longer than any run: who lies behind a curtain stays on the roster, whatever becomes of the socket."""

BED_1: Final[Box] = ((4.0, 0.0, -2.0), (7.0, 3.0, 2.0))
BED_2: Final[Box] = ((-7.0, 0.0, -2.0), (-4.0, 3.0, 2.0))
OPEN: Final[Box] = ((-3.5, 0.0, -3.0), (3.5, 3.0, 3.0))
BOARD, SHEET_1, SHEET_2 = "Board", "Sheet 1", "Sheet 2"
"""Panels: in the open, and behind either curtain."""
BESIDE: Final[Box] = ((-3.9, 1.6, -4.0), (3.9, 1.6, 4.0))
SPAWN: Final = (SpawnSettings(box=((0.0, 1.6, 0.0), (0.0, 1.6, 0.0))),)
"""A point: where somebody appears is drawn from the operating system's randomness in earnest, here from a seed that all
rooms would share."""


def _thing(name: str, x: float, z: float) -> ObjectSettings:
    return ObjectSettings(name=name, kind="prop", model="tablet", position=(x, 1.0, z), grabbable=True)


def _panel(name: str, x: float, z: float) -> ObjectSettings:
    return ObjectSettings(name=name, kind="panel", model="board", position=(x, 1.5, z))


FACILITY: Final = FacilitySettings(
    name="Hospital",
    rights=(
        RightsSettings(
            roles=("patient", "clinician", "facilitator"),
            may=tuple(right for right in BUT_CURTAINS if right is not Right.CLEAR_MOTION),
        ),
        RightsSettings(roles=("clinician",), may=(Right.CLEAR_MOTION,)),
        RightsSettings(roles=("clinician",), may=(Right.SEE_PRIVATE,), rooms=("ward",), zones=("Bed 1",)),
    ),
    rooms=(
        NamedRoomSettings(
            id="ward",
            name="Ward",
            type="ward",
            scene="a.gltf",
            bounds=((-10.0, -1.0, -10.0), (10.0, 3.0, 10.0)),
            spawns=SPAWN,
            tick_hz=TICK_HZ,
            # More than one cohort of presence.
            capacity=450,
            # Fewer places than people and things, few of them in full.
            visible=9,
            detailed=2,
            reserved=2,
            tiers=(2.0, 4.0),
            radius=9.0,
            hysteresis=1.0,
            zones=(
                ZoneSettings(name="Bed 1", box=BED_1, private=True),
                ZoneSettings(name="Bed 2", box=BED_2, private=True),
                ZoneSettings(name="Desk", box=((-2.0, 0.0, 2.0), (2.0, 3.0, 3.0))),
            ),
            objects=(
                _thing("Chart", 5.5, 0.0),
                _thing("Drip", -5.5, 0.5),
                _thing("Cup", 3.3, 0.0),
                _thing("Book", -3.3, 0.0),
                _thing("Pen", 0.0, 1.0),
                _panel(BOARD, 0.0, -3.0),
                _panel(SHEET_1, 6.5, 1.0),
                _panel(SHEET_2, -6.5, 1.0),
            ),
        ),
        NamedRoomSettings(
            id="lobby",
            name="Lobby",
            type="lobby",
            scene="a.gltf",
            bounds=((-10.0, -1.0, -10.0), (10.0, 3.0, 10.0)),
            spawns=SPAWN,
            tick_hz=TICK_HZ,
            objects=(_thing("Ball", 1.0, 0.0),),
        ),
    ),
)


class Client:
    """One person's device: a socket, what came over it at each step, and what of it matters for going on."""

    def __init__(self, hospital: Hospital, name: str, role: str, room: str, *, buffer: int, ages: bool) -> None:
        self.hospital = hospital
        self.name, self.role, self.room_id = name, role, room
        self.came = b""
        """All bytes that the server wrote to it in the last step."""
        self.total = 0
        """How many they were in all steps."""
        self.reading = True
        self.gone = False
        """It said goodbye: it comes back with another ticket."""
        self.last_event = 0
        self.acknowledged = 0
        self._coming = b""
        self._buffer = buffer
        self._ages = ages
        self._token = ""
        self._data = b""
        self._secrets: list[bytes] = []
        self._far: socket.socket | None = None
        self._near: socket.socket | None = None
        self._port: WorldPort | None = None
        self._connection: Connection | None = None
        self._let_go = False

    # The way in and out -----------------------------------------------------------------------------------------------

    def join(self) -> Client:
        """Come in with a ticket."""
        self._connect()
        claims = Claims(room=self.room_id, subject=self.name, name=self.name, role=self.role, avatar="plain")
        ticket = self.hospital.tickets.issue(claims, self.hospital.now)
        self.send(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="test", ages=self._ages))
        return self

    def resume(self) -> None:
        """Come back over another socket."""
        self._connect()
        self.send(
            Resume(
                version=VERSION,
                schema=SCHEMA_HASH,
                token=self._token,
                last_event=self.last_event,
                ages=self._ages,
            )
        )

    def drop(self) -> None:
        """Lose the socket without a word."""
        if self._far is not None:
            self._take()
            self._far.close()
            self._far = None
            self.hospital.settle()

    def _connect(self) -> None:
        self.drop()
        self.release()
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.setblocking(False)
        if self._buffer:
            self._near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._buffer)
        self._data = b""
        self.reading = True
        self._let_go = False
        self._connection = Connection(self.hospital.gateway)
        self._port = WorldPort(self._connection, self.hospital.telemetry.traffic, time.monotonic() - self.hospital.now)
        loop = cast("AbstractEventLoop", self.hospital.loop)
        self._port.attach(self.hospital.poller, self._near.fileno(), self._note_let_go, loop)

    def _note_let_go(self) -> None:
        self._let_go = True

    def release(self) -> None:
        """Do what the event loop does once a port has let go of its socket."""
        if self._let_go and self._port is not None and self._near is not None:
            self._near.close()
            self._port.detached()
            self._port = None
            self._connection = None
            self._let_go = False

    def close(self) -> None:
        """Give every socket back."""
        self.drop()
        self.release()

    @property
    def connected(self) -> bool:
        """Whether its socket is open at both ends."""
        return self._far is not None and self._port is not None and not self._let_go

    @property
    def session(self) -> Session | None:
        """Its session, while it has a socket."""
        return None if self._connection is None else self._connection._session

    @property
    def member(self) -> Member | None:
        """Its place in the room, while it has a socket."""
        return None if self.session is None else self.session._member

    # What it says -----------------------------------------------------------------------------------------------------

    def send(self, message: ClientMessage) -> None:
        """Send one message."""
        self.send_frame(BINARY, encode(message))

    def send_frame(self, opcode: int, payload: bytes) -> None:
        """Send one frame, as far as there is a socket."""
        if self.connected and self._far is not None:
            self._far.send(frame(opcode, payload))
            self.hospital.settle()

    def pose(self, data: bytes) -> None:
        """Put a pose where its port would put it."""
        member = self.member
        if member is not None and not member.suspended:
            self.hospital.room(self.room_id).table.apply_pose(member.slot, data, wire_time(self.hospital.now))

    def acknowledge(self) -> None:
        """Acknowledge all events that came."""
        if self.last_event > self.acknowledged and self.connected:
            self.acknowledged = self.last_event
            self.send(Ack(event=self.last_event))

    # What it hears ----------------------------------------------------------------------------------------------------

    def end_step(self) -> None:
        """Read what came."""
        self._take()
        self.came, self._coming = self._coming, b""
        self.total += len(self.came)
        self.release()

    def _take(self) -> None:
        if self._far is None or not self.reading:
            return
        came = b""
        try:
            while data := self._far.recv(1 << 18):
                came += data
        except BlockingIOError:
            pass
        self._data += came
        self._read_messages()
        for secret in self._secrets:
            came = came.replace(secret, b"*" * len(secret))
        self._coming += came

    def _read_messages(self) -> None:
        data = self._data
        while len(data) >= 2:
            size, start = data[1], 2
            if size >= 126:
                start = 4 if size == 126 else 10
                size = int.from_bytes(data[2:start], "big")
            if len(data) < start + size:
                break
            if data[0] & 0x0F == BINARY and data[start] != Kind.SNAPSHOT:
                self._note(data[start : start + size])
            data = data[start + size :]
        self._data = data

    def _note(self, data: bytes) -> None:
        message = decode_server(data)
        if isinstance(message, Welcome):
            self._token = message.resume_token
            # Drawn anew each time from the operating system's randomness.
            self._secrets = [message.session.encode(), message.resume_token.encode()]
            self.last_event = self.acknowledged = message.event
        elif isinstance(message, Event):
            assert message.event == self.last_event + 1
            self.last_event = message.event


class Hospital:
    """Everybody, and the time, which moves by `step` alone."""

    def __init__(self, *, fidelity: Literal["care", "group"] = "care") -> None:
        """`fidelity` is the ward's: in a group clinicians alone see people as they are."""
        self.now = 100.0
        self.tick = 0
        self.poller = Poller()
        self.loop = LoopDouble()
        ward, *others = FACILITY.rooms
        facility = replace(FACILITY, rooms=(replace(ward, fidelity=fidelity), *others))
        self.directory = Directory(facility, find_room_type, Random(1))
        self.directory.open_named(self.now)
        self.tickets = TicketDesk()
        self.telemetry = Telemetry()
        self.gateway = Gateway(
            self.directory, self.tickets, self.telemetry, lambda: self.now, resume_seconds=RESUME_SECONDS
        )
        self.clients: list[Client] = []

    def room(self, room_id: str = "ward") -> Room:
        """One of the rooms."""
        return self.directory.rooms[room_id]

    def admit(
        self, name: str, role: str = "patient", room: str = "ward", *, buffer: int = 0, ages: bool = False
    ) -> Client:
        """Let somebody in; `buffer` is the size of the socket's buffer, 0 for the system's."""
        client = Client(self, name, role, room, buffer=buffer, ages=ages)
        client.join()
        self.clients.append(client)
        return client

    def settle(self) -> None:
        """Let all ports read and write until nothing is left to do."""
        while self.poller.poll():
            pass

    def step(self) -> None:
        """One tick of every room, and the gateway's chores."""
        self.tick += 1
        self.now += 1.0 / TICK_HZ
        for client in self.clients:
            if client._port is not None:
                client._port.epoch = time.monotonic() - self.now
        for room in self.directory.rooms.values():
            room.step(self.tick, self.now)
            self.gateway.broadcast(room, self.now)
            room.tell(self.now)
        self.settle()
        self.gateway.sweep(self.now)
        self.settle()
        for client in self.clients:
            client.end_step()
        # What the sockets take now that they are read: here, and not when somebody happens to send next.
        self.settle()

    def close(self) -> None:
        """Give all sockets back."""
        for client in self.clients:
            client.close()


def within(box: Box, x: float, z: float) -> tuple[float, float]:
    """The nearest place on the floor of a box."""
    (x0, _, z0), (x1, _, z1) = box
    return min(max(x, x0), x1), min(max(z, z0), z1)
