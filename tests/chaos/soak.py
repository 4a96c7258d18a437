"""A server under churn for a long time: descriptors and threads stay what they were, memory does not grow.

    python -m tests.chaos.soak [--minutes 30] [--visitors 200] [--out artefacts/soak]

People change rooms, lose sockets and come back all the while (`tests.chaos.wander`). Every two seconds the process is
looked at. The slope of its resident memory after warm-up (the first fifth) is the median over all pairs of samples
(Theil and Sen), told in MiB an hour with the middle half of those slopes. Descriptors and threads are compared before
anybody came and after all have left. Prints each requirement as held or MISSED, and exits with 1 if one was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvloop
from rich.console import Console

from loadtest.plots import CORAL, TEAL, new_figure, style
from tests.bench.support.hall import Halls
from tests.bench.support.requirement import Requirement, conclude, told
from tests.bench.support.show import keep
from tests.chaos.wander import Wander, faults
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLE_SECONDS: Final = 2.0
WARM_UP: Final = 0.2
"""Share of the run after which what grows, grows for ever."""
SLOPE_MAX: Final = 1.0
"""MiB an hour."""
SPARE_DESCRIPTORS: Final = 4
"""Kept-alive connections of the front desk that have not timed out yet."""
SETTLE_SECONDS: Final = 6.0
PAIRED: Final = 600
"""Samples that are paired, evenly taken: 180,000 slopes are enough."""
Sample = tuple[float, int, int, float]
"""Seconds, descriptors, threads, MiB resident."""


def sample(pid: int, began: float) -> Sample:
    """Look at a process."""
    process = Path(f"/proc/{pid}")
    pages = int((process / "statm").read_text().split()[1])
    return (
        time.monotonic() - began,
        len(list((process / "fd").iterdir())),
        len(list((process / "task").iterdir())),
        pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
    )


def slopes(samples: list[Sample]) -> tuple[float, float, float]:
    """Quartiles of the slopes of all pairs, MiB an hour: the first, the median, the third."""
    step = max(1, len(samples) // PAIRED)
    each = [
        (later[3] - earlier[3]) / (later[0] - earlier[0]) * 3600.0
        for earlier, later in combinations(samples[::step], 2)
        if later[0] > earlier[0]
    ]
    low, middle, high = statistics.quantiles(each, n=4)
    return low, middle, high


class Soak:
    """One run."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.samples: list[Sample] = []
        self.faults: dict[str, int] = {}

    def run(self) -> None:
        """Serve, wander, look."""
        options = self._options
        halls = Halls(options.visitors, 10, visible=16, spare=options.visitors)
        with tempfile.TemporaryDirectory(prefix="polyclinic-soak-") as folder:
            facility = halls.write(Path(folder))
            with ServerProcess(f"--facility={facility}", "--log-level=warning") as server:
                uvloop.run(self._churn(server, halls.room_ids))

    async def _churn(self, server: ServerProcess, rooms: list[str]) -> None:
        options, began = self._options, time.monotonic()
        self.samples.append(sample(server.pid, began))

        async def look() -> None:
            while True:
                await asyncio.sleep(SAMPLE_SECONDS)
                self.samples.append(sample(server.pid, began))

        looking = asyncio.get_running_loop().create_task(look())
        counts = await Wander(server.http, rooms, options.minutes * 60.0, 1).run(options.visitors)
        looking.cancel()
        await asyncio.sleep(SETTLE_SECONDS)
        self.samples.append(sample(server.pid, began))
        self.faults = faults(counts)

    @property
    def warm(self) -> list[Sample]:
        """Samples under churn, after warm-up."""
        ends = self.samples[-2][0]
        return [each for each in self.samples[1:-1] if each[0] >= ends * WARM_UP]


def requirements(soak: Soak) -> list[Requirement]:
    """Hold what was found to what is required."""
    low, middle, high = slopes(soak.warm)
    first, last = soak.samples[0], soak.samples[-1]
    hours = (soak.warm[-1][0] - soak.warm[0][0]) / 3600.0
    return [
        Requirement(
            what="resident memory after warm-up grows",
            value=middle,
            most=SLOPE_MAX,
            unit="MiB/h",
            note=f"middle half of the slopes {low:.2f} to {high:.2f}, extrapolated from {hours * 60:.1f} min",
        ),
        Requirement(
            what="descriptors left over",
            value=float(last[1] - first[1]),
            most=float(SPARE_DESCRIPTORS),
            note=f"{first[1]} before anybody came, {last[1]} after all left",
        ),
        Requirement(
            what="threads left over",
            value=float(last[2] - max(each[2] for each in soak.warm)),
            most=0.0,
            note=f"{first[2]} before anybody came, {last[2]} after all left",
        ),
        Requirement(what="foreign marks and wrong gaps", value=float(sum(soak.faults.values())), most=0.0),
    ]


def figure_of(samples: list[Sample]) -> Figure:
    """Draw memory and descriptors over time."""
    with style():
        figure, axes = new_figure("A server under churn", width=8.0, height=3.6)
        minutes = [each[0] / 60.0 for each in samples]
        axes.plot(minutes, [each[3] for each in samples], color=TEAL, label="resident, MiB")
        axes.plot(minutes, [each[1] for each in samples], color=CORAL, label="descriptors")
        axes.set_xlabel("minutes")
        axes.set_ylim(0, axes.get_ylim()[1])
        axes.legend(loc="lower right")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path("artefacts/soak"))
    options = parser.parse_args()
    soak = Soak(options)
    soak.run()
    held = requirements(soak)
    columns = ("seconds", "descriptors", "threads", "resident_mib")
    rows = [dict(zip(columns, each, strict=True)) for each in soak.samples]
    keep(options.out, "soak", {"requirements": told(held), "samples": rows}, {"soak": figure_of(soak.samples)})
    conclude(held, Console())


if __name__ == "__main__":
    main()
