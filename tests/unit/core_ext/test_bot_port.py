"""The bots' ports against the room's own encoder: what is right passes, and each wrong is found."""

import struct

import numpy as np
import pytest

from protocol.ids import FrameFlag, Kind, StateFlag
from protocol.pose import decode_pose
from protocol.record import first_held, full_record
from protocol.state import AvatarState
from tests.support.bots_room import BOUNDS, CANARY, OTHER_CANARY, SPAWN, Room, pair, rows


@pytest.fixture
def room() -> Room:
    made = Room()
    made.witness.begin()
    return made


def test_a_pose_goes_out_as_the_row_says(room: Room) -> None:
    ann = room.join(11)
    ann.clock_offset_ms = 5
    ann.move_along(rows((100, 1_600, -200)), 0, (1_000, 0, 500))
    ann.send_pose()
    pose = decode_pose(ann.last_pose())
    state = pose.state
    assert (pose.sequence, state.flags, state.voice) == (0, 7, 9)
    assert (state.head.x, state.head.y, state.head.z) == (1_100, 1_600, 300)
    assert (state.head.largest, state.head.a, state.head.b, state.head.c) == (3, 1, 2, 3)
    assert (state.left.x, state.left.y, state.left.z, state.left.largest) == (-200, -400, -300, 0)
    assert (state.right.x, state.right.a) == (200, 7)


def test_a_row_without_hands_goes_out_without_them(room: Room) -> None:
    ann = room.join(11)
    ann.move_along(rows((0, 1_600, 0), flags=int(StateFlag.HEAD | StateFlag.SEATED)), 0, (0, 0, 0))
    ann.send_pose()
    state = decode_pose(ann.last_pose()).state
    assert state.flags == StateFlag.HEAD | StateFlag.SEATED
    assert len(ann.last_pose()) == 22


def test_a_row_without_a_head_goes_out_empty(room: Room) -> None:
    ann = room.join(11)
    ann.move_along(rows((0, 1_600, 0), flags=0), 0, (0, 0, 0))
    ann.send_pose()
    assert len(ann.last_pose()) == 9


def test_motion_goes_there_and_back_again_and_stays_in_the_bounds(room: Room) -> None:
    ann = room.join(11)
    ann.move_along(rows((0, 1_600, 0), (1, 1_600, 0), (2, 9_000, 0)), 1, (9_999, 0, 0))
    seen = []
    for _ in range(6):
        ann.send_pose()
        head = decode_pose(ann.last_pose()).state.head
        seen.append((head.x, head.y))
    assert seen == [
        (10_000, 1_600), (10_000, 4_000), (10_000, 1_600), (9_999, 1_600), (10_000, 1_600), (10_000, 4_000)
    ]  # fmt: skip


def test_sequence_numbers_count_up(room: Room) -> None:
    ann = room.join(11)
    ann.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    sequences = []
    for _ in range(3):
        ann.send_pose()
        sequences.append(decode_pose(ann.last_pose()).sequence)
    assert sequences == [0, 1, 2]


def test_a_port_without_motion_or_place_sends_nothing(room: Room) -> None:
    stranger = room.join(11, known=False)
    stranger.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    assert stranger.send_pose() == 0
    assert room.join(22).send_pose() == 0
    with pytest.raises(ValueError, match="sent no pose"):
        stranger.last_pose()


def test_motion_of_another_shape_is_refused(room: Room) -> None:
    ann = room.join(11)
    with pytest.raises(ValueError, match="0 x 23"):
        ann.move_along(np.zeros((0, 23), np.int32), 0, (0, 0, 0))
    with pytest.raises(ValueError, match="3 x 22"):
        ann.move_along(np.zeros((3, 22), np.int32), 0, (0, 0, 0))


