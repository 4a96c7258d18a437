"""A thousand clients whose sockets all break at once, as a process of its own.

    python -m tests.bench.storm.crowd FRONT_DESK ROOM CLIENTS

Says `ready` when all are in. At each line on its standard input it cuts every socket and says, in a line of JSON, how
they came back. One more client keeps its socket and speaks all the time, so that those cut have something to miss.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import uvloop

from loadtest.frontdesk import FrontDesk
from tests.support.visitor_line import Visitor

NICENESS: Final = 5
"""What is disturbed is the server: these share the core of those who are measured."""
MARK: Final = "cnry-000000000000"
TOGETHER: Final = 20
LATEST_SECONDS: Final = 30.0
SWEEP_SECONDS: Final = 0.4


class Storm:
    def __init__(self, http: str, room: str, clients: int) -> None:
        self.counts: Counter[str] = Counter()
        self._desk = FrontDesk(http)
        self._room = room
        self._clients = clients
        self._draw = random.Random(1)
        self._visitors: list[Visitor] = []
        self._threads = ThreadPoolExecutor(4)

    async def run(self) -> None:
        """Come in, then break as often as told."""
        loop = asyncio.get_running_loop()
        speaker = await self._join(-1)
        for first in range(0, self._clients, TOGETHER):
            numbers = range(first, min(first + TOGETHER, self._clients))
            self._visitors += await asyncio.gather(*map(self._join, numbers))
        living = [loop.create_task(self._live(speaker))]
        print("ready", flush=True)  # noqa: T201 - a process tells its parent
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(await self._break()), flush=True)  # noqa: T201 - a process tells its parent
        for task in living:
            task.cancel()
        self._threads.shutdown()

    async def _join(self, number: int) -> Visitor:
        ticket = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: self._desk.ticket(self._room, name=f"{number}", role="patient", look="plain")
        )
        visitor = Visitor(self.counts, ticket.world)
        if not await visitor.join(ticket.ticket, MARK):
            raise RuntimeError(f"client {number} was not let in: {visitor.closed}")
        return visitor

    async def _live(self, speaker: Visitor) -> None:
        while True:
            for number, visitor in enumerate([speaker, *self._visitors]):
                visitor.acknowledge()
                if number % TOGETHER == 0:
                    await asyncio.sleep(SWEEP_SECONDS * TOGETHER / (self._clients + 1))
            if self._draw.random() < 0.5:
                speaker.say("Is everybody still here?")

    async def _break(self) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        before = Counter(self.counts)
        for visitor in self._visitors:
            visitor.cut()
        took: list[float] = []

        async def back(visitor: Visitor) -> None:
            if await visitor.come_back(self._draw, began + LATEST_SECONDS):
                took.append(loop.time() - began)

        await asyncio.gather(*map(back, self._visitors))
        # What was missed follows the welcome.
        await asyncio.sleep(1.0)
        took.sort()
        told = self.counts - before
        return {
            "clients": self._clients,
            "resumed": sum(seconds <= LATEST_SECONDS for seconds in took),
            "exactly": told["resumed exactly"],
            "by_resync": told["resumed by resync"],
            "gap_wrong": told["gap wrong"] + told["words missed"],
            "median_seconds": took[len(took) // 2] if took else -1.0,
            "last_seconds": took[-1] if took else -1.0,
        }


def main() -> None:
    os.nice(NICENESS)
    http, room, clients = sys.argv[1:]
    uvloop.run(Storm(http, room, int(clients)).run())


if __name__ == "__main__":
    main()
