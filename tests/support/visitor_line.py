"""A light client for crowds that come, go and come back: it checks what it is told and looks for foreign marks.

The numbers of events go on without a gap, and so do the counts that speakers say aloud, which no server makes: an event
that was lost before it had a number is missed by the second. What a snapshot says is searched for the marks of other
rooms, every byte of it; those who watch also read whom its aliases stand for.
"""

from __future__ import annotations

import asyncio
import os
import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from core_ext import FrameDecoder
from protocol.codec import decode_server, encode
from protocol.ids import OPERATION_ID_BYTES, VERSION, CloseCode, Kind, StateFlag, reconnects
from protocol.messages import Ack, Bye, Event, Hello, Operation, Result, Resume, Welcome
from protocol.pose import Pose, encode_pose
from protocol.schema import SCHEMA_HASH
from protocol.state import AvatarState, TrackedPart
from tests.support.raw_websocket import BINARY, CLOSE, PING, PONG, frame, upgrade_request

if TYPE_CHECKING:
    import random
    from collections import Counter

    from protocol.messages import ClientMessage

MARK: Final = re.compile(rb"cnry-[0-9a-f]{12}")
ALOUD: Final = re.compile(rb"#([0-9a-f]{12}):([0-9]+)")
"""Who speaks, and for which time since they came in."""
WELCOME_SECONDS: Final = 10.0
WAIT_FIRST_SECONDS: Final = 1.0
WAIT_MOST_SECONDS: Final = 30.0


