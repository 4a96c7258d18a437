"""Opening a bot's socket, and what is no world to open one to."""

import asyncio

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request
from websockets.typing import Subprotocol

from core_ext import BotPort, Witness
from loadtest.connection import open_socket
from loadtest.errors import JoinRefused
from protocol.ids import SUBPROTOCOL
from tests.support.broken_world import world


class Ear:
    """A receiver that remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def on_open(self, port: BotPort) -> None:
        self.told.append(port.open)

    def on_message(self, data: bytes) -> None:
        self.told.append(data)

    def on_closed(self, code: int, reason: str) -> None:
        self.told.append((code, reason))


async def wait(connection: ServerConnection) -> None:
    async for _ in connection:
        pass


async def test_a_socket_opens_with_the_subprotocol_of_the_wire() -> None:
    ear = Ear()
    port = BotPort(Witness(), ear, True)
    async with world(wait) as address:
        await open_socket(port, address)
        assert ear.told == [True]
        assert port.transport is not None
        assert port.transport.response.headers["Sec-WebSocket-Protocol"] == SUBPROTOCOL
        port.close(1000)


@pytest.mark.parametrize(("subprotocol", "says"), [("other", "no_socket"), (None, "expected subprotocol")])
async def test_a_server_without_the_subprotocol_is_refused(subprotocol: str | None, says: str) -> None:
    async with world(wait, subprotocol) as address:
        with pytest.raises(JoinRefused, match=says):
            await open_socket(BotPort(Witness(), Ear(), True), address)


async def test_a_server_that_dies_before_it_answers_is_a_refusal() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        ear = Ear()
        with pytest.raises(JoinRefused, match=r"before the upgrade was answered \(no_socket\)"):
            await open_socket(BotPort(Witness(), ear, True), f"ws://127.0.0.1:{port}/world")
        assert ear.told == []


async def test_who_stops_connecting_leaves_no_socket_open() -> None:
    asked, may_answer, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hold(_connection: ServerConnection, _request: Request) -> None:
        asked.set()
        await may_answer.wait()

    async def see_the_end(connection: ServerConnection) -> None:
        await connection.wait_closed()
        ended.set()

    async with serve(
        see_the_end, "127.0.0.1", 0, subprotocols=[Subprotocol(SUBPROTOCOL)], process_request=hold
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        opening = asyncio.ensure_future(open_socket(BotPort(Witness(), Ear(), True), f"ws://127.0.0.1:{port}/world"))
        await asked.wait()
        opening.cancel()
        may_answer.set()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await asyncio.wait_for(ended.wait(), 30)


async def test_no_server_is_a_refusal() -> None:
    with pytest.raises(JoinRefused, match="no_socket"):
        await open_socket(BotPort(Witness(), Ear(), True), "ws://127.0.0.1:9/world")
