"""Runs the lean load client against a server and returns what it measured."""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from loadtest.frontdesk import FrontDesk
from tests.bench.support.compiled import SWARM, compiled
from tests.bench.support.hall import Halls

_FULL_RATE: Final = 0.95
"""Share of the frames and poses below which a round measured something else than it says: 19 of 20 a second."""
_TICKET_THREADS: Final = 4

_CORES: Final = sorted(os.sched_getaffinity(0))
SERVER_CORE: Final = _CORES[0]
"""The core servers are pinned to."""
LOAD_CORE: Final = _CORES[-1]
"""The core of whatever loads them; the same one on a machine with one core, where ratios still hold."""


class RefusedRound(Exception):
    """A round whose figures mean nothing: the server, or the load client, did not keep up."""

    def __init__(self, words: str, lost: int = 0) -> None:
        super().__init__(words)
        self.lost = lost
        """Sessions that were lost in it."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What the load client counted in its window, and what server and client used meanwhile."""

    avatars: int
    live: int
    lost: int
    first_loss: str
    seconds: float
    frames: int
    frames_least: int
    frames_median: int
    snapshot_bytes: int
    messages: int
    poses: int
    poses_skipped: int
    cpu_seconds: float
    server_user_seconds: float
    server_system_seconds: float
    sizes: list[tuple[int, int]]
    """Payload sizes of the frames and how many there were of each."""

    @property
    def server_cores(self) -> float:
        return (self.server_user_seconds + self.server_system_seconds) / self.seconds

    @property
    def load_cores(self) -> float:
        return self.cpu_seconds / self.seconds

    @property
    def pair_us(self) -> float:
        """Server CPU for one pose in and one frame out, microseconds."""
        return (self.server_user_seconds + self.server_system_seconds) * 2e6 / (self.frames + self.poses)

    @property
    def frame_bytes(self) -> float:
        return self.snapshot_bytes / self.frames

    @property
    def median_hz(self) -> float:
        return self.frames_median / self.seconds

    @property
    def least_hz(self) -> float:
        return self.frames_least / self.seconds

    def quantiles(self, count: int = 1000) -> list[int]:
        """As many frame sizes, distributed as those that came."""
        wanted = [(index + 0.5) / count * self.frames for index in range(count)]
        found: list[int] = []
        below = 0
        for size, frames in self.sizes:
            below += frames
            while len(found) < count and wanted[len(found)] <= below:
                found.append(size)
        return found

    def refuse_unless_sound(self, hz: float) -> None:
        """Raise `RefusedRound` unless nobody was lost and everything came at its full rate."""
        if self.lost or self.live != self.avatars:
            raise RefusedRound(
                f"{self.lost} sessions lost, {self.live} of {self.avatars} live at the end; first: {self.first_loss}",
                lost=self.lost,
            )
        if self.median_hz < _FULL_RATE * hz:
            raise RefusedRound(f"the median session got {self.median_hz:.2f} frames/s of {hz:g}")
        if self.poses < _FULL_RATE * hz * self.avatars * self.seconds:
            sent = self.poses / self.seconds / self.avatars
            raise RefusedRound(f"the load client sent {sent:.2f} poses/s for each avatar of {hz:g}")


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How long a round takes, and where."""

    window: float = 10.0
    settle: float = 3.0
    joins_per_second: float = 250.0


def tickets(address: str, halls: Halls) -> list[str]:
    """Ask the front desk for a ticket for every avatar."""
    desk = FrontDesk(address)
    rooms = [room for room, size in zip(halls.room_ids, halls.parties, strict=True) for _ in range(size)]
    role = desk.roles()[0]
    with ThreadPoolExecutor(_TICKET_THREADS) as threads:
        found = list(
            threads.map(
                lambda index: desk.ticket(rooms[index], name=f"Bot {index + 1}", role=role, look="plain").ticket,
                range(len(rooms)),
            )
        )
    desk.close()
    return found


def run_swarm(
    plan: Path,
    *,
    port: int,
    pid: int,
    hz: float,
    timing: Timing,
    say: Callable[[str], None],
    cores: Sequence[int] = (),
    dialect: Sequence[str] = (),
) -> Measured:
    """Let the avatars of a plan in, drive them, and measure; `say` gets each line on the way.

    `pid` is the server whose CPU is read, `cores` pins the client, `dialect` names the protocol if it is not
    Polyclinic's. Raises CalledProcessError when it cannot run.
    """
    numbers = (port, hz, timing.joins_per_second, timing.settle, timing.window, pid)
    command = [str(compiled(SWARM)), str(plan), *map(str, numbers), *dialect]
    line = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as swarm:
        if cores:
            os.sched_setaffinity(swarm.pid, cores)
        assert swarm.stdout is not None
        for line in swarm.stdout:
            if not line.startswith("{"):
                say(line.strip())
    if swarm.returncode:
        raise subprocess.CalledProcessError(swarm.returncode, command)
    return msgspec.convert(json.loads(line), Measured)
