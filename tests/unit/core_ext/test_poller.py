import select
import socket
from collections.abc import Iterator

import pytest

from core_ext import Poller
from tests.support.port_doubles import CLOCK, PortClient, close_sockets
from tests.support.raw_websocket import BINARY, frame


@pytest.fixture(autouse=True)
def sockets() -> Iterator[None]:
    yield
    close_sockets()


def with_poller(poller: Poller) -> PortClient:
    client = PortClient()
    client.poller = poller
    return client.open()


def readable(poller: Poller) -> bool:
    return bool(select.select([poller.fileno()], [], [], 0)[0])


def test_its_descriptor_is_readable_while_a_connection_is_ready() -> None:
    poller = Poller()
    client = with_poller(poller)
    assert not readable(poller)
    client.far.sendall(frame(BINARY, CLOCK))
    assert readable(poller)
    assert poller.poll() == 1
    assert not readable(poller)
    assert (poller.wakes, poller.events) == (1, 1)


def test_each_connection_that_is_ready_has_its_turn() -> None:
    poller = Poller()
    clients = [with_poller(poller) for _ in range(20)]
    for client in clients[::2]:
        client.far.sendall(frame(BINARY, CLOCK))
    assert poller.poll() == 10
    assert [len(client.receiver.named("message")) for client in clients] == [1, 0] * 10


def test_a_place_that_was_left_is_taken_again() -> None:
    poller = Poller()
    for _ in range(5):
        client = with_poller(poller)
        client.far.sendall(frame(BINARY, CLOCK))
        poller.poll()
        client.port.abort()
        assert client.receiver.named("message") == [(CLOCK,)]
        assert client.let_go == 1
    assert poller.poll() == 0


def test_a_port_may_close_another_while_both_are_ready() -> None:
    """What was ready when the poller looked may be gone when its turn comes, and another may have taken its place."""
    poller = Poller()
    first, second = with_poller(poller), with_poller(poller)
    newcomers: list[PortClient] = []

    def replace_both(_: bytes) -> None:
        first.port.abort()
        second.port.abort()
        newcomers.append(with_poller(poller))

    first.receiver.on_message = second.receiver.on_message = replace_both  # type: ignore[assignment, method-assign]  # on purpose
    first.far.sendall(frame(BINARY, CLOCK) * 2)
    second.far.sendall(frame(BINARY, CLOCK) * 2)
    assert poller.poll() == 2
    assert (first.let_go, second.let_go, len(newcomers)) == (1, 1, 1)
    assert first.port.frames_in + second.port.frames_in == 1
    assert newcomers[0].port.writable


def test_what_cannot_be_polled_is_refused() -> None:
    client = PortClient()
    closed = socket.socket()
    fd = closed.fileno()
    closed.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        client.port.attach(client.poller, fd, lambda: None, client.loop)  # type: ignore[arg-type]  # a double
    client.open()
    with pytest.raises(ValueError, match="already"):
        client.open()
