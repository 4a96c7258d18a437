from collections.abc import Iterator

import pytest

from core_ext import SnapshotEncoder, Traffic
from protocol.ids import (
    POSES_BURST,
    POSES_PER_SECOND_MAX,
    CloseCode,
    Kind,
)
from protocol.snapshot import ObserverView, TrackedPart
from tests.support.port_doubles import CLOCK, CoreRoom, PortClient, close_sockets, pose
from tests.support.raw_websocket import BINARY, CONTINUATION, PING, frame


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


def test_a_malformed_pose_closes_and_unbinds(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    client.feed(BINARY, pose()[:-1])
    assert client.receiver.named("fault") == [(CloseCode.MALFORMED, "pose")]
    assert not client.port.bound


def test_a_pose_with_reserved_bits_is_not_taken(client: PortClient, room: CoreRoom) -> None:
    slot = room.enter(client)
    client.feed(BINARY, pose(x=130), reserved=4)
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


def test_closing_sends_one_close_frame_and_then_nothing(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    client.port.close(CloseCode.REMOVED, "removed by the nurse")
    client.port.close(CloseCode.SLOW, "again")
    client.port.send(b"late")
    assert not client.port.ping()
    assert not client.port.bound
    client.feed(BINARY, CLOCK)
    client.port.check()
    assert client.close_frame == (CloseCode.REMOVED, "removed by the nurse")
    assert client.take_frames() == []
    assert client.receiver.calls == [("open",)]


def test_a_socket_that_goes_without_a_word_is_abnormal(client: PortClient, room: CoreRoom) -> None:
    room.enter(client)
    client.port.detached()
    assert client.receiver.named("closed") == [(1006, "")]
    assert not client.port.bound
    assert not client.port.writable


def test_each_bound_port_gets_one_snapshot_a_tick(room: CoreRoom) -> None:
    traffic = Traffic()
    ann, bo = PortClient(traffic).open(), PortClient(traffic).open()
    room.enter(ann)
    room.enter(bo, ages=True)
    assert room.step([ann.port, bo.port]) == 2
    ((opcode, seen),) = ann.take_frames()
    assert (opcode, seen[0], seen[1]) == (BINARY, Kind.SNAPSHOT, 8)
    ((_, aged),) = bo.take_frames()
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
    view.apply(ann.take_frames()[0][1])
    ann.block()
    for x in range(121, 131):
        bo.feed(BINARY, pose(x=x))
        assert room.step([ann.port]) == 0
    assert ann.port.snapshots_skipped == 10
    ann.unblock()
    assert ann.take_frames() == []
    assert room.step([ann.port]) == 1
    ((_, newest),) = ann.take_frames()
    view.apply(newest)
    assert [held.state.head for held in view.entities.values()] == [TrackedPart(130, 1_600, 0, 3, 0, 0, 0)]
    assert ann.port.snapshots_out == 2


def test_ports_without_a_room_or_on_their_way_out_get_nothing(room: CoreRoom) -> None:
    fresh, closing, never_opened = PortClient().open(), PortClient().open(), PortClient()
    room.enter(closing)
    room.enter(never_opened)
    closing.port.close(CloseCode.REMOVED, "")
    assert room.step([fresh.port, closing.port, never_opened.port]) == 0


def test_a_socket_that_breaks_hurts_its_own_port_only(room: CoreRoom) -> None:
    ann, bo = PortClient().open(), PortClient().open()
    room.enter(ann)
    room.enter(bo)
    ann.far.close()
    assert room.step([ann.port, bo.port]) == 1
    assert len(bo.take_frames()) == 1
    assert ann.let_go == 1
    assert room.step([ann.port, bo.port]) == 1
    assert ann.let_go == 1


def test_a_snapshot_that_fails_closes_its_own_port_only(room: CoreRoom) -> None:
    ann, bo = PortClient().open(), PortClient().open()
    slot = room.enter(ann)
    room.enter(bo)
    room.interest.remove_observer(room.observers[slot])
    assert room.step([ann.port, bo.port]) == 1
    assert ann.receiver.named("error") == [("no observer 0",)]
    assert ann.close_frame == (CloseCode.INTERNAL_ERROR, "")
    assert bo.receiver.named("error") == []


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


@pytest.mark.parametrize("kind", [BINARY, PING])
def test_a_stranger_may_say_so_much_in_all(client: PortClient, kind: int) -> None:
    client.port.stranger_bytes_max = 300
    for _ in range(2):
        client.feed(kind, b"\x01" + bytes(100))
    assert client.port.bytes_in == 214
    assert not client.port.closing
    client.feed(kind, b"\x01" + bytes(100))
    assert client.close_frame == (CloseCode.TOO_BIG, "stranger bytes")
    assert client.receiver.named("fault") == [(CloseCode.TOO_BIG, "stranger_bytes")]
    # Nothing of it went up, and nothing more is heard.
    client.feed(BINARY, CLOCK)
    assert len(client.receiver.named("message")) == (2 if kind == BINARY else 0)


def test_what_a_strangers_header_declares_counts_before_it_comes(client: PortClient) -> None:
    client.port.stranger_bytes_max = 300
    client.feed_bytes(frame(BINARY, bytes(60_000))[:8])
    assert client.close_frame == (CloseCode.TOO_BIG, "stranger bytes")


def test_who_is_let_in_is_a_stranger_no_more(client: PortClient, room: CoreRoom) -> None:
    client.port.stranger_bytes_max = 300
    room.enter(client)
    assert client.port.stranger_bytes_max == 0
    client.feed(BINARY, CLOCK * 30)
    assert client.receiver.named("message") == [(CLOCK * 30,)]
