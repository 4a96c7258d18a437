"""What was really sent, what was found, and when each counts."""

import struct
import time

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
import numpy as np
import pytest

from core_ext import BotPort, Witness
from protocol.ids import Kind
from tests.support.bots_room import BOUNDS, CANARY, CURTAIN, IDENTITY, OTHER_CANARY, SPAWN, Ear, Room, pair, rows


@pytest.fixture
def room() -> Room:
    made = Room()
    made.witness.begin()
    return made


def test_many_senders_are_all_found() -> None:
    witness = Witness()
    index = witness.add_room(CANARY, BOUNDS, [], 0)
    entities = [1 + number * 4_000_037 % (2**32 - 1) for number in range(3_000)]
    senders = [witness.add_sender(entity, index, SPAWN) for entity in entities]
    assert senders == list(range(3_000))
    port = BotPort(witness, Ear(), True)
    port.join(4_294_967_295, index, SPAWN)
    facts = msgpack.packb({"kind": "avatar", "name": "Bot", "role": "patient", "avatar": "plain"})
    head = struct.pack("<iii", *SPAWN)
    record = bytes([0xA1, 1, 0]) + head[0:3] + head[4:7] + head[8:11] + b"\xff\xff\xff\xff\x07"
    witness.begin()
    for tick, entity in enumerate(entities):
        leave = b"\x01\x00" if tick else b""
        flags = 8 | (4 if tick else 0)
        entered = struct.pack("<BIH", 0, entity, len(facts)) + facts
        port.feed(
            struct.pack("<BBII", Kind.SNAPSHOT, flags, tick, 0) + leave + b"\x01" + entered + b"\x01\x00" + record
        )
    assert {kind for kind, count in witness.fault_counts().items() if count} <= {"value_mismatch", "malformed_frame"}
    assert witness.strangers == 0


def test_a_canary_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="12 hexadecimal digits"):
        Witness().add_room(b"canary", BOUNDS, [], 0)
    with pytest.raises(ValueError, match="at most 64 zones"):
        Witness().add_room(CANARY, BOUNDS, [CURTAIN] * 65, 0)


def test_faults_count_always_and_all_else_in_the_window_alone() -> None:
    room = Room()
    ann, bo = pair(room, (0, 1_600, 0), (40, 1_600, 0))
    room.send(bo)
    room.show(ann)
    ann.feed(b"")
    witness = room.witness
    assert (witness.frames, witness.records, witness.poses, witness.snapshot_bytes) == (0, 0, 0, 0)
    assert room.faults() == {"malformed_frame": 1}
    witness.begin()
    room.send(bo)
    frame = room.frame_for(ann)
    ann.feed(frame)
    witness.end()
    room.send(bo)
    room.show(ann)
    assert (witness.frames, witness.records, witness.poses) == (1, 1, 1)
    assert witness.snapshot_bytes == len(frame) + 2


def test_an_avatar_seen_before_its_bot_knows_its_id_is_judged_later(room: Room) -> None:
    ann = room.join(11)
    bo = room.join(22, known=False)
    room.show(ann)
    room.show(ann)
    assert room.faults() == {}
    bo.join(22, room.index, SPAWN)
    bo.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    room.send(bo)
    room.show(ann)
    assert room.faults() == {}
    assert room.witness.seen(bo.sender)
    assert room.witness.checked == 1


def test_an_avatar_seen_early_that_turns_out_to_be_of_another_room_is_found(room: Room) -> None:
    ann = room.join(11)
    bo = room.join(22, known=False)
    elsewhere = room.witness.add_room(OTHER_CANARY, BOUNDS, [], 0)
    room.show(ann)
    bo.join(22, elsewhere, SPAWN)
    assert room.faults() == {"foreign_entity": 1}


def test_who_is_told_of_somebody_in_another_room_has_found_a_fault(room: Room) -> None:
    room.join(11)
    elsewhere = room.witness.add_room(OTHER_CANARY, BOUNDS, [], 0)
    room.witness.add_sender(33, elsewhere, SPAWN)
    room.witness.hear_of(room.index, (11, 44))
    room.witness.hear_of(elsewhere, (33,))
    assert room.faults() == {}
    room.witness.hear_of(room.index, (11, 33, 44))
    assert room.faults() == {"foreign_entity": 1}
    assert room.witness.samples == ["foreign_entity: told of entity 33 of another room"]


def test_an_avatar_with_a_canary_that_is_no_bots_is_found_after_a_while(room: Room) -> None:
    ann = room.join(11)
    bo = room.join(22, known=False)
    bo.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    room.show(ann)
    room.table.place(room.slots[bo], 0, 1_600, 0, IDENTITY)
    room.show(ann)
    room.witness.judge_unknown(60.0)
    assert room.faults() == {}
    room.witness.judge_unknown(0.0)
    assert room.faults() == {"unknown_entity": 1}


def test_the_age_of_new_values_is_taken_and_not_that_of_entered_or_repeated_ones(room: Room) -> None:
    ann, bo = pair(room, (0, 1_600, 0), (40, 1_600, 0))
    room.send(bo)
    room.show(ann)
    assert room.witness.dated == 0
    room.send(bo)
    room.show(ann)
    assert room.witness.dated == 1
    room.show(ann)
    assert room.witness.dated == 1
    ages = np.frombuffer(room.witness.age_histogram(), np.uint64)
    assert ages.sum() == 1
    assert 0 < room.witness.age_max_ns < 10**9


def test_of_equal_poses_in_a_row_the_oldest_gives_the_age(room: Room) -> None:
    ann, bo = pair(room, (0, 1_600, 0), (40, 1_600, 0), (40, 1_600, 0), (40, 1_600, 0))
    room.send(bo)
    room.show(ann)
    room.send(bo)
    spin_ms(6)
    room.send(bo)
    room.send(bo)
    room.show(ann)
    assert room.witness.dated == 1
    assert room.witness.age_max_ns >= 6_000_000


def spin_ms(milliseconds: int) -> None:
    """Let that much time pass: the witness reads the clock itself."""
    until = time.monotonic_ns() + milliseconds * 1_000_000
    while time.monotonic_ns() < until:
        pass
