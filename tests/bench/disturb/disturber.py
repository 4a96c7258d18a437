"""A client that behaves badly, as a process of its own.

    python -m tests.bench.disturb.disturber KIND FRONT_DESK ROOM

Says `ready` when it is in the room, misbehaves until its standard input closes, and then says in a line of JSON what it
did. It gives way to the well-behaved clients that share its core: what is disturbed is the server, not the machine.
"""

import contextlib
import itertools
import json
import os
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from loadtest.frontdesk import FrontDesk
from protocol.codec import decode_server, encode
from protocol.ids import (
    MESSAGES_PER_SECOND,
    OPERATION_ID_BYTES,
    POSES_PER_SECOND_MAX,
    ROTATION_MAX,
    VERSION,
    Kind,
    StateFlag,
)
from protocol.messages import Bye, Clock, Hello, Operation, Resume, Spawn, Welcome
from protocol.pose import Pose, encode_pose
from protocol.schema import SCHEMA_HASH
from protocol.state import UNTRACKED, AvatarState, TrackedPart
from tests.support.raw_websocket import BINARY, CLOSE, PING, close_frame, frame, upgrade_request

NICENESS: Final = 10
SECONDS: Final = 5.0
"""Patience with a server that does not answer."""
RECEIVE_BYTES: Final = 4_096
"""Receive buffer of who never reads: the server's socket is full after a second, not after a minute."""
CALM_HZ: Final = 20.0
TURN_SECONDS: Final = 0.01
"""Of a flood below the limits: as much as they allow, a hundredth of a second's worth at a time."""
BELOW: Final = 0.95
"""Of a limit: the server's clock and ours are not the same."""
ARRIVALS_PER_SECOND: Final = 10.0
FLOOD_FRAMES: Final = 256
"""Poses in one write of a flood above the limits, with a message after each 32."""
FLOOD_PAUSE_SECONDS: Final = 0.004
"""After each write: at most 64,000 poses a second, 200 times what a client may send."""
LINGER_SECONDS: Final = 0.5
"""For how long a flood goes on at a socket that the server has closed, every other time."""


class Closed(Exception):
    """The server closed, or hung up."""