def test_what_was_sent_is_found_again_in_every_tier() -> None:
    # Beyond the first edge an entity is shown every second tick.
    for tiers, records in (((8_000, 16_000), 5), ((1_200, 16_000), 2), ((1_200, 1_300), 2)):
        room = Room(tiers=tiers)
        room.witness.begin()
        ann, bo = pair(room, (0, 1_600, 0), (40, 1_601, 3), (900, 1_500, -700))
        for _ in range(5):
            room.send(bo)
            room.show(ann)
        assert room.faults() == {}
        assert room.witness.checked == records
        assert room.witness.seen(bo.sender)
        assert not room.witness.seen(ann.sender)


def test_an_avatar_at_its_spawn_is_right(room: Room) -> None:
    ann, _ = pair(room, (0, 1_600, 0))
    room.show(ann)
    assert room.faults() == {}
    assert room.witness.checked == 1


def test_a_value_never_sent_is_a_mismatch(room: Room) -> None:
    ann, bo = pair(room, (0, 1_600, 0), (40, 1_600, 0))
    room.send(bo)
    room.show(ann)
    bo.send_pose()
    forged = bytearray(bo.last_pose())
    forged[9] += 1
    room.table.apply_pose(room.slots[bo], bytes(forged), 0)
    room.show(ann)
    assert room.faults() == {"value_mismatch": 1}
    assert "entity 22" in room.witness.samples[0]


@pytest.mark.parametrize("at", [8, 18, 23, 28, 34, 39])
def test_a_forged_voice_turn_or_hand_is_a_mismatch(room: Room, at: int) -> None:
    ann, bo = pair(room, (0, 1_600, 0), (40, 1_600, 0))
    room.send(bo)
    room.show(ann)
    bo.send_pose()
    forged = bytearray(bo.last_pose())
    # A step of the voice that a record tells apart, and more than one of anything else.
    forged[at] ^= 0x20 if at == 8 else 4
    assert room.table.apply_pose(room.slots[bo], bytes(forged), 0) == 0
    room.show(ann)
    assert room.faults() == {"value_mismatch": 1}


def test_who_does_not_verify_checks_structure_but_no_values(room: Room) -> None:
    ann = room.join(11, verifying=False)
    bo = room.join(22)
    bo.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    bo.send_pose()
    forged = bytearray(bo.last_pose())
    forged[9] += 1
    room.table.apply_pose(room.slots[bo], bytes(forged), 0)
    room.show(ann)
    ann.check_view()
    assert room.faults() == {}
    assert (room.witness.records, room.witness.checked) == (1, 0)
    assert room.witness.seen(bo.sender)
    ann.feed(b"\x90\x00")
    assert room.faults() == {"malformed_frame": 1}


def test_messages_that_are_no_snapshots_go_up(room: Room) -> None:
    ann = room.join(11)
    ann.feed(b"\x82\x80")
    assert ann.witness.messages == 1


def test_ticks_must_count_up(room: Room) -> None:
    ann = room.join(11)
    for tick in (5, 6, 6):
        ann.feed(struct.pack("<BBIIB", Kind.SNAPSHOT, 0, tick, 0, 0))
    assert room.faults() == {"tick_order": 1}


def test_what_has_passed_since_a_frame_is_a_tick_at_least(room: Room) -> None:
    ann = room.join(11)
    ann.feed(struct.pack("<BBIIB", Kind.SNAPSHOT, 0, 5, 0, 0))
    ann.feed(bytes((Kind.SNAPSHOT, FrameFlag.SOON, 1, 50, 0)))
    assert room.faults() == {}
    ann.feed(bytes((Kind.SNAPSHOT, FrameFlag.SOON, 0, 50, 0)))
    assert room.faults() == {"tick_order": 1}


def test_the_clock_must_not_go_back(room: Room) -> None:
    ann = room.join(11)
    for tick, time in enumerate((700, 700, 699)):
        ann.feed(struct.pack("<BBIIB", Kind.SNAPSHOT, 0, tick, time, 0))
    assert room.faults() == {"tick_order": 1}
    assert room.witness.samples == ["tick_order: clock 699 after 700"]


