"""What the pump does when either side is slow or goes; over real TLS it is in tests/integration/gateway/test_tls.py."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.gateway import tls_pump
from server.gateway.tls_pump import TlsPump


class Transport(asyncio.Transport):
    """Notes what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.written = b""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.told.append(f"limits {high}")

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.told.append("protocol")

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def close(self) -> None:
        self.told.append("close")

    def abort(self) -> None:
        self.told.append("abort")


class Pair:
    """A pump between a transport that only notes and the port's end of its pair."""

    def __init__(self) -> None:
        self.transport = Transport()
        self.pump = TlsPump(self.transport, asyncio.get_running_loop())
        self.end = socket.socket(fileno=os.dup(self.pump.fileno()))
        self.end.setblocking(False)
        self.transport.told.clear()
        self.gone = False

    def client_goes(self) -> None:
        if not self.gone:
            self.gone = True
            self.pump.connection_lost(None)

    def port_goes(self) -> None:
        self.end.close()
        self.pump.let_go(lambda: self.transport.told.append("detached"))


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    yield made
    made.end.close()
    made.client_goes()
    made.pump.let_go(lambda: None)
    await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0.001)


async def test_bytes_go_both_ways(pair: Pair) -> None:
    pair.pump.data_received(b"from the client")
    assert pair.end.recv(100) == b"from the client"
    pair.end.send(b"from the port")
    await settle()
    assert pair.transport.written == b"from the port"


async def test_nothing_is_taken_for_a_client_that_does_not_keep_up(pair: Pair) -> None:
    pair.pump.pause_writing()
    pair.end.send(b"later")
    await settle()
    assert pair.transport.written == b""
    pair.pump.resume_writing()
    await settle()
    assert pair.transport.written == b"later"


async def test_a_port_that_does_not_read_stops_the_client(pair: Pair) -> None:
    pair.pump.data_received(b"z" * 2_000_000)
    assert "pause" in pair.transport.told
    got = 0
    while got < 2_000_000:
        try:
            got += len(pair.end.recv(65_536))
        except BlockingIOError:
            await asyncio.sleep(0)
    await settle()
    assert pair.transport.told[-1] == "resume"


async def test_a_port_that_goes_has_its_last_words_sent_and_the_client_closed(pair: Pair) -> None:
    pair.end.send(b"goodbye")
    pair.port_goes()
    await settle()
    assert pair.transport.written == b"goodbye"
    assert set(pair.transport.told) == {"detached", "close"}
    pair.pump.data_received(b"what is said now is nobody's")
    await settle()


async def test_a_client_that_takes_no_last_words_is_dropped(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_pump, "DRAIN_SECONDS", 0.0)
    pair.pump.pause_writing()
    pair.port_goes()
    await settle()
    assert pair.transport.told == ["detached", "abort"]


async def test_the_port_sees_the_end_of_a_client_after_what_it_said(pair: Pair) -> None:
    pair.pump.data_received(b"the last")
    pair.client_goes()
    pair.pump.resume_writing()
    pair.pump.data_received(b"nothing comes after the end")
    assert pair.end.recv(100) == b"the last"
    assert pair.end.recv(100) == b""
    pair.port_goes()
    await settle()
    assert "abort" not in pair.transport.told
