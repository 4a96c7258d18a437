"""Frames that no client sends: too long, too many, with what was never agreed on."""

import asyncio
import zlib

import pytest

from protocol.codec import decode_server, encode
from protocol.ids import ASSEMBLY_SECONDS, VERSION, CloseCode
from protocol.messages import Clock, Resume, Welcome
from protocol.schema import SCHEMA_HASH
from tests.support.misuse import Door
from tests.support.raw_websocket import BINARY, CONTINUATION, HEADERS, RawWebSocket, frame, upgrade_request

CLOCK = encode(Clock(sent=1.0))
MEBIBYTE = 1024 * 1024

HEADER_ALONE = b"\x82\xff%sMASK"
"""A binary frame with a length in eight bytes, and nothing after its header."""

FAULTS: dict[str, tuple[bytes, int]] = {
    "a frame of 65,537 bytes": (frame(BINARY, bytes(65_537)), CloseCode.TOO_BIG),
    "a frame of 4 MiB": (frame(BINARY, bytes(4 * MEBIBYTE)), CloseCode.TOO_BIG),
    "fragments that come to 65,537 bytes": (
        frame(BINARY, bytes(65_000), fin=False) + frame(CONTINUATION, bytes(537)),
        CloseCode.TOO_BIG,
    ),
    "100,000 fragments": (
        frame(BINARY, b"\x05", fin=False) + frame(CONTINUATION, b"", fin=False) * 100_000,
        CloseCode.TOO_BIG,
    ),
    "a length of 2^63": (HEADER_ALONE % (1 << 63).to_bytes(8, "big"), CloseCode.PROTOCOL_ERROR),
    "a length of 2^64 - 1": (HEADER_ALONE % (b"\xff" * 8), CloseCode.PROTOCOL_ERROR),
    "a length of 2^63 - 1": (HEADER_ALONE % ((1 << 63) - 1).to_bytes(8, "big"), CloseCode.TOO_BIG),
    "a length of 2^32": (HEADER_ALONE % (1 << 32).to_bytes(8, "big"), CloseCode.TOO_BIG),
    **{
        f"reserved bits {bits}": (frame(BINARY, CLOCK, reserved=bits), CloseCode.PROTOCOL_ERROR) for bits in range(1, 8)
    },
    "a compressed message": (
        frame(BINARY, zlib.compress(CLOCK, wbits=-15)[:-4], reserved=4),
        CloseCode.PROTOCOL_ERROR,
    ),
}


@pytest.mark.parametrize("joined", [False, True], ids=["a stranger", "a guest"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_costs_its_sender_alone(door: Door, fault: str, joined: bool) -> None:
    data, code = FAULTS[fault]
    before = door.resident_bytes
    async with door.joined() if joined else door.socket() as client:
        client.send(data)
        assert (await client.read_close())[0] == code
    assert door.resident_bytes - before < 2 * MEBIBYTE


@pytest.mark.parametrize("fin", [True, False], ids=["a frame", "a first fragment"])
async def test_a_frame_that_never_ends_is_not_waited_for(door: Door, fin: bool) -> None:
    """Something of it comes all the time, so its sender is not silent."""
    data = frame(BINARY, bytes(60_000), fin=fin)
    async with door.joined() as client, asyncio.timeout(4 * ASSEMBLY_SECONDS):
        closed = asyncio.create_task(client.read_close())
        for start in range(0, len(data), 100):
            client.send(data[start : start + 100])
            await asyncio.wait([closed], timeout=0.25)
            if closed.done():
                break
        assert (await closed)[0] == CloseCode.NO_PONG
        # Far from whole: 600 parts would have taken two minutes and a half.
        assert start < len(data) // 2


@pytest.mark.parametrize("fin", [True, False], ids=["a frame", "a first fragment"])
async def test_who_stalls_in_the_middle_of_a_message_keeps_their_place(door: Door, fin: bool) -> None:
    """A network that comes back late is no fault of who is behind it: the session waits, and is resumed."""
    async with door.socket() as stalled, asyncio.timeout(4 * ASSEMBLY_SECONDS):
        welcome = await stalled.join(await door.ticket())
        stalled.send(frame(BINARY, CLOCK, fin=fin)[: -1 if fin else None])
        assert (await stalled.read_close())[0] == CloseCode.NO_PONG
        async with door.socket() as back:
            back.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=welcome.resume_token, last_event=0))
            opcode, payload = await back.read_frame()
            assert opcode == BINARY
            again = decode_server(payload)
            assert isinstance(again, Welcome)
            assert (again.session, again.entity) == (welcome.session, welcome.entity)


async def test_an_offer_to_compress_is_not_taken_up(door: Door) -> None:
    offers = (
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits; server_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=8",
    )
    for offer in offers:
        request = upgrade_request(headers=(*HEADERS, f"Sec-WebSocket-Extensions: {offer}"))
        async with await RawWebSocket.knock(door.world_port, request) as client:
            head = await client.read_head()
            assert head.startswith(b"HTTP/1.1 101 ")
            assert b"extensions" not in head.lower()
            await client.join(await door.ticket())
            client.send(FAULTS["a compressed message"][0])
            assert (await client.read_close())[0] == CloseCode.PROTOCOL_ERROR
