"""The floor as a process: what the sockets alone cost, under the same load."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from protocol.codec import encode
from protocol.ids import SUBPROTOCOL
from protocol.messages import RoomDescription, Spawn, Welcome
from tests.bench.support.compiled import FLOOR, compiled
from tests.bench.support.plan import chunk
from tests.support.raw_websocket import ACCEPT

_LONG = 126


def _upgrade_answer() -> bytes:
    lines = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {ACCEPT.decode()}",
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def _welcome_frame() -> bytes:
    room = RoomDescription(
        id="floor",
        name="Floor",
        type="auditorium",
        scene="hall.gltf",
        tick_hz=20,
        bounds=((-1.0, 0.0, -1.0), (1.0, 2.0, 1.0)),
        visible=32,
        zones=(),
        features=(),
    )
    welcome = Welcome(
        session="floor",
        entity=1,
        resumed=False,
        resume_token="-",  # noqa: S106 - nobody resumes here
        resume_seconds=0.0,
        event=0,
        room=room,
        tick=0,
        time=0,
        spawn=Spawn(position=(0.0, 1.6, 0.0), yaw=0.0),
    )
    payload = encode(welcome)
    return bytes([0x82, _LONG]) + len(payload).to_bytes(2, "big") + payload


class FloorProcess:
    """The floor, sending frames of these payload sizes in turn; a context manager. `cores` pins it."""

    def __init__(self, sizes: Sequence[int], tick_hz: int, cores: Sequence[int] = ()) -> None:
        self._sizes = b"".join(size.to_bytes(2, "little") for size in sizes)
        self._tick_hz = tick_hz
        self._cores = cores
        self._folder = tempfile.TemporaryDirectory(prefix="polyclinic-floor-")
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the floor was not started")
        return self._process.pid

    def __enter__(self) -> "FloorProcess":
        answers = Path(self._folder.name) / "answers"
        answers.write_bytes(chunk(_upgrade_answer()) + chunk(_welcome_frame()) + chunk(self._sizes))
        command = [str(compiled(FLOOR)), str(answers), str(self._tick_hz)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if self._cores:
            os.sched_setaffinity(self._process.pid, self._cores)
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if len(words) != 2:
            self.__exit__(None, None, None)
            raise RuntimeError(f"the floor did not start: {words!r}")
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
        self._folder.cleanup()
