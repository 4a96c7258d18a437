"""Whether one client that misbehaves is felt by 500 who do not.

    python -m tests.bench.disturb [--avatars 500] [--rounds 3] [--window 8] [--out artefacts/bench/disturb]

The well-behaved are the load tester's bots in one auditorium (1 per square metre, 32 visible, 20 Hz); they date every
pose from its sending to the arrival of the frame that shows it. Beside them, as a process of its own: somebody who
never reads, a flood within the limits, a flood beyond them that comes back as soon as it is closed, somebody who joins
and leaves ten times a second. Undisturbed and disturbed windows take turns in one visit, and medians are compared. A
window in which other programs had the server's or the bots' core for more than a moment is measured again.
Prints each requirement as held or MISSED, and exits with 1 if one was missed.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from pathlib import Path
from typing import Final

import msgspec
import uvloop
from matplotlib.figure import Figure
from rich.console import Console

from loadtest.frontdesk import FrontDesk
from loadtest.plan import Request
from loadtest.plots import CORAL, QUIET, TEAL, new_figure, style
from loadtest.progress import Watcher, watcher
from loadtest.scenario import for_room
from server.gateway.listener import RECEIVE_BUFFER_BYTES, SEND_BUFFER_BYTES
from server.gateway.outbox import HELD_BYTES_MAX
from tests.bench.disturb.crowd import Crowd, Disturbed, Window
from tests.bench.disturb.disturber import KINDS
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.requirement import Requirement, conclude, told
from tests.bench.support.show import keep, median_of, recordings, table
from tests.bench.support.swarm import LOAD_CORE, SERVER_CORE
from tests.support.server_process import ServerProcess

MOVED_MAX: Final = 10.0
"""Per cent that the pose age's p99 may move by."""
WAITED_MAX: Final = 0.02
"""Share of a window that the server or the bots may have waited for their cores."""
TRIES: Final = 3
SPARE: Final = 100
"""Places for who misbehaves."""
SAMPLE_EVERY: Final = 4
"""Every nth bot dates what it sees: 125 observers of 500 avatars are enough, and cost the core less."""
JOINS_PER_SECOND: Final = 150.0


class Case:
    """One kind of misbehaviour and the windows beside it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.quiet: list[Window] = []
        self.disturbed: list[Disturbed] = []

    @property
    def windows(self) -> list[Window]:
        """Those that were disturbed."""
        return [each.window for each in self.disturbed]

    @property
    def moved(self) -> float:
        """Per cent by which the median p99 is another than in the undisturbed windows."""
        quiet = median_of(self.quiet, "age_p99_ms")
        return abs(median_of(self.windows, "age_p99_ms") - quiet) / quiet * 100.0

    def did(self, what: str) -> float:
        """The median of what the disturber counted."""
        return statistics.median(each.did.get(what, 0.0) for each in self.disturbed)


class Visit:
    """One server, one crowd, all windows."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self._options = options
        self._console = console
        self.cases = [Case(kind) for kind in options.kinds]
        self.errors: dict[str, int] = {}
        self.samples: list[str] = []
        self.held_bytes = float("nan")
        """The most that the server held for any one client."""
        self.busy = 0
        """Windows that count although other programs had a core of ours for long."""

    def run(self) -> None:
        """Fill the hall and measure. Raises LoadTestError when it cannot be filled."""
        halls = Halls(self._options.avatars, spare=SPARE)
        with tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name:
            facility = halls.write(Path(name))
            with ServerProcess(f"--facility={facility}", "--log-level=warning", cores=[SERVER_CORE]) as server:
                shown = watcher(self._console)
                crowd = Crowd(
                    _request(halls, server.http, recordings(self._options.traces)),
                    FrontDesk(server.http),
                    shown,
                    server.pid,
                    lambda crowd: self._measure(crowd, shown),
                )
                try:
                    uvloop.run(crowd.run())
                finally:
                    shown.close()
        self.errors = crowd.ledger.counts()
        self.samples = crowd.ledger.samples()

    async def _measure(self, crowd: Crowd, shown: Watcher) -> None:
        shown.phase("measuring", self._options.rounds * len(self.cases))
        await asyncio.sleep(self._options.settle)
        for turn in range(self._options.rounds):
            for case in self.cases:
                for disturbed in (turn % 2 == 1, turn % 2 == 0):
                    await self._play(crowd, case, disturbed=disturbed)
        self.held_bytes = await crowd.held_bytes_most()

    async def _play(self, crowd: Crowd, case: Case, *, disturbed: bool) -> None:
        """Measure a window, again if the machine was not ours; the last try counts anyway."""
        settle, seconds = self._options.settle, self._options.window
        for tries in range(1, TRIES + 1):
            if disturbed:
                found = await crowd.disturbed_window(case.kind, settle, seconds)
                window = found.window
            else:
                # Whoever misbehaved before has left traces, in queues and in minds.
                await asyncio.sleep(settle)
                window = await crowd.window(seconds)
            busy = window.waited > WAITED_MAX
            self._tell(case.kind if disturbed else "undisturbed", window, busy=busy)
            if not busy or tries == TRIES:
                break
        self.busy += busy
        if disturbed:
            case.disturbed.append(found)
        else:
            case.quiet.append(window)

    def _tell(self, title: str, window: Window, *, busy: bool) -> None:
        self._console.print(
            f"{title}: pose age p50 {window.age_p50_ms:.2f}, p99 {window.age_p99_ms:.2f} ms, {window.dated} dated, "
            f"{window.frames_hz:.2f} frames/s, late p99 {window.lateness_ms.p99} ms, "
            f"server {window.server_cores:.3f} cores, bots {window.bots_cores:.3f}, waited {window.waited:.1%}"
            f"{' [red]busy machine[/]' if busy else ''}",
            highlight=False,
            soft_wrap=True,
        )


