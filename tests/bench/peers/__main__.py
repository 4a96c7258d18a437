"""Polyclinic beside its peers: avatars per core and bytes, in alternating rounds.

    python -m tests.bench.peers [--cases rooms open styly] [--rounds 3] [--window 5] [--out artefacts/bench/peers]

Installs Colyseus and STYLY-NetSync under build/peers, checks that they deliver what is counted, and then plays rounds
of all in turn: each once under a moderate load, for bytes and CPU, then a search for the number of avatars at which it
still delivers 19 frames of 20 a second (STYLY-NetSync 9.5 of 10) with the server on one core and the load on another.
Ends with status 1 if a requirement is missed. How each peer is set up and why: README.md in this folder.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from tests.bench.peers.capacity import Probe, search
from tests.bench.peers.contestants import (
    ALL_SEE_ALL,
    COLYSEUS_OPEN,
    COLYSEUS_OPEN_INT16,
    COLYSEUS_ROOMS,
    POLYCLINIC_OPEN,
    POLYCLINIC_ROOMS,
    STYLY_LIFTED,
    STYLY_ROOMS,
    VIEWS,
    VIEWS_INT16,
    VISIBLE,
)
from tests.bench.peers.contract import Record
from tests.bench.peers.course import Course
from tests.bench.peers.install import NotInstalled, install_colyseus, install_styly
from tests.bench.peers.report import Notes, report
from tests.bench.peers.verify import Watched, WrongDelivery, watch_colyseus, watch_polyclinic
from tests.bench.support.show import Board, recordings
from tests.bench.support.swarm import Measured, RefusedRound, Timing

CASES = {
    "rooms": (POLYCLINIC_ROOMS, COLYSEUS_ROOMS),
    "open": (POLYCLINIC_OPEN, COLYSEUS_OPEN, COLYSEUS_OPEN_INT16),
    "styly": (POLYCLINIC_ROOMS, STYLY_ROOMS, STYLY_LIFTED),
}
_TRIES = 2
"""A probe that fails is made again: a machine that others use spoils one now and then."""
_THINNED = 0.85
"""Share of the bytes of a moderate load below which a frame no longer holds all that it should."""
_LOAD_FULL = 0.95
"""Of its core, from where on the load client may be what does not keep up."""


def play(record: Record, course: Course, precision: float, board: Board) -> None:
    """Play one round of a contestant: a moderate load, then the search for its capacity."""
    contestant = record.contestant
    moderate = board.play(
        f"{contestant.name}, {contestant.moderate} avatars",
        lambda say: contestant.play(contestant.moderate, course, say),
        _words,
        steps=0,
    )
    record.moderate.append(moderate)
    held: dict[int, Measured] = {}
    probes: list[Probe] = []

    def holds(avatars: int) -> bool:
        measured = board.play(
            f"{contestant.name}, {avatars} avatars?",
            lambda say: _probed(lambda: contestant.play(avatars, course, say), avatars, moderate, probes),
            lambda found: "too many" if found is None else _words(found),
            steps=0,
        )
        if measured is not None:
            held[avatars] = measured
        return measured is not None

    guess = contestant.first or round(0.8 * moderate.avatars / moderate.server_cores)
    found = search(holds, record.capacities[-1] if record.capacities else guess, contestant.unit, precision)
    if not found:
        raise RefusedRound(f"{contestant.name} carried nobody: {probes[-1].words}")
    record.probes.append(probes)
    record.capacities.append(found)
    record.fullest.append(held.get(found, moderate))
    board.step()


def _probed(attempt: Callable[[], Measured], avatars: int, moderate: Measured, probes: list[Probe]) -> Measured | None:
    for _ in range(_TRIES):
        try:
            measured = attempt()
        except RefusedRound as refusal:
            probes.append(Probe(avatars, False, str(refusal)))
            continue
        if measured.frame_bytes < _THINNED * moderate.frame_bytes:
            words = f"frames of {measured.frame_bytes:.0f} bytes, {moderate.frame_bytes:.0f} under a moderate load"
            probes.append(Probe(avatars, False, words))
        else:
            full = ", the load client's core is full" if measured.load_cores > _LOAD_FULL else ""
            probes.append(Probe(avatars, True, _words(measured) + full))
            return measured
    return None


def _words(measured: Measured) -> str:
    return (
        f"{measured.median_hz:.2f} frames/s, {measured.frame_bytes:.0f} bytes each, {measured.pair_us:.1f} us a pair, "
        f"{measured.server_cores:.2f} cores, load {measured.load_cores:.2f} cores"
    )


def verify(cases: Sequence[str], traces: Path | None, console: Console) -> dict[str, Watched]:
    """See that everyone's moving state is delivered. Raises `WrongDelivery`."""
    watched: dict[str, Watched] = {}
    if "rooms" in cases or "styly" in cases:
        watched["Polyclinic, rooms"] = watch_polyclinic(None, traces)
    if "rooms" in cases:
        watched["Colyseus, rooms"] = watch_colyseus(ALL_SEE_ALL, traces)
    if "open" in cases:
        watched["Polyclinic, open room"] = watch_polyclinic(VISIBLE, traces)
        watched["Colyseus, open room"] = watch_colyseus(VIEWS, traces)
        watched["Colyseus, open room, int16"] = watch_colyseus(VIEWS_INT16, traces)
    for name, seen in watched.items():
        console.print(f"{name}: {seen.avatars} avatars seen, {seen.changed:.0%} of the changes", highlight=False)
    return watched


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=float, default=5.0, help="seconds measured in a round")
    parser.add_argument("--settle", type=float, default=2.0, help="seconds after the last join, before the window")
    parser.add_argument("--precision", type=float, default=0.05, help="of a capacity, as a share of it")
    parser.add_argument("--traces", type=Path, help="directory of recorded motion for every second avatar")
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/peers"))
    return parser.parse_args()


def _end(number: int, _frame: object) -> None:
    # So that what was started is stopped, and the namespace goes with it.
    sys.exit(128 + number)


def main() -> None:
    signal.signal(signal.SIGTERM, _end)
    options = parsed()
    console = Console()
    traces = recordings(options.traces)
    records = {each: Record(each) for case in options.cases for each in CASES[case]}
    order = list(records.values())
    try:
        console.print("installing the peers", highlight=False)
        install_colyseus()
        if "styly" in options.cases:
            install_styly()
        watched = verify(options.cases, traces, console)
        with Board(options.rounds * len(order)) as board:
            course = Course(Timing(window=options.window, settle=options.settle), traces)
            for turn in range(options.rounds):
                for record in order if turn % 2 == 0 else reversed(order):
                    play(record, course, options.precision, board)
        missed = report(records, options.cases, Notes(watched, board.refused), options.out, console)
    except (NotInstalled, RefusedRound, WrongDelivery) as refusal:
        sys.exit(f"refused: {refusal}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
