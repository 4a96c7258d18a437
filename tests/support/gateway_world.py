"""A gateway before a small facility, stepped by hand: connections with ports that only note what they are told."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from protocol.codec import decode_server, encode
from protocol.ids import VERSION, CloseCode, Kind
from protocol.messages import Event, Hello, Operation, Resume, Welcome
from protocol.rights import Right
from protocol.schema import SCHEMA_HASH
from server.config import FacilitySettings, NamedRoomSettings, ObjectSettings, SpawnSettings, VisitSettings
from server.config.rights import RightsSettings
from server.gateway import Gateway, Telemetry
from server.gateway.connection import Connection
from server.identity.tickets import Claims, TicketDesk
from server.room_types import find_room_type
from server.world.directory import Directory
from server.world.wire_time import wire_time
from tests.support.rights import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from core_ext import EntityTable, SnapshotEncoder
    from protocol.messages import ClientMessage, ServerMessage
    from server.world.keeping import Keeper

RESUME_SECONDS = 30.0
BOUNDS = ((-20.0, -1.0, -20.0), (20.0, 3.0, 20.0))
SPAWN = SpawnSettings(box=((0.0, 1.6, 0.0), (0.0, 1.6, 0.0)))
FACILITY = FacilitySettings(
    name="Test",
    # A porter may not come into consultations.
    rights=(*SMALL, RightsSettings(roles=("porter",), may=(Right.JOIN,), room_types=("ward",))),
    rooms=(
        NamedRoomSettings(
            id="consult", name="Room 1", type="consult", scene="a.gltf", bounds=BOUNDS, spawns=(SPAWN,), capacity=3
        ),
        NamedRoomSettings(
            id="ward",
            name="Ward",
            type="ward",
            scene="a.gltf",
            bounds=BOUNDS,
            spawns=(SPAWN,),
            objects=(
                ObjectSettings(name="Tablet", kind="prop", model="tablet", position=(0.4, 1.0, 0.0), grabbable=True),
            ),
        ),
    ),
    visits=(VisitSettings(type="consult", scene="a.gltf", bounds=BOUNDS, spawns=(SPAWN,), linger_seconds=0.0),),
)


class StepClock:
    """Time that goes on when a test says so."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class PortDouble:
    """Notes what the gateway tells a port."""

    def __init__(self, now: float) -> None:
        self.writable = True
        self.closing = False
        self.held_bytes = 0
        self.last_received_ms = wire_time(now)
        self.sent: list[bytes] = []
        self.pings = 0
        self.checks = 0
        self.aborted = False
        self.closed: tuple[int, str] | None = None
        self.bound: tuple[EntityTable, int, SnapshotEncoder, int, bool] | None = None

    def bind(self, table: EntityTable, slot: int, encoder: SnapshotEncoder, observer: int, ages: bool) -> None:
        self.bound = (table, slot, encoder, observer, ages)

    def send(self, data: bytes) -> None:
        assert not self.closing
        self.sent.append(data)

    def ping(self) -> bool:
        self.pings += self.writable
        return self.writable

    def close(self, code: int, reason: str) -> None:
        if not self.closing:
            self.closing, self.writable = True, False
            self.closed = (code, reason)
            self.bound = None

    def abort(self) -> None:
        self.aborted = True

    def check(self) -> None:
        self.checks += 1


class ClientDouble:
    """One client: its connection, its port, and what it has understood so far."""

    def __init__(self, world: GatewayWorld) -> None:
        self.world = world
        self.port = PortDouble(world.clock.now)
        self.connection = Connection(world.gateway)
        self.connection.on_open(self.port)
        self._operations = 0

    def say(self, message: ClientMessage) -> ClientDouble:
        """Send a message."""
        self.port.last_received_ms = wire_time(self.world.clock.now)
        self.connection.on_message(encode(message))
        return self

    def hello(self, ticket: str, *, version: int = VERSION, schema: str = SCHEMA_HASH) -> ClientDouble:
        return self.say(Hello(version=version, schema=schema, ticket=ticket, client="test"))

    def join(self, room: str = "consult", name: str = "Ann") -> ClientDouble:
        """Join a room and live through its next tick: features speak to a newcomer in one or the other."""
        self.hello(self.world.ticket(room, name))
        if room in self.world.directory.rooms:
            self.world.step(room)
        return self

    def resume(self, token: str, last_event: int) -> ClientDouble:
        return self.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=last_event))

    def operation(self, feature: str, type_: str, op: bytes = b"", **body: object) -> ClientDouble:
        self._operations += 1
        op = op or self._operations.to_bytes(16, "big")
        return self.say(Operation(op=op, feature=feature, type=type_, body=body))

    def lose_socket(self, code: int = CloseCode.ABNORMAL) -> None:
        """Let the port tell that its socket is gone."""
        self.port.closing, self.port.writable = True, False
        self.connection.on_closed(code, "")

    def take(self) -> list[ServerMessage]:
        """Messages since the last call."""
        messages = [decode_server(data) for data in self.port.sent if data[0] != Kind.SNAPSHOT]
        self.port.sent.clear()
        return messages

    def welcomed(self) -> Welcome:
        """Take messages; the first one is the welcome. What follows it is lost."""
        welcome = self.take()[0]
        assert isinstance(welcome, Welcome)
        return welcome

    def events(self) -> list[Event]:
        """Take messages; the events among them."""
        return [message for message in self.take() if isinstance(message, Event)]

    def close_code(self) -> int | None:
        """What the gateway closed with, if it did."""
        return self.port.closed[0] if self.port.closed else None


class GatewayWorld:
    """The gateway and all behind it; nothing in it reads a clock."""

    def __init__(self, keeper: Keeper | None = None, on_locked: Callable[[str], bool] = lambda _subject: False) -> None:
        self.clock = StepClock()
        self.directory = Directory(FACILITY, find_room_type, Random(1), keeper=keeper)
        self.directory.open_named(self.clock.now)
        self.tickets = TicketDesk()
        self.telemetry = Telemetry()
        self.gateway = Gateway(
            self.directory,
            self.tickets,
            self.telemetry,
            self.clock,
            resume_seconds=RESUME_SECONDS,
            on_locked=on_locked,
        )

    def ticket(self, room: str = "consult", name: str = "Ann", role: str = "patient", **changes: Any) -> str:
        """A ticket; `changes` are of its claims, whose subject is the name if nothing else is said."""
        said: dict[str, Any] = {"room": room, "subject": name, "name": name, "role": role, "avatar": "plain"}
        return self.tickets.issue(Claims(**said | changes), self.clock.now)

    def connect(self) -> ClientDouble:
        """A client whose WebSocket has just opened."""
        return ClientDouble(self)

    def advance(self, seconds: float) -> None:
        """Let time pass, in one step, and do what is due then; it is every connection's turn."""
        self.clock.now += seconds
        turns = self.gateway._turns
        self.gateway._turns = type(turns)((self.clock.now, connection) for _, connection in turns)
        self.gateway.sweep(self.clock.now)

    def step(self, room: str = "consult") -> None:
        """One tick of a room, so far on that every feature that takes turns has one; without the broadcast."""
        found = self.directory.rooms[room]
        found.step(found.tick + found.tick_hz, self.clock.now)
        found.tell(self.clock.now)
