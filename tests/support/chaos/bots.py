"""Bots that write on panels without end, and note in the ledger what they ask for and are told.

`python -m tests.support.chaos.bots HTTP LEDGER COUNT [ISSUER]`: a process of its own, which outlives every server. What
a bot was not told the end of, it asks again under the same id. With an issuer, which is an OpenID provider of
`tests.support.oidc_provider`, they have accounts, and chat, consent and withdraw their consent in between.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from polyclinic_client import ClientError, Disconnected, JoinRefused, OperationLost, Room, join

from tests.support.chaos.ledger import CHAT, CONSENT, Ledger
from tests.support.oidc_provider import Provider

PANELS = ("North", "East", "South", "West")
PAUSE_SECONDS = 0.1
"""Ten a second is what a panel takes of one person."""
TURNS, SAYS, CONSENTS = 9, 1, {4: True, 7: False}
"""What each of nine turns is, where not writing: chat takes a line a second of one person."""


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


async def operate(
    room: Room, kind: tuple[str, str], body: Mapping[str, object], ledger: Ledger, noted: tuple[str, int]
) -> None:
    """Do something else once, whatever it takes: a feature's and operation's names; place and version of the ledger."""
    (feature, type_), (place, version) = kind, noted
    op = os.urandom(16)
    while True:
        if not room.live:
            await asyncio.sleep(0.05)
            continue
        ledger.note("asked", op, place, version)
        try:
            result = await room.operate(feature, type_, body, op=op)
        except OperationLost:
            continue
        if result.ok:
            ledger.note("kept", op, place, version)
        elif result.code != "failed":
            ledger.note("refused", op, place, version)
        return


async def follow(room: Room) -> None:
    async for _ in room.changes():
        pass


async def live(http: str, number: int, ledger: Ledger, provider: Provider | None) -> None:
    name = f"bot {number}"

    async def token() -> str:
        assert provider is not None
        return await asyncio.to_thread(provider.token, name)

    asked = token if provider is not None else None
    async with join(http, room="office", name=name, role="clinician", token=asked, patience=120.0) as room:
        reader = asyncio.create_task(follow(room))
        count = 0
        while not reader.done():
            count += 1
            turn = count % TURNS if provider is not None else 0
            if turn == SAYS:
                await operate(room, ("chat", "say"), {"text": f"{name}, line {count}"}, ledger, (CHAT, 0))
            elif turn in CONSENTS:
                given = CONSENTS[turn]
                body = {"purpose": "record_motion", "given": given}
                await operate(room, ("consent", "set"), body, ledger, (f"{CONSENT} of {name}", int(given)))
            else:
                await write_on(room, PANELS[(number + count) % len(PANELS)], ledger, f"{name}, text {count}")
            await asyncio.sleep(PAUSE_SECONDS)
        reader.result()


async def keep_living(http: str, number: int, ledger: Ledger, provider: Provider | None) -> None:
    while True:
        try:
            await live(http, number, ledger, provider)
        except (ClientError, JoinRefused, Disconnected):
            await asyncio.sleep(0.2)


async def main(http: str, file: Path, count: int, issuer: str = "") -> None:
    ledger, provider = Ledger(file), None
    if issuer:
        provider = Provider()
        provider.issuer = issuer
    await asyncio.gather(*(keep_living(http, number, ledger, provider) for number in range(count)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5]))
