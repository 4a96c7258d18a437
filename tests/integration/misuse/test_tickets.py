"""Tickets and tokens in the wrong place, or for the second time."""

import asyncio

import pytest

from protocol.codec import decode_server
from protocol.ids import VERSION, CloseCode, Kind
from protocol.messages import Clock, Hello, Resume, Welcome
from protocol.schema import SCHEMA_HASH
from tests.support.misuse import Door
from tests.support.raw_websocket import CLOSE, HEADERS, RawWebSocket, frame, upgrade_request

ROUNDS = 10


async def answer_to(client: RawWebSocket, message: Hello | Resume) -> int:
    """What comes first: 0 for a welcome, else the code of the close."""
    client.say(message)
    while True:
        opcode, payload = await client.read_frame()
        if opcode == CLOSE:
            client.send(frame(CLOSE, payload[:2]))
            return int.from_bytes(payload[:2], "big")
        if payload[0] == Kind.WELCOME:
            return 0


@pytest.mark.parametrize("place", ["query", "path", "fragment", "userinfo"])
async def test_a_ticket_in_the_address_lets_nobody_in_and_is_not_told_on(door: Door, place: str) -> None:
    ticket = await door.ticket()
    path = {
        "query": f"/world?ticket={ticket}",
        "path": f"/world/{ticket}",
        "fragment": f"/world#{ticket}",
        "userinfo": f"http://{ticket}@127.0.0.1/world",
    }[place]
    async with await RawWebSocket.knock(door.world_port, upgrade_request(path)) as client:
        head = await client.read_head()
        body = await client.reader.read()
    assert head.startswith(b"HTTP/1.1 404 ")
    assert ticket.encode() not in head + body
    # It was not looked at: it still opens the door, once.
    async with door.socket() as client:
        await client.join(ticket)


@pytest.mark.parametrize("header", ["Authorization: Bearer", "Cookie: ticket=", "Sec-WebSocket-Protocol:"])
async def test_a_ticket_in_a_header_is_not_hello(door: Door, header: str) -> None:
    ticket = await door.ticket()
    request = upgrade_request(headers=(*HEADERS, f"{header} {ticket}"))
    async with await RawWebSocket.knock(door.world_port, request) as client:
        head = await client.read_head()
        assert head.startswith(b"HTTP/1.1 101 ")
        assert ticket.encode() not in head
        # Nobody is here yet: anything but `hello` is too early.
        client.say(Clock(sent=1.0))
        assert (await client.read_close())[0] == CloseCode.MALFORMED
    async with door.socket() as client:
        await client.join(ticket)


async def test_of_two_that_bring_one_ticket_at_once_one_comes_in(door: Door) -> None:
    for _ in range(ROUNDS):
        hello = Hello(version=VERSION, schema=SCHEMA_HASH, ticket=await door.ticket(), client="raw")
        async with door.socket() as first, door.socket() as second:
            codes = await asyncio.gather(answer_to(first, hello), answer_to(second, hello))
        assert sorted(codes) == [0, CloseCode.REPLAYED]


async def test_of_two_that_bring_one_resume_token_at_once_one_comes_back(door: Door) -> None:
    for _ in range(ROUNDS):
        async with door.socket() as client:
            token = (await client.join(await door.ticket())).resume_token
        resume = Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0)
        async with door.socket() as first, door.socket() as second:
            codes = await asyncio.gather(answer_to(first, resume), answer_to(second, resume))
        assert sorted(codes) == [0, CloseCode.REPLAYED]


async def test_a_resume_token_serves_once_and_gives_nothing_away(door: Door) -> None:
    async with door.joined() as client:
        client.writer.transport.abort()
    async with door.socket() as client:
        welcome = await client.join(await door.ticket())
        client.writer.transport.abort()
    reasons = []
    async with door.socket() as client:
        client.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=welcome.resume_token, last_event=0))
        _, payload = await client.read_frame()
        assert isinstance(decode_server(payload), Welcome)
    for token in (welcome.resume_token, "never-was"):
        async with door.socket() as client:
            client.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0))
            reasons.append(await client.read_close())
    # A token that was one is refused in the very words in which any other string is.
    assert reasons[0] == reasons[1]
    assert reasons[0][0] == CloseCode.REPLAYED


async def test_a_ticket_that_is_changed_anywhere_is_no_ticket(door: Door) -> None:
    ticket = await door.ticket()
    head, claims, signature = ticket.split(".")
    forged = (
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{head}.{claims}.",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        f"{head}.{claims[:-2]}AA.{signature}",
        f"{claims}.{head}.{signature}",
    )
    closes = set()
    for text in forged:
        async with door.socket() as client:
            client.say(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=text, client="raw"))
            closes.add(await client.read_close())
    assert {code for code, _ in closes} == {CloseCode.AUTHENTICATION_INVALID}
    async with door.socket() as client:
        client.say(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="raw"))
        assert (await client.read_frame())[1][0] == Kind.WELCOME
