"""Too much from one address, which on this machine there are many of; who is at another notices nothing of it."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from protocol.ids import HELLO_BYTES_MAX, VERSION, CloseCode, Kind
from protocol.messages import Hello
from protocol.schema import SCHEMA_HASH
from tests.support.clinic_files import write_clinic
from tests.support.misuse import Door
from tests.support.raw_websocket import BINARY, CONTINUATION, HEADERS, PING, RawWebSocket, frame, upgrade_request
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.bystanders import Bystanders

SOCKETS, STRANGERS, HTTP, TICKETS = 6, 3, 8, 60
LIMITS = f"""
[server.limits]
loopback = true
sockets_per_address = {SOCKETS}
strangers_per_address = {STRANGERS}
http_per_address = {HTTP}
upgrades = {{ burst = 400, per_second = 10.0 }}
tickets = {{ burst = {TICKETS}, per_second = 0.01 }}
"""
FULL = b"HTTP/1.1 429 Too Many Requests\r\n"
WISH = {"name": "Mal", "role": "patient", "avatar": "plain"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    file = write_clinic(tmp_path_factory.mktemp("clinic"), more=LIMITS)
    with ServerProcess("--log-level=debug", f"--facility={file}") as running:
        yield running
        assert running.process.poll() is None, "the server has ended"
        assert '"level": "error"' not in running.errors


async def knock(door: Door, source: str, request: bytes | None = None) -> bytes:
    """The first answer to somebody at an address, up to its end if it is a refusal."""
    async with await RawWebSocket.knock(door.world_port, request or upgrade_request(), source=source) as client:
        head = await client.read_head()
        return head if head.startswith(b"HTTP/1.1 101 ") else head + await client.reader.read()


async def let_in(door: Door, source: str) -> None:
    """Wait until somebody at an address is let in: the server has to see others leave first."""
    async with asyncio.timeout(10.0):
        while not (await knock(door, source)).startswith(b"HTTP/1.1 101 "):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


def check_refusal(answer: bytes, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(FULL.rstrip())
    assert b"\r\nretry-after: " in head.lower()
    assert json.loads(body)["code"] == code


async def test_one_address_has_so_many_sockets(door: Door, others: Bystanders) -> None:
    here, there = "127.0.1.1", "127.0.1.2"
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            client = await stack.enter_async_context(door.socket(source=here))
            await client.join(await door.ticket())
        check_refusal(await knock(door, here), "too_many_connections")
        assert (await knock(door, there)).startswith(b"HTTP/1.1 101 ")
        await others.undisturbed()
        # Those who are there stay.
        client.send(frame(PING, b"still?"))
        assert await client.read_until(0xA) == b"still?"
    await let_in(door, here)


@pytest.mark.parametrize("said", [b"", b"GET /world HTTP/1.1\r\n", upgrade_request()], ids=["nothing", "half", "all"])
async def test_one_address_has_so_many_who_have_not_said_who_they_are(
    door: Door, others: Bystanders, said: bytes
) -> None:
    here, there = "127.0.2.1", "127.0.2.2"
    await let_in(door, here)
    async with AsyncExitStack() as stack:
        known = await stack.enter_async_context(door.socket(source=here))
        await known.join(await door.ticket())
        for _ in range(STRANGERS):
            await stack.enter_async_context(await RawWebSocket.knock(door.world_port, said, source=here))
        async with asyncio.timeout(10.0):
            while not (answer := await knock(door, here)).startswith(FULL):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        check_refusal(answer, "too_many_connections")
        assert (await knock(door, there)).startswith(b"HTTP/1.1 101 ")
        await others.undisturbed()
    await let_in(door, here)


async def test_who_says_who_they_are_makes_room_for_the_next(door: Door) -> None:
    here = "127.0.3.1"
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            client = await stack.enter_async_context(door.socket(source=here))
            await client.join(await door.ticket())


async def test_one_address_gets_so_many_tickets(door: Door, others: Bystanders) -> None:
    here, there = "127.0.4.1", "127.0.4.2"
    path = "/v1/rooms/lobby/tickets"
    statuses = [door.request("POST", path, WISH, source=here).status for _ in range(TICKETS)]
    assert set(statuses) == {201}
    refused = door.request("POST", path, WISH, source=here)
    assert refused.status == 429
    assert json.loads(refused.body)["code"] == "rate_limited"
    assert int(dict(refused.headers)["retry-after"]) > 0
    # Another room, or one that is not there, is the same; what is only read is not.
    assert door.request("POST", "/v1/rooms/nowhere/tickets", WISH, source=here).status == 429
    assert door.request("GET", "/v1/rooms", source=here).status == 200
    assert door.request("POST", path, WISH, source=there).status == 201
    await others.undisturbed()
    assert door.count("polyclinic_refused_total", limit="tickets") >= 2
    (told, *_) = [line for line in door.log() if line["event"] == "limit_reached" and line["reason"] == "tickets"]
    assert told["count"] >= 1


async def test_a_header_moves_nobody_without_a_proxy(door: Door) -> None:
    here = "127.0.5.1"
    for number in range(TICKETS + 1):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        answer = door.request("POST", "/v1/rooms/lobby/tickets", WISH, headers, source=here)
    assert answer.status == 429


async def test_one_address_has_so_many_connections_to_the_front_desk(door: Door, others: Bystanders) -> None:
    here, there = "127.0.6.1", "127.0.6.2"
    port = int(door.server.http.rpartition(":")[2])
    sockets = [socket.create_connection(("127.0.0.1", port), source_address=(here, 0)) for _ in range(HTTP)]
    try:
        answer = door.request("GET", "/v1/rooms", source=here)
        assert (answer.status, json.loads(answer.body)["code"]) == (429, "too_many_connections")
        assert door.request("GET", "/v1/rooms", source=there).status == 200
        await others.undisturbed()
    finally:
        for each in sockets:
            each.close()
    async with asyncio.timeout(10.0):
        while door.request("GET", "/v1/rooms", source=here).status != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def test_no_address_is_told_to_the_log(door: Door) -> None:
    assert "127.0.4.1" not in door.server.errors
    assert "127.0.4.1" not in door.metrics()


HELLO = Hello(version=VERSION, schema=SCHEMA_HASH, ticket="x", client="raw")
TOO_LONG: dict[str, bytes] = {
    "one message": frame(BINARY, bytes((Kind.HELLO,)) + bytes(HELLO_BYTES_MAX)),
    "the head of one": frame(BINARY, bytes(60_000))[:8],
    "fragments": frame(BINARY, b"\x01", fin=False) + frame(CONTINUATION, bytes(6_000), fin=False) * 3,
    "pings": frame(PING, bytes(125)) * 50 + frame(BINARY, bytes(11_000)),
}


@pytest.mark.parametrize("said", TOO_LONG)
async def test_a_stranger_says_so_much_and_no_more(door: Door, others: Bystanders, said: str) -> None:
    async with door.socket(source="127.0.7.1") as client:
        client.send(TOO_LONG[said])
        assert (await client.read_close())[0] == CloseCode.TOO_BIG
    await others.undisturbed()


async def test_who_is_let_in_may_say_more(door: Door) -> None:
    async with door.socket(source="127.0.7.2") as client:
        await client.join(await door.ticket())
        client.send(*(frame(PING, bytes(125)) for _ in range(90)), frame(BINARY, b"\x05" + bytes(20_000)))
        # Read to its end, and found to be none.
        assert (await client.read_close())[0] == CloseCode.MALFORMED


def request_of(told: str) -> bytes:
    return upgrade_request(headers=(*HEADERS, f"X-Forwarded-For: 198.51.100.200, {told}"))


async def test_behind_a_proxy_everybody_counts_by_what_it_tells(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = write_clinic(tmp_path_factory.mktemp("clinic"), more=LIMITS)
    with ServerProcess(f"--facility={file}", "--behind-proxy") as behind:
        door = Door(behind)
        here, there = "203.0.113.1", "203.0.113.2"
        async with AsyncExitStack() as stack:
            for _ in range(STRANGERS):
                client = await RawWebSocket.knock(door.world_port, request_of(here))
                await stack.enter_async_context(client)
                assert (await client.read_head()).startswith(b"HTTP/1.1 101 ")
            check_refusal(await knock(door, "127.0.0.1", request_of(here)), "too_many_connections")
            for _ in range(STRANGERS):
                assert (await knock(door, "127.0.0.1", request_of(there))).startswith(b"HTTP/1.1 101 ")
        path = "/v1/rooms/lobby/tickets"
        for _ in range(TICKETS):
            assert door.request("POST", path, WISH, {"X-Forwarded-For": here}).status == 201
        assert door.request("POST", path, WISH, {"X-Forwarded-For": here}).status == 429
        assert door.request("POST", path, WISH, {"X-Forwarded-For": there}).status == 201
        assert "203.0.113" not in behind.errors
