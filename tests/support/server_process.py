"""The real server as a process of its own, for integration tests and benchmarks."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
READY = re.compile(
    r"^ready http=(?P<http>https?://\S+) world=(?P<world>wss?://\S+)"
    r"(?: admin=(?P<admin>http://\S+))?(?: network=(?P<network>https?://\S+))?(?: fingerprint=(?P<fingerprint>\S+))?$"
)


class ServerProcess:
    """`polyclinic serve` on free ports, with a store of its own; a context manager.

    `module` is run instead of the server's own.
    `cores` pins it (Linux). Attributes after start: `http`, `world`, `admin` (addresses), `network` (where other
    machines find the first), `pid`.
    `errors` is what it logged.
    """

    def __init__(
        self,
        *arguments: str,
        cores: Sequence[int] = (),
        start_seconds: float = 120.0,
        module: str = "server.main",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="polyclinic-")
        self._log = Path(self._folder.name) / "server.log"
        self._arguments = arguments
        self._cores = cores
        self._start_seconds = start_seconds
        self._command = [
            sys.executable,
            "-m",
            module,
            "serve",
            "--http-port=0",
            "--world-port=0",
            "--admin-port=0",
            f"--store={self._folder.name}/store.sqlite3",
            *arguments,
        ]
        self.http = ""
        self.world = ""
        self.admin = ""
        self.network: list[str] = []
        self.fingerprint = ""
        self._process: subprocess.Popen[str] | None = None

    def again(self) -> "ServerProcess":
        """Another process of the same arguments, for when this one has ended."""
        return ServerProcess(*self._arguments)

    @property
    def process(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the server process was not started")
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def folder(self) -> Path:
        """Where its store is, `store.sqlite3`."""
        return Path(self._folder.name)

    @property
    def errors(self) -> str:
        """All that the server wrote on standard error so far."""
        return self._log.read_text()

    def start(self) -> None:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ}
            )
        if self._cores:
            os.sched_setaffinity(self._process.pid, self._cores)
        line = self._first_line()
        match = READY.match(line.strip())
        if match is None:
            self.stop()
            raise RuntimeError(f"no ready line but {line!r}; log: {self.errors[-2000:]}")
        self.http, self.world, self.admin = match["http"], match["world"], match["admin"] or ""
        self.network = match["network"].split(",") if match["network"] else []
        self.fingerprint = match["fingerprint"] or ""

    def _first_line(self) -> str:
        # A watchdog ends a server that never gets ready: reading its pipe has no time-out of its own.
        watchdog = threading.Timer(self._start_seconds, self.process.kill)
        watchdog.start()
        try:
            assert self.process.stdout is not None
            return self.process.stdout.readline()
        finally:
            watchdog.cancel()

    def terminate(self, seconds: float = 60.0) -> int:
        """Send SIGTERM and wait; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> "ServerProcess":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()
