"""RFC 6455 and SPEC section 1.1 as bytes on a socket: what each fault costs, and that it costs nobody else anything."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from protocol.codec import decode_server, encode
from protocol.ids import VERSION, Kind
from protocol.messages import Clock, ClockReply, Hello, Welcome
from protocol.schema import SCHEMA_HASH
from server.identity.tickets import Claims
from tests.support.live_world import LiveWorld
from tests.support.raw_websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawWebSocket,
    close_frame,
    frame,
)

ROOT = Path(__file__).parents[3]
CLOCK = encode(Clock(sent=1.0))


@pytest_asyncio.fixture
async def innocent(world: LiveWorld) -> AsyncIterator[RawWebSocket]:
    """Somebody else in the same room, who must not feel a thing."""
    async with await RawWebSocket.open(world.port) as client:
        await client.join(world.ticket("Innocent"))
        yield client
        # Its stream goes on from where it was, frame by frame, and it is answered and shown the room as before.
        client.say(Clock(sent=77.0))
        reply = decode_server(await client.read_until(BINARY, Kind.CLOCK_REPLY))
        assert isinstance(reply, ClockReply)
        assert reply.sent == 77.0
        await client.read_until(BINARY, Kind.SNAPSHOT)
        assert world.gateway.session_counts["live"] >= 1


@pytest_asyncio.fixture
async def client(world: LiveWorld, innocent: RawWebSocket) -> AsyncIterator[RawWebSocket]:
    """Somebody who has joined, and will do as the test says."""
    async with await RawWebSocket.open(world.port) as joined:
        await joined.join(world.ticket("Mallory"))
        yield joined


def fragments(count: int, size: int) -> bytes:
    """A message in so many fragments of so many bytes."""
    first = frame(BINARY, CLOCK[:1].ljust(size, b"\0"), fin=False)
    middle = frame(CONTINUATION, bytes(size), fin=False) * (count - 2)
    return first + middle + frame(CONTINUATION, bytes(size))


FAULTS: dict[str, tuple[bytes, int]] = {
    "reserved bit 1": (frame(BINARY, CLOCK, reserved=4), 1002),
    "reserved bit 2": (frame(BINARY, CLOCK, reserved=2), 1002),
    "reserved bit 3": (frame(BINARY, CLOCK, reserved=1), 1002),
    "reserved bit of a pose": (frame(BINARY, b"\x10" + bytes(8), reserved=4), 1002),
    "reserved bit of a ping": (frame(PING, b"", reserved=4), 1002),
    "reserved bit of a close": (frame(CLOSE, b"\x03\xe8", reserved=4), 1002),
    "reserved bit of a continuation": (
        frame(BINARY, CLOCK[:1], fin=False) + frame(CONTINUATION, CLOCK[1:], reserved=1),
        1002,
    ),
    **{f"opcode {opcode}": (frame(opcode, b"x"), 1002) for opcode in (*range(3, 8), *range(11, 16))},
    "no mask": (frame(BINARY, CLOCK, masked=False), 1002),
    "a ping without a mask": (frame(PING, b"", masked=False), 1002),
    "a fragmented ping": (frame(PING, b"", fin=False), 1002),
    "a fragmented close": (frame(CLOSE, b"", fin=False), 1002),
    "a ping of 126 bytes": (frame(PING, bytes(126)), 1002),
    "a close of 126 bytes": (close_frame(1000, bytes(124)), 1002),
    "a length of 5 in 2 bytes": (frame(BINARY, bytes(5), length_bytes=2), 1002),
    "a length of 5 in 8 bytes": (frame(BINARY, bytes(5), length_bytes=8), 1002),
    "a length of 65,535 in 8 bytes": (frame(BINARY, bytes(65_535), length_bytes=8), 1002),
    "a length with its highest bit": (b"\x82\xff" + b"\x80" + bytes(7) + b"mask", 1002),
    "text": (frame(TEXT, b"hello"), 1003),
    "empty text": (frame(TEXT, b""), 1003),
    "text that is not UTF-8": (frame(TEXT, b"\xff"), 1003),
    "a text that is fragmented": (frame(TEXT, b"h", fin=False), 1003),
    "text between fragments": (frame(BINARY, CLOCK[:1], fin=False) + frame(TEXT, b"x"), 1003),
    "a continuation of nothing": (frame(CONTINUATION, CLOCK), 1002),
    "a continuation after the end": (frame(BINARY, CLOCK) + frame(CONTINUATION, b"x"), 1002),
    "a message between fragments": (frame(BINARY, CLOCK[:1], fin=False) + frame(BINARY, CLOCK), 1002),
    "a first fragment twice": (frame(BINARY, CLOCK[:1], fin=False) * 2, 1002),
    "17 fragments": (fragments(17, 1), 1009),
    "17 empty fragments": (frame(BINARY, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 16, 1009),
    "a frame of 65,537 bytes": (frame(BINARY, bytes(65_537)), 1009),
    "a frame that claims 2^62 bytes": (b"\x82\xff" + b"\x40" + bytes(7) + b"mask", 1009),
    "fragments of 65,537 bytes": (
        frame(BINARY, bytes(65_000), fin=False) + frame(CONTINUATION, bytes(537), fin=False),
        1009,
    ),
    "an empty message": (frame(BINARY, b""), 4501),
    "an empty message in fragments": (frame(BINARY, b"", fin=False) + frame(CONTINUATION, b""), 4501),
    "a kind that is not": (frame(BINARY, b"\x07\x80"), 4501),
    "a kind of the server": (frame(BINARY, b"\x82\x80"), 4501),
    "a body that is not msgpack": (frame(BINARY, b"\x05\xc1"), 4501),
    "hello again": (
        frame(BINARY, encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket="x", client="raw"))),
        4501,
    ),
    "a pose that is cut short": (frame(BINARY, b"\x10\x01" + bytes(10)), 4501),
    "a close of one byte": (frame(CLOSE, b"\x03"), 1002),
    **{
        f"close code {code}": (close_frame(code), 1002)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535)
    },
    "a close reason that is not UTF-8": (close_frame(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80"), 1007),
    "a close reason cut within a character": (close_frame(1000, b"\xe2\x82"), 1007),
    "101 pings at once": (frame(PING, b"") * 101, 4007),
    "101 messages at once": (frame(BINARY, CLOCK) * 101, 4007),
    "1,500 poses at once": (frame(BINARY, b"\x10" + bytes(8)) * 1500, 4007),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_closes_its_own_connection_with_its_code(client: RawWebSocket, fault: str) -> None:
    data, expected = FAULTS[fault]
    client.send(data)
    code, _ = await client.read_close()
    assert code == expected


@pytest.mark.parametrize("fault", ["reserved bit 1", "opcode 3", "no mask", "text", "17 fragments", "an empty message"])
async def test_a_fault_before_joining_costs_the_same(world: LiveWorld, innocent: RawWebSocket, fault: str) -> None:
    data, expected = FAULTS[fault]
    async with await RawWebSocket.open(world.port) as client:
        client.send(data)
        assert (await client.read_close())[0] == expected


async def test_every_fault_is_counted_by_its_reason(world: LiveWorld) -> None:
    for fault in ("text", "opcode 3", "a frame of 65,537 bytes", "a close reason cut within a character"):
        async with await RawWebSocket.open(world.port) as client:
            client.send(FAULTS[fault][0])
            await client.read_close()
    await world.until(lambda: sum(world.gateway.telemetry.closes.values()) == 4)
    assert world.gateway.telemetry.faults == {"text": 1, "framing": 1, "stranger_bytes": 1, "close_reason": 1}
    assert world.gateway.telemetry.closes == {"1003": 1, "1002": 1, "1009": 1, "1007": 1}


async def answer(client: RawWebSocket) -> float:
    """What the next clock reply echoes."""
    reply = decode_server(await client.read_until(BINARY, Kind.CLOCK_REPLY))
    assert isinstance(reply, ClockReply)
    return reply.sent


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(125))])
async def test_a_ping_is_answered_with_its_payload(client: RawWebSocket, payload: bytes) -> None:
    client.send(frame(PING, payload))
    assert await client.read_until(PONG) == payload


async def test_a_pong_that_nobody_asked_for_is_nothing(client: RawWebSocket) -> None:
    client.send(frame(PONG, b"surprise"), frame(BINARY, CLOCK))
    assert await answer(client) == 1.0


async def test_a_message_may_come_in_16_fragments_with_pings_between(client: RawWebSocket) -> None:
    parts = [CLOCK[index : index + 1] for index in range(15)]
    rest = CLOCK[15:]
    client.send(frame(BINARY, parts[0], fin=False))
    for part in parts[1:]:
        client.send(frame(PING, b""), frame(CONTINUATION, part, fin=False))
    client.send(frame(CONTINUATION, rest))
    assert await answer(client) == 1.0


async def test_a_message_may_come_byte_by_byte(client: RawWebSocket) -> None:
    for byte in frame(BINARY, CLOCK):
        client.send(bytes((byte,)))
        await asyncio.sleep(0.001)
    assert await answer(client) == 1.0


async def test_many_messages_may_come_in_one_piece(client: RawWebSocket) -> None:
    client.send(*(frame(BINARY, encode(Clock(sent=float(number)))) for number in range(50)))
    assert [await answer(client) for _ in range(50)] == [float(number) for number in range(50)]


@pytest.mark.parametrize("size", [125, 126, 65_535, 65_536])
async def test_a_message_of_every_form_of_length_is_read(client: RawWebSocket, size: int) -> None:
    """A message of the right size and the wrong content, which is told by its own code."""
    client.send(frame(BINARY, b"\x05\xc4".ljust(size, b"\0")))
    assert (await client.read_close())[0] == 4501


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4000, 4999])
async def test_a_close_is_answered_as_normal(client: RawWebSocket, code: int) -> None:
    client.send(close_frame(code, "auf Wiedersehen, schön".encode()))
    assert await client.read_close() == (1000, "")


async def test_a_close_without_a_code_is_answered_as_normal(client: RawWebSocket) -> None:
    client.send(frame(CLOSE, b""))
    assert await client.read_close() == (1000, "")


async def test_what_follows_a_close_is_not_heard(world: LiveWorld, client: RawWebSocket) -> None:
    client.send(close_frame(1000), frame(BINARY, CLOCK) * 120)
    assert (await client.read_close())[0] == 1000
    assert world.gateway.telemetry.faults == {}


async def test_a_socket_that_is_reset_leaves_a_suspended_session(world: LiveWorld, client: RawWebSocket) -> None:
    client.writer.transport.abort()
    await world.until(lambda: world.gateway.session_counts["suspended"] == 1)
    assert world.gateway.telemetry.closes == {"1006": 1}


VECTORS = json.loads((ROOT / "protocol" / "vectors" / "transport.json").read_text())
VECTOR_TICKET = "eyJ.t.s"


def vectors(kind: str) -> list[object]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS[kind]]


@pytest.mark.parametrize("vector", [*vectors("valid"), *vectors("invalid")])
async def test_each_vector_of_the_transport_ends_with_its_code(
    world: LiveWorld, innocent: RawWebSocket, vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.tickets, "redeem", claims_of)
    async with await RawWebSocket.open(world.port) as client:
        client.send(bytes.fromhex(vector["hex"]))
        assert (await client.read_close())[0] == vector["close"]


def claims_of(ticket: str, now: float, origin: str, *, refreshing: bool) -> Claims:
    assert (ticket, refreshing) == (VECTOR_TICKET, False)
    return Claims(room="ward", subject="v", name="Vic", role="patient", avatar="plain")


async def test_hello_in_fragments_joins(world: LiveWorld, innocent: RawWebSocket) -> None:
    hello = encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=world.ticket("Frag"), client="raw"))
    async with await RawWebSocket.open(world.port) as client:
        client.send(frame(BINARY, hello[:10], fin=False), frame(CONTINUATION, hello[10:]))
        _, payload = await client.read_frame()
        assert isinstance(decode_server(payload), Welcome)
