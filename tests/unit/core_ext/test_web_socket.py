from collections.abc import Callable, Iterator

import pytest

from protocol.ids import (
    ASSEMBLY_SECONDS,
    FRAGMENTS_MAX,
    MESSAGE_BYTES_MAX,
    MESSAGES_BURST,
    CloseCode,
)
from tests.support.port_doubles import CLOCK, CoreRoom, PortClient, close_sockets, pose
from tests.support.raw_websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame


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


def test_an_open_port_is_writable(client: PortClient) -> None:
    assert client.receiver.calls == [("open",)]
    assert client.port.writable
    assert client.port.unsent_bytes == 0


@pytest.mark.parametrize("piece", [1, 3, 7])
def test_frames_may_come_in_pieces_and_together(client: PortClient, room: CoreRoom, piece: int) -> None:
    slot = room.enter(client)
    data = frame(BINARY, CLOCK) + frame(BINARY, pose(x=120)) + frame(PING, b"there?") + frame(BINARY, CLOCK * 20)
    for start in range(0, len(data), piece):
        client.feed_bytes(data[start : start + piece])
    assert client.receiver.named("message") == [(CLOCK,), (CLOCK * 20,)]
    assert room.table.position(slot)[0] == 120
    assert client.take_frames() == [(PONG, b"there?")]
    assert client.port.bytes_in == len(data)


def test_what_is_not_asked_for_is_not_read(client: PortClient) -> None:
    """A flood waits in the kernel while the others have their turns."""
    data = frame(BINARY, CLOCK) * 1_000
    client.far.sendall(data[:40_000])
    client.poller.poll()
    assert client.port.bytes_in <= 16_384


def test_a_message_goes_up_as_bytes(client: PortClient) -> None:
    client.feed(BINARY, CLOCK)
    assert client.receiver.named("message") == [(CLOCK,)]
    assert client.port.frames_in == 1
    assert client.port.bytes_in == len(CLOCK) + 6


def test_a_control_frame_may_come_between_fragments(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:3], fin=False)
    client.feed(PING, b"there?")
    client.feed(CONTINUATION, CLOCK[3:])
    assert client.receiver.named("message") == [(CLOCK,)]
    assert client.take_frames() == [(PONG, b"there?")]


def test_as_many_fragments_and_bytes_as_allowed_are_one_message(client: PortClient) -> None:
    data = CLOCK.ljust(MESSAGE_BYTES_MAX, b"\0")
    part = MESSAGE_BYTES_MAX // FRAGMENTS_MAX
    for index in range(FRAGMENTS_MAX):
        kind = CONTINUATION if index else BINARY
        client.feed(kind, data[index * part : (index + 1) * part], fin=index == FRAGMENTS_MAX - 1)
    assert client.receiver.named("message") == [(data,)]


