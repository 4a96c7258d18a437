"""How a benchmark shows itself: a bar while it runs, a line for each round, tables and plots at the end."""

import json
import os
import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from loadtest.plots import style
from tests.bench.support.swarm import LOAD_CORE, Measured, RefusedRound
from tests.support.server_process import ROOT

T = TypeVar("T")

TRIES = 3
"""A machine that others use spoils a round now and then; refused so often in a row, it is the server's doing."""


class Board:
    """A progress bar over all rounds; a context manager. Keeps the benchmark itself off the server's core."""

    def __init__(self, rounds: int) -> None:
        self.refused: list[str] = []
        self.lost = 0
        """Sessions lost in rounds that were refused; there are none in others."""
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[words]}"),
            console=Console(stderr=True),
            refresh_per_second=2,
        )
        self._task = self._progress.add_task("rounds", total=rounds, words="")

    def __enter__(self) -> "Board":
        os.sched_setaffinity(0, [LOAD_CORE])
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def step(self) -> None:
        """Move the bar on by one."""
        self._progress.update(self._task, advance=1)

    def play(
        self, title: str, a_round: Callable[[Callable[[str], None]], T], words: Callable[[T], str], *, steps: int = 1
    ) -> T:
        """Play a round, again if it is refused; tell of both. Raises `RefusedRound` after `TRIES` in a row."""

        def say(line: str) -> None:
            self._progress.update(self._task, words=f"{title}: {line}")

        for last in (*([False] * (TRIES - 1)), True):
            try:
                result = a_round(say)
            except RefusedRound as refusal:
                self.refused.append(f"{title}: {refusal}")
                self.lost += refusal.lost
                self._progress.console.print(f"[red]refused[/] {title}: {refusal}", highlight=False)
                if last:
                    self._progress.update(self._task, advance=1)
                    raise
            else:
                break
        self._progress.update(self._task, advance=steps)
        self._progress.console.print(f"{title}: {words(result)}", highlight=False)
        return result


def summary(measured: Measured) -> dict[str, Any]:
    """All that a round gave but the list of sizes, with what follows from it."""
    told = msgspec.structs.asdict(measured)
    del told["sizes"]
    derived = ("server_cores", "load_cores", "pair_us", "frame_bytes", "median_hz", "least_hz")
    return {**told, **{name: getattr(measured, name) for name in derived}}


def median_of(rounds: Iterable[object], what: str) -> float:
    """The median of a figure over rounds."""
    return statistics.median(float(getattr(each, what)) for each in rounds)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Lay a table out, figures to the right."""
    made = Table(title=title)
    for index, column in enumerate(columns):
        made.add_column(column, justify="right" if index else "left")
    for row in rows:
        made.add_row(*row)
    return made


def keep(folder: Path, name: str, told: object, figures: dict[str, Figure]) -> None:
    """Write the figures as PNG and what was measured as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(told, indent=1))
    for stem, figure in figures.items():
        with style():
            figure.savefig(folder / f"{stem}.png", dpi=160)


def recordings(given: Path | None) -> Path | None:
    """The folder of recorded motion: the one given, else POLYCLINIC_DATA, else shared/data beside the repository.

    Raises `FileNotFoundError` for one that is named and not there; None where none is named and none is there.
    """
    named = given or os.environ.get("POLYCLINIC_DATA")
    folder = Path(named or ROOT.parent / "shared" / "data")
    if folder.is_dir():
        return folder
    if named:
        raise FileNotFoundError(f"{folder}: there are no recordings of motion")
    return None