class Line:
    """One WebSocket, blocking while it opens; afterwards nothing waits."""

    def __init__(self, address: str, *, receive_buffer: int | None = None) -> None:
        parts = urlsplit(address)
        assert parts.hostname is not None
        assert parts.port is not None
        self.socket = socket.socket()
        self.socket.settimeout(SECONDS)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect((parts.hostname, parts.port))
        self.socket.sendall(upgrade_request())
        self._unread = b""
        while b"\r\n\r\n" not in self._unread:
            self._unread += self._receive()
        self._unread = self._unread.split(b"\r\n\r\n", 1)[1]

    def enter(self, first: Hello | Resume) -> Welcome:
        """Say the first message and wait for the welcome. Raises `Closed`."""
        self.socket.sendall(frame(BINARY, encode(first)))
        while True:
            for opcode, payload in self._frames():
                if opcode == CLOSE:
                    raise Closed(int.from_bytes(payload[:2], "big"))
                if payload[:1] == bytes([Kind.WELCOME]):
                    welcome = decode_server(payload)
                    assert isinstance(welcome, Welcome)
                    self.socket.setblocking(False)
                    return welcome
            self._unread += self._receive()

    def send(self, data: bytes) -> int:
        """Send as much as the socket takes. Raises `Closed`."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Closed(0) from error

    def listen(self) -> None:
        """Read what has come and forget it. Raises `Closed` for a close frame."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._unread += self._receive()
        for opcode, payload in self._frames():
            if opcode == CLOSE:
                raise Closed(int.from_bytes(payload[:2], "big"))

    def _receive(self) -> bytes:
        try:
            data = self.socket.recv(1 << 18)
        except (ConnectionError, TimeoutError) as error:
            raise Closed(0) from error
        if not data:
            raise Closed(0)
        return data

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Take the whole frames off what was read."""
        while len(self._unread) >= 2:
            size, start = self._unread[1], 2
            if size >= 126:
                start = 4 if size == 126 else 10
                size = int.from_bytes(self._unread[2:start], "big")
            if len(self._unread) < start + size or (start > 2 and len(self._unread) < start):
                return
            payload = self._unread[start : start + size]
            opcode = self._unread[0] & 0x0F
            self._unread = self._unread[start + size :]
            yield opcode, payload


class Disturber:
    """Somebody with a place in the room who does not behave."""

    def __init__(self, front_desk: str, room: str) -> None:
        self._desk = FrontDesk(front_desk)
        self._role = self._desk.roles()[0]
        self._room = room
        self._token = ""
        self._spawn: Spawn | None = None
        self._stop = selectors.DefaultSelector()
        self._stop.register(sys.stdin, selectors.EVENT_READ)
        self.counts: Counter[str] = Counter()

    # The kinds --------------------------------------------------------------------------------------------------------

    def stall(self) -> None:
        """Never read, while poses go out as ever, and questions whose answers have to wait."""
        while self._go_on():
            line = self._join(receive_buffer=RECEIVE_BYTES)
            with contextlib.suppress(Closed):
                for number in itertools.count():
                    if not self._go_on(1 / CALM_HZ):
                        return
                    question = frame(BINARY, encode(Clock(sent=float(number))))
                    self._count(line, self._poses(number, 1) + question, poses=1, messages=1)

    def flood_within(self) -> None:
        """Send as many poses, messages and pings as the limits allow, without a pause."""
        while self._go_on():
            line = self._join()
            with contextlib.suppress(Closed):
                self._use_limits(line)

    def flood_beyond(self) -> None:
        """Send poses and messages as fast as the socket takes them; come back as soon as it is closed.

        Every other time the close frame is not heeded: the flood goes on at a socket that nobody listens to any more.
        """
        for turn in itertools.count():
            line = self._come_back()
            if line is None:
                if not self._go_on(1 / ARRIVALS_PER_SECOND):
                    return
                continue
            came = time.monotonic()
            with contextlib.suppress(Closed):
                self._pour(line, heeding=turn % 2 == 0)
            line.socket.close()
            if not self._go_on(max(0.0, came + 1 / ARRIVALS_PER_SECOND - time.monotonic())):
                return

    def come_and_go(self) -> None:
        """Join and leave ten times a second."""
        due = time.monotonic()
        while True:
            due += 1 / ARRIVALS_PER_SECOND
            line = self._join()
            if not self._go_on(max(0.0, due - 0.5 / ARRIVALS_PER_SECOND - time.monotonic())):
                return
            self._count(line, frame(BINARY, encode(Bye())), left=1)
            line.socket.close()
            if not self._go_on(max(0.0, due - time.monotonic())):
                return

    # What they are made of --------------------------------------------------------------------------------------------

    def _join(self, *, receive_buffer: int | None = None) -> Line:
        ticket = self._desk.ticket(self._room, name="Disturber", role=self._role, look="plain")
        line = Line(ticket.world, receive_buffer=receive_buffer)
        self._world = ticket.world
        self._take(
            line.enter(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket.ticket, client="polyclinic-disturb"))
        )
        return line

    def _come_back(self) -> Line | None:
        """Resume, or join anew; None when neither could be."""
        try:
            if not self._token:
                return self._join()
            token, self._token = self._token, ""
            line = Line(self._world)
            self._take(line.enter(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0)))
        except Closed as closed:
            self.counts[f"refused_{closed}"] += 1
            return None
        return line

    def _take(self, welcome: Welcome) -> None:
        self._token = welcome.resume_token
        self._spawn = welcome.spawn
        self.counts["joins"] += 1
        if self.counts["joins"] == 1:
            _tell("ready")

    def _use_limits(self, line: Line) -> None:
        began = time.monotonic()
        poses = messages = said = 0
        while self._go_on(TURN_SECONDS):
            seconds = time.monotonic() - began
            more = int(seconds * POSES_PER_SECOND_MAX * BELOW) - poses
            others = int(seconds * MESSAGES_PER_SECOND * BELOW) - messages
            data = self._poses(poses, more) + frame(PING, b"") * others
            for _ in range(others):
                if said < seconds:
                    data += _say(said)
                    said += 1
                else:
                    data += frame(BINARY, encode(Clock(sent=seconds)))
            poses, messages = poses + more, messages + others
            self._count(line, data, poses=more, messages=others, pings=others)
            line.listen()

    def _pour(self, line: Line, *, heeding: bool) -> None:
        block = b"".join(
            self._poses(number, 32) + frame(BINARY, encode(Clock(sent=0.0))) for number in range(0, FLOOD_FRAMES, 32)
        )
        rest = b""
        closed_at: float | None = None
        while self._go_on(FLOOD_PAUSE_SECONDS):
            rest = rest or block
            sent = line.send(rest)
            rest = rest[sent:]
            self.counts["bytes"] += sent
            if closed_at is None:
                try:
                    line.listen()
                except Closed as closed:
                    self.counts[f"closed_{closed}"] += 1
                    closed_at = time.monotonic()
                    if heeding:
                        line.send(close_frame(1000))
                        return
            elif time.monotonic() - closed_at > LINGER_SECONDS:
                return

    def _poses(self, number: int, count: int) -> bytes:
        """Lay poses out, numbered from `number` on: the head turned a little to and fro at the place of the spawn."""
        assert self._spawn is not None
        x, y, z = (round(value * 1000) for value in self._spawn.position)
        frames = []
        for sequence in range(number, number + count):
            head = TrackedPart(x + sequence % 7, y, z, 3, sequence % (ROTATION_MAX // 4), 0, 0)
            state = AvatarState(flags=StateFlag.HEAD, voice=0, head=head, left=UNTRACKED, right=UNTRACKED)
            frames.append(frame(BINARY, encode_pose(Pose(state, sequence & 0xFFFF, 0))))
        return b"".join(frames)

    def _count(self, line: Line, data: bytes, **counts: int) -> None:
        self.counts["bytes"] += line.send(data)
        self.counts.update(counts)

    def _go_on(self, seconds: float = 0.0) -> bool:
        """Wait; False when it is time to stop."""
        return not self._stop.select(max(seconds, 0.0))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _say(number: int) -> bytes:
    op = number.to_bytes(OPERATION_ID_BYTES, "big")
    return frame(BINARY, encode(Operation(op=op, feature="chat", type="say", body={"text": "hear me " * 60})))


KINDS: Final[dict[str, Callable[[Disturber], None]]] = {
    "never reads": Disturber.stall,
    "flood within limits": Disturber.flood_within,
    "flood beyond limits": Disturber.flood_beyond,
    "comes and goes": Disturber.come_and_go,
}


def main() -> None:
    kind, front_desk, room = sys.argv[1:]
    os.nice(NICENESS)
    disturber = Disturber(front_desk, room)
    began, cpu = time.monotonic(), time.process_time()
    KINDS[kind](disturber)
    used = {"cpu_seconds": time.process_time() - cpu, "seconds": time.monotonic() - began}
    _tell(json.dumps({**disturber.counts, **used}))


if __name__ == "__main__":
    main()
