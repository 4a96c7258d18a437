"""A port on a transport of this module's own: no socket, no event loop, time moved by hand."""

from __future__ import annotations

import logging
import struct
import time
from typing import TYPE_CHECKING

from picows import WSFrame, WSMsgType, WSTransport
from picows.picows import _make_test_ws_frame

from core_ext import EntityTable, Grid, Interest, SnapshotEncoder, Traffic, WorldPort, broadcast
from protocol.ids import EntityKind, Kind
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BINARY, TEXT, CONTINUATION = WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.CONTINUATION
PING, PONG, CLOSE = WSMsgType.PING, WSMsgType.PONG, WSMsgType.CLOSE
CLOCK = bytes((Kind.CLOCK,)) + b"\x81\xa4sent\xcb" + bytes(8)
EPOCH = time.monotonic() - 100.0


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

    def create_future(self) -> None:
        return None

    def call_exception_handler(self, context: dict[str, object]) -> None:
        self.reported.append(str(context["exception"]))

    def call_later(self, delay: float, call: Callable[[], None]) -> TimerDouble:
        self.timers.append(TimerDouble(delay, call))
        return self.timers[-1]


class SocketDouble:
    """picows writes to the descriptor itself first: an invalid one sends it on to the transport."""

    def __init__(self) -> None:
        self.options: dict[tuple[int, int], int] = {}

    def fileno(self) -> int:
        return -1

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self.options[level, option] = value


class TransportDouble:
    def __init__(self) -> None:
        self.socket = SocketDouble()
        self.written = bytearray()
        self.limits: tuple[int, int] | None = None
        self.broken = self.fails_once = self.closed = self.aborted = False

    def get_extra_info(self, name: str) -> SocketDouble | None:
        return self.socket if name == "socket" else None

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int, low: int) -> None:
        self.limits = (high, low)

    def write(self, data: bytes) -> None:
        if self.broken:
            raise RuntimeError("broken")
        if self.fails_once:
            self.fails_once = False
            raise RuntimeError("once")
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True

    def take_frames(self) -> list[tuple[int, bytes]]:
        """Opcode and payload of the frames written since the last call, all whole and unmasked."""
        frames, data = [], bytes(self.written)
        self.written.clear()
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


class ReceiverDouble:
    """Notes what the port tells; raises where a test says so."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.raising: str = ""

    def _note(self, name: str, *values: object) -> None:
        self.calls.append((name, *values))
        if name == self.raising:
            raise RuntimeError(name)

    def on_open(self, port: WorldPort) -> None:
        self._note("open")

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


class PortClient:
    """One port with all that stands around it."""

    def __init__(self, traffic: Traffic | None = None) -> None:
        self.loop = LoopDouble()
        self.under = TransportDouble()
        self.receiver = ReceiverDouble()
        self.port = WorldPort(self.receiver, traffic or Traffic(), EPOCH)
        self.transport = WSTransport(False, self.under, logging.getLogger("test"), self.loop)  # type: ignore[call-arg]  # the stub hides how picows makes one

    def open(self) -> PortClient:
        self.port.on_ws_connected(self.transport)
        return self

    def feed(self, kind: WSMsgType, payload: bytes, *, fin: bool = True, reserved: bool = False) -> None:
        self.port.on_ws_frame(self.transport, frame(kind, payload, fin=fin, reserved=reserved))

    def advance(self, seconds: float) -> None:
        """Let the server's clock go on for this port."""
        self.port.epoch -= seconds

    @property
    def close_frame(self) -> tuple[int, str] | None:
        """Code and reason of the close frame among what was written; what came before it is lost."""
        for opcode, payload in self.under.take_frames():
            if opcode == CLOSE.value:
                return struct.unpack(">H", payload[:2])[0], payload[2:].decode()
        return None


def frame(kind: WSMsgType, payload: bytes, *, fin: bool = True, reserved: bool = False) -> WSFrame:
    return _make_test_ws_frame(kind, payload, fin, reserved)


class CoreRoom:
    """The compiled core of a room, as the gateway binds ports to it."""

    def __init__(self) -> None:
        self.table = EntityTable(8, (-50_000, -50_000, -50_000, 50_000, 50_000, 50_000))
        self.grid = Grid(2_000)
        self.interest = Interest(
            self.table, self.grid, radius_mm=20_000, hysteresis_mm=1_000, cap=32, tier_mm=(5_000, 10_000)
        )
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.tick = 0

    def enter(self, client: PortClient, *, ages: bool = False) -> int:
        entity = self.table.count + 1
        slot = self.table.add(entity, EntityKind.AVATAR, b"\x80", 0)
        self.table.place(slot, 100 * entity, 1_600, 0, (3, 0, 0, 0))
        self.table.set_present(slot, True)
        client.port.bind(self.table, slot, self.encoder, self.interest.add_observer(slot, 0), ages)
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
