"""What a port holds in memory for its peer, and how much it may."""

from collections.abc import Iterator

import pytest

from protocol.ids import CloseCode
from tests.support.port_doubles import PortClient, close_sockets
from tests.support.raw_websocket import BINARY, CONTINUATION, frame


@pytest.fixture(autouse=True)
def sockets() -> Iterator[None]:
    yield
    close_sockets()


@pytest.fixture
def client() -> PortClient:
    return PortClient().open()


def test_parts_of_frames_and_messages_are_held_and_told(client: PortClient) -> None:
    client.feed(BINARY, bytes(1_000), fin=False)
    assert client.port.held_bytes == 1_000
    half = frame(CONTINUATION, bytes(3_000))[:2_000]
    client.feed_bytes(half)
    assert client.port.held_bytes == 3_000
    client.feed_bytes(frame(CONTINUATION, bytes(3_000))[2_000:])
    assert client.port.held_bytes == 0


def test_what_the_kernel_does_not_take_is_held_and_told(client: PortClient) -> None:
    client.block()
    assert client.port.held_bytes >= client.port.unsent_bytes > 0
    client.unblock()
    assert client.port.held_bytes == 0


@pytest.mark.parametrize(
    "data",
    [
        frame(BINARY, bytes(2_000))[:1_500],
        frame(BINARY, bytes(500), fin=False) + frame(CONTINUATION, bytes(600), fin=False),
        frame(BINARY, bytes(900), fin=False) + frame(CONTINUATION, bytes(600))[:500],
    ],
)
def test_more_than_may_be_held_closes_and_lets_go(client: PortClient, data: bytes) -> None:
    client.receiver.may_hold_bytes = 1_000
    client.feed_bytes(data)
    assert client.receiver.named("fault") == [(CloseCode.SLOW, "held_bytes")]
    assert client.close_frame == (CloseCode.SLOW, "held bytes")
    assert client.port.held_bytes == 0
    client.feed_bytes(bytes(5_000))
    assert client.port.held_bytes == 0


def test_whoever_takes_nothing_of_more_than_may_be_held_is_dropped(client: PortClient) -> None:
    client.receiver.may_hold_bytes = 1_000
    client.port.send(bytes(1_000_000))
    assert client.receiver.named("fault") == [(CloseCode.SLOW, "held_bytes")]
    assert client.let_go == 1
    assert client.port.held_bytes == 0
