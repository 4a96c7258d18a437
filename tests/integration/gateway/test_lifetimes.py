"""A connection that is over is freed by reference counts alone (ADR 17), whatever ended it."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import picows.picows
import pytest

from core_ext import WorldPort
from protocol.messages import Bye
from server.gateway.connection import Connection
from server.gateway.session import Session
from server.world.member import Member
from tests.support.raw_websocket import BINARY, PING, TEXT, RawWebSocket, close_frame, frame, upgrade_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.support.live_world import LiveWorld


PICOWS = [getattr(picows.picows, name) for name in ("WSTransport", "WSProtocol", "WSUpgradeRequest")]


async def say_goodbye(world: LiveWorld) -> None:
    async with await RawWebSocket.open(world.port) as client:
        await client.join(world.ticket())
        client.say(Bye())
        await client.read_close()
        client.send(close_frame(1000))
        await client.reader.read()


async def close(world: LiveWorld) -> None:
    async with await RawWebSocket.open(world.port) as client:
        await client.join(world.ticket())
        client.send(close_frame(4503, b"enough"))
        await client.read_close()


async def break_off(world: LiveWorld) -> None:
    async with await RawWebSocket.open(world.port) as client:
        await client.join(world.ticket())
        client.send(frame(BINARY, b"\x01half a message", fin=False), frame(PING), b"\x82")


async def send_text(world: LiveWorld) -> None:
    async with await RawWebSocket.open(world.port) as client:
        await client.join(world.ticket())
        client.send(frame(TEXT, b"hello"))
        await client.read_close()


async def send_nonsense(world: LiveWorld) -> None:
    async with await RawWebSocket.knock(world.port, b"\xff\xff\x00\r\n\r\n") as client:
        await client.reader.read()


async def ask_for_another_path(world: LiveWorld) -> None:
    async with await RawWebSocket.knock(world.port, upgrade_request("/attic")) as client:
        await client.reader.read()


KINDS = (WorldPort, Connection, Session, Member, *PICOWS)


class Uncollected:
    """Nothing is collected while it lasts; it knows what was alive before, which other tests may keep."""

    def __init__(self) -> None:
        gc.collect()
        gc.disable()
        self._before = [thing for thing in gc.get_objects() if type(thing) in KINDS]

    def alive(self) -> list[str]:
        """Names of the kinds of all that serves a connection and was made since, picows' own among them."""
        known = {id(thing) for thing in self._before}
        return [type(thing).__name__ for thing in gc.get_objects() if type(thing) in KINDS and id(thing) not in known]


@pytest.fixture
def uncollected() -> Iterator[Uncollected]:
    yield Uncollected()
    gc.enable()


@pytest.mark.parametrize("visit", [say_goodbye, close, break_off, send_text, send_nonsense, ask_for_another_path])
async def test_nothing_of_a_connection_stays(
    world: LiveWorld, uncollected: Uncollected, visit: Callable[[LiveWorld], Awaitable[None]]
) -> None:
    for _ in range(3):
        await visit(world)
    await world.until(lambda: not world.gateway.session_counts["connecting"] and not world.gateway.registry.live)
    world.gateway.registry.expire(world.clock.now() + 1_000.0)
    # Until the gateway's next sweep, which takes its turn with connections that are gone, too.
    await world.until(lambda: not uncollected.alive())
