"""A port is what this module is about, so there is one here, on the loopback address."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from typing import TYPE_CHECKING

import pytest
import uvloop

from server.config import ServerSettings
from server.doorway import doorway as module
from server.doorway.arrivals import TooManyConnections
from server.doorway.doorway import Caller, Doorway
from server.errors import PortInUse
from server.identity.certificates import keep_self_signed
from server.identity.tls import prepare_tls

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"


class Greeter(asyncio.Protocol):
    """Says hello and where the peer was said to come from."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.made = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made = True
        transport.write(f"hello {self.peer}\n".encode())  # type: ignore[attr-defined]  # it is one that writes


class House:
    """Meets everybody, or refuses those of some addresses."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.callers: list[Greeter] = []
        self.turned_back = 0

    def meet(self, peer: str) -> Caller:
        if peer in self.refused:
            raise TooManyConnections
        greeter = Greeter(peer)
        self.callers.append(greeter)
        return Caller(greeter, self.turn_back)

    def turn_back(self) -> None:
        self.turned_back += 1


async def hear(port: int, source: str = HOST, trust: ssl.SSLContext | None = None) -> bytes:
    reader, writer = await asyncio.open_connection(
        HOST, port, local_addr=(source, 0), ssl=trust, server_hostname="localhost" if trust else None
    )
    try:
        return await asyncio.wait_for(reader.readline(), 5.0)
    finally:
        writer.transport.abort()


async def test_each_is_met_by_the_address_it_comes_from() -> None:
    house = House("127.0.0.3")
    doorway = Doorway(house.meet)
    port = await doorway.open(HOST, 0)
    assert await hear(port, "127.0.0.2") == b"hello 127.0.0.2\n"
    assert await hear(port, "127.0.0.3") == b"HTTP/1.1 429 Too Many Requests\r\n"
    assert await hear(port, "127.0.0.2") == b"hello 127.0.0.2\n"
    doorway.close()


async def test_closed_it_takes_nobody_and_closing_again_is_harmless() -> None:
    doorway = Doorway(House().meet)
    port = await doorway.open(HOST, 0)
    doorway.close()
    doorway.close()
    with pytest.raises(ConnectionRefusedError):
        await hear(port)


async def test_a_name_is_listened_for_on_all_its_addresses() -> None:
    doorway = Doorway(House().meet)
    port = await doorway.open("localhost", 0)
    assert {listening.getsockname()[1] for listening in doorway._listening} == {port}
    assert await hear(port) == b"hello 127.0.0.1\n"
    doorway.close()


async def test_a_port_that_is_taken_leaves_nothing_open() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        doorway = Doorway(House().meet)
        with pytest.raises(PortInUse, match=r"Address already in use$"):
            await doorway.open(HOST, port)
        assert doorway._listening == []


def by_uvloop(main: object) -> None:
    """Under the loop that the server has: it is its TLS."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)  # type: ignore[arg-type]  # a coroutine


def test_a_peer_is_met_before_tls_and_taken_back_if_that_fails(tmp_path: Path) -> None:
    pem = tmp_path / "certificate.pem"
    keep_self_signed(pem, ["localhost", HOST])
    house = House("127.0.0.3")

    async def main() -> None:
        doorway = Doorway(house.meet, prepare_tls(ServerSettings(tls_cert=str(pem))).context)
        port = await doorway.open(HOST, 0)
        trust = ssl.create_default_context(cafile=str(pem))
        assert await hear(port, trust=trust) == b"hello 127.0.0.1\n"
        with pytest.raises(OSError):  # noqa: PT011 - as the machine has it
            await hear(port, "127.0.0.3", trust=trust)
        _, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"this is no TLS at all\r\n\r\n")
        _, silent = await asyncio.open_connection(HOST, port)
        while len(house.callers) < 3 or not house.turned_back:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
        assert not house.callers[1].made
        doorway.close()
        # Who was still at it is let go of.
        while house.turned_back < 2:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)
        writer.transport.abort()
        silent.transport.abort()

    by_uvloop(main())


async def test_without_descriptors_it_rests_and_then_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST_SECONDS", 0.01)
    house = House()
    doorway = Doorway(house.meet)
    port = await doorway.open(HOST, 0)
    listening = doorway._listening[0]
    loop = asyncio.get_running_loop()

    class Exhausted:
        tries = 0

        def accept(self) -> tuple[socket.socket, object]:
            self.tries += 1
            if self.tries == 1:
                raise OSError(errno.EMFILE, "too many open files")
            return listening.accept()

        def fileno(self) -> int:
            return listening.fileno()

    exhausted = Exhausted()
    doorway._accept(loop, exhausted)  # type: ignore[arg-type]  # what is used of a socket
    assert len(doorway._resting) == 1
    assert await hear(port) == b"hello 127.0.0.1\n"
    assert exhausted.tries > 1
    assert doorway._resting == set()
    doorway.close()


async def test_closed_while_it_rests_it_stays_closed() -> None:
    doorway = Doorway(House().meet)
    port = await doorway.open(HOST, 0)
    doorway._rest(asyncio.get_running_loop(), doorway._listening[0], OSError(errno.EMFILE, ""))
    (timer,) = doorway._resting
    doorway.close()
    assert timer.cancelled()
    with pytest.raises(ConnectionRefusedError):
        await hear(port)
