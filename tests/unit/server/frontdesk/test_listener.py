"""A port is what this module is about, so there is one here, on the loopback address."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from server.errors import PortInUse
from server.frontdesk.listener import FrontDeskServer

HOST = "127.0.0.1"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def greet(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
async def server() -> AsyncIterator[FrontDeskServer]:
    server = FrontDeskServer(greet)
    yield server
    await server.stop(1.0)


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(GET)
    answer = await reader.readuntil(b"hello")
    writer.close()
    await writer.wait_closed()
    return answer


async def test_port_0_picks_a_free_one_and_says_which(server: FrontDeskServer) -> None:
    port = await server.start(HOST, 0)
    assert port > 0
    answer = await ask(port)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"uvicorn" not in answer


async def test_a_taken_port_is_told_with_its_reason(server: FrontDeskServer) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"cannot listen on {HOST}:{port}: Address already in use$"):
            await server.start(HOST, port)


async def test_a_host_that_is_not_here_is_told_with_its_reason(server: FrontDeskServer) -> None:
    with pytest.raises(PortInUse, match=r"cannot listen on 192\.0\.2\.1:0: "):
        await server.start("192.0.2.1", 0)


async def test_a_host_that_is_no_address_is_told_with_its_reason(server: FrontDeskServer) -> None:
    with pytest.raises(PortInUse, match=r"cannot listen on \[::1:0: .+"):
        await server.start("[::1", 0)


async def test_the_signals_of_the_process_stay_with_whoever_had_them(server: FrontDeskServer) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    await server.start(HOST, 0)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_after_stopping_nobody_listens(server: FrontDeskServer) -> None:
    port = await server.start(HOST, 0)
    await server.stop(1.0)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def test_stopping_twice_or_before_the_start_is_harmless() -> None:
    server = FrontDeskServer(greet)
    await server.stop(0.1)
    port = await server.start(HOST, 0)
    await server.stop(1.0)
    await server.stop(1.0)
    assert port > 0


async def test_a_request_that_never_ends_is_cut_off() -> None:
    asked = asyncio.Event()

    async def never_answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await asyncio.Event().wait()

    server = FrontDeskServer(never_answer)
    port = await server.start(HOST, 0)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(GET)
    await asked.wait()
    began = asyncio.get_running_loop().time()
    await server.stop(0.05)
    assert asyncio.get_running_loop().time() - began < 1.0
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()
