"""Messages that are made to cost: deep, wide, of declared sizes that nobody has, with more after their end."""

import struct

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
import pytest

from protocol.codec import decode_server, encode
from protocol.ids import CloseCode, Kind
from protocol.messages import Clock, ClockReply, Operation, Result
from tests.support.misuse import Door
from tests.support.raw_websocket import BINARY, frame

MEBIBYTE = 1024 * 1024
SENT = b"\x05\x81\xa4sent"
"""A `clock` up to its value."""
OPERATION = b"\x04\x84\xa2op\xc4\x10" + bytes(16) + b"\xa7feature\xa4chat\xa4type\xa3say\xa4body"
"""An `operation` up to its body."""

FAULTS: dict[str, bytes] = {
    "deep arrays": OPERATION + b"\x81\xa4text" + b"\x91" * 60_000 + b"\xc0",
    "deep maps": OPERATION + b"\x81\xa1a" * 20_000 + b"\xc0",
    "9 deep": OPERATION + b"\x81\xa1a" * 8 + b"\xc0",
    "a wide array": OPERATION + b"\x81\xa4text\xdc\x01\x01" + b"\xc0" * 257,
    "a very wide array": OPERATION + b"\x81\xa4text\xdc\xea\x60" + b"\xc0" * 60_000,
    "a wide map": OPERATION + msgpack.packb({f"key {number}": 0 for number in range(257)}),
    "an array of 2^32 - 1": OPERATION + b"\x81\xa4text\xdd\xff\xff\xff\xff",
    "a map of 2^32 - 1": OPERATION + b"\xdf\xff\xff\xff\xff",
    "a string of 2^32 - 1 bytes": OPERATION + b"\x81\xa4text\xdb\xff\xff\xff\xff",
    "binary of 2^32 - 1 bytes": OPERATION + b"\x81\xa4text\xc6\xff\xff\xff\xff",
    "an extension of 2^32 - 1 bytes": OPERATION + b"\x81\xa4text\xc9\xff\xff\xff\xff\x01",
    "arrays of 2^32 - 1, one in the other": OPERATION + b"\x81\xa4text" + b"\xdd\xff\xff\xff\xff" * 7,
    "a timestamp": SENT + b"\xd6\xff" + bytes(4),
    "a byte after the end": encode(Clock(sent=1.0)) + b"\x00",
    "a message after the end": encode(Clock(sent=1.0)) * 2,
    "nothing but a kind": b"\x05",
    "a key twice": b"\x05\x82\xa4sent\x01\xa4sent\x02",
    "a key that is a number": b"\x05\x81\x01\x01",
    "a string that is not UTF-8": OPERATION + b"\x81\xa4text\xa3\xed\xa0\x80",
    "not a number": SENT + struct.pack(">Bd", 0xCB, float("nan")),
    "infinity": SENT + struct.pack(">Bd", 0xCB, float("inf")),
    "minus infinity": SENT + struct.pack(">Bd", 0xCB, float("-inf")),
    "a short infinity": SENT + struct.pack(">Bf", 0xCA, float("inf")),
    "a signalling NaN": SENT + b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x01",
    "NaN in an operation": OPERATION + b"\x81\xa4text" + struct.pack(">Bd", 0xCB, float("nan")),
    "an integer past 64 bits for a float": SENT + b"\xc4\x09" + bytes(9),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_bomb_costs_its_sender_the_connection_and_the_server_no_memory(door: Door, fault: str) -> None:
    async with door.joined() as client:
        before = door.resident_bytes
        client.send(frame(BINARY, FAULTS[fault]))
        assert (await client.read_close())[0] == CloseCode.MALFORMED
        assert door.resident_bytes - before < 2 * MEBIBYTE


@pytest.mark.parametrize("fault", ["9 deep", "a wide array", "a byte after the end", "a key twice"])
async def test_a_bomb_for_a_first_message_is_no_hello(door: Door, fault: str) -> None:
    async with door.socket() as client:
        for kind in (Kind.HELLO, Kind.RESUME):
            client.send(frame(BINARY, bytes((kind,)) + FAULTS[fault][1:]))
        assert (await client.read_close())[0] == CloseCode.MALFORMED


@pytest.mark.parametrize("value", [5e-324, -5e-324, 2.2e-308, 1.7976931348623157e308, -0.0])
async def test_a_number_at_the_edge_is_a_number(door: Door, value: float) -> None:
    async with door.joined() as client:
        client.say(Clock(sent=value))
        reply = decode_server(await client.read_until(BINARY, Kind.CLOCK_REPLY))
        assert isinstance(reply, ClockReply)
        assert struct.pack(">d", reply.sent) == struct.pack(">d", value)


async def test_a_denormal_of_32_bits_is_a_number(door: Door) -> None:
    async with door.joined() as client:
        for value in (5e-45, -5e-45, 1.1e-38):
            short = struct.pack(">f", value)
            client.send(frame(BINARY, SENT + b"\xca" + short))
            reply = decode_server(await client.read_until(BINARY, Kind.CLOCK_REPLY))
            assert isinstance(reply, ClockReply)
            assert struct.pack(">f", reply.sent) == short


async def test_50_operations_that_are_none_cost_the_connection(door: Door) -> None:
    async with door.joined() as client:
        for number in range(51):
            op = number.to_bytes(16, "big")
            client.say(Operation(op=op, feature="chat", type="say", body={"no such key": 1}))
        codes = set()
        for _ in range(51):
            result = decode_server(await client.read_until(BINARY, Kind.RESULT))
            assert isinstance(result, Result)
            codes.add(result.code)
        assert codes == {"malformed"}
        assert (await client.read_close())[0] == CloseCode.TOO_MANY_ERRORS