def many_fragments(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    for _ in range(FRAGMENTS_MAX):
        client.feed(CONTINUATION, b"", fin=False)


def large_fragments(client: PortClient) -> None:
    client.feed(BINARY, bytes(40_000), fin=False)
    client.feed(CONTINUATION, bytes(25_537), fin=False)


def slow_fragments(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.advance(ASSEMBLY_SECONDS + 0.1)
    client.feed(CONTINUATION, CLOCK[1:])


def fragment_that_never_ends(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.port.check()
    assert not client.port.closing
    client.advance(ASSEMBLY_SECONDS + 0.1)
    client.port.check()


def frame_that_never_ends(client: PortClient) -> None:
    """A message of one frame that comes a byte a second: each read frees what was kept, and the time goes on."""
    data = frame(BINARY, bytes(60_000))
    for second in range(int(ASSEMBLY_SECONDS)):
        client.feed_bytes(data[second : second + 1])
        client.advance(1.0)
        client.port.check()
        assert not client.port.closing
    client.advance(0.1)
    client.port.check()


def first_fragment_that_never_ends(client: PortClient) -> None:
    client.feed(BINARY, CLOCK)
    client.feed_bytes(frame(BINARY, CLOCK, fin=False)[:-1])
    client.advance(ASSEMBLY_SECONDS + 0.1)
    client.port.check()


def first_fragment_that_takes_its_time(client: PortClient) -> None:
    """What is spent on the first fragment is gone for the second."""
    first = frame(BINARY, CLOCK[:1], fin=False)
    client.feed_bytes(first[:2])
    client.advance(ASSEMBLY_SECONDS - 0.1)
    client.feed_bytes(first[2:])
    client.port.check()
    assert not client.port.closing
    client.advance(0.2)
    client.port.check()


def frame_that_is_whole_too_late(client: PortClient) -> None:
    data = frame(BINARY, CLOCK)
    client.feed_bytes(data[:1])
    client.advance(ASSEMBLY_SECONDS + 0.1)
    client.feed_bytes(data[1:])
    assert client.receiver.named("message") == []


def interleaved(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.feed(BINARY, CLOCK)


def text_between_fragments(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.feed(TEXT, b"hi")


def many_pings(client: PortClient) -> None:
    # More than one too many: the clock runs meanwhile, on a busy machine for a while.
    for _ in range(MESSAGES_BURST * 2):
        client.feed(PING, b"")


FAULTS: dict[str, tuple[Callable[[PortClient], None], CloseCode, str]] = {
    "reserved bits": (lambda c: c.feed(BINARY, CLOCK, reserved=4), CloseCode.PROTOCOL_ERROR, "reserved_bits"),
    "reserved bits of a ping": (lambda c: c.feed(PING, b"", reserved=4), CloseCode.PROTOCOL_ERROR, "reserved_bits"),
    "text": (lambda c: c.feed(TEXT, b"hi"), CloseCode.UNSUPPORTED_DATA, "text"),
    "text between fragments": (text_between_fragments, CloseCode.UNSUPPORTED_DATA, "text"),
    "a stray continuation": (
        lambda c: c.feed(CONTINUATION, b"x"),
        CloseCode.PROTOCOL_ERROR,
        "continuation_of_nothing",
    ),
    "a message between fragments": (interleaved, CloseCode.PROTOCOL_ERROR, "interleaved_message"),
    "too many fragments": (many_fragments, CloseCode.TOO_BIG, "fragments"),
    "too many bytes": (large_fragments, CloseCode.TOO_BIG, "message_size"),
    "fragments over too long a time": (slow_fragments, CloseCode.NO_PONG, "assembly_time"),
    "a message that is never whole": (fragment_that_never_ends, CloseCode.NO_PONG, "assembly_time"),
    "a frame that is never whole": (frame_that_never_ends, CloseCode.NO_PONG, "assembly_time"),
    "a first fragment that is never whole": (first_fragment_that_never_ends, CloseCode.NO_PONG, "assembly_time"),
    "a first fragment that takes its time": (first_fragment_that_takes_its_time, CloseCode.NO_PONG, "assembly_time"),
    "a frame that is whole too late": (frame_that_is_whole_too_late, CloseCode.NO_PONG, "assembly_time"),
    "an empty message": (lambda c: c.feed(BINARY, b""), CloseCode.MALFORMED, "empty_message"),
    "a kind of the server": (lambda c: c.feed(BINARY, b"\x81\x80"), CloseCode.MALFORMED, "unknown_kind"),
    "kind zero": (lambda c: c.feed(BINARY, b"\0"), CloseCode.MALFORMED, "unknown_kind"),
    "a pose before welcome": (lambda c: c.feed(BINARY, pose()), CloseCode.MALFORMED, "kind_not_admitted"),
    "many pings": (many_pings, CloseCode.RATE_LIMITED, "control_rate"),
    "close code 999": (lambda c: c.feed(CLOSE, b"\x03\xe7"), CloseCode.PROTOCOL_ERROR, "close_code"),
    "close code 1006": (lambda c: c.feed(CLOSE, b"\x03\xee"), CloseCode.PROTOCOL_ERROR, "close_code"),
    "half a close code": (lambda c: c.feed(CLOSE, b"\x03"), CloseCode.PROTOCOL_ERROR, "close_code"),
    "a close reason that is no text": (
        lambda c: c.feed(CLOSE, b"\x03\xe8\xff"),
        CloseCode.INVALID_PAYLOAD,
        "close_reason",
    ),
    "an unknown opcode": (lambda c: c.feed(3, b""), CloseCode.PROTOCOL_ERROR, "framing"),
    "an unknown control opcode": (lambda c: c.feed(11, b""), CloseCode.PROTOCOL_ERROR, "framing"),
    "a long ping": (lambda c: c.feed(PING, bytes(126)), CloseCode.PROTOCOL_ERROR, "framing"),
    "half a ping": (lambda c: c.feed(PING, b"", fin=False), CloseCode.PROTOCOL_ERROR, "framing"),
    "a frame without a mask": (
        lambda c: c.feed_bytes(frame(BINARY, CLOCK, masked=False)),
        CloseCode.PROTOCOL_ERROR,
        "framing",
    ),
    "a length of 16 bits for a small frame": (
        lambda c: c.feed_bytes(frame(BINARY, CLOCK, length_bytes=2)),
        CloseCode.PROTOCOL_ERROR,
        "framing",
    ),
    "a length of 64 bits for a frame of 16": (
        lambda c: c.feed_bytes(frame(BINARY, CLOCK * 20, length_bytes=8)),
        CloseCode.PROTOCOL_ERROR,
        "framing",
    ),
    "a length beyond 63 bits": (
        lambda c: c.feed_bytes(b"\x82\xff" + b"\xff" * 12),
        CloseCode.PROTOCOL_ERROR,
        "framing",
    ),
    "a frame that announces too much": (
        lambda c: c.feed_bytes(b"\x82\xff" + (65_537).to_bytes(8, "big") + b"mask"),
        CloseCode.TOO_BIG,
        "frame_size",
    ),
    "close code 5000": (lambda c: c.feed(CLOSE, b"\x13\x88"), CloseCode.PROTOCOL_ERROR, "close_code"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_closes_with_its_code_and_a_short_reason(client: PortClient, fault: str) -> None:
    commit, code, reason = FAULTS[fault]
    commit(client)
    assert client.receiver.named("fault") == [(code, reason)]
    assert client.close_frame == (code, reason.replace("_", " "))
    assert client.port.closing
    assert not client.port.writable


def test_frames_that_are_whole_in_time_are_taken_however_long_their_row(client: PortClient) -> None:
    """Something is always unfinished, and nothing of it old: each read ends one frame and begins the next."""
    data = frame(BINARY, CLOCK)
    client.feed_bytes(data[:5])
    for _ in range(4):
        client.advance(ASSEMBLY_SECONDS - 0.1)
        client.port.check()
        client.feed_bytes(data[5:] + data[:5])
    client.port.check()
    assert client.receiver.named("message") == [(CLOCK,)] * 4
    assert client.receiver.named("fault") == []


def test_pings_at_the_allowed_rate_go_on_for_ever(client: PortClient) -> None:
    for _ in range(MESSAGES_BURST * 3):
        client.feed(PING, b"")
        client.feed(PONG, b"")
        client.advance(0.0405)
    assert client.receiver.named("fault") == []


def test_of_pings_to_a_port_that_is_not_writable_the_newest_is_answered(client: PortClient) -> None:
    client.block()
    client.feed(PING, b"one")
    client.feed(PING, b"two")
    client.unblock()
    assert client.take_frames() == [(PONG, b"two")]
    assert client.receiver.named("writable") == [()]
    client.settle()
    assert client.take_frames() == []


@pytest.mark.parametrize("size", [1, 125, 126, 65_535, 65_536])
def test_a_message_goes_out_in_one_frame(client: PortClient, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    client.port.send(data[:size])
    header = 2 if size < 126 else 4 if size < 65_536 else 10
    assert client.take_frames() == [(BINARY, data[:size])]
    assert (client.port.frames_out, client.port.bytes_out) == (1, header + size)


def test_pinging_waits_until_the_port_is_writable(client: PortClient) -> None:
    assert client.port.ping()
    assert client.take_frames() == [(PING, b"")]
    client.block()
    assert not client.port.ping()
    client.unblock()
    assert client.take_frames() == []


def test_a_port_that_never_opened_can_be_told_anything() -> None:
    port = PortClient().port
    assert not port.writable
    port.send(b"x")
    port.check()
    port.abort()
    port.close(CloseCode.REMOVED, "")
    assert port.closing
