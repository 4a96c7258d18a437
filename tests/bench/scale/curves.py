"""The halls of which the scaling curves are made, and the curves as tables and plots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from loadtest.plots import CORAL, SAND, TEAL, new_figure, style
from tests.bench.support.hall import Halls
from tests.bench.support.rounds import ServerRound
from tests.bench.support.show import median_of, table

FULL: Final = 3_000
"""Avatars of the largest hall."""
SMALL: Final = 500
"""Avatars against which growth is measured."""
MIDDLE: Final = 1_000
"""Avatars of the halls in which density and cap vary: enough for an interest set of 128."""

Rounds = Mapping[Halls, Sequence[ServerRound]]


@dataclass(frozen=True)
class Curve:
    """What varies, and the halls along it."""

    name: str
    label: str
    x_of: Callable[[Halls], float]
    halls: tuple[Halls, ...]

    def sorted_halls(self, rounds: Rounds) -> list[Halls]:
        """Those of its halls that were played, along the axis."""
        return sorted((each for each in self.halls if rounds.get(each)), key=self.x_of)


CURVES: Final = (
    Curve(
        "avatars",
        "avatars in one room, 1 per m2, 32 visible",
        lambda halls: halls.avatars,
        tuple(Halls(avatars) for avatars in (SMALL, 1_000, 1_500, 2_000, 2_500, FULL)),
    ),
    Curve(
        "density",
        f"avatars per m2, {MIDDLE} in one room, 32 visible",
        lambda halls: halls.density,
        tuple(Halls(MIDDLE, density=density) for density in (0.25, 0.5, 1.0, 2.0, 4.0)),
    ),
    Curve(
        "rooms",
        f"rooms that {FULL} avatars share, 1 per m2, 32 visible",
        lambda halls: halls.rooms,
        tuple(Halls(FULL, rooms=rooms) for rooms in (1, 3, 10, 30, 100, 300)),
    ),
    Curve(
        "visible",
        f"visible at most, {MIDDLE} avatars in one room, 1 per m2",
        lambda halls: halls.visible,
        tuple(Halls(MIDDLE, visible=visible) for visible in (8, 16, 32, 64, 128)),
    ),
)


def measured_of(rounds: Sequence[ServerRound], what: str) -> float:
    """The median of what the load client measured."""
    return median_of((each.measured for each in rounds), what)


def curve_table(curve: Curve, rounds: Rounds) -> Table:
    """Lay a curve's medians out."""
    columns = (curve.name, "pair us", "cores", "load cores", "bytes", "frames/s", "late p99 ms")
    rows = []
    for halls in curve.sorted_halls(rounds):
        played = rounds[halls]
        rows.append(
            (
                f"{curve.x_of(halls):g}",
                f"{measured_of(played, 'pair_us'):.2f}",
                f"{measured_of(played, 'server_cores'):.3f}",
                f"{measured_of(played, 'load_cores'):.3f}",
                f"{measured_of(played, 'frame_bytes'):.0f}",
                f"{measured_of(played, 'median_hz'):.2f}",
                f"{median_of((each.lateness_ms for each in played), 'p99'):.2f}",
            )
        )
    return table(curve.label, columns, rows)


def curve_figure(curve: Curve, rounds: Rounds) -> Figure:
    """Draw CPU and frame bytes along a curve: a line through the medians, a point for each round."""
    with style():
        figure, cpu = new_figure("CPU of a pose in and a frame out, and bytes of a frame", height=3.4)
        size = cpu.twinx()
        along = curve.sorted_halls(rounds)
        for axes, what, colour in ((cpu, "pair_us", TEAL), (size, "frame_bytes", SAND)):
            axes.plot(
                [curve.x_of(halls) for halls in along],
                [measured_of(rounds[halls], what) for halls in along],
                color=colour,
                marker="o",
            )
            for halls in along:
                points = [getattr(each.measured, what) for each in rounds[halls]]
                axes.plot([curve.x_of(halls)] * len(points), points, ".", color=CORAL, markersize=4)
            axes.margins(y=0.1)
            axes.set_ylim(bottom=0)
        if curve.name != "avatars":
            cpu.set_xscale("log", base=2 if curve.name != "rooms" else 10)
        cpu.set_xticks([curve.x_of(halls) for halls in along], [f"{curve.x_of(halls):g}" for halls in along])
        cpu.minorticks_off()
        cpu.set_xlabel(curve.label)
        cpu.set_ylabel("server CPU, us", color=TEAL)
        size.set_ylabel("frame, bytes", color=SAND)
        size.grid(visible=False)
        size.spines["right"].set_visible(False)
    return figure


def show_curves(rounds: Rounds, console: Console) -> dict[str, Figure]:
    """Print the tables, and return the plots by name."""
    drawn = [curve for curve in CURVES if len(curve.sorted_halls(rounds)) > 1]
    for curve in drawn:
        console.print(curve_table(curve, rounds))
    return {curve.name: curve_figure(curve, rounds) for curve in drawn}
