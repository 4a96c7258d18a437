"""Peers that are there and are not: one that reads nothing, one that says nothing, one that is gone without a word."""

import asyncio
import ctypes
import socket
import struct
import time
from pathlib import Path

from protocol.ids import SILENCE_SECONDS, VERSION, CloseCode
from protocol.messages import Resume
from protocol.schema import SCHEMA_HASH
from tests.support.bystanders import Bystanders
from tests.support.misuse import Door
from tests.support.raw_websocket import PING, RawWebSocket, frame

MEBIBYTE = 1024 * 1024
HELD_BYTES_MAX = 256 * 1024
SMALL_WINDOW = 4_096
LATE_SECONDS = 10.0

SO_ATTACH_FILTER = 26
"""Linux, asm-generic/socket.h; Python's socket module does not name it."""
TAKE_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0), 8)
"""A socket filter of one instruction, `return 0`: what comes is dropped before TCP sees it."""


def vanish(client: RawWebSocket) -> None:
    """Be gone without a word, as without power: what comes is neither acknowledged nor answered by a reset."""
    program = struct.pack("HL", 1, ctypes.addressof(TAKE_NOTHING))
    client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def unacknowledged_bytes(door: Door, client: RawWebSocket) -> int:
    """What the server has sent to a client that its kernel has no acknowledgement of; 0 where the socket is gone."""
    ours = f":{client.writer.get_extra_info('sockname')[1]:04X}"
    theirs = f":{door.world_port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, near, far, _, queues, *_ = line.split()
        if near.endswith(theirs) and far.endswith(ours):
            return int(queues.split(":")[0], 16)
    return 0


async def code_in_log(door: Door, reason: str, count: int) -> None:
    """Wait until the server has told of so many faults of a kind."""
    async with asyncio.timeout(SILENCE_SECONDS + LATE_SECONDS):
        while sum(line["event"] == "fault" and line.get("reason") == reason for line in door.log()) < count:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


async def test_peers_that_fell_silent_are_let_go_after_25_seconds(door: Door, others: Bystanders) -> None:
    """Two at once, since each takes so long: a window that is closed, and a socket that nobody is behind any more."""
    before = door.resident_bytes
    async with (
        door.joined("Zero", receive_buffer=SMALL_WINDOW) as closed_window,
        door.joined("Half") as half_open,
    ):
        # Of the one the kernel goes on to say that what is sent has come; nobody reads it, and nobody answers a ping.
        closed_window.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport has it
        vanish(half_open)
        unacknowledged = 0
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            silences = group.create_task(code_in_log(door, "no_pong", 2))
            while not silences.done():
                await others.undisturbed()
                await asyncio.sleep(0.5)
                unacknowledged = max(unacknowledged, unacknowledged_bytes(door, half_open))
        assert unacknowledged > 0
        assert time.monotonic() - begun > SILENCE_SECONDS - 5.0
        assert door.resident_bytes - before < 4 * MEBIBYTE
        assert door.count("polyclinic_held_bytes_most") <= HELD_BYTES_MAX


async def test_who_pings_and_never_reads_makes_nothing_grow(door: Door, others: Bystanders) -> None:
    before = door.resident_bytes
    async with door.joined("Zero", receive_buffer=SMALL_WINDOW) as client:
        for turn in range(40):
            client.send(*(frame(PING, bytes(125)) for _ in range(10)))
            await asyncio.sleep(0.2)
            # Their steps are long: at each turn the one who moves would be faster than anybody walks.
            if turn % 4 == 0:
                await others.undisturbed()
    assert door.resident_bytes - before < 2 * MEBIBYTE
    assert door.count("polyclinic_held_bytes_most") <= HELD_BYTES_MAX


async def test_a_socket_that_is_reset_at_any_moment_leaves_no_descriptor(door: Door, others: Bystanders) -> None:
    descriptors = door.descriptors
    requests = [b"", b"GET", b"GET /world HTTP/1.1\r\n"]
    for request in requests * 10:
        async with await RawWebSocket.knock(door.world_port, request):
            await asyncio.sleep(0)
    for _ in range(10):
        async with door.socket() as client:
            client.send(b"\x82")
        async with door.joined() as client:
            client.send(frame(PING, b"x")[:3])
    await others.undisturbed()
    async with asyncio.timeout(15.0):
        while door.descriptors > descriptors:  # noqa: ASYNC110 - it is another process's
            await asyncio.sleep(0.1)


async def test_who_resumes_elsewhere_ends_the_old_socket(door: Door) -> None:

    async with door.socket() as old:
        token = (await old.join(await door.ticket())).resume_token
        async with door.socket() as new:
            new.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0))
            assert (await old.read_close())[0] == CloseCode.SUPERSEDED