def test_ticks_and_clock_may_wrap(room: Room) -> None:
    ann = room.join(11)
    for tick in (2**32 - 1, 0, 1):
        ann.feed(struct.pack("<BBIIB", Kind.SNAPSHOT, 0, tick, tick, 0))
    assert room.faults() == {}


def test_a_canary_of_another_room_is_found_anywhere_in_any_message(room: Room) -> None:
    ann = room.join(11)
    ann.feed(b"\x82 something " + OTHER_CANARY + b" and " + CANARY + b" and " + OTHER_CANARY)
    assert room.faults() == {"foreign_canary": 2}
    ann.feed(b"\x82" + OTHER_CANARY[:10])
    assert room.faults() == {"foreign_canary": 3}


def test_an_entity_of_another_room_is_found(room: Room) -> None:
    ann = room.join(11)
    bo = room.join(22, known=False)
    elsewhere = room.witness.add_room(OTHER_CANARY, BOUNDS, [], 0)
    bo.join(22, elsewhere, SPAWN)
    room.show(ann)
    assert room.faults() == {"foreign_entity": 1}


def test_people_and_things_of_the_room_are_no_errors(room: Room) -> None:
    ann = room.join(11)
    room.join(22, known=False, look="coat-1")
    room.show(ann)
    room.witness.judge_unknown(0.0)
    assert room.faults() == {}
    assert room.witness.strangers == 1


@pytest.mark.parametrize("facts", [b"\xc1\xc1\xc1", b"", b"\x01", b"\x80", b"\x90", b"\x81\xa4name", b"\x80\x80"])
def test_facts_that_are_no_facts_are_found(room: Room, facts: bytes) -> None:
    ann = room.join(11)
    entered = struct.pack("<BIH", 0, 77, len(facts)) + facts
    record = b"\0" + full_record(first_held(AvatarState()))
    ann.feed(struct.pack("<BBII", Kind.SNAPSHOT, 8, 1, 0) + b"\x01" + entered + b"\x01" + record)
    assert room.faults() == {"malformed_facts": 1}


def test_a_bot_that_is_sent_itself_is_an_error(room: Room) -> None:
    ann, bo = pair(room, (0, 1_600, 0))
    frame = room.frame_for(ann)
    bo.feed(frame)
    assert room.faults() == {"own_entity": 1}


def test_whoever_is_behind_the_curtain_must_not_be_seen_from_outside(room: Room) -> None:
    ann, bo = pair(room, (7_000, 1_600, 7_000))
    ann.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    room.send(ann)
    room.send(bo)
    # The core was not told that the zone is private.
    room.show(ann)
    assert room.faults() == {"private_zone": 1}


def test_within_the_curtain_one_sees_the_others(room: Room) -> None:
    ann, bo = pair(room, (7_000, 1_600, 7_000))
    ann.move_along(rows((8_000, 1_600, 8_000)), 0, (0, 0, 0))
    room.send(ann)
    room.send(bo)
    room.show(ann)
    assert room.faults() == {}


def test_on_the_curtain_itself_there_may_be_two_opinions(room: Room) -> None:
    ann, bo = pair(room, (5_000, 1_600, 7_000))
    room.send(bo)
    room.show(ann)
    assert room.faults() == {}


def test_a_public_zone_hides_nobody() -> None:
    room = Room(private=False)
    ann, bo = pair(room, (7_000, 1_600, 7_000))
    room.send(bo)
    room.show(ann)
    assert room.faults() == {}


def test_looking_about_finds_nothing_in_a_sound_view(room: Room) -> None:
    ann, bo = pair(room, (0, 1_600, 0), (40, 1_600, 0))
    for _ in range(3):
        room.send(bo)
        room.show(ann)
        ann.check_view()
    assert room.faults() == {}


def test_who_stands_still_is_seen_by_looking_about(room: Room) -> None:
    ann, bo = pair(room, (0, 1_600, 0))
    room.send(bo)
    room.show(ann)
    room.witness.begin()
    room.show(ann)
    assert not room.witness.seen(bo.sender)
    ann.check_view()
    assert room.witness.seen(bo.sender)
