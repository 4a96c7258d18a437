"""People who change rooms, lose their sockets and come back, try old tokens, and take the places of those who left.

    python -m tests.chaos.wander [--visitors 500] [--rooms 20] [--seconds 60] [--module server.main]

Each room has a mark that stands in the names and words of all in it; every byte that comes is searched for the marks of
others. Speakers count aloud, so that words that were lost are missed, numbered or not. Prints what was counted, and
exits with 1 if a mark crossed, a gap was not exact, a word was missed or a spent token opened a session.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import uvloop

from loadtest.errors import JoinRefused
from loadtest.frontdesk import FrontDesk
from protocol.ids import CloseCode
from tests.bench.support.hall import Halls
from tests.support.server_process import ServerProcess
from tests.support.visitor_line import Visitor

TURN_SECONDS: Final = 0.5
TICKET_THREADS: Final = 4
WATCHER_OF: Final = 10
"""One of so many reads whom the aliases of its snapshots stand for."""
MUST_NOT_BE: Final = ("foreign marks", "gap wrong", "words missed", "tokens taken")


class Wander:
    """One run."""

    def __init__(self, http: str, rooms: list[str], seconds: float, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._desk = FrontDesk(http)
        self._marks = {room: f"cnry-{secrets.token_hex(6)}" for room in rooms}
        self._seconds = seconds
        self._seed = seed
        self._threads = ThreadPoolExecutor(TICKET_THREADS)

    async def run(self, visitors: int, *, crowd: int = 0, crowd_seconds: float = 0.0) -> Counter[str]:
        """Let so many wander about, and a crowd beside them that is gone after `crowd_seconds`; what was counted."""
        everybody = visitors + crowd
        try:
            await asyncio.gather(
                *(
                    self._wander(number, self._seconds if number < visitors else crowd_seconds, everybody)
                    for number in range(everybody)
                )
            )
        finally:
            self._threads.shutdown()
            self._desk.close()
        return self.counts

    async def _join(self, number: int, draw: random.Random) -> Visitor | None:
        room = draw.choice(list(self._marks))
        mark = self._marks[room]
        try:
            ticket = await asyncio.get_running_loop().run_in_executor(
                self._threads,
                lambda: self._desk.ticket(room, name=f"{number} {mark}", role="patient", look="plain"),
            )
        except JoinRefused:
            self.counts["refused"] += 1
            return None
        visitor = Visitor(self.counts, ticket.world, watches=number % WATCHER_OF == 0)
        entered = await visitor.join(ticket.ticket, mark)
        self.counts["joins"] += entered
        return visitor

    async def _wander(self, number: int, seconds: float, everybody: int) -> None:
        draw = random.Random(f"{self._seed} {number}")
        # Spread over the first seconds: a front desk is not what is tested here.
        await asyncio.sleep(number / 100.0)
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds + (everybody - number) / 100.0
        visitor: Visitor | None = None
        while loop.time() < ends:
            if visitor is None or not visitor.live:
                visitor = await self._join(number, draw)
            elif (chance := draw.random()) < 0.06:
                visitor.leave()
                self.counts["room changes"] += 1
                visitor = await self._join(number, draw)
            elif chance < 0.16:
                visitor.cut()
                self.counts["cuts"] += 1
                await asyncio.sleep(draw.uniform(0.0, 2.0))
                if not await visitor.resume():
                    self.counts["not resumed"] += 1
            elif chance < 0.22 and visitor.spent:
                self.counts["tokens tried"] += 1
                answer = await visitor.knock(draw.choice(visitor.spent))
                self.counts["tokens taken"] += answer != CloseCode.REPLAYED
            elif chance < 0.30:
                visitor.say(draw.choice(("Good morning.", "Is this seat taken?")))
            if visitor is not None and visitor.live:
                visitor.move(draw)
                visitor.acknowledge()
            await asyncio.sleep(draw.uniform(0.5, 1.5) * TURN_SECONDS)
        if visitor is not None:
            visitor.leave()
            await asyncio.sleep(0.1)
            visitor.cut()


def wander(visitors: int, rooms: int, seconds: float, *, module: str = "server.main", seed: int = 1) -> Counter[str]:
    """Let people wander about a server of their own; what was counted."""
    halls = Halls(visitors, rooms, visible=16, spare=visitors)
    with tempfile.TemporaryDirectory(prefix="polyclinic-wander-") as folder:
        facility = halls.write(Path(folder))
        with ServerProcess(f"--facility={facility}", "--log-level=warning", module=module) as server:
            return uvloop.run(Wander(server.http, halls.room_ids, seconds, seed).run(visitors))


def faults(counts: Counter[str]) -> dict[str, int]:
    """What must not be."""
    return {what: counts[what] for what in MUST_NOT_BE if counts[what]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=500)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--module", default="server.main", help="the server's; tests.support.unguarded has no guard")
    options = parser.parse_args()
    counts = wander(options.visitors, options.rooms, options.seconds, module=options.module)
    for what, count in sorted(counts.items()):
        print(f"{what}: {count}")
    found = faults(counts)
    print("foreign marks: 0, held" if not found else f"MISSED {found}")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