def _request(halls: Halls, http: str, traces: Path | None) -> Request:
    (room,) = halls.room_ids
    return Request(
        server=http,
        avatars=halls.avatars,
        seconds=1.0,
        scenario=for_room(room),
        scenario_name="room",
        room=room,
        traces=traces,
        sample_every=SAMPLE_EVERY,
        hz=float(TICK_HZ),
        joins_per_second=JOINS_PER_SECOND,
    )


def requirements(visit: Visit) -> list[Requirement]:
    """Hold the medians to what is required."""
    moved = [
        Requirement(
            what=f"{case.kind}: pose age p99 moves",
            value=case.moved,
            most=MOVED_MAX,
            unit="%",
            note=f"{median_of(case.quiet, 'age_p99_ms'):.2f} to {median_of(case.windows, 'age_p99_ms'):.2f} ms",
        )
        for case in visit.cases
    ]
    errors = Requirement(
        what="sessions lost and errors of the well-behaved",
        value=float(sum(visit.errors.values())),
        most=0.0,
        note=", ".join(visit.samples[:3]),
    )
    held = Requirement(
        what="held by the server's process for any one client",
        value=visit.held_bytes / 1024,
        most=HELD_BYTES_MAX / 1024,
        unit="KiB",
        note=f"the kernel at most {SEND_BUFFER_BYTES >> 9} to send and {RECEIVE_BUFFER_BYTES >> 9} received on top",
    )
    return [*moved, errors, held]


def figure_of(cases: list[Case]) -> Figure:
    """Draw every window as a point, and the medians as bars."""
    with style():
        figure, axes = new_figure("Pose age p99 of the well-behaved", width=8.0, height=3.6)
        for at, case in enumerate(cases):
            for shift, windows, colour, name in (
                (-0.2, case.quiet, QUIET, "undisturbed"),
                (0.2, case.windows, TEAL, "beside who misbehaves"),
            ):
                label = name if at == 0 else None
                axes.bar(at + shift, median_of(windows, "age_p99_ms"), 0.36, color=colour, alpha=0.85, label=label)
                axes.plot([at + shift] * len(windows), [each.age_p99_ms for each in windows], ".", color=CORAL)
        axes.set_xticks(range(len(cases)), [f"{case.kind}\nmoves {case.moved:.1f} %" for case in cases])
        axes.set_ylabel("ms")
        axes.set_ylim(0, axes.get_ylim()[1] * 1.2)
        axes.legend(loc="upper right", ncols=2)
    return figure


def report(visit: Visit, held: list[Requirement], out: Path, console: Console) -> None:
    """Print the table, write JSON and plot."""
    columns = ("disturber", "age p99", "without", "moves %", "late p99", "cores", "without", "joins")
    rows = [
        (
            case.kind,
            f"{median_of(case.windows, 'age_p99_ms'):.2f}",
            f"{median_of(case.quiet, 'age_p99_ms'):.2f}",
            f"{case.moved:.1f}",
            f"{_late(case.windows):.2f}",
            f"{median_of(case.windows, 'server_cores'):.3f}",
            f"{median_of(case.quiet, 'server_cores'):.3f}",
            f"{case.did('joins'):.0f}",
        )
        for case in visit.cases
    ]
    console.print(table("Beside one who misbehaves, medians", columns, rows))
    cases = [
        {
            "kind": case.kind,
            "moved_percent": case.moved,
            "undisturbed": [msgspec.to_builtins(each) for each in case.quiet],
            "disturbed": [msgspec.to_builtins(each) for each in case.disturbed],
        }
        for case in visit.cases
    ]
    figures = {"disturb": figure_of(visit.cases)}
    keep(
        out,
        "disturb",
        {"requirements": told(held), "errors": visit.errors, "busy": visit.busy, "cases": cases},
        figures,
    )
    console.print(f"wrote {out}/disturb.json and disturb.png", highlight=False)


def _late(windows: list[Window]) -> float:
    return median_of((each.lateness_ms for each in windows), "p99")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avatars", type=int, default=500)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), help="of misbehaviour")
    parser.add_argument("--rounds", type=int, default=3, help="of each kind, undisturbed and disturbed in turns")
    parser.add_argument("--window", type=float, default=8.0, help="seconds measured in a round")
    parser.add_argument("--settle", type=float, default=2.0, help="seconds before each window")
    parser.add_argument("--traces", type=Path, help="directory of recorded motion that the avatars follow")
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/disturb"))
    options = parser.parse_args()
    os.sched_setaffinity(0, [LOAD_CORE])
    console = Console(stderr=True)
    visit = Visit(options, console)
    visit.run()
    held = requirements(visit)
    report(visit, held, options.out, Console())
    conclude(held, Console())


if __name__ == "__main__":
    main()
