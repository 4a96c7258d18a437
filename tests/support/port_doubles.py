"""A port whose socket is one end of a pair, read and written by hand; no event loop, and time moved by hand."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING

from core_ext import EntityTable, Grid, Interest, Poller, SnapshotEncoder, Traffic, WorldPort, broadcast
from protocol.ids import EntityKind, Kind
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose
from tests.support.raw_websocket import CLOSE, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLOCK = bytes((Kind.CLOCK,)) + b"\x81\xa4sent\xcb" + bytes(8)
EPOCH = time.monotonic() - 100.0
STUFFING = bytes(1_000_000)
"""A message that no socket's buffer takes whole."""


class TimerDouble:
    def __init__(self, delay: float, call: Callable[[], None]) -> None:
        self.delay = delay
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class LoopDouble:
    def __init__(self) -> None:
        self.timers: list[TimerDouble] = []
        self.reported: list[str] = []

    def call_exception_handler(self, context: dict[str, object]) -> None:
        self.reported.append(str(context["exception"]))

    def call_later(self, delay: float, call: Callable[[], None]) -> TimerDouble:
        self.timers.append(TimerDouble(delay, call))
        return self.timers[-1]


class ReceiverDouble:
    """Notes what the port tells; raises where a test says so."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.raising: str = ""
        self.may_hold_bytes = 10_000_000
        self.port: WorldPort | None = None

    def _note(self, name: str, *values: object) -> None:
        self.calls.append((name, *values))
        if name == self.raising:
            raise RuntimeError(name)

    def on_open(self, port: WorldPort) -> None:
        self.port = port
        self._note("open")

    def may_hold(self, size: int) -> bool:
        return self.port is None or self.port.held_bytes + size <= self.may_hold_bytes

    def on_message(self, data: bytes) -> None:
        self._note("message", data)

    def on_fault(self, close_code: int, reason: str) -> None:
        self._note("fault", close_code, reason)

    def on_error(self, error: Exception) -> None:
        self._note("error", str(error))

    def on_writable(self) -> None:
        self._note("writable")

    def on_closed(self, code: int, reason: str) -> None:
        self._note("closed", code, reason)

    def named(self, name: str) -> list[tuple[object, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]


_open_sockets: list[socket.socket] = []


def close_sockets() -> None:
    """Close the sockets of all clients made so far."""
    while _open_sockets:
        _open_sockets.pop().close()


class PortClient:
    """One port, the other end of its socket, and all that stands around it; `close_sockets` ends them all."""

    def __init__(self, traffic: Traffic | None = None) -> None:
        self.loop = LoopDouble()
        self.poller = Poller()
        self.near, self.far = socket.socketpair()
        _open_sockets.extend((self.near, self.far))
        self.near.setblocking(False)
        self.far.setblocking(False)
        self.receiver = ReceiverDouble()
        self.port = WorldPort(self.receiver, traffic or Traffic(), EPOCH)
        self.let_go = 0
        self._incoming = b""

    def open(self) -> PortClient:
        self.port.attach(self.poller, self.near.fileno(), self._let_go, self.loop)  # type: ignore[arg-type]  # a double
        return self

    def _let_go(self) -> None:
        self.let_go += 1
        self.near.close()

    def feed(self, opcode: int, payload: bytes, *, fin: bool = True, reserved: int = 0) -> None:
        self.feed_bytes(frame(opcode, payload, fin=fin, reserved=reserved))

    def feed_bytes(self, data: bytes) -> None:
        """Let the port read bytes, as many as it wants to."""
        while data:
            try:
                data = data[self.far.send(data) :]
            except BlockingIOError:
                self.poller.poll()
            except OSError:
                break
        self.settle()

    def settle(self) -> None:
        """Let the port read and write until nothing is left to do."""
        while self.poller.poll():
            pass

    def block(self) -> None:
        """Send what no socket takes whole: the port is not writable until `unblock`."""
        self.port.send(STUFFING)
        assert not self.port.writable

    def unblock(self) -> None:
        """Read what was sent to block the port, and nothing after it."""
        while len(self._incoming) < len(STUFFING) + 10:
            self.settle()
            self._read()
        self._incoming = self._incoming[len(STUFFING) + 10 :]
        self.settle()

    def _read(self) -> None:
        try:
            while data := self.far.recv(65_536):
                self._incoming += data
        except (BlockingIOError, ConnectionError):
            pass

    def take_frames(self) -> list[tuple[int, bytes]]:
        """Opcode and payload of the frames written since the last call, all whole and unmasked."""
        self._read()
        frames = []
        data, self._incoming = self._incoming, b""
        while data:
            assert data[0] & 0xF0 == 0x80
            size, offset = data[1], 2
            if size == 126:
                size, offset = struct.unpack_from(">H", data, 2)[0], 4
            elif size == 127:
                size, offset = struct.unpack_from(">Q", data, 2)[0], 10
            frames.append((data[0] & 0x0F, data[offset : offset + size]))
            data = data[offset + size :]
        return frames

    def advance(self, seconds: float) -> None:
        """Let the server's clock go on for this port."""
        self.port.epoch -= seconds

    @property
    def close_frame(self) -> tuple[int, str] | None:
        """Code and reason of the close frame among what was written; what came before it is lost."""
        for opcode, payload in self.take_frames():
            if opcode == CLOSE:
                return struct.unpack(">H", payload[:2])[0], payload[2:].decode()
        return None


class CoreRoom:
    """The compiled core of a room, as the gateway binds ports to it."""

    def __init__(self) -> None:
        self.table = EntityTable(8, (-50_000, -50_000, -50_000, 50_000, 50_000, 50_000))
        self.grid = Grid(2_000)
        self.interest = Interest(
            self.table, self.grid, radius_mm=20_000, hysteresis_mm=1_000, cap=32, tier_mm=(5_000, 10_000)
        )
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.observers: dict[int, int] = {}
        self.tick = 0

    def enter(self, client: PortClient, *, ages: bool = False) -> int:
        entity = self.table.count + 1
        slot = self.table.add(entity, EntityKind.AVATAR, b"\x80", 0)
        self.table.place(slot, 100 * entity, 1_600, 0, (3, 0, 0, 0))
        self.table.set_present(slot, True)
        self.observers[slot] = self.interest.add_observer(slot, 0)
        client.port.bind(self.table, slot, self.encoder, self.observers[slot], ages)
        return slot

    def step(self, ports: Sequence[WorldPort]) -> int:
        self.tick += 1
        self.table.assign_zones()
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(self.tick, self.tick * 16)
        return broadcast(ports)


def pose(sequence: int = 1, x: int = 120) -> bytes:
    state = AvatarState(flags=1, voice=0, head=TrackedPart(x, 1_600, 0, 3, 0, 0, 0))
    return encode_pose(Pose(state=state, sequence=sequence, sampled_at=0))
