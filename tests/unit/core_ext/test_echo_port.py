from collections.abc import Iterator

import pytest

from core_ext import EchoPort, Traffic
from protocol.ids import FRAGMENTS_MAX, MESSAGE_BYTES_MAX, CloseCode
from tests.support.port_doubles import EPOCH, PortClient, close_sockets
from tests.support.raw_websocket import BINARY, CONTINUATION, PING, TEXT


@pytest.fixture(autouse=True)
def sockets() -> Iterator[None]:
    yield
    close_sockets()


@pytest.fixture
def client() -> PortClient:
    made = PortClient()
    made.port = EchoPort(made.receiver, Traffic(), EPOCH)  # type: ignore[assignment]  # as much of a WebSocket
    return made.open()


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("payload", [b"", b"x", "größer".encode(), bytes(MESSAGE_BYTES_MAX)])
def test_a_message_comes_back_as_it_went(client: PortClient, opcode: int, payload: bytes) -> None:
    client.feed(opcode, payload)
    assert client.take_frames() == [(opcode, payload)]
    assert client.receiver.named("message") == []


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_any_number_of_fragments_comes_back_whole(client: PortClient, opcode: int) -> None:
    client.feed(opcode, b"a", fin=False)
    for _ in range(FRAGMENTS_MAX * 3):
        client.feed(PING, b"")
        client.feed(CONTINUATION, b"b", fin=False)
    client.feed(CONTINUATION, b"c")
    answers = [frame for frame in client.take_frames() if frame[0] in {TEXT, BINARY}]
    assert answers == [(opcode, b"a" + b"b" * FRAGMENTS_MAX * 3 + b"c")]


def test_binary_after_fragments_of_text_is_binary(client: PortClient) -> None:
    client.feed(TEXT, b"a", fin=False)
    client.feed(CONTINUATION, b"b")
    client.feed(BINARY, b"\xff")
    assert client.take_frames() == [(TEXT, b"ab"), (BINARY, b"\xff")]


def test_text_that_is_not_utf_8_closes_with_1007(client: PortClient) -> None:
    client.feed(TEXT, b"\xed\xa0\x80")
    assert client.receiver.named("fault") == [(CloseCode.INVALID_PAYLOAD, "utf8")]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (CloseCode.PROTOCOL_ERROR, "interleaved_message"),
        (CloseCode.PROTOCOL_ERROR, "reserved_bits"),
        (CloseCode.PROTOCOL_ERROR, "continuation_of_nothing"),
        (CloseCode.TOO_BIG, "frame_size"),
    ],
)
def test_what_the_world_refuses_in_binary_is_refused_in_text(client: PortClient, code: CloseCode, fault: str) -> None:
    match fault:
        case "interleaved_message":
            client.feed(BINARY, b"a", fin=False)
            client.feed(TEXT, b"b")
        case "reserved_bits":
            client.feed(TEXT, b"a", reserved=4)
        case "continuation_of_nothing":
            client.feed(CONTINUATION, b"a")
        case _:
            client.feed(TEXT, bytes(MESSAGE_BYTES_MAX + 1))
    assert client.receiver.named("fault") == [(code, fault)]
