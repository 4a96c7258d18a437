"""How the server scales: 3,000 avatars in one process, growth with avatars, and along density, rooms and visible.

    python -m tests.bench.scale [--rounds 3] [--curve-rounds 1] [--window 8] [--only-requirements]

Rounds of 500 and of 3,000 avatars take turns at constant density (1 per square metre, 32 visible, 20 Hz, one room) and
medians are compared; then every other point of the curves is played `--curve-rounds` times. The server has one core to
itself, the load client another. A round in which sessions were lost or frames were missed is refused and played again.
Prints each requirement as held or MISSED, and exits with 1 if one was missed.
"""

import argparse
import contextlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from tests.bench.scale.curves import CURVES, FULL, SMALL, Rounds, measured_of, show_curves
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.requirement import Requirement, conclude, told
from tests.bench.support.rounds import ServerRound, server_round
from tests.bench.support.show import Board, keep, median_of, recordings, summary
from tests.bench.support.swarm import RefusedRound, Timing

LATENESS_MS_MAX: Final = 10.0
CORES_MAX: Final = 1.0
PAUSE_MS_MAX: Final = 2.0
GROWTH_MAX: Final = 15.0
"""Per cent."""


class Scale:
    """All rounds by the halls they were played in."""

    def __init__(self, board: Board, timing: Timing, traces: Path | None) -> None:
        self._board = board
        self._timing = timing
        self._traces = traces
        self.rounds: defaultdict[Halls, list[ServerRound]] = defaultdict(list)

    def play(self, halls: Halls) -> None:
        """Play a round. Raises `RefusedRound`."""
        title = f"{halls.avatars} avatars, rooms {halls.rooms}, density {halls.density:g}, visible {halls.visible}"
        played = self._board.play(title, lambda say: server_round(halls, self._timing, self._traces, say), _words)
        self.rounds[halls].append(played)

    def play_if_it_may_be(self, halls: Halls) -> None:
        """Play a round of a curve; a point that is refused each time is left out of it, and told of."""
        with contextlib.suppress(RefusedRound):
            self.play(halls)


def _words(played: ServerRound) -> str:
    measured = played.measured
    return (
        f"{measured.pair_us:.2f} us a pair, server {measured.server_cores:.3f} cores, load {measured.load_cores:.3f}, "
        f"{measured.frame_bytes:.0f} bytes a frame, {measured.median_hz:.2f} frames/s, "
        f"late p99 {played.lateness_ms.p99} ms, others had the server's core {played.server_waited:.1%} of the time"
    )


def requirements(rounds: Rounds, lost: int) -> list[Requirement]:
    """Hold the medians to what is required."""
    full, small = rounds[Halls(FULL)], rounds[Halls(SMALL)]
    large_us, small_us = measured_of(full, "pair_us"), measured_of(small, "pair_us")
    late = [each.lateness_ms.p99 for each in full]
    return [
        Requirement(
            what=f"tick lateness p99 with {FULL} avatars in one room",
            value=median_of((each.lateness_ms for each in full), "p99"),
            most=LATENESS_MS_MAX,
            unit="ms",
            note=f"rounds {late}; others had the server's core {median_of(full, 'server_waited'):.1%} of the time",
        ),
        Requirement(
            what=f"server with {FULL} avatars",
            value=measured_of(full, "server_cores"),
            most=CORES_MAX,
            unit="cores",
            note=f"the load client used {measured_of(full, 'load_cores'):.3f}",
        ),
        Requirement(
            what=f"the garbage collector's longest pause with {FULL} avatars, joins included",
            value=median_of(full, "pause_ms"),
            most=PAUSE_MS_MAX,
            unit="ms",
            note=f"rounds {[round(each.pause_ms, 2) for each in full]}; upper edges of bins a quarter wide",
        ),
        Requirement(what="sessions lost", value=float(lost), most=0.0),
        Requirement(
            what=f"growth of CPU per avatar from {SMALL} to {FULL} avatars",
            value=(large_us / small_us - 1.0) * 100.0,
            most=GROWTH_MAX,
            unit="%",
            note=f"{small_us:.2f} to {large_us:.2f} us for a pose and a frame",
        ),
    ]


def report(rounds: Rounds, held: list[Requirement], refused: list[str], out: Path, console: Console) -> None:
    """Print the tables, write JSON and plots."""
    figures = show_curves(rounds, console)
    cases = [
        {
            "halls": {
                "avatars": halls.avatars,
                "rooms": halls.rooms,
                "visible": halls.visible,
                "density": halls.density,
            },
            "rounds": [
                {
                    **summary(each.measured),
                    "lateness_ms": msgspec.structs.asdict(each.lateness_ms),
                    "server_waited": each.server_waited,
                    "pause_ms": each.pause_ms,
                }
                for each in played
            ],
        }
        for halls, played in rounds.items()
    ]
    keep(out, "scale", {"tick_hz": TICK_HZ, "requirements": told(held), "refused": refused, "cases": cases}, figures)
    console.print(f"wrote {out}/scale.json and {', '.join(f'{name}.png' for name in figures)}", highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help=f"of {SMALL} and {FULL} avatars each, in turns")
    parser.add_argument("--curve-rounds", type=int, default=1, help="of every other point of the curves")
    parser.add_argument("--window", type=float, default=8.0, help="seconds measured in a round")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds after the last join, before the window")
    parser.add_argument("--joins", type=float, default=400.0, help="joins a second")
    parser.add_argument("--only-requirements", action="store_true", help="leave the curves out")
    parser.add_argument("--traces", type=Path, help="directory of recorded motion for every second avatar")
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/scale"))
    options = parser.parse_args()
    timing = Timing(window=options.window, settle=options.settle, joins_per_second=options.joins)
    pairs = [halls for turn in range(options.rounds) for halls in (Halls(SMALL), Halls(FULL))[:: 1 - 2 * (turn % 2)]]
    points = {halls for curve in CURVES for halls in curve.halls} - set(pairs)
    others = [halls for curve in CURVES for halls in curve.halls if halls in points]
    others = [] if options.only_requirements else list(dict.fromkeys(others)) * options.curve_rounds
    console = Console()
    try:
        with Board(len(pairs) + len(others)) as board:
            scale = Scale(board, timing, recordings(options.traces))
            for halls in pairs:
                scale.play(halls)
            for halls in others:
                scale.play_if_it_may_be(halls)
    except RefusedRound as refusal:
        sys.exit(f"MISSED  refused: {refusal}")
    held = requirements(scale.rounds, board.lost)
    report(scale.rounds, held, board.refused, options.out, console)
    conclude(held, console)


if __name__ == "__main__":
    main()
