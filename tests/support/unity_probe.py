"""The Unity package's client on the command line, under Mono: it says in JSON lines what it sees."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
Line = dict[str, Any]


def mono_is_there() -> bool:
    return shutil.which("mono") is not None and shutil.which("mcs") is not None


def build_unity(folder: Path) -> Path:
    """Compile the package, its tests and the probe into a folder; the folder."""
    subprocess.run(["bash", str(ROOT / "tools" / "unity_build.sh"), str(folder)], check=True)
    return folder


class UnityProbe:
    """A probe in a room; a context manager. `lines` are all it said so far."""

    def __init__(self, folder: Path, server: str, **options: str) -> None:
        arguments = [argument for name, value in options.items() for argument in (f"--{name}", value)]
        self._command = ["mono", "--debug", str(folder / "Polyclinic.Probe.exe"), "--server", server, *arguments]
        self._said = threading.Condition()
        self.lines: list[Line] = []
        self.status: int | None = None

    def tell(self, command: str) -> None:
        """Give it a command: `say TEXT`, `walk X Y Z`, `drop`, `grab ENTITY HAND`, `put ENTITY X Y Z`, `quit`."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def hear(
        self, event: str, suits: Callable[[Line], bool] = lambda _: True, *, after: int = 0, seconds: float = 60.0
    ) -> Line:
        """Wait for a line of an event, from the line numbered `after` on. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        with self._said:
            while True:
                for line in self.lines[after:]:
                    if line["event"] == event and suits(line):
                        return line
                if not self._said.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"no {event}; the last lines: {self.lines[-5:]}")

    def __enter__(self) -> "UnityProbe":
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()
        return self

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            with self._said:
                self.lines.append(json.loads(text))
                self._said.notify_all()

    def leave(self) -> int:
        """Let it quit; its exit status."""
        self.tell("quit")
        return self._process.wait(60.0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
