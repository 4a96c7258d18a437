"""A server under churn for a long time: descriptors, tasks and threads stay what they were, memory does not grow.

    python -m tests.chaos.soak [--minutes 30] [--visitors 200] [--module server.main] [--out artefacts/soak]

People change rooms, lose sockets and come back all the while (`tests.chaos.wander`), four times as many at first.
Every two seconds the process is looked at. The slope of its resident memory after warm-up (the first fifth) is the
median over all pairs of samples (Theil and Sen), told in MiB an hour with the middle half of those slopes.
Descriptors and the event loop's tasks after all have left are compared with those before anybody came, threads, which
begin when first needed, with the most of the warm-up. Prints each requirement as held or MISSED, and exits with 1 if
one was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import uvloop
from rich.console import Console

from loadtest.frontdesk import FrontDesk
from loadtest.plots import CORAL, INK, TEAL, new_figure, style
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
CROWD: Final = 3
"""As many times the visitors come as well in the first half of the warm-up. What is laid out by room, such as a row for
each place, is first touched when that place is first taken: without a crowd the fullest hour of each room comes during
the run, later and later."""
SPARE_DESCRIPTORS: Final = 4
"""Kept-alive connections of the front desk that have not timed out yet, and the tasks that serve them."""
SETTLE_SECONDS: Final = 6.0
PAIRED: Final = 600
"""Samples that are paired, evenly taken: 180,000 slopes are enough."""
_TASKS: Final = re.compile(r"^polyclinic_tasks (\S+)", re.MULTILINE)


class Sample(NamedTuple):
    """One look at a server."""

    seconds: float
    """Since the run began."""
    descriptors: int
    threads: int
    tasks: int
    """Of the event loop."""
    resident_mib: float


def sample(pid: int, desk: FrontDesk, began: float) -> Sample:
    """Look at a process, and ask it what only it knows."""
    process = Path(f"/proc/{pid}")
    tasks = _TASKS.search(desk.metrics())
    if tasks is None:
        raise RuntimeError("the server does not say how many tasks it has")
    pages = int((process / "statm").read_text().split()[1])
    return Sample(
        seconds=time.monotonic() - began,
        descriptors=len(list((process / "fd").iterdir())),
        threads=len(list((process / "task").iterdir())),
        tasks=int(float(tasks[1])),
        resident_mib=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
    )


def slopes(samples: list[Sample]) -> tuple[float, float, float]:
    """Quartiles of the slopes of all pairs, MiB an hour: the first, the median, the third."""
    step = max(1, len(samples) // PAIRED)
    each = [
        (later.resident_mib - earlier.resident_mib) / (later.seconds - earlier.seconds) * 3600.0
        for earlier, later in combinations(samples[::step], 2)
        if later.seconds > earlier.seconds
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
            with ServerProcess(f"--facility={facility}", "--log-level=warning", module=options.module) as server:
                uvloop.run(self._churn(server, halls.room_ids))

    async def _churn(self, server: ServerProcess, rooms: list[str]) -> None:
        options, began = self._options, time.monotonic()
        desk = FrontDesk(server.http)
        self.samples.append(sample(server.pid, desk, began))

        async def look() -> None:
            while True:
                await asyncio.sleep(SAMPLE_SECONDS)
                self.samples.append(sample(server.pid, desk, began))

        looking = asyncio.get_running_loop().create_task(look())
        seconds = options.minutes * 60.0
        counts = await Wander(server.http, rooms, seconds, 1).run(
            options.visitors, crowd=CROWD * options.visitors, crowd_seconds=seconds * WARM_UP / 2.0
        )
        looking.cancel()
        await asyncio.sleep(SETTLE_SECONDS)
        self.samples.append(sample(server.pid, desk, began))
        desk.close()
        self.faults = faults(counts)

    @property
    def warming(self) -> list[Sample]:
        """Samples of the warm-up, from before anybody came."""
        return self.samples[: -1 - len(self.warm)]

    @property
    def warm(self) -> list[Sample]:
        """Samples under churn, after warm-up."""
        ends = self.samples[-2].seconds
        return [each for each in self.samples[1:-1] if each.seconds >= ends * WARM_UP]


def requirements(soak: Soak) -> list[Requirement]:
    """Hold what was found to what is required."""
    low, middle, high = slopes(soak.warm)
    first, last = soak.samples[0], soak.samples[-1]
    minutes = (soak.warm[-1].seconds - soak.warm[0].seconds) / 60.0
    threads = max(each.threads for each in soak.warming)
    return [
        Requirement(
            what="resident memory after warm-up grows",
            value=middle,
            most=SLOPE_MAX,
            unit="MiB/h",
            note=f"middle half of the slopes {low:.2f} to {high:.2f}, extrapolated from {minutes:.1f} min",
        ),
        Requirement(
            what="descriptors left over",
            value=float(last.descriptors - first.descriptors),
            most=float(SPARE_DESCRIPTORS),
            note=f"{first.descriptors} before anybody came, {last.descriptors} after all left",
        ),
        Requirement(
            what="tasks left over",
            value=float(last.tasks - first.tasks),
            most=float(SPARE_DESCRIPTORS),
            note=f"{first.tasks} before anybody came, {last.tasks} after all left",
        ),
        Requirement(
            what="threads left over",
            value=float(last.threads - threads),
            most=0.0,
            note=f"{threads} at most during the warm-up, {last.threads} after all left",
        ),
        Requirement(what="foreign marks and wrong gaps", value=float(sum(soak.faults.values())), most=0.0),
    ]


def figure_of(samples: list[Sample]) -> Figure:
    """Draw memory and descriptors over time."""
    with style():
        figure, axes = new_figure("A server under churn", width=8.0, height=3.6)
        minutes = [each.seconds / 60.0 for each in samples]
        axes.plot(minutes, [each.resident_mib for each in samples], color=TEAL, label="resident, MiB")
        axes.plot(minutes, [each.descriptors for each in samples], color=CORAL, label="descriptors")
        axes.plot(minutes, [each.tasks for each in samples], color=INK, label="tasks")
        axes.set_xlabel("minutes")
        axes.set_ylim(0, axes.get_ylim()[1])
        axes.legend(loc="lower right")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--module", default="server.main", help="the server's; tests.support.unguarded has no guard")
    parser.add_argument("--out", type=Path, default=Path("artefacts/soak"))
    options = parser.parse_args()
    soak = Soak(options)
    soak.run()
    held = requirements(soak)
    rows = [each._asdict() for each in soak.samples]
    keep(options.out, "soak", {"requirements": told(held), "samples": rows}, {"soak": figure_of(soak.samples)})
    conclude(held, Console())


if __name__ == "__main__":
    main()
