"""An auditorium full of avatars with the ports and sockets they have in earnest, stepped by hand; always the same."""

from __future__ import annotations

import math
import socket
from random import Random
from typing import TYPE_CHECKING, Final

from core_ext import Poller, Traffic, WorldPort, broadcast
from loadtest.motion.placing import Stage
from loadtest.motion.supply import from_model
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart
from server.config import NamedRoomSettings, SpawnSettings
from server.room_types.auditorium import AUDITORIUM
from server.world.member import Participant
from server.world.room import Room
from tests.support.port_doubles import EPOCH, LoopDouble, ReceiverDouble
from tests.support.raw_websocket import BINARY, frame
from tests.support.rights import small_rights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.ids import CloseCode
    from server.world.event import EncodedEvent
    from server.world.member import CorrectionReason

SECONDS: Final = 6.0
SEED: Final = 5
ROW_LAST: Final = 23
HEIGHT_MM: Final = 6_000


class Deaf:
    """The outlet of somebody who reads nothing: events are none of the tick's cost for each pose or frame."""

    def event(self, event: EncodedEvent) -> None:
        """Let it pass."""

    def correction(self, sequence: int, position: tuple[int, int, int], reason: CorrectionReason) -> None:
        raise AssertionError(f"the model moved somebody as nobody moves: {position}, {reason}")

    def close(self, code: CloseCode, reason: str) -> None:
        raise AssertionError(f"{code}: {reason}")


def side_of(avatars: int) -> float:
    """Half of a hall's side, m: one avatar to the square metre."""
    return math.sqrt(avatars) / 2 + 1.0


def pose_frames(avatars: int) -> list[list[bytes]]:
    """What each avatar sends, tick for tick, as masked frames: the load tester's own motion, there and back again."""
    half = round(side_of(avatars) * 1000)
    stage = Stage((-half, 0, -half, half, HEIGHT_MM, half))
    parts = from_model(stage, [avatars], hz=AUDITORIUM.tick_hz, seconds=SECONDS, seed=SEED)
    return [_frames(part.rows.tolist()) for part in parts]


def _frames(rows: Sequence[Sequence[int]]) -> list[bytes]:
    there_and_back = [*rows, *rows[-2:0:-1]]
    states = (
        AvatarState(row[0], row[1], TrackedPart(*row[2:9]), TrackedPart(*row[9:16]), TrackedPart(*row[16:ROW_LAST]))
        for row in there_and_back
    )
    return [frame(BINARY, encode_pose(Pose(state, number, 0))) for number, state in enumerate(states)]


class FullRoom:
    """Everybody sends a pose a tick and gets a frame a tick. The steps of a tick are apart, to be counted apart."""

    def __init__(self, frames: Sequence[Sequence[bytes]]) -> None:
        half = side_of(len(frames))
        spawn = SpawnSettings(box=((0.0, 1.6, 0.0), (0.0, 1.6, 0.0)))
        bounds = ((-half, 0.0, -half), (half, HEIGHT_MM / 1000, half))
        settings = NamedRoomSettings(
            id="hall", name="Hall", type="auditorium", scene="hall.gltf", bounds=bounds, spawns=(spawn,)
        )
        self.room = Room("hall", "Hall", AUDITORIUM, settings, rights=small_rights(), random=Random(SEED), now=0.0)
        self.traffic = Traffic()
        self.poller = Poller()
        self.ports: list[WorldPort] = []
        self.tick = 0
        self._frames = frames
        self._far: list[socket.socket] = []
        self._near: list[socket.socket] = []
        self._buffer = bytearray(65_536)
        for number in range(len(frames)):
            self._enter(number)

    def _enter(self, number: int) -> None:
        near, far = socket.socketpair()
        near.setblocking(False)
        self._near.append(near)
        self._far.append(far)
        port = WorldPort(ReceiverDouble(), self.traffic, EPOCH)
        # The double is the part of a loop that a port calls.
        port.attach(self.poller, near.fileno(), near.close, LoopDouble())  # type: ignore[arg-type]
        entity = self.room.new_entity()
        member = self.room.join(Participant(entity, f"Bot {number}", "patient", "plain", "bot"), Deaf(), 0.0)
        port.bind(self.room.table, member.slot, self.room.encoder, member.observer, ages=False)
        self.ports.append(port)

    def write_poses(self) -> None:
        """Let everybody's pose of the next tick lie in its socket."""
        self.tick += 1
        for port, far, frames in zip(self.ports, self._far, self._frames, strict=True):
            port.epoch -= 1.0 / self.room.tick_hz
            far.send(frames[self.tick % len(frames)])

    def read(self) -> None:
        """Step one: poses in."""
        while self.poller.poll():
            pass

    def step(self) -> None:
        """Step two: the room's own."""
        self.room.step(self.tick, self.tick / self.room.tick_hz)

    def send(self) -> None:
        """Step three: frames out."""
        broadcast(self.ports)

    def drain(self) -> None:
        """Let everybody read its frame."""
        for far in self._far:
            far.recv_into(self._buffer)

    def run(self, ticks: int) -> None:
        """Run whole ticks."""
        for _ in range(ticks):
            self.write_poses()
            self.read()
            self.step()
            self.send()
            self.drain()

    def close(self) -> None:
        """Close the sockets."""
        for end in (*self._near, *self._far):
            end.close()
