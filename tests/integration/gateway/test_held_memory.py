"""What one client can make the server hold, whatever it does: less than 256 KiB, kernel buffers apart."""

import asyncio
from collections.abc import Callable

import pytest

from core_ext import WorldPort
from protocol.codec import encode
from protocol.ids import CloseCode
from protocol.messages import Clock
from server.gateway.outbox import HELD_BYTES_MAX
from server.gateway.session import Session
from server.world.event import EncodedEvent
from tests.support.live_world import LiveWorld
from tests.support.raw_websocket import BINARY, CONTINUATION, RawWebSocket, frame

LETTER = EncodedEvent.of("chat", "said", {"text": "x" * 9_000})
CLOCK = frame(BINARY, encode(Clock(sent=1.0)))


class Holdings:
    """All that the server holds for the only one in the ward."""

    def __init__(self, world: LiveWorld) -> None:
        (self.member,) = world.ward.members.values()
        (port,) = world.gateway.registry.ports("ward")
        assert isinstance(self.member.outlet, Session)
        assert isinstance(port, WorldPort)
        self.session = self.member.outlet
        self.port = port
        self.most = 0

    @property
    def held(self) -> int:
        held = self.port.held_bytes + self.session.held_bytes
        self.most = max(self.most, held)
        return held

    def write_letters(self, until: int) -> None:
        """Let the room say so much that as many bytes are held."""
        while not self.port.closing and self.held + 10_000 < until:
            self.member.outlet.event(LETTER)

    async def watch(self, over: Callable[[], bool]) -> None:
        async with asyncio.timeout(5.0):
            while not over():
                assert self.held <= HELD_BYTES_MAX
                await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    "half_a_message",
    [
        frame(BINARY, bytes(60_000))[:59_000],
        frame(BINARY, bytes(30_000), fin=False) + frame(CONTINUATION, bytes(30_000))[:29_000],
    ],
    ids=["a frame", "fragments"],
)
async def test_unread_events_and_half_a_message_share_one_budget(world: LiveWorld, half_a_message: bytes) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        holdings = Holdings(world)
        holdings.write_letters(230_000)
        client.send(half_a_message)
        await holdings.watch(lambda: holdings.port.closing)
        assert world.gateway.telemetry.faults["held_bytes"] == 1
        await holdings.watch(lambda: world.gateway.telemetry.closes[str(int(CloseCode.SLOW))] == 1)
        assert 200_000 < holdings.most <= HELD_BYTES_MAX
        # Nothing that was not acknowledged is lost: the client may resume.
        assert not holdings.session.outbox.overflowed


async def test_half_a_message_and_unread_events_share_one_budget(world: LiveWorld) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        holdings = Holdings(world)
        client.send(frame(BINARY, bytes(60_000))[:59_000])
        await holdings.watch(lambda: holdings.port.held_bytes >= 59_000)
        holdings.write_letters(HELD_BYTES_MAX + 50_000)
        assert holdings.port.closing
        assert world.gateway.telemetry.faults["slow"] == 1
        assert 200_000 < holdings.most <= HELD_BYTES_MAX


async def test_a_client_that_asks_and_does_not_read_stays_within_the_budget(world: LiveWorld) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        holdings = Holdings(world)
        holdings.write_letters(200_000)
        # Its messages cost what they may: 100 at once, and then it is closed for their rate at the latest.
        client.send(CLOCK * 99)
        await holdings.watch(lambda: holdings.port.closing or holdings.port.frames_in >= 100)
        holdings.write_letters(HELD_BYTES_MAX + 50_000)
        assert holdings.port.closing
        assert 200_000 < holdings.most <= HELD_BYTES_MAX
