"""Two innocent people in a room of the real server, to see that somebody else's misuse is nothing to them."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

from protocol.codec import decode_server, encode
from protocol.ids import Kind, StateFlag
from protocol.messages import Ack, Correction, Event
from protocol.pose import Pose, encode_pose
from protocol.snapshot import ObserverView
from protocol.state import AvatarState, TrackedPart
from tests.support.visitor import join

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from websockets.asyncio.client import ClientConnection

    from protocol.messages import Welcome
    from tests.support.server_process import ServerProcess

SECONDS = 20.0
"""The machine may be busy; whatever takes longer than this is not undisturbed."""

STEP_MM = 600
SEEN_WITHIN_MM = 200
"""Who stands far away is told in coarse steps."""
ACK_EVERY = 16

Place = tuple[int, int, int]


class Bystanders:
    """One who moves and a witness who watches: what the first does, the second sees."""

    def __init__(self, mover: ClientConnection, moving: Welcome, witness: ClientConnection, watching: Welcome) -> None:
        self.view = ObserverView()
        self.frames = 0
        """Snapshots that the witness got so far."""
        self.said: list[Event] = []
        """What was said in the room, and who came and went."""
        self.mover_entity = moving.entity
        self.witness_entity = watching.entity
        self.faults: list[str] = []
        self._mover, self._witness = mover, witness
        self._place: Place = _millimetres(moving.spawn.position)
        self._began = asyncio.get_running_loop().time()
        self._server_time = moving.time
        self._sequence = 0
        self._changed = asyncio.Condition()

    async def undisturbed(self) -> None:
        """Have the mover take a step, and see the witness see it; nobody was closed or corrected."""
        assert self.faults == []
        before = self.frames
        for _ in range(2):
            await self._step()
        assert self.frames > before
        assert self.faults == []

    async def _step(self) -> None:
        x, y, z = self._place
        self._place = x + (STEP_MM if self._sequence % 2 else -STEP_MM), y, z
        self._sequence += 1
        elapsed = asyncio.get_running_loop().time() - self._began
        state = AvatarState(flags=StateFlag.HEAD, head=TrackedPart(*self._place, largest=3))
        pose = Pose(state, self._sequence & 0xFFFF, (self._server_time + round(elapsed * 1000)) & 0xFFFFFFFF)
        await self._mover.send(encode_pose(pose))
        async with asyncio.timeout(SECONDS), self._changed:
            await self._changed.wait_for(lambda: self._step_is_seen() or self.faults)

    def _step_is_seen(self) -> bool:
        seen = self.seen(self.mover_entity)
        return seen is not None and all(abs(a - b) <= SEEN_WITHIN_MM for a, b in zip(seen, self._place, strict=True))

    def seen(self, entity: int) -> Place | None:
        """Where the witness sees somebody's head, mm; None for nobody."""
        for held in self.view.entities.values():
            if held.entity == entity:
                head = held.state.head
                return head.x, head.y, head.z
        return None

    async def watch(self) -> None:
        """Take in all that the witness is sent."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = await self._witness.recv()
                assert isinstance(message, bytes)
                async with self._changed:
                    await self._take(message)
                    self._changed.notify_all()
        await self._fault(f"the witness was closed with {self._witness.close_code}")

    async def attend(self) -> None:
        """Take in all that the mover is sent."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = await self._mover.recv()
                assert isinstance(message, bytes)
                if message[0] == Kind.CORRECTION:
                    await self._fault("the mover was corrected")
                elif message[0] == Kind.EVENT:
                    await self._acknowledge(self._mover, message)
        await self._fault(f"the mover was closed with {self._mover.close_code}")

    async def _take(self, message: bytes) -> None:
        if message[0] == Kind.SNAPSHOT:
            self.view.apply(message)
            self.frames += 1
        elif message[0] == Kind.EVENT:
            self.said.append(await self._acknowledge(self._witness, message))
        else:
            assert not isinstance(decode_server(message), Correction)

    async def _acknowledge(self, connection: ClientConnection, message: bytes) -> Event:
        event = decode_server(message)
        assert isinstance(event, Event)
        if event.event % ACK_EVERY == 0:
            await connection.send(encode(Ack(event=event.event)))
        return event

    async def _fault(self, words: str) -> None:
        async with self._changed:
            self.faults.append(words)
            self._changed.notify_all()


def _millimetres(position: Sequence[float]) -> Place:
    x, y, z = (round(axis * 1000) for axis in position)
    return x, y, z


@asynccontextmanager
async def bystanders(server: ServerProcess, room: str = "lobby") -> AsyncIterator[Bystanders]:
    """Have two people in a room; at the end of it they have noticed nothing."""
    mover, moving = await join(server, room, "Mo")
    witness, watching = await join(server, room, "Wil")
    people = Bystanders(mover, moving, witness, watching)
    tasks = [asyncio.create_task(people.watch()), asyncio.create_task(people.attend())]
    try:
        await people.undisturbed()
        yield people
        await people.undisturbed()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(mover.close(), witness.close())
