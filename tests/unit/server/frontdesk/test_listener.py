"""A port is what this module is about, so there is one here, on the loopback address."""

import asyncio
import contextlib
import json
import logging
import signal
import socket
from collections.abc import AsyncIterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from server.config.limits import LimitSettings
from server.doorway.arrivals import Arrivals
from server.errors import PortInUse
from server.frontdesk.files import PIECE_BYTES
from server.frontdesk.listener import FrontDeskServer, Limits

HOST = "127.0.0.1"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
STUFFING = 20_000_000
"""Bytes that no pair of sockets keeps for who does not read."""


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


async def started(app: ASGIApp = greet, **limits: float) -> tuple[FrontDeskServer, int]:
    server = FrontDeskServer(app, Limits(**limits))  # type: ignore[arg-type]  # of one map
    return server, await server.start(HOST, 0)


async def test_a_body_whose_length_is_told_twice_is_refused_and_nothing_after_it_is_read() -> None:
    server, port = await started()
    reader, writer = await asyncio.open_connection(HOST, port)
    twice = b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n" + twice + b"\r\n0\r\n\r\n" + GET)
    async with asyncio.timeout(4):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
    writer.close()
    await server.stop(1.0)


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
NO_REQUESTS = [
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 canary \r\n\r\n", id="TLS where there is none"),
    pytest.param(b"GET /canary\r\n\r\n", id="no version"),
    pytest.param(b"GET /canary HTTP/1.1\r\nno colon\r\n\r\n", id="no header"),
    pytest.param(b"GET /canary HTTP/1.1\r\n\r\n", id="no host"),
    pytest.param(b"GET /" + b"canary" * 3_000, id="a head without an end"),
    pytest.param(CHUNKED + b"canary\r\n", id="a chunk without a size"),
]


@pytest.mark.parametrize("sent", NO_REQUESTS)
async def test_what_is_no_request_is_told_so_as_all_else_is_and_the_connection_ends(sent: bytes) -> None:
    async def read_it(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await greet(scope, receive, send)

    server, port = await started(read_it)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(sent)
    async with asyncio.timeout(4):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert (json.loads(body)["status"], json.loads(body)["code"]) == (400, "not_http")
    assert b"canary" not in head + body
    writer.close()
    await server.stop(1.0)


async def test_what_is_no_request_writes_nothing_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    server, port = await started()
    with caplog.at_level(logging.INFO):
        for said in (b"nonsense\r\n\r\n", GET[:-2] + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(said)
            await reader.read(20)
            writer.close()
    await server.stop(1.0)
    assert caplog.records == []


async def test_an_answer_that_is_on_its_way_breaks_off_where_the_body_turns_out_to_be_none() -> None:
    under_way = asyncio.Event()
    ended = asyncio.Event()

    async def answer_in_parts(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"he", "more_body": True})
        under_way.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        await send({"type": "http.response.body", "body": b"llo"})
        ended.set()

    server, port = await started(answer_in_parts)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(CHUNKED)
    async with asyncio.timeout(4):
        await under_way.wait()
        writer.write(b"no size\r\n")
        answer = await reader.read()
        await ended.wait()
    assert (answer.count(b"HTTP/1.1"), answer.endswith(b"\r\n\r\nhe")) == (1, True)
    writer.close()
    await server.stop(1.0)


NEVER_ENDING = [
    pytest.param(b"", id="nothing"),
    pytest.param(GET[:20], id="half a head"),
    pytest.param(GET + GET[:20], id="half a head after an answer"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", id="half a body nobody reads"),
]


@pytest.mark.parametrize("request_", NEVER_ENDING)
async def test_a_request_that_does_not_come_to_its_end_is_cut_off(request_: bytes) -> None:
    server, port = await started(request_seconds=0.05)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request_)
    # Whatever is answered, the end comes; that it does not come by uvicorn's own 5 s is told by what they would send.
    async with asyncio.timeout(4):
        await read_to_the_end(reader)
    writer.close()
    await server.stop(1.0)


async def test_bytes_that_trickle_in_move_no_deadline() -> None:
    server, port = await started(request_seconds=0.2)
    reader, writer = await asyncio.open_connection(HOST, port)
    ended = asyncio.create_task(read_to_the_end(reader))
    writer.write(GET[:-2] + b"X-Long: ")
    for _ in range(1000):
        writer.write(b"x")
        await asyncio.sleep(0.01)
        if ended.done():
            break
    assert ended.done()
    writer.close()
    await server.stop(1.0)


async def test_a_request_that_came_may_take_longer_to_be_answered() -> None:
    async def think(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.8)
        await greet(scope, receive, send)

    server, port = await started(think, request_seconds=0.4)
    assert (await ask(port)).endswith(b"hello")
    await server.stop(1.0)


@pytest.mark.parametrize("closing", [b"", b"Connection: close\r\n"])
@pytest.mark.parametrize("answers", [1, 40])
async def test_a_client_that_takes_nothing_of_an_answer_is_cut_off(closing: bytes, answers: int) -> None:
    body = bytes(STUFFING // answers)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        size = b"%d" % len(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", size)]})
        await send({"type": "http.response.body", "body": body})

    arrivals = Arrivals(LimitSettings(loopback=True, http_per_address=1))
    server = FrontDeskServer(answer, Limits(answer_seconds=0.2), arrivals=arrivals)
    port = await server.start(HOST, 0)
    with socket.create_connection((HOST, port)) as client:
        client.sendall(GET * (answers - 1) + GET[:-2] + closing + b"\r\n")
        # The place of this address is free again, though the client is there still and has not read a byte.
        async with asyncio.timeout(10):
            while not (await knock(port)).startswith(b"HTTP/1.1 200"):  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.05)
    await server.stop(1.0)


async def test_a_client_that_takes_its_time_for_an_answer_gets_all_of_it() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(STUFFING // PIECE_BYTES):
            await send({"type": "http.response.body", "body": bytes(PIECE_BYTES), "more_body": True})
        await send({"type": "http.response.body", "body": b"hello"})

    server, port = await started(answer, answer_seconds=5.0)
    reader, writer = await asyncio.open_connection(HOST, port, limit=1_000)
    writer.write(GET[:-2] + b"Connection: close\r\n\r\n")
    size = 0
    while data := await reader.read(200_000):
        size += len(data)
        last = data
        await asyncio.sleep(0.001)
    assert size > STUFFING - PIECE_BYTES
    assert b"hello" in last
    writer.close()
    await server.stop(1.0)


async def test_a_connection_that_is_kept_open_has_the_time_anew_for_each_request() -> None:
    server, port = await started(request_seconds=1.0)
    reader, writer = await asyncio.open_connection(HOST, port)
    for _ in range(5):
        writer.write(GET)
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.25)
    writer.close()
    await server.stop(1.0)


async def test_one_connection_too_many_is_told_so_and_closed_until_another_goes() -> None:
    server, port = await started(connections=2)
    held = [await asyncio.open_connection(HOST, port) for _ in range(2)]
    for reader, writer in held:
        writer.write(GET)
        await reader.readuntil(b"hello")
    reader, writer = await asyncio.open_connection(HOST, port)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "overloaded"
    writer.close()
    held[0][1].write(GET)
    assert (await held[0][0].readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    for _, writer in held:
        writer.close()
        await writer.wait_closed()
    assert (await ask(port)).startswith(b"HTTP/1.1 200")
    await server.stop(1.0)


async def knock(port: int) -> bytes:
    """The beginning of what a connection gets that asks for something; nothing where it is reset."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(GET)
        return await reader.read(20)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def read_to_the_end(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionResetError):
        while await reader.read(4096):
            pass
