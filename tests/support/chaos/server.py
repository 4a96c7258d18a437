"""A server that is to be hurt, on ports that stay the same over its restarts, and the bots that use it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.chaos.ledger import LINES_KEPT, Noted, read_ledger
from tests.support.oidc_provider import CLIENT
from tests.support.server_process import READY, ROOT

OFFICE = Path(__file__).with_name("office.toml")
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def audited_office(folder: Path, issuer: str) -> Path:
    """Write the facility file of an office with accounts in which everything is written down, chat and consent too."""
    scenes = OFFICE.parent / "../../../server/facility/scenes"
    text = OFFICE.read_text()
    for old, new in (
        ('"../../../server/facility/scenes"', f'"{scenes.resolve()}"'),
        ("enabled = false", "enabled = true"),
        ('may = ["join", "write"]', 'may = ["join", "write", "chat"]'),
        ("capacity = 100", f"capacity = 100\nkeep_chat = {LINES_KEPT}"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    text += f'\n[identity]\nissuer = "{issuer}"\nclient_id = "{CLIENT}"\neveryone = ["clinician"]\nstaff = []\n'
    file = folder / "audited.toml"
    file.write_text(text)
    return file


class Victim:
    """A server process with its store in a folder; a context manager that kills it at the end."""

    def __init__(self, folder: Path, *weaknesses: str, shim: Path | None = None, facility: Path = OFFICE) -> None:
        self.folder = folder
        self._facility = facility
        self.store = folder / "store.sqlite3"
        self.record = folder / "record"
        self.fail = folder / "fail"
        self._http_port, self._world_port = free_port(), free_port()
        self.http = f"http://127.0.0.1:{self._http_port}"
        self._weaknesses = weaknesses
        self._environment = {**os.environ}
        if shim is not None:
            self._environment |= {
                "LD_PRELOAD": str(shim),
                "CHAOS_RECORD": str(self.record),
                "CHAOS_FAIL": str(self.fail),
            }
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start, and wait until people are let in."""
        arguments = [
            *("serve", f"--facility={self._facility}", f"--store={self.store}", "--admin-port=-1"),
            *(f"--http-port={self._http_port}", f"--world-port={self._world_port}"),
        ]
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.chaos.weak_server", *self._weaknesses, "--", *arguments],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._environment,
            )
        assert self.process.stdout is not None
        select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline()
        assert READY.match(line.strip()), (line, self.log[-2000:])

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def kill(self) -> None:
        """End it between two instructions."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def readiness(self) -> tuple[int, str]:
        """What `/readyz` answers: its status, and the code or word."""
        try:
            with urllib.request.urlopen(f"{self.http}/readyz", timeout=5) as answer:  # noqa: S310 - it is http
                return answer.status, json.load(answer)["status"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)["code"]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()


class Bots:
    """The process of the bots; a context manager."""

    def __init__(self, victim: Victim, count: int, issuer: str = "") -> None:
        """`issuer` of a provider (`tests.support.oidc_provider`) at which they have accounts."""
        self.file = victim.folder / "ledger"
        said = [victim.http, str(self.file), str(count), *([issuer] if issuer else [])]
        self._command = [sys.executable, "-m", "tests.support.chaos.bots", *said]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def noted(self) -> list[Noted]:
        return read_ledger(self.file)

    def kept(self) -> int:
        return sum(line.what == "kept" for line in self.noted)

    def wait_for(self, kept: int, seconds: float = 60.0) -> None:
        """Wait until so many edits are acknowledged."""
        end = time.monotonic() + seconds
        while self.kept() < kept:
            assert time.monotonic() < end, f"{self.kept()} of {kept} edits were acknowledged within {seconds:g} s"
            assert self._process is not None
            assert self._process.poll() is None, "the bots have died"
            pause(0.02)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'clients/python'}"}
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def pause(seconds: float) -> None:
    """Let the processes work."""
    select.select([], [], [], seconds)
