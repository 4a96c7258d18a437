"""How a port ends: who closes, what is still said and heard, and what a receiver that raises costs."""

from collections.abc import Iterator

import pytest

from protocol.ids import (
    CloseCode,
)
from tests.support.port_doubles import CLOCK, CoreRoom, PortClient, close_sockets, pose
from tests.support.raw_websocket import BINARY, CLOSE, PING, TEXT, frame


@pytest.fixture(autouse=True)
def sockets() -> Iterator[None]:
    yield
    close_sockets()


@pytest.fixture
def client() -> PortClient:
    return PortClient().open()


@pytest.fixture
def room() -> CoreRoom:
    return CoreRoom()


def test_a_long_reason_is_cut_between_characters(client: PortClient) -> None:
    client.port.close(CloseCode.MALFORMED, "ä" * 100)
    assert client.close_frame == (CloseCode.MALFORMED, "ä" * 61)


def test_a_peer_that_answers_the_close_is_let_go(client: PortClient) -> None:
    client.port.close(CloseCode.REMOVED, "removed")
    before = client.let_go
    client.feed(CLOSE, b"\x11\x97")
    assert (before, client.let_go) == (0, 1)
    client.port.detached()
    assert client.receiver.named("closed") == [(CloseCode.REMOVED, "removed")]
    assert client.loop.timers[0].cancelled


@pytest.mark.parametrize("fault", [b"\xc2\x80mask", frame(CLOSE, b"\x03"), frame(BINARY, bytes(65_537))])
def test_after_a_fault_that_leaves_no_frame_to_hear_the_close_frame_is_the_last_byte(
    client: PortClient, fault: bytes
) -> None:
    client.feed_bytes(fault)
    assert client.far.recv(200)[0] == 0x80 | CLOSE
    assert client.far.recv(1) == b""
    # Its socket is still read, so that the peer is not reset before it has the close frame.
    client.feed_bytes(frame(BINARY, pose()))
    assert client.let_go == 0


def test_a_peer_that_does_not_answer_the_close_is_cut_off_after_a_second(client: PortClient) -> None:
    client.port.close(CloseCode.REMOVED, "removed")
    (timer,) = client.loop.timers
    assert timer.delay == 1.0
    timer.call()
    assert client.let_go == 1


def test_what_a_peer_says_before_it_is_cut_off_does_not_cost_it_the_close_frame(client: PortClient) -> None:
    client.port.close(CloseCode.REMOVED, "removed")
    client.far.send(frame(BINARY, pose()))
    client.loop.timers[0].call()
    assert client.let_go == 1
    assert client.far.recv(100) == b"\x88\x09\x11\x97removed"
    # Closed with unread bytes in it, the socket would be reset, and this raise.
    assert client.far.recv(1) == b""


def test_who_is_too_late_with_a_frame_and_gone_is_let_go(client: PortClient) -> None:
    client.feed_bytes(frame(BINARY, pose())[:-1])
    client.advance(5.1)
    client.far.send(b"x")
    # There is still a byte to be read, and nobody any more to be told that it came too late.
    client.far.close()
    client.settle()
    assert client.receiver.named("fault") == [(CloseCode.NO_PONG, "assembly_time")]
    assert (client.let_go, client.port.held_bytes) == (1, 0)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"\x03\xe8bye", (1000, "bye")),
        (b"\x0f\xa0", (4000, "")),
        (b"", (1005, "")),
    ],
)
def test_a_close_of_the_peer_is_answered_as_normal_and_told_as_it_came(
    client: PortClient, payload: bytes, told: tuple[int, str]
) -> None:
    client.feed(CLOSE, payload)
    assert client.close_frame == (1000, "")
    assert client.let_go == 1
    client.port.detached()
    assert client.receiver.named("fault") == []
    assert client.receiver.named("closed") == [told]


def test_after_a_fault_of_framing_nothing_more_is_believed(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.feed_bytes(frame(3, b"") + frame(BINARY, pose(x=130)))
    client.feed_bytes(frame(CLOSE, b"\x03\xe8"))
    assert room.table.position(slot)[0] == 100
    assert client.receiver.named("fault") == [(CloseCode.PROTOCOL_ERROR, "framing")]
    assert client.let_go == 0
    client.far.close()
    client.settle()
    assert client.let_go == 1


def test_whoever_is_told_to_go_and_goes_on_is_not_heard(client: PortClient) -> None:
    client.port.close(CloseCode.REMOVED, "")
    client.feed(TEXT, b"why?")
    client.feed_bytes(frame(BINARY, bytes(65_537)))
    client.feed(PING, b"")
    assert client.receiver.calls == [("open",)]
    assert client.take_frames() == [(CLOSE, b"\x11\x97")]


def test_a_close_frame_waits_for_what_was_sent_before_it(client: PortClient) -> None:
    client.block()
    client.port.close(CloseCode.REMOVED, "")
    client.feed(CLOSE, b"\x11\x97")
    assert client.let_go == 0
    client.unblock()
    assert client.take_frames() == [(CLOSE, b"\x11\x97")]
    assert client.let_go == 1


@pytest.mark.parametrize("call", ["message", "writable"])
def test_a_receiver_that_raises_ends_its_own_connection(client: PortClient, call: str) -> None:
    client.receiver.raising = call
    client.block()
    client.unblock()
    client.feed(BINARY, CLOCK)
    assert client.receiver.named("error") == [(call,)]
    assert client.close_frame == (CloseCode.INTERNAL_ERROR, "")


def test_a_receiver_that_raises_when_opened_ends_its_own_connection() -> None:
    client = PortClient()
    client.receiver.raising = "open"
    client.open()
    assert client.receiver.named("error") == [("open",)]
    assert client.close_frame == (CloseCode.INTERNAL_ERROR, "")


def test_a_receiver_that_raises_at_the_end_is_told_so(client: PortClient) -> None:
    client.receiver.raising = "fault"
    client.feed(TEXT, b"")
    assert client.receiver.named("error") == [("fault",)]
    client.receiver.raising = "closed"
    client.port.detached()
    assert client.receiver.named("error") == [("fault",), ("closed",)]


def test_a_receiver_that_only_raises_is_reported_to_the_loop(client: PortClient) -> None:
    client.receiver.raising = "error"
    client.receiver.on_message = None  # type: ignore[assignment, method-assign]  # breaks on purpose
    client.feed(BINARY, CLOCK)
    assert client.loop.reported == ["error"]
    assert client.let_go == 1
