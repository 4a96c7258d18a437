"""The world over TLS: real clients, and what does not pile up between them and a port."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import ssl
from typing import TYPE_CHECKING, cast

import httpx
import pytest
import uvloop
import websockets
from websockets.asyncio.client import connect

from protocol.codec import decode_server, encode
from protocol.ids import SUBPROTOCOL, VERSION
from protocol.messages import Bye, Clock, ClockReply, Hello, Welcome
from protocol.schema import SCHEMA_HASH
from server.config import ServerSettings
from server.gateway.listener import SEND_BUFFER_BYTES
from server.gateway.tls_pump import TlsPump
from server.identity.certificates import keep_self_signed
from server.identity.tls import prepare_tls
from tests.support.live_world import LiveWorld, running_world
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection


def trusting(file: Path) -> ssl.SSLContext:
    """A client that knows this one certificate."""
    return ssl.create_default_context(cafile=str(file))


@contextlib.asynccontextmanager
async def joined(address: str, trust: ssl.SSLContext, ticket: str) -> AsyncIterator[ClientConnection]:
    """Join by the websockets library."""
    async with connect(address, ssl=trust, subprotocols=[websockets.Subprotocol(SUBPROTOCOL)]) as client:
        await client.send(encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="test")))
        assert isinstance(decode_server(await client.recv(decode=False)), Welcome)
        yield client


async def answered(client: ClientConnection, sent: float = 7.0) -> ClockReply:
    """Ask for the time and read up to the answer."""
    await client.send(encode(Clock(sent=sent)))
    while True:
        data = await asyncio.wait_for(client.recv(decode=False), 5.0)
        if data[0] == 0x85:
            reply = decode_server(data)
            assert isinstance(reply, ClockReply)
            return reply


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    file = tmp_path / "store.tls.pem"
    keep_self_signed(file, ["localhost", "127.0.0.1"])
    return file


def server_context(pem: Path) -> ssl.SSLContext:
    context = prepare_tls(ServerSettings(tls_cert=str(pem))).context
    assert context is not None
    return context


def by(loop: str, main: object) -> None:
    """Run under the loop that the server has, or the one that Python has."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if loop == "uvloop" else None) as runner:
        runner.run(main)  # type: ignore[arg-type]  # a coroutine


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_a_client_joins_and_leaves_over_tls(pem: Path, loop: str) -> None:
    async def main() -> None:
        async with running_world(tls=server_context(pem)) as world:
            async with joined(world.secure_address, trusting(pem), world.ticket()) as client:
                assert (await answered(client)).sent == 7.0
                await client.send(encode(Bye()))
                with contextlib.suppress(websockets.ConnectionClosed):
                    while True:
                        await client.recv()
                assert client.close_code == 1000
            await LiveWorld.until(lambda: not world.ward.members)
            await LiveWorld.until(lambda: sum(world.gateway.session_counts.values()) == 0)

    by(loop, main())


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_a_socket_that_is_cut_suspends_its_session(pem: Path, loop: str) -> None:
    async def main() -> None:
        async with running_world(tls=server_context(pem)) as world:
            async with joined(world.secure_address, trusting(pem), world.ticket()) as client:
                client.transport.abort()
                await LiveWorld.until(lambda: world.gateway.session_counts["suspended"] == 1)
            assert world.gateway.session_counts["connecting"] == 0

    by(loop, main())


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_what_a_client_does_not_read_stays_with_the_port_and_the_rest_comes_when_it_does(pem: Path, loop: str) -> None:
    async def main() -> None:
        running = asyncio.get_running_loop()
        pumps: list[TlsPump] = []

        class Arrival(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                under = transport.get_extra_info("socket")
                under.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
                pumps.append(TlsPump(cast("asyncio.Transport", transport), running))

        server = await running.create_server(Arrival, "127.0.0.1", 0, ssl=server_context(pem))
        port = server.sockets[0].getsockname()[1]
        stream = socket.socket()
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stream.setblocking(False)
        await running.sock_connect(stream, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(
            sock=stream, ssl=trusting(pem), server_hostname="localhost", limit=1_024
        )
        await LiveWorld.until(lambda: bool(pumps))
        with socket.socket(fileno=os.dup(pumps[0].fileno())) as end:
            end.setblocking(False)
            taken = await _fill(end)
            # What the kernel keeps of both sockets, the transport, the pair; the client's own buffers on top.
            assert taken < 512 * 1024
            assert await _fill(end) == 0
            read = len(await reader.readexactly(taken))
            assert read == taken
            # Not a byte twice, none lost, and again there is room.
            end.send(b"last")
            assert await reader.readexactly(4) == b"last"
            # The other way: more than the pair has room for comes whole.
            writer.write(b"x" * 300_000)
            got = 0
            while got < 300_000:
                with contextlib.suppress(BlockingIOError):
                    got += len(end.recv(1_000))
                await asyncio.sleep(0)
        gone = asyncio.Event()
        pumps[0].let_go(gone.set)
        await asyncio.wait_for(gone.wait(), 5.0)
        assert await reader.read() == b""
        writer.transport.abort()
        server.close()
        await asyncio.sleep(0.05)

    by(loop, main())


async def _fill(end: socket.socket) -> int:
    """Write until nothing is taken for a while; how many bytes were."""
    taken, quiet = 0, 0
    while quiet < 20:
        try:
            taken += end.send(b"y" * 4_096)
            quiet = 0
        except BlockingIOError:
            quiet += 1
        await asyncio.sleep(0.005)
    return taken


async def test_what_speaks_in_the_clear_or_an_old_tls_gets_no_word(pem: Path) -> None:
    async with running_world(tls=server_context(pem)) as world:
        with pytest.raises((OSError, websockets.InvalidMessage, EOFError)):
            await connect(world.address, subprotocols=[websockets.Subprotocol(SUBPROTOCOL)])
        old = trusting(pem)
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, OSError)):
            await connect(world.secure_address, ssl=old)
        assert world.gateway.session_counts["connecting"] == 0


async def test_the_whole_server_speaks_tls_with_a_certificate_of_its_own() -> None:
    with ServerProcess("--host=0.0.0.0", "--tls-self-signed") as server:
        trust = trusting(server.folder / "store.sqlite3.tls.pem")
        http = server.http.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - what it listens on
        assert http.startswith("https://")
        assert server.fingerprint.count(":") == 31
        async with httpx.AsyncClient(verify=trust, base_url=http) as client:
            wish = {"name": "Ann", "role": "patient"}
            origin = {"Origin": http}
            ticket = (await client.post("/v1/rooms/lobby/tickets", json=wish, headers=origin)).json()
            assert ticket["world"].startswith("wss://127.0.0.1:")
            assert (
                await client.post("/v1/rooms/lobby/tickets", json=wish, headers={"Origin": "https://x"})
            ).status_code == 403
            native = (await client.post("/v1/rooms/lobby/tickets", json=wish)).json()
        async with joined(native["world"], trust, native["ticket"]) as client:
            assert (await answered(client)).sent == 7.0
        assert json.loads(server.errors.splitlines()[-1])["event"].startswith("session_")


def test_a_server_that_would_speak_in_the_clear_to_other_machines_does_not_start() -> None:
    server = ServerProcess("--host=0.0.0.0")
    with contextlib.ExitStack() as stack:
        stack.push(server.__exit__)
        with pytest.raises(RuntimeError, match="no ready line"):
            server.start()
        assert "nothing of a patient goes there in the clear" in server.errors