class Line(asyncio.Protocol):
    """One WebSocket: frames of the server as they come."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._data = b""
        self._upgraded = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(upgrade_request())

    def data_received(self, data: bytes) -> None:
        self._data = data = self._data + data if self._data else data
        if not self._upgraded:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                return
            self._upgraded = True
            if b" 101 " in head:
                self._visitor.opened(self)
        at = 0
        while len(data) - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= 126:
                start = at + (4 if size == 126 else 10)
                size = int.from_bytes(data[at + 2 : start], "big")
            if len(data) < start + size:
                break
            self._visitor.took(self, data[at] & 0x0F, data[start : start + size])
            at = start + size
        self._data = data[at:]

    def connection_lost(self, error: Exception | None) -> None:
        self._visitor.lost(self)

    def send(self, opcode: int, payload: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(frame(opcode, payload))


class Visitor:
    """One person over as many sockets as it takes. `counts` is shared by a crowd."""

    def __init__(self, counts: Counter[str], world: str, *, watches: bool = False) -> None:
        """`watches`: it reads its snapshots, which takes more of a core than all else it does."""
        self.counts = counts
        parts = urlsplit(world)
        self._world, self._host, self._port = world, parts.hostname or "", parts.port or 0
        self.mark = b""
        self.token = ""
        self.spent: list[str] = []
        """Tokens that were given back: none of them opens anything."""
        self.last_event = 0
        self.live = False
        self.closed: int | None = None
        """The code of the close that ended the last socket; None if there was none."""
        self._acknowledged = 0
        self._line: Line | None = None
        self._first: ClientMessage | None = None
        self._welcome: asyncio.Future[Welcome] | None = None
        self._sequence = 0
        self._spawn = (0.0, 0.0, 0.0)
        self._speaker = os.urandom(6).hex().encode()
        self._said = 0
        self._pending: Operation | None = None
        """What it said and has no answer to."""
        self._heard: dict[bytes, int] = {self._speaker: 0}
        """The last count of each speaker, while every event since is ours."""
        self._watches = watches
        self._frames: FrameDecoder | None = None
        self._aliases: dict[int, int] = {}
        """Whom each alias last stood for, over this socket."""

    # Coming and going -------------------------------------------------------------------------------------------------

    async def join(self, ticket: str, mark: str) -> bool:
        """Come into a room, all of whose people bear `mark`; whether it let us."""
        self.mark = mark.encode()
        welcome = await self._enter(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="visitor"))
        if welcome is not None:
            self._acknowledged = welcome.event
            self.live = True
        return welcome is not None

    async def resume(self) -> bool:
        """Come back once over another socket; whether it is live again."""
        expected, token = self.last_event, self.token
        self.spent.append(token)
        welcome = await self._enter(
            Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=self.last_event)
        )
        if welcome is None:
            return False
        if welcome.resumed:
            self.counts["resumed exactly"] += 1
            self.counts["gap wrong"] += welcome.event != expected
        else:
            self.counts["resumed by resync"] += 1
        self._acknowledged = welcome.event
        self.live = True
        if self._pending is not None:
            # Perhaps it got there, perhaps not: with the same id it is said once.
            self.send(self._pending)
        return True

    async def come_back(self, draw: random.Random, until: float) -> bool:
        """Come back as SPEC section 9 has it: after random waits that double."""
        wait = WAIT_FIRST_SECONDS
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(draw.uniform(0.0, wait))
            if await self.resume():
                return True
            if self.closed is not None and not reconnects(self.closed):
                return False
            wait = min(2 * wait, WAIT_MOST_SECONDS)
        return False

    async def knock(self, token: str) -> int | None:
        """Try a token over a socket of its own; the code of the close, None if it opened something."""
        stranger = Visitor(self.counts, self._world)
        stranger.mark = self.mark
        await stranger._enter(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0))
        found = None if stranger.live else stranger.closed
        stranger.cut()
        return found

    async def _enter(self, first: ClientMessage) -> Welcome | None:
        loop = asyncio.get_running_loop()
        self._first, self.closed = first, None
        self._welcome = loop.create_future()
        try:
            await loop.create_connection(lambda: Line(self), self._host, self._port)
            return await asyncio.wait_for(self._welcome, WELCOME_SECONDS)
        except (OSError, TimeoutError):
            self.cut()
            return None

    def cut(self) -> None:
        """Lose the socket without a word."""
        self.live = False
        line, self._line = self._line, None
        if line is not None and line.transport is not None:
            line.transport.abort()

    def leave(self) -> None:
        """Say goodbye."""
        self.send(Bye())
        self.live = False

    # What it says -----------------------------------------------------------------------------------------------------

    def send(self, message: ClientMessage) -> None:
        if self._line is not None:
            self._line.send(BINARY, encode(message))

    def say(self, text: str) -> None:
        """Say something, with the room's mark and our count in it; nothing while the last is without an answer."""
        if self._pending is not None:
            return
        aloud = f"#{self._speaker.decode()}:{self._said + 1}"
        body = {"text": f"{text} {self.mark.decode()} {aloud}"}
        self._pending = Operation(op=os.urandom(OPERATION_ID_BYTES), feature="chat", type="say", body=body)
        self.send(self._pending)

    def move(self, draw: random.Random) -> None:
        """Take a step about the place it appeared at."""
        if self._line is None:
            return
        x, y, z = (round(value * 1000) for value in self._spawn)
        head = TrackedPart(x + draw.randrange(-400, 400), y, z + draw.randrange(-400, 400), 3, 0, 0, 0)
        self._sequence = self._sequence + 1 & 0xFFFF
        self._line.send(BINARY, encode_pose(Pose(AvatarState(StateFlag.HEAD, head=head), self._sequence, 0)))

    def acknowledge(self) -> None:
        """Acknowledge all events that came."""
        if self.live and self.last_event > self._acknowledged:
            self._acknowledged = self.last_event
            self.send(Ack(event=self.last_event))

    # What it hears ----------------------------------------------------------------------------------------------------

    def opened(self, line: Line) -> None:
        """Say the first message."""
        self._line = line
        if self._first is not None:
            line.send(BINARY, encode(self._first))

    def took(self, line: Line, opcode: int, payload: bytes) -> None:
        """Search a frame, and note what matters for going on."""
        if line is not self._line:
            return
        self.counts["frames"] += 1
        for mark in MARK.findall(payload):
            self.counts["own marks" if mark == self.mark else "foreign marks"] += 1
        if opcode == PING:
            line.send(PONG, payload)
        elif opcode == CLOSE:
            self.closed = int.from_bytes(payload[:2], "big")
            if self.live:
                self.counts[f"closed {self.closed}"] += 1
        elif payload[0] != Kind.SNAPSHOT:
            self._note(payload)
        elif self._frames is not None:
            self._watch(self._frames, payload)

    def _watch(self, frames: FrameDecoder, payload: bytes) -> None:
        before = frames.enters
        frames.apply(payload)
        if frames.enters == before:
            return
        for alias, entity in frames.entities():
            self.counts["aliases taken over"] += self._aliases.get(alias, entity) != entity
            self._aliases[alias] = entity

    def _note(self, payload: bytes) -> None:
        message = decode_server(payload)
        if isinstance(message, Welcome):
            self.token = message.resume_token
            self._spawn = message.spawn.position
            self._frames = FrameDecoder() if self._watches else None
            self._aliases.clear()
            if not message.resumed:
                # Numbers go on, from wherever it says. Here, since events may follow in the same piece.
                self.last_event = message.event
                if isinstance(self._first, Resume):
                    # What was said meanwhile is lost, and we are told so.
                    self._heard.clear()
            if self._welcome is not None and not self._welcome.done():
                self._welcome.set_result(message)
        elif isinstance(message, Event):
            self.counts["gap wrong"] += message.event != self.last_event + 1
            self.last_event = message.event
            for speaker, said in ALOUD.findall(payload):
                self._listen(speaker, int(said))
        elif isinstance(message, Result) and self._pending is not None and message.op == self._pending.op:
            self._answered(message)

    def _listen(self, speaker: bytes, count: int) -> None:
        """Hold a count to the one before; who was never heard may have spoken before we came."""
        self.counts["words heard"] += 1
        self.counts["words missed"] += self._heard.get(speaker, count - 1) != count - 1
        self._heard[speaker] = count

    def _answered(self, result: Result) -> None:
        self._pending = None
        if not result.ok:
            # Nobody heard it: the next has this count.
            self.counts["words refused"] += 1
            return
        self._said += 1
        # Whoever speaks hears themselves, before the answer.
        self.counts["words missed"] += self._heard.get(self._speaker, self._said) != self._said

    def lost(self, line: Line) -> None:
        """Hear that a socket is gone."""
        if line is not self._line:
            return
        self._line = None
        self.live = False
        if self.closed is None:
            self.closed = CloseCode.ABNORMAL
        if self._welcome is not None and not self._welcome.done():
            self._welcome.set_exception(ConnectionAbortedError("closed instead of a welcome"))
