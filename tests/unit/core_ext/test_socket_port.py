import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core_ext import SnapshotEncoder, Traffic
from protocol.ids import (
    ASSEMBLY_SECONDS,
    FRAGMENTS_MAX,
    MESSAGE_BYTES_MAX,
    MESSAGES_BURST,
    POSES_BURST,
    POSES_PER_SECOND_MAX,
    CloseCode,
    Kind,
)
from protocol.snapshot import ObserverView, TrackedPart
from tests.support.port_doubles import BINARY, CLOCK, CLOSE, CONTINUATION, PING, PONG, TEXT, CoreRoom, PortClient, pose

ROOT = Path(__file__).parents[3]


@pytest.fixture
def client() -> PortClient:
    return PortClient().open()


@pytest.fixture
def room() -> CoreRoom:
    return CoreRoom()


def test_opening_makes_writable_exact_and_bounds_the_kernels_backlog(client: PortClient) -> None:
    assert client.receiver.calls == [("open",)]
    assert client.port.writable
    assert client.under.limits == (0, 0)
    assert client.under.socket.options[socket.SOL_SOCKET, socket.SO_SNDBUF] == 65_536
    assert client.under.socket.options[socket.IPPROTO_TCP, 25] == 16_384


def test_a_message_goes_up_as_bytes(client: PortClient) -> None:
    client.feed(BINARY, CLOCK)
    assert client.receiver.named("message") == [(CLOCK,)]
    assert client.port.frames_in == 1
    assert client.port.bytes_in == len(CLOCK) + 6


