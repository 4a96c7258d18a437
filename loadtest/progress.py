"""Shows how the test goes while it runs: a live line on stderr, or plain ones now and then without a terminal."""

import time
from dataclasses import dataclass
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_PLAIN_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Status:
    """How it goes now."""

    avatars: int = 0
    updates_per_second: float = 0.0
    age_p99_ms: float | None = None
    errors: int = 0

    def words(self) -> str:
        """Say it in a line."""
        age = "-" if self.age_p99_ms is None else f"{self.age_p99_ms:.0f} ms"
        return (
            f"{self.avatars} avatars, {self.updates_per_second:,.0f} updates/s, age p99 {age}, "
            f"{self.errors} error{'' if self.errors == 1 else 's'}"
        )


class Watcher(Protocol):
    """Somebody who is shown how the test goes."""

    def phase(self, title: str, total: float, unit: str = "") -> None:
        """Begin a new part of the test, `total` steps long; `unit` is what the steps are, where there are several."""

    def show(self, done: float, status: Status) -> None:
        """Tell that so much of the phase is done."""

    def close(self) -> None:
        """Tell that nothing more comes."""


class LiveLine:
    """A progress bar with numbers. Drawn only when shown something: a thread of its own would disturb the bots."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("[bold]{task.description:<16}"),
            BarColumn(bar_width=28),
            TimeElapsedColumn(),
            TextColumn("{task.fields[words]}"),
            console=console,
            auto_refresh=False,
            transient=True,
        )
        self._task: TaskID | None = None
        self._progress.start()

    def phase(self, title: str, total: float, unit: str = "") -> None:  # noqa: ARG002 - a bar shows how far it is
        """Start a new bar."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(title, total=total, words="")
        self._progress.refresh()

    def show(self, done: float, status: Status) -> None:
        """Draw bar and numbers."""
        if self._task is not None:
            self._progress.update(self._task, completed=done, words=status.words())
            self._progress.refresh()

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()


class PlainLines:
    """A line for each phase and every few seconds, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._title = ""
        self._said = 0.0

    def phase(self, title: str, total: float, unit: str = "") -> None:
        """Say that a phase begins."""
        self._title = title
        self._said = time.monotonic()
        self._console.print(f"{title}: {total:g} {unit}" if unit else title, highlight=False)

    def show(self, done: float, status: Status) -> None:
        """Say the numbers if it is time to."""
        now = time.monotonic()
        if now - self._said >= _PLAIN_SECONDS:
            self._said = now
            self._console.print(f"{self._title} {done:.0f}: {status.words()}", highlight=False)

    def close(self) -> None:
        """Do nothing: lines that were printed stay."""


def watcher(console: Console) -> Watcher:
    """Return what suits the console."""
    return LiveLine(console) if console.is_terminal else PlainLines(console)
