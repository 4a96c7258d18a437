"""STYLY-NetSync as a process in a network namespace of its own, and its load client beside it."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from tests.bench.peers.course import Course
from tests.bench.peers.install import NotInstalled, styly_python
from tests.bench.peers.motion import numbers_of_all
from tests.bench.support.hall import Halls
from tests.bench.support.rounds import Say
from tests.bench.support.swarm import LOAD_CORE, SERVER_CORE, Measured, RefusedRound

STYLY_HZ: Final = 10
_LOAD: Final = Path(__file__).with_name("styly_load.py")
_START_SECONDS: Final = 20.0
_STATE_LISTENS: Final = "0A"
_PORTS: Final = (5555, 5556, 5557)
_LIFTED: Final = """\
from styly_netsync.server import NetSyncServer, main
NetSyncServer.TRANSFORM_BUDGET_BYTES_PER_SEC = 10**12
main()
"""
_SETTINGS: Final = f"""\
transform_broadcast_rate = {STYLY_HZ}
main_loop_sleep = 0.005
enable_server_discovery = false
log_level_console = "WARNING"
"""


class Namespace:
    """A network namespace with loopback alone; a context manager. Raises `NotInstalled` where none may be made.

    The server listens on every interface there is, and here that is one.
    """

    def __init__(self) -> None:
        self.name = f"polyclinic-bench-{os.getpid()}"

    def inside(self, core: int, command: Sequence[str]) -> list[str]:
        """Return the command that runs another one in here, on a core."""
        return ["ip", "netns", "exec", self.name, "taskset", "-c", str(core), *command]

    def __enter__(self) -> "Namespace":
        try:
            subprocess.run(["ip", "netns", "add", self.name], check=True)
            subprocess.run(["ip", "-n", self.name, "link", "set", "lo", "up"], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotInstalled("STYLY-NetSync needs a network namespace: root and iproute2") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["ip", "netns", "del", self.name], check=False)


class StylyProcess:
    """The server in a namespace, on the server's core; a context manager.

    `lifted` takes its limit of 15 MB/s off, which no setting does.
    """

    def __init__(self, namespace: Namespace, folder: Path, lifted: bool) -> None:
        self._settings = folder / "styly.toml"
        self._settings.write_text(_SETTINGS)
        program = ["-c", _LIFTED] if lifted else ["-m", "styly_netsync"]
        server = [str(styly_python()), *program, "--config", str(self._settings)]
        self._command = namespace.inside(SERVER_CORE, server)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("STYLY-NetSync was not started")
        return self._process.pid

    def __enter__(self) -> "StylyProcess":
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ends = time.monotonic() + _START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > ends:
                self.__exit__(None, None, None)
                raise RuntimeError("STYLY-NetSync did not start")
            signal.sigtimedwait([], 0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _listens(self) -> bool:
        # Of the server's own namespace, once it is in there.
        table = Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]
        rows = [line.split() for line in table]
        listening = {int(row[1].rsplit(":", 1)[1], 16) for row in rows if row[3] == _STATE_LISTENS}
        return listening.issuperset(_PORTS)


def styly_round(halls: Halls, lifted: bool, course: Course, say: Say) -> Measured:
    """Fill rooms where everyone sees everyone. Raises `RefusedRound` if somebody was not in a broadcast."""
    say("preparing poses")
    poses = numbers_of_all(halls, STYLY_HZ, course.traces)
    rooms = [room for room, size in zip(_room_names(halls), halls.parties, strict=True) for _ in range(size)]
    with tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name, Namespace() as namespace:
        folder = Path(name)
        plan = folder / "plan.json"
        plan.write_text(json.dumps(list(zip(rooms, poses, strict=True))))
        with StylyProcess(namespace, folder, lifted) as server:
            numbers = (STYLY_HZ, course.timing.settle, course.timing.window, server.pid)
            command = [str(styly_python()), str(_LOAD), str(plan), *map(str, numbers)]
            told = _told(namespace.inside(LOAD_CORE, command), say)
    seen = msgspec.convert(told.pop("seen"), list[int])
    sizes = [size for size in halls.parties for _ in range(size)]
    if seen != sizes:
        raise RefusedRound(f"the last broadcasts had {min(seen)} to {max(seen)} avatars of {max(sizes)}")
    return msgspec.convert(told, Measured)


def _room_names(halls: Halls) -> list[str]:
    # All equally long: ZeroMQ subscribes to whatever begins with a name.
    return [f"hall-{index:04d}" for index in range(halls.rooms)]


def _told(command: Sequence[str], say: Say) -> dict[str, object]:
    line = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as load:
        assert load.stdout is not None
        for line in load.stdout:
            if not line.startswith("{"):
                say(line.strip())
    if load.returncode:
        raise subprocess.CalledProcessError(load.returncode, command)
    told: dict[str, object] = json.loads(line)
    return told
