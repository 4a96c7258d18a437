"""What deciding who sees whom costs each tick, beside SciPy's cKDTree doing the same query in the same run.

    python -m tests.bench.interest [--avatars 3000] [--ticks 200] [--out artefacts/bench/interest]

One hall, 1 avatar per square metre, everybody observes everybody: the 32 nearest within the room's radius. At each tick
the crowd moves, then both are timed in turn: the core's step (grid, and the sets whose turn it is) and a tree that is
built and asked for all. The core also updates
every set at once, for those who want to compare that. The first sets of
fresh observers are those that the tree finds. The last line is the ratio of the medians.
"""

import argparse
import importlib
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from core_ext import EntityTable, Grid, Interest
from loadtest.motion.rows import HEAD
from loadtest.motion.supply import from_model
from loadtest.plots import CORAL, QUIET, TEAL, new_figure, style
from server.room_types.auditorium import AUDITORIUM
from server.world.room import GRID_CELL_MM, REFRESH_SECONDS
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.show import keep, table

REQUIRED: Final = 20.0
MOTION_SECONDS: Final = 4.0
Places = NDArray[np.int64]


class Crowd:
    """A hall full of avatars that move as the motion model has it, and the core's sets over it."""

    def __init__(self, avatars: int) -> None:
        halls = Halls(avatars)
        parts = from_model(halls.stage, halls.parties, hz=TICK_HZ, seconds=MOTION_SECONDS, seed=3)
        self.heads = np.array([part.rows[:, HEAD] for part in parts], dtype=np.int64)
        self.table = EntityTable(avatars, halls.stage.bounds)
        self.grid = Grid(GRID_CELL_MM)
        self.interest = self.new_interest()
        self.slots = [self.table.add(index + 1, 0, b"", 0) for index in range(avatars)]
        for slot in self.slots:
            self.interest.add_observer(slot, 0)
        self.eager = self.new_interest(refresh=1)
        for slot in self.slots:
            self.eager.add_observer(slot, 0)
        self.tick = 0

    def new_interest(self, refresh: int = int(TICK_HZ * REFRESH_SECONDS)) -> Interest:
        radius = round(AUDITORIUM.radius * 1000)
        return Interest(
            self.table,
            self.grid,
            radius_mm=radius,
            hysteresis_mm=round(AUDITORIUM.hysteresis * 1000),
            cap=AUDITORIUM.visible,
            tier_mm=(round(AUDITORIUM.tiers[0] * 1000), round(AUDITORIUM.tiers[1] * 1000)),
            reserved=AUDITORIUM.reserved,
            refresh=refresh,
            tick_hz=TICK_HZ,
        )

    def move(self) -> Places:
        """Bring everybody to the next sample, there and back again; where they are."""
        self.tick += 1
        last = self.heads.shape[1] - 1
        rows = self.heads[:, last - abs(last - self.tick % (2 * last))]
        for slot, (x, y, z, *rotation) in zip(self.slots, rows.tolist(), strict=True):
            self.table.place(slot, x, y, z, tuple(rotation))
        places: Places = rows[:, :3]
        return places

    def step(self) -> None:
        """What the server does each tick."""
        self.grid.rebuild(self.table)
        self.interest.begin_tick(self.tick, self.tick * 1000 // TICK_HZ)
        self.interest.step()

    def update_all(self) -> None:
        """Do for every observer, on sets of its own, what `step` does for those whose turn it is."""
        self.grid.rebuild(self.table)
        self.eager.begin_tick(self.tick, self.tick * 1000 // TICK_HZ)
        self.eager.step()


class Tree:
    """The peer: built anew each tick, since everybody has moved, and asked for all at once."""

    def __init__(self, radius_mm: int, visible: int) -> None:
        self.build: Callable[[Places], Any] = importlib.import_module("scipy.spatial").cKDTree
        self.radius_mm = radius_mm
        self.visible = visible

    def query(self, places: Places) -> NDArray[np.float64]:
        """Distances of the nearest of each, itself first."""
        distances: NDArray[np.float64]
        distances, _ = self.build(places).query(places, k=self.visible + 1, distance_upper_bound=self.radius_mm)
        return distances


def check_same_query(crowd: Crowd, tree: Tree, places: Places) -> None:
    """Hold fresh observers' sets against the tree's. Raises AssertionError."""
    expected = tree.query(places)
    fresh = crowd.new_interest()
    for slot in crowd.slots:
        observer = fresh.add_observer(slot, 0)
        fresh.update(observer)
        seen = [other for other, _, _ in fresh.members(observer)]
        found = np.sort(np.linalg.norm(places[seen] - places[slot], axis=1))
        if not np.allclose(found, expected[slot, 1:][np.isfinite(expected[slot, 1:])]):
            raise AssertionError(f"observer {slot} sees others than the tree finds")


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def figure_of(times: dict[str, list[float]]) -> Figure:
    with style():
        figure, axes = new_figure("Time to decide who sees whom, each tick", height=3.2)
        for (name, values), colour in zip(times.items(), (TEAL, CORAL, QUIET), strict=True):
            axes.plot(values, color=colour, label=name, linewidth=1.0)
        axes.set_yscale("log")
        axes.set_xlabel("tick")
        axes.set_ylabel("ms")
        axes.legend(loc="center right")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avatars", type=int, default=3000)
    parser.add_argument("--ticks", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/interest"))
    options = parser.parse_args()
    console = Console()
    crowd = Crowd(options.avatars)
    tree = Tree(round(AUDITORIUM.radius * 1000), AUDITORIUM.visible)
    places = crowd.move()
    crowd.step()
    check_same_query(crowd, tree, places)
    step, every, peer = "step", "all sets at once", "cKDTree"
    times: dict[str, list[float]] = {step: [], every: [], peer: []}
    for _ in track(range(options.ticks), description="ticks", console=Console(stderr=True)):
        places = crowd.move()
        times[step].append(milliseconds(crowd.step))
        times[peer].append(milliseconds(lambda places=places: tree.query(places)))  # type: ignore[misc]
        times[every].append(milliseconds(crowd.update_all))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratio = medians[peer] / medians[step]
    console.print(
        table(
            f"{options.avatars} observers, medians of {options.ticks} ticks",
            ("", "ms", "cKDTree takes"),
            [(name, f"{value:.3f}", f"{medians[peer] / value:.1f} times") for name, value in medians.items()],
        )
    )
    told = {"avatars": options.avatars, "refresh": crowd.interest.refresh, "median_ms": medians, "ratio": ratio}
    keep(options.out, "interest", {**told, "ms": times}, {"interest": figure_of(times)})
    console.print(
        f"each set is updated every {crowd.interest.refresh} ticks; required ratio {REQUIRED:g}: "
        f"{'held' if ratio >= REQUIRED else 'MISSED'}",
        highlight=False,
    )
    console.print(f"ratio: {ratio:.1f}", highlight=False)
    raise SystemExit(ratio < REQUIRED)


if __name__ == "__main__":
    main()
