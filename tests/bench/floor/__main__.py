"""How far the server is above the floor: its CPU against that of a C program that does nothing but the sockets.

    python -m tests.bench.floor [--avatars 1000 2000] [--rounds 3] [--window 10] [--out artefacts/bench/floor]

Rounds of the two take turns under the same load: one auditorium, 1 avatar per square metre, 32 visible, 20 Hz. The
floor sends frames of the sizes that the real server's had. A round in which sessions were lost or frames were missed
is refused. The last line is the worst ratio of the medians.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console

from loadtest.plots import CORAL, QUIET, TEAL, new_figure, style
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.rounds import floor_round, server_round
from tests.bench.support.show import Board, keep, median_of, recordings, summary, table
from tests.bench.support.swarm import Measured, RefusedRound, Timing


class Case:
    """The rounds with so many avatars."""

    def __init__(self, avatars: int) -> None:
        self.halls = Halls(avatars)
        self.server: list[Measured] = []
        self.floor: list[Measured] = []

    @property
    def ratio(self) -> float:
        return median_of(self.server, "pair_us") / median_of(self.floor, "pair_us")

    def play(self, turn: int, timing: Timing, traces: Path | None, board: Board) -> None:
        """Play one round of each; who begins takes turns, but the first one gives the floor its sizes."""
        if turn % 2 == 0:
            self.play_server(timing, traces, board)
            self.play_floor(timing, traces, board)
        else:
            self.play_floor(timing, traces, board)
            self.play_server(timing, traces, board)

    def play_server(self, timing: Timing, traces: Path | None, board: Board) -> None:
        played = board.play(
            f"{self.halls.avatars} avatars, server",
            lambda say: server_round(self.halls, timing, traces, say),
            lambda played: _words(played.measured),
        )
        self.server.append(played.measured)

    def play_floor(self, timing: Timing, traces: Path | None, board: Board) -> None:
        sizes = self.server[-1].quantiles()
        title = f"{self.halls.avatars} avatars, floor"
        self.floor.append(board.play(title, lambda say: floor_round(self.halls, timing, traces, sizes, say), _words))


def _words(measured: Measured) -> str:
    return (
        f"{measured.pair_us:.2f} us a pair, {measured.server_cores:.3f} cores, "
        f"{measured.least_hz:.2f} frames/s at least, load {measured.load_cores:.3f} cores"
    )


def figure_of(cases: Sequence[Case]) -> Figure:
    """Draw every round as a point, and the medians as bars."""
    with style():
        figure, axes = new_figure("Server CPU for one pose in and one frame out", height=3.6)
        for at, case in enumerate(cases):
            for shift, rounds, colour, name in (
                (-0.2, case.server, TEAL, "Polyclinic"),
                (0.2, case.floor, QUIET, "floor: sockets alone"),
            ):
                label = name if at == 0 else None
                axes.bar(at + shift, median_of(rounds, "pair_us"), 0.36, color=colour, alpha=0.85, label=label)
                axes.plot([at + shift] * len(rounds), [each.pair_us for each in rounds], ".", color=CORAL)
        axes.set_xticks(range(len(cases)), [f"{case.halls.avatars} avatars\nratio {case.ratio:.2f}" for case in cases])
        axes.set_ylabel("microseconds")
        axes.margins(y=0.25)
        axes.legend(loc="upper right", ncols=2)
    return figure


def report(cases: Sequence[Case], refused: Sequence[str], out: Path, console: Console) -> None:
    """Print the table, and write JSON and plot."""
    columns = ("avatars", "server us", "floor us", "ratio", "server cores", "floor cores", "bytes", "frames/s", "load")
    rows = [
        (
            f"{case.halls.avatars}",
            f"{median_of(case.server, 'pair_us'):.2f}",
            f"{median_of(case.floor, 'pair_us'):.2f}",
            f"{case.ratio:.3f}",
            f"{median_of(case.server, 'server_cores'):.3f}",
            f"{median_of(case.floor, 'server_cores'):.3f}",
            f"{median_of(case.server, 'frame_bytes'):.0f}",
            f"{median_of(case.server, 'median_hz'):.2f}",
            f"{median_of([*case.server, *case.floor], 'load_cores'):.3f}",
        )
        for case in cases
    ]
    console.print(table("CPU for a pose in and a frame out, medians", columns, rows))
    told = {
        "tick_hz": TICK_HZ,
        "ratio": max(case.ratio for case in cases),
        "refused": list(refused),
        "cases": [
            {
                "avatars": case.halls.avatars,
                "ratio": case.ratio,
                "server": [summary(each) for each in case.server],
                "floor": [summary(each) for each in case.floor],
            }
            for case in cases
        ],
    }
    keep(out, "floor", told, {"floor": figure_of(cases)})
    console.print(f"wrote {out}/floor.json and floor.png", highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avatars", type=int, nargs="+", default=[1000, 2000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=float, default=10.0, help="seconds measured in a round")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds after the last join, before the window")
    parser.add_argument("--traces", type=Path, help="directory of recorded motion for every second avatar")
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/floor"))
    options = parser.parse_args()
    timing = Timing(window=options.window, settle=options.settle)
    traces = recordings(options.traces)
    cases = [Case(avatars) for avatars in options.avatars]
    console = Console()
    try:
        with Board(2 * options.rounds * len(cases)) as board:
            for case in cases:
                for turn in range(options.rounds):
                    case.play(turn, timing, traces, board)
    except RefusedRound as refusal:
        sys.exit(f"refused: {refusal}")
    report(cases, board.refused, options.out, console)
    console.print(f"ratio: {max(case.ratio for case in cases):.2f}", highlight=False)


if __name__ == "__main__":
    main()
