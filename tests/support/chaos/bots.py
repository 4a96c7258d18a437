"""Bots that write on panels without end, and note in the ledger what they ask for and are told.

`python -m tests.support.chaos.bots HTTP LEDGER COUNT`: a process of its own, which outlives every server. What a bot
was not told the end of, it asks again under the same id.
"""

import asyncio
import os
import sys
from pathlib import Path

from polyclinic_client import ClientError, Disconnected, JoinRefused, OperationLost, Room, join

from tests.support.chaos.ledger import Ledger

PANELS = ("North", "East", "South", "West")
PAUSE_SECONDS = 0.1
"""Ten a second is what a panel takes of one person."""


async def write_on(room: Room, panel: str, ledger: Ledger, text: str) -> None:
    """Write once, whatever it takes: over restarts, and after somebody else if they were faster."""
    op = os.urandom(16)
    while True:
        entity = next((thing.id for thing in room.things.values() if thing.name == panel), None)
        if entity is None or not room.live:
            await asyncio.sleep(0.05)
            continue
        known = room.panels.get(entity)
        version = 0 if known is None else known.version
        ledger.note("asked", op, panel, version)
        try:
            result = await room.write(entity, text, op=op)
        except OperationLost:
            continue
        if result.ok:
            ledger.note("kept", op, panel, int(result.body["version"]))
        elif result.code != "failed":
            ledger.note("refused", op, panel, version)
        return


async def follow(room: Room) -> None:
    async for _ in room.changes():
        pass


async def live(http: str, number: int, ledger: Ledger) -> None:
    async with join(http, room="office", name=f"Bot {number}", role="clinician", patience=120.0) as room:
        reader = asyncio.create_task(follow(room))
        count = 0
        while not reader.done():
            count += 1
            await write_on(room, PANELS[(number + count) % len(PANELS)], ledger, f"bot {number}, text {count}")
            await asyncio.sleep(PAUSE_SECONDS)
        reader.result()


async def keep_living(http: str, number: int, ledger: Ledger) -> None:
    while True:
        try:
            await live(http, number, ledger)
        except (ClientError, JoinRefused, Disconnected):
            await asyncio.sleep(0.2)


async def main(http: str, file: Path, count: int) -> None:
    ledger = Ledger(file)
    await asyncio.gather(*(keep_living(http, number, ledger) for number in range(count)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
