"""Colyseus as a process, its seats, and the lean load client speaking its protocol."""

import http.client
import json
import os
import random
import struct
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Literal

from tests.bench.peers.course import Course
from tests.bench.peers.install import COLYSEUS, node
from tests.bench.peers.motion import Numbers, numbers_of_all
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.plan import chunk, frames_to_chunks, masked_frame
from tests.bench.support.rounds import Say
from tests.bench.support.swarm import LOAD_CORE, SERVER_CORE, Measured, run_swarm
from tests.support.raw_websocket import KEY

Fields = Literal["float32", "int16"]

_JOIN_ROOM: Final = 10
_ROOM_DATA_BYTES: Final = 17
_POSE: Final = 1
"""The message type of a pose, as in server.mjs."""
_FULL_SCALE: Final = 32767
_SEAT_SECONDS: Final = 600
"""How long a seat waits for its avatar: all are reserved before the first one comes."""
_START_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Variant:
    """How its state is laid out."""

    fields: Fields
    visible: int | None = None
    """Each client has a view of so many, the nearest; None for everyone."""


class ColyseusProcess:
    """The Colyseus server on a free port, pinned to the server's core; a context manager."""

    def __init__(self, variant: Variant, capacity: int) -> None:
        self._options = [
            f"--fields={variant.fields}",
            f"--capacity={capacity}",
            f"--visible={variant.visible or 0}",
        ]
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("Colyseus was not started")
        return self._process.pid

    def __enter__(self) -> "ColyseusProcess":
        environment = {
            **os.environ,
            "NODE_ENV": "production",
            "COLYSEUS_SEAT_RESERVATION_TIME": str(_SEAT_SECONDS),
        }
        command = ["taskset", "-c", str(SERVER_CORE), node(), "server.mjs", *self._options]
        self._process = subprocess.Popen(command, cwd=COLYSEUS, env=environment, stdout=subprocess.PIPE, text=True)
        watchdog = threading.Timer(_START_SECONDS, self._process.kill)
        watchdog.start()
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        watchdog.cancel()
        if len(words) != 2 or words[0] != "ready":
            self.__exit__(None, None, None)
            raise RuntimeError(f"Colyseus did not start: {words!r}")
        self.port = int(words[1])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


def colyseus_round(halls: Halls, variant: Variant, course: Course, say: Say) -> Measured:
    """Fill Colyseus' rooms as Polyclinic's are filled."""
    say("preparing poses")
    poses = numbers_of_all(halls, TICK_HZ, course.traces)
    with (
        tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name,
        ColyseusProcess(variant, max(halls.parties)) as server,
    ):
        plan = Path(name) / "plan"
        say("reserving seats")
        write_plan(plan, reserve_seats(server.port, halls.avatars), poses, variant.fields)
        return run_swarm(
            plan,
            port=server.port,
            pid=server.pid,
            hz=TICK_HZ,
            timing=course.timing,
            say=say,
            cores=[LOAD_CORE],
            dialect=["colyseus"],
        )


def reserve_seats(port: int, count: int) -> list[str]:
    """Ask the matchmaker for seats; the path of each one's WebSocket. One after the other, so that rooms fill up."""
    desk = http.client.HTTPConnection("127.0.0.1", port)
    paths = []
    for _ in range(count):
        desk.request("POST", "/matchmake/joinOrCreate/clinic", "{}", {"Content-Type": "application/json"})
        seat = json.loads(desk.getresponse().read())
        paths.append(f"/{seat['processId']}/{seat['roomId']}?sessionId={seat['sessionId']}")
    desk.close()
    return paths


def write_plan(file: Path, paths: Sequence[str], poses: Sequence[Sequence[Numbers]], fields: Fields) -> None:
    """Write what the load client sends: for each avatar the upgrade, the answer to the greeting, its poses."""
    draw = random.Random(1)
    answer = masked_frame(bytes([_JOIN_ROOM]), b"\x51\x0c\x9e\x77")
    with file.open("wb") as plan:
        for path, ring in zip(paths, poses, strict=True):
            frames = frames_to_chunks((bytes([_ROOM_DATA_BYTES, _POSE]) + encode(each, fields) for each in ring), draw)
            plan.write(chunk(_upgrade_request(path)) + chunk(answer) + frames + chunk(b""))


def encode(numbers: Numbers, fields: Fields) -> bytes:
    """Lay a pose out as server.mjs reads it: floats, or millimetres and quaternion parts of 16 bits."""
    if fields == "float32":
        return struct.pack("<21f", *numbers)
    return struct.pack("<21h", *_quantised(numbers))


def _quantised(numbers: Numbers) -> list[int]:
    # Millimetres reach 32 m from the room's middle: far enough for the rooms that Colyseus carries.
    return [round(value * (1000 if index % 7 < 3 else _FULL_SCALE)) for index, value in enumerate(numbers)]


def metres_of(values: Sequence[float], fields: Fields) -> Numbers:
    """Return what the fields of an avatar stand for."""
    if fields == "float32":
        return tuple(values)
    return tuple(value / (1000 if index % 7 < 3 else _FULL_SCALE) for index, value in enumerate(values))


def _upgrade_request(path: str) -> bytes:
    lines = (
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
    )
    return "\r\n".join([*lines, "", ""]).encode()
