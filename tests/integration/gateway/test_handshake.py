"""The HTTP before the WebSocket, as bytes on a socket."""

import logging

import pytest

from protocol.ids import VERSION
from protocol.messages import Hello
from protocol.schema import SCHEMA_HASH
from server.errors import PortInUse
from server.gateway import Gateway, Telemetry
from server.gateway import listener as listener_module
from tests.support.live_world import LiveWorld, running_world
from tests.support.origins import LISTED, REFUSED
from tests.support.raw_websocket import HEADERS, RawWebSocket, upgrade_request


def changed(header: str, value: str | None) -> tuple[str, ...]:
    """The headers with one of them changed, or without it."""
    kept = tuple(line for line in HEADERS if not line.startswith(f"{header}:"))
    return kept if value is None else (*kept, f"{header}: {value}")


KNOCKS: dict[str, tuple[bytes, int]] = {
    "another path": (upgrade_request("/"), 404),
    "a ticket in the address": (upgrade_request("/world?ticket=secret"), 404),
    "no subprotocol": (upgrade_request(headers=changed("Sec-WebSocket-Protocol", None)), 400),
    "another subprotocol": (upgrade_request(headers=changed("Sec-WebSocket-Protocol", "polyclinic.v2")), 400),
    "no version": (upgrade_request(headers=changed("Sec-WebSocket-Version", None)), 426),
    "version 8": (upgrade_request(headers=changed("Sec-WebSocket-Version", "8")), 426),
    "a version of no alphabet": (upgrade_request(headers=changed("Sec-WebSocket-Version", "\xff")), 426),
    "no key": (upgrade_request(headers=changed("Sec-WebSocket-Key", None)), 400),
    "two keys": (upgrade_request(headers=(*HEADERS, f"Sec-WebSocket-Key: {'A' * 22}==")), 400),
    "a short key": (upgrade_request(headers=changed("Sec-WebSocket-Key", "c2hvcnQ=")), 400),
    "a key of no alphabet": (upgrade_request(headers=changed("Sec-WebSocket-Key", "\xff\xfe")), 400),
    "no upgrade": (upgrade_request(headers=changed("Upgrade", None)), 400),
    "no connection": (upgrade_request(headers=changed("Connection", "keep-alive")), 400),
    "a post": (upgrade_request().replace(b"GET", b"POST", 1), 400),
    "http 1.0": (upgrade_request().replace(b"HTTP/1.1", b"HTTP/1.0", 1), 400),
    "no http": (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
    "a body": (upgrade_request(headers=(*HEADERS, "Content-Length: 5")) + b"hello", 400),
}


@pytest.mark.parametrize("knock", KNOCKS)
async def test_a_wrong_knock_gets_its_status_and_the_socket_ends(
    world: LiveWorld, caplog: pytest.LogCaptureFixture, knock: str
) -> None:
    request, status = KNOCKS[knock]
    async with await RawWebSocket.knock(world.port, request) as client:
        head = await client.read_head()
        assert head.startswith(b"HTTP/1.1 %d " % status)
        await client.reader.read()
        assert client.reader.at_eof()
    assert world.gateway.session_counts["connecting"] == 0
    assert caplog.records == []


@pytest.mark.parametrize(
    "headers",
    [
        changed("Connection", "keep-alive, Upgrade"),
        changed("Sec-WebSocket-Protocol", "chat, polyclinic.v1"),
        (*HEADERS, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"),
    ],
)
async def test_a_right_knock_is_let_in_without_an_extension(world: LiveWorld, headers: tuple[str, ...]) -> None:
    async with await RawWebSocket.knock(world.port, upgrade_request(headers=headers)) as client:
        head = await client.read_head()
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"Sec-WebSocket-Protocol: polyclinic.v1\r\n" in head
        assert b"Extensions" not in head
        await client.join(world.ticket())


def test_there_are_many_ways_of_being_another_page() -> None:
    assert len(REFUSED) >= 30
    assert len(set(REFUSED.values())) == len(REFUSED)


@pytest.mark.parametrize("variant", REFUSED)
async def test_another_sites_page_gets_no_upgrade(world: LiveWorld, variant: str) -> None:
    request = upgrade_request(headers=(*HEADERS, *(f"Origin: {origin}" for origin in REFUSED[variant])))
    async with await RawWebSocket.knock(world.port, request) as client:
        head = await client.read_head()
        assert head.startswith(b"HTTP/1.1 403 ")
        assert b"evil" not in head + await client.reader.read()
    assert world.gateway.session_counts["connecting"] == 0


@pytest.mark.parametrize("origin", LISTED)
async def test_a_known_page_comes_in_with_a_ticket_of_its_own(world: LiveWorld, origin: str) -> None:
    request = upgrade_request(headers=(*HEADERS, f"Origin: {origin}"))
    async with await RawWebSocket.knock(world.port, request) as client:
        assert (await client.read_head()).startswith(b"HTTP/1.1 101 ")
        await client.join(world.ticket(origin=origin))


@pytest.mark.parametrize(("given_to", "used_by"), [(LISTED[0], LISTED[1]), (LISTED[0], None), ("", LISTED[0])])
async def test_a_ticket_is_of_no_use_to_another_page(world: LiveWorld, given_to: str, used_by: str | None) -> None:
    headers = HEADERS if used_by is None else (*HEADERS, f"Origin: {used_by}")
    ticket = world.ticket(origin=given_to)
    async with await RawWebSocket.knock(world.port, upgrade_request(headers=headers)) as client:
        await client.read_head()
        client.say(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="raw"))
        assert (await client.read_close())[0] == 4500


async def test_a_request_that_never_ends_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "HELLO_SECONDS", 0.1)
    async with running_world() as world, await RawWebSocket.knock(world.port, b"GET /world HTTP/1.1\r\n") as client:
        assert await client.reader.read() == b""


async def test_a_request_that_is_too_long_is_dropped(world: LiveWorld) -> None:
    async with await RawWebSocket.knock(world.port, b"GET /world HTTP/1.1\r\n" + b"X: y\r\n" * 4_000) as client:
        try:
            assert await client.reader.read() == b""
        except ConnectionError:
            # What was not read makes the close a reset.
            assert client.reader.at_eof() or client.reader.exception() is not None


async def test_a_port_that_is_taken_is_said_so(world: LiveWorld) -> None:
    other = Gateway(world.directory, world.tickets, Telemetry(), world.clock.now, resume_seconds=5.0)
    with pytest.raises(PortInUse):
        await other.start("127.0.0.1", world.port)


async def test_nobody_is_let_in_after_closing(world: LiveWorld) -> None:
    await world.gateway.close_all()
    with pytest.raises(ConnectionError):
        await RawWebSocket.open(world.port)


async def test_picows_logs_nothing_of_what_a_peer_sends(world: LiveWorld, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with await RawWebSocket.open(world.port) as client:
            client.send(b"\x83\x85mask" + b"hello")
            await client.read_close()
    assert [record for record in caplog.records if record.name.startswith("picows")] == []
