"""What happens when the sockets of a thousand clients break at once.

    python -m tests.bench.storm [--clients 1000] [--avatars 300] [--rounds 3] [--window 10]

In one room are the load tester's bots, which date every pose; in another the clients of the storm, which come back as
the specification says. Windows with and without a storm take turns in one visit, and medians are compared.
Prints each requirement as held or MISSED, and exits with 1 if one was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import uvloop
from rich.console import Console

from loadtest.frontdesk import FrontDesk
from loadtest.plan import Request
from loadtest.progress import watcher
from loadtest.scenario import for_room
from tests.bench.disturb.crowd import Crowd, Window
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.requirement import Requirement, conclude, told
from tests.bench.support.show import keep, median_of
from tests.bench.support.swarm import LOAD_CORE, SERVER_CORE
from tests.support.server_process import ROOT, ServerProcess

if TYPE_CHECKING:
    from asyncio.subprocess import Process

RESUMED_LEAST: Final = 0.99
MOVED_MAX: Final = 10.0
"""Per cent that the pose age's p99 of those who are not cut may move by."""
READY_SECONDS: Final = 120.0
SAMPLE_EVERY: Final = 3


class Visit:
    """One server, one crowd, one storm, all windows."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self._options = options
        self._console = console
        self.quiet: list[Window] = []
        self.stormy: list[Window] = []
        self.storms: list[dict[str, float]] = []
        self.errors: dict[str, int] = {}

    def run(self) -> None:
        """Fill both rooms and measure."""
        options = self._options
        halls = Halls(2 * max(options.avatars, options.clients), rooms=2, spare=10)
        with tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name:
            facility = halls.write(Path(name))
            with ServerProcess(f"--facility={facility}", "--log-level=warning", cores=[SERVER_CORE]) as server:
                calm, stormy = halls.room_ids
                request = Request(
                    server=server.http,
                    avatars=options.avatars,
                    seconds=1.0,
                    scenario=for_room(calm),
                    scenario_name="room",
                    room=calm,
                    sample_every=SAMPLE_EVERY,
                    hz=float(TICK_HZ),
                )
                shown = watcher(self._console)
                crowd = Crowd(
                    request,
                    FrontDesk(server.http),
                    shown,
                    server.pid,
                    lambda crowd: self._measure(crowd, server.http, stormy),
                )
                try:
                    uvloop.run(crowd.run())
                finally:
                    shown.close()
        self.errors = crowd.ledger.counts()

    async def _measure(self, crowd: Crowd, http: str, room: str) -> None:
        command = (sys.executable, "-m", "tests.bench.storm.crowd", http, room, str(self._options.clients))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
        try:
            await _answer(process, READY_SECONDS)
            for turn in range(2 * self._options.rounds):
                await asyncio.sleep(self._options.settle)
                if turn % 2 == 0:
                    self.quiet.append(await self._window(crowd, "undisturbed"))
                    continue
                assert process.stdin is not None
                process.stdin.write(b"break\n")
                self.stormy.append(await self._window(crowd, "storm"))
                self.storms.append(json.loads(await _answer(process, READY_SECONDS)))
                self._console.print(self.storms[-1], highlight=False)
        finally:
            process.kill()
            await process.wait()

    async def _window(self, crowd: Crowd, title: str) -> Window:
        window = await crowd.window(self._options.window)
        self._console.print(
            f"{title}: pose age p50 {window.age_p50_ms:.2f}, p99 {window.age_p99_ms:.2f} ms, {window.dated} dated, "
            f"server {window.server_cores:.3f} cores, waited {window.waited:.1%}",
            highlight=False,
        )
        return window


async def _answer(process: Process, seconds: float) -> bytes:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), seconds)
    if not line:
        raise RuntimeError("the storm has died")
    return line


def requirements(visit: Visit) -> list[Requirement]:
    """Hold what was found to what is required."""
    quiet, stormy = median_of(visit.quiet, "age_p99_ms"), median_of(visit.stormy, "age_p99_ms")
    missing = max((1.0 - each["resumed"] / each["clients"]) * 100.0 for each in visit.storms)
    last = max(each["last_seconds"] for each in visit.storms)
    return [
        Requirement(
            what="not resumed within 30 s, in the worst storm",
            value=missing,
            most=(1.0 - RESUMED_LEAST) * 100.0,
            unit="%",
            note=f"the last came after {last:.2f} s",
        ),
        Requirement(
            what="resumed with neither the exact gap nor a resync",
            value=sum(each["gap_wrong"] for each in visit.storms),
            most=0.0,
            note=f"{sum(each['exactly'] for each in visit.storms):.0f} exactly, "
            f"{sum(each['by_resync'] for each in visit.storms):.0f} by resync",
        ),
        Requirement(
            what="pose age p99 of the others moves",
            value=abs(stormy - quiet) / quiet * 100.0,
            most=MOVED_MAX,
            unit="%",
            note=f"{quiet:.2f} to {stormy:.2f} ms",
        ),
        Requirement(what="errors of the others", value=float(sum(visit.errors.values())), most=0.0),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--avatars", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=float, default=10.0, help="seconds measured in a round")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds before each window")
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/storm"))
    options = parser.parse_args()
    os.sched_setaffinity(0, [LOAD_CORE])
    visit = Visit(options, Console(stderr=True))
    visit.run()
    held = requirements(visit)
    windows = {
        "undisturbed": [msgspec.to_builtins(each) for each in visit.quiet],
        "storm": [msgspec.to_builtins(each) for each in visit.stormy],
    }
    keep(options.out, "storm", {"requirements": told(held), "storms": visit.storms, "windows": windows}, {})
    conclude(held, Console())


if __name__ == "__main__":
    main()