def test_a_pose_goes_into_the_table_and_not_to_the_receiver(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.feed(BINARY, pose(x=120))
    assert room.table.position(slot) == (120, 1_600, 0)
    assert client.port.poses_in == 1
    assert client.receiver.named("message") == []


def test_a_pose_in_fragments_is_a_pose(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    data = pose(x=130)
    client.feed(BINARY, data[:5], fin=False)
    client.feed(CONTINUATION, b"", fin=False)
    client.feed(CONTINUATION, data[5:])
    assert room.table.position(slot)[0] == 130


def test_a_control_frame_may_come_between_fragments(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:3], fin=False)
    client.feed(PING, b"there?")
    client.feed(CONTINUATION, CLOCK[3:])
    assert client.receiver.named("message") == [(CLOCK,)]
    assert client.under.take_frames() == [(PONG.value, b"there?")]


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


def interleaved(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.feed(BINARY, CLOCK)


def text_between_fragments(client: PortClient) -> None:
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.feed(TEXT, b"hi")


def many_pings(client: PortClient) -> None:
    for _ in range(MESSAGES_BURST + 1):
        client.feed(PING, b"")


FAULTS: dict[str, tuple[Callable[[PortClient], None], CloseCode, str]] = {
    "reserved bits": (lambda c: c.feed(BINARY, CLOCK, reserved=True), CloseCode.PROTOCOL_ERROR, "reserved_bits"),
    "reserved bits of a ping": (lambda c: c.feed(PING, b"", reserved=True), CloseCode.PROTOCOL_ERROR, "reserved_bits"),
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
    "fragments over too long a time": (slow_fragments, CloseCode.MALFORMED, "assembly_time"),
    "a message that is never whole": (fragment_that_never_ends, CloseCode.MALFORMED, "assembly_time"),
    "an empty message": (lambda c: c.feed(BINARY, b""), CloseCode.MALFORMED, "empty_message"),
    "a kind of the server": (lambda c: c.feed(BINARY, b"\x81\x80"), CloseCode.MALFORMED, "unknown_kind"),
    "kind zero": (lambda c: c.feed(BINARY, b"\0"), CloseCode.MALFORMED, "unknown_kind"),
    "a pose before welcome": (lambda c: c.feed(BINARY, pose()), CloseCode.MALFORMED, "kind_not_admitted"),
    "many pings": (many_pings, CloseCode.RATE_LIMITED, "control_rate"),
    "close code 999": (lambda c: c.feed(CLOSE, b"\x03\xe7"), CloseCode.PROTOCOL_ERROR, "close_code"),
    "close code 1006": (lambda c: c.feed(CLOSE, b"\x03\xee"), CloseCode.PROTOCOL_ERROR, "close_code"),
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


def test_a_malformed_pose_closes_and_unbinds(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    client.feed(BINARY, pose()[:-1])
    assert client.receiver.named("fault") == [(CloseCode.MALFORMED, "pose")]
    assert not client.port.bound


def test_a_pose_with_reserved_bits_is_not_taken(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.feed(BINARY, pose(x=130), reserved=True)
    assert room.table.position(slot)[0] == 100
    assert client.receiver.named("fault") == [(CloseCode.PROTOCOL_ERROR, "reserved_bits")]


def test_a_pose_between_fragments_is_not_taken(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.feed(BINARY, CLOCK[:1], fin=False)
    client.feed(BINARY, pose(x=130))
    assert room.table.position(slot)[0] == 100
    assert client.receiver.named("fault") == [(CloseCode.PROTOCOL_ERROR, "interleaved_message")]


def test_poses_at_the_allowed_rate_go_on_for_ever(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    for sequence in range(POSES_BURST * 3):
        client.feed(BINARY, pose(sequence))
        client.advance(1 / POSES_PER_SECOND_MAX + 0.0005)
    assert client.receiver.named("fault") == []


def test_a_heap_of_late_poses_is_forgiven_and_a_larger_one_closes(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    for sequence in range(POSES_BURST):
        client.feed(BINARY, pose(sequence))
    assert client.receiver.named("fault") == []
    # The port's clock runs on meanwhile: what that forgives is far less than so many.
    for sequence in range(POSES_PER_SECOND_MAX):
        client.feed(BINARY, pose(sequence))
    assert client.receiver.named("fault") == [(CloseCode.RATE_LIMITED, "pose_rate")]


def test_pings_at_the_allowed_rate_go_on_for_ever(client: PortClient) -> None:
    for _ in range(MESSAGES_BURST * 3):
        client.feed(PING, b"")
        client.feed(PONG, b"")
        client.advance(0.0405)
    assert client.receiver.named("fault") == []


def test_of_pings_to_a_port_that_is_not_writable_the_newest_is_answered(client: PortClient) -> None:
    client.port.pause_writing()
    client.feed(PING, b"one")
    client.feed(PING, b"two")
    assert client.under.take_frames() == []
    client.port.resume_writing()
    assert client.under.take_frames() == [(PONG.value, b"two")]
    assert client.receiver.named("writable") == [()]
    client.port.resume_writing()
    assert client.under.take_frames() == []


@pytest.mark.parametrize("size", [1, 125, 126, 65_535, 65_536])
def test_a_message_goes_out_in_one_frame(client: PortClient, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    client.port.send(data[:size])
    out = len(client.under.written)
    assert client.under.take_frames() == [(BINARY.value, data[:size])]
    assert (client.port.frames_out, client.port.bytes_out) == (1, out)


def test_pinging_waits_until_the_port_is_writable(client: PortClient) -> None:
    assert client.port.ping()
    client.port.pause_writing()
    assert not client.port.ping()
    assert client.under.take_frames() == [(PING.value, b"")]


def test_closing_sends_one_close_frame_and_then_nothing(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    client.port.close(CloseCode.REMOVED, "removed by the nurse")
    client.port.close(CloseCode.SLOW, "again")
    client.port.send(b"late")
    assert not client.port.ping()
    assert not client.port.bound
    client.feed(BINARY, CLOCK)
    client.port.resume_writing()
    client.port.check()
    assert client.close_frame == (CloseCode.REMOVED, "removed by the nurse")
    assert client.under.take_frames() == []
    assert client.receiver.calls == [("open",)]


def test_a_long_reason_is_cut_between_characters(client: PortClient) -> None:
    client.port.close(CloseCode.MALFORMED, "ä" * 100)
    assert client.close_frame == (CloseCode.MALFORMED, "ä" * 61)


def test_a_peer_that_answers_the_close_is_let_go(client: PortClient) -> None:
    client.port.close(CloseCode.REMOVED, "removed")
    closed_before = client.under.closed
    client.feed(CLOSE, b"\x11\x97")
    assert (closed_before, client.under.closed) == (False, True)
    client.port.on_ws_disconnected(client.transport)
    assert client.receiver.named("closed") == [(CloseCode.REMOVED, "removed")]
    assert client.loop.timers[0].cancelled


def test_a_peer_that_does_not_answer_the_close_is_cut_off_after_a_second(client: PortClient) -> None:
    client.port.close(CloseCode.REMOVED, "removed")
    (timer,) = client.loop.timers
    assert timer.delay == 1.0
    timer.call()
    assert client.under.aborted


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
    assert client.under.closed
    client.port.on_ws_disconnected(client.transport)
    assert client.receiver.named("fault") == []
    assert client.receiver.named("closed") == [told]


def test_a_socket_that_goes_without_a_word_is_abnormal(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    client.port.on_ws_disconnected(client.transport)
    assert client.receiver.named("closed") == [(1006, "")]
    assert not client.port.bound
    assert not client.port.writable


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1002, "framing"), (1007, "close_reason"), (1009, "frame_size"), (1011, "parser")],
)
def test_a_fault_that_picows_found_is_counted_once(client: PortClient, code: int, reason: str) -> None:
    """picows sends the close frame by itself and then the frame before the bad one."""
    client.transport.send_close(code, b"by picows")  # type: ignore[arg-type]  # a number does as well as the enum
    assert not client.port.writable
    client.feed(BINARY, CLOCK)
    client.port.check()
    client.port.on_ws_disconnected(client.transport)
    assert client.receiver.named("message") == []
    assert client.receiver.named("fault") == [(code, reason)]
    assert client.receiver.named("closed") == [(code, reason.replace("_", " "))]
    assert client.close_frame == (code, "by picows")
    assert client.under.take_frames() == []


def test_a_fault_that_picows_found_shows_in_a_check_and_at_the_end(room: CoreRoom) -> None:
    checked, ended, fed = PortClient().open(), PortClient().open(), PortClient().open()
    slot = room.enter(fed)
    for client in (checked, ended, fed):
        client.transport.send_close(1002)  # type: ignore[arg-type]  # a number does as well as the enum
    checked.port.check()
    ended.port.on_ws_disconnected(ended.transport)
    fed.feed(BINARY, pose(x=130))
    for client in (checked, ended, fed):
        assert client.receiver.named("fault") == [(1002, "framing")]
    assert room.table.position(slot)[0] == 100


@pytest.mark.parametrize("call", ["message", "writable"])
def test_a_receiver_that_raises_ends_its_own_connection(client: PortClient, call: str) -> None:
    client.receiver.raising = call
    client.feed(BINARY, CLOCK)
    client.port.resume_writing()
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
    client.port.on_ws_disconnected(client.transport)
    assert client.receiver.named("error") == [("fault",), ("closed",)]


def test_each_bound_port_gets_one_snapshot_a_tick(room: CoreRoom) -> None:
    traffic = Traffic()
    ann, bo = PortClient(traffic).open(), PortClient(traffic).open()
    room.enter(ann)
    room.enter(bo, ages=True)
    assert room.step([ann.port, bo.port]) == 2
    ((opcode, seen),) = ann.under.take_frames()
    assert (opcode, seen[0], seen[1]) == (BINARY.value, Kind.SNAPSHOT, 8)
    ((_, aged),) = bo.under.take_frames()
    assert aged[1] == 2 | 8
    assert traffic.snapshots_out == 2
    assert traffic.bytes_out == ann.port.bytes_out + bo.port.bytes_out
    assert traffic.frames_out == 2


def test_a_port_with_bytes_to_write_is_skipped_and_then_gets_the_newest_state(room: CoreRoom) -> None:
    ann, bo = PortClient().open(), PortClient().open()
    room.enter(ann)
    room.enter(bo)
    room.step([ann.port])
    view = ObserverView()
    view.apply(ann.under.take_frames()[0][1])
    ann.port.pause_writing()
    for x in range(121, 131):
        bo.feed(BINARY, pose(x=x))
        assert room.step([ann.port]) == 0
    assert ann.port.snapshots_skipped == 10
    assert ann.under.take_frames() == []
    ann.port.resume_writing()
    assert room.step([ann.port]) == 1
    ((_, newest),) = ann.under.take_frames()
    view.apply(newest)
    assert [held.state.head for held in view.entities.values()] == [TrackedPart(130, 1_600, 0, 3, 0, 0, 0)]
    assert ann.port.snapshots_out == 2


def test_ports_without_a_room_or_on_their_way_out_get_nothing(room: CoreRoom) -> None:
    fresh, closing, shut_by_picows = PortClient().open(), PortClient().open(), PortClient().open()
    room.enter(closing)
    room.enter(shut_by_picows)
    closing.port.close(CloseCode.REMOVED, "")
    shut_by_picows.transport.send_close(1002)  # type: ignore[arg-type]  # a number does as well as the enum
    assert room.step([fresh.port, closing.port, shut_by_picows.port]) == 0


def test_a_transport_that_breaks_hurts_its_own_port_only(room: CoreRoom) -> None:
    ann, bo = PortClient().open(), PortClient().open()
    room.enter(ann)
    room.enter(bo)
    ann.under.broken = True
    assert room.step([ann.port, bo.port]) == 1
    assert len(bo.under.take_frames()) == 1
    assert ann.loop.reported == ["broken"]
    assert ann.under.aborted
    assert room.step([ann.port, bo.port]) == 1


def test_a_snapshot_that_fails_closes_its_own_port_only(room: CoreRoom) -> None:
    ann, bo = PortClient().open(), PortClient().open()
    room.enter(ann)
    room.enter(bo)
    ann.under.fails_once = True
    assert room.step([ann.port, bo.port]) == 1
    assert ann.receiver.named("error") == [("once",)]
    assert ann.close_frame == (CloseCode.INTERNAL_ERROR, "")
    assert bo.receiver.named("error") == []


def test_a_receiver_that_only_raises_is_reported_to_the_loop(client: PortClient) -> None:
    client.receiver.raising = "error"
    client.under.fails_once = True
    with pytest.raises(RuntimeError, match="once"):
        client.port.send(b"x")
    client.receiver.on_message = None  # type: ignore[assignment, method-assign]  # breaks on purpose
    client.feed(BINARY, CLOCK)
    assert client.loop.reported == ["error"]
    assert client.under.aborted


def test_binding_checks_what_it_is_given(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.port.unbind()
    other = CoreRoom()
    with pytest.raises((IndexError, ValueError)):
        client.port.bind(room.table, 7, room.encoder, 0, False)
    with pytest.raises((IndexError, ValueError)):
        client.port.bind(room.table, slot, room.encoder, 5, False)
    with pytest.raises(ValueError, match="table"):
        client.port.bind(room.table, slot, _observed(other), 0, False)
    assert not client.port.bound


def _observed(room: CoreRoom) -> SnapshotEncoder:
    room.enter(PortClient().open())
    return room.encoder


def test_a_port_that_is_closing_is_not_bound_again(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.port.close(CloseCode.REMOVED, "")
    client.port.bind(room.table, slot, room.encoder, 0, False)
    assert not client.port.bound


def test_a_port_that_never_opened_can_be_told_anything() -> None:
    port = PortClient().port
    assert not port.writable
    port.send(b"x")
    port.check()
    port.abort()
    port.close(CloseCode.REMOVED, "")
    assert port.closing


def test_a_wrong_picows_is_refused_at_import() -> None:
    """Its C layout is compiled in."""
    script = (
        "import picows\n"
        "picows.__version__ = '9.9.9'\n"
        "try:\n"
        "    import core_ext.socket_port\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "compiled against picows 2.3.1 and found 9.9.9" in run.stdout
