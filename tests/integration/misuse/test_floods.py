"""More of everything than there may be."""

import asyncio

import pytest

from protocol.codec import encode
from protocol.ids import CloseCode, Kind
from protocol.messages import Clock, Operation
from tests.support.bystanders import Bystanders
from tests.support.misuse import Door
from tests.support.raw_websocket import BINARY, PING, PONG, RawWebSocket, frame

MEBIBYTE = 1024 * 1024
SAY = encode(Operation(op=bytes(16), feature="chat", type="say", body={"text": "again"}))
FLOODS: dict[str, bytes] = {
    "messages": frame(BINARY, encode(Clock(sent=1.0))) * 20_000,
    "poses": frame(BINARY, bytes((Kind.POSE,)) + bytes(8)) * 20_000,
    "pings": frame(PING, bytes(125)) * 20_000,
    "pongs": frame(PONG, bytes(125)) * 20_000,
    "one operation again and again": frame(BINARY, SAY) * 20_000,
}
STRANGERS = 300


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_costs_whoever_floods(door: Door, others: Bystanders, flood: str) -> None:
    before = door.resident_bytes
    async with door.joined() as client:
        client.send(FLOODS[flood])
        assert (await read_code(client)) == CloseCode.RATE_LIMITED
        await others.undisturbed()
    assert door.resident_bytes - before < 2 * MEBIBYTE


async def read_code(client: RawWebSocket) -> int:
    """The code of the close frame; 4007 also where the flood's own weight reset the connection before it came."""
    try:
        return (await client.read_close())[0]
    except (ConnectionError, asyncio.IncompleteReadError):
        return CloseCode.RATE_LIMITED


async def test_floods_are_counted_and_change_nothing_in_the_room(door: Door, others: Bystanders) -> None:
    before = door.count("polyclinic_closes_total", code="4007")
    for flood in FLOODS.values():
        async with door.joined("Flo") as client:
            client.send(flood)
            await read_code(client)
    async with asyncio.timeout(10.0):
        # It is another process that counts.
        while door.count("polyclinic_closes_total", code="4007") < before + len(FLOODS):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    said = [event for event in others.said if event.type == "said"]
    # One operation, sent 20,000 times, was said once.
    assert len(said) <= 1


async def test_a_crowd_of_strangers_who_say_nothing_is_sent_away(door: Door, others: Bystanders) -> None:
    before = door.resident_bytes
    descriptors = door.descriptors
    async with asyncio.TaskGroup() as group:
        closes = [group.create_task(silent(door)) for _ in range(STRANGERS)]
        await others.undisturbed()
    codes = [close.result() for close in closes]
    assert set(codes) == {CloseCode.AUTHENTICATION_TIMEOUT}
    assert door.resident_bytes - before < STRANGERS * 64 * 1024
    async with asyncio.timeout(10.0):
        while door.descriptors > descriptors:  # noqa: ASYNC110 - it is another process's
            await asyncio.sleep(0.05)


async def silent(door: Door) -> int:
    """Open a socket and wait for its end; what it was closed with."""
    async with door.socket() as client:
        head = await asyncio.wait_for(client.reader.readexactly(2), 30.0)
        payload = await client.reader.readexactly(head[1])
        return int.from_bytes(payload[:2], "big")


async def test_requests_of_the_front_desk_that_never_end_are_cut_off(door: Door, others: Bystanders) -> None:
    host, _, port = door.server.http.removeprefix("http://").partition(":")
    begun = asyncio.get_running_loop().time()
    connections = [await asyncio.open_connection(host, int(port)) for _ in range(50)]
    for _, writer in connections:
        writer.write(b"POST /v1/rooms/lobby/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    await others.undisturbed()
    for reader, writer in connections:
        await asyncio.wait_for(reader.read(), 30.0)
        writer.transport.abort()
    assert asyncio.get_running_loop().time() - begun > 5.0
