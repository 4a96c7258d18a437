from dataclasses import replace

import pytest

from protocol.errors import MalformedFrame
from protocol.ids import RECORD_BYTES_MAX, StateFlag
from protocol.record import apply_record, delta_record, full_record
from protocol.state import UNTRACKED, AvatarState, TrackedPart

HEAD = TrackedPart(1000, 1600, -2000, 3, 0, 0, 0)
STANDING = AvatarState(
    flags=int(StateFlag.HEAD | StateFlag.LEFT | StateFlag.RIGHT),
    head=HEAD,
    left=TrackedPart(-250, -400, -200, 3, 1, 2, 3),
    right=TrackedPart(250, -400, -200, 3, 4, 5, 6),
)
FINGERS = replace(
    STANDING,
    flags=STANDING.flags | StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS,
    left_fingers=bytes(range(20)),
    right_fingers=bytes(range(20, 40)),
)


def moved(x: int = 0, y: int = 0, z: int = 0) -> AvatarState:
    return replace(STANDING, head=replace(HEAD, x=HEAD.x + x, y=HEAD.y + y, z=HEAD.z + z))


def delta(old: AvatarState, new: AvatarState) -> bytes:
    record = delta_record(old, new)
    assert record is not None
    return record


def test_nothing_changed_is_no_record() -> None:
    assert delta_record(STANDING, STANDING) is None


def test_a_voice_costs_three_bytes() -> None:
    assert delta(STANDING, replace(STANDING, voice=7)).hex() == "200707"


def test_a_head_that_moves_a_little_costs_five_bytes() -> None:
    assert delta(STANDING, moved(1, -2, 127)).hex() == "010101fe7f"


@pytest.mark.parametrize(
    ("step", "position_class", "size"),
    [(127, 1, 5), (128, 2, 8), (-128, 1, 5), (-129, 2, 8), (32_767, 2, 8), (32_768, 3, 11), (-32_769, 3, 11)],
)
def test_a_position_takes_the_smallest_class_that_holds_it(step: int, position_class: int, size: int) -> None:
    record = delta(STANDING, moved(step))
    assert (record[1], len(record)) == (position_class, size)
    assert apply_record(STANDING, record) == (moved(step), size)


@pytest.mark.parametrize(("turn", "rotation_class"), [(1, 1), (127, 1), (-128, 1), (128, 2), (-129, 2)])
def test_a_rotation_takes_the_smallest_class_that_holds_it(turn: int, rotation_class: int) -> None:
    after = replace(STANDING, head=replace(HEAD, b=turn))
    record = delta(STANDING, after)
    assert record[1] == rotation_class << 4
    assert apply_record(STANDING, record)[0] == after


def test_another_largest_component_comes_absolute() -> None:
    assert delta(STANDING, replace(STANDING, head=replace(HEAD, largest=2)))[1] == 0x20


def test_one_finger_brings_the_other_hand_with_an_empty_mask() -> None:
    after = replace(FINGERS, right_fingers=bytes([*range(20, 39), 99]))
    assert delta(FINGERS, after).hex() == "0800000000000863"


def test_fingers_and_faces_that_appear_come_whole() -> None:
    record = delta(STANDING, FINGERS)
    assert record[:3].hex() == "281f00"
    assert record[3:26] == b"\xff\xff\x0f" + FINGERS.left_fingers
    face = delta(STANDING, replace(STANDING, flags=STANDING.flags | StateFlag.FACE))
    assert face[3:10] == b"\xff\xff\xff\xff\xff\xff\x0f"
    assert face[10:] == bytes(52)


def test_what_vanishes_costs_the_state_alone_and_is_zero_after() -> None:
    after = AvatarState()
    record = delta(FINGERS, after)
    assert record == b"\x20\0\0"
    assert apply_record(FINGERS, record) == (after, 3)


def test_a_full_record_forgets_what_was_held() -> None:
    record = full_record(AvatarState(flags=1, head=HEAD))
    assert apply_record(FINGERS, record)[0] == AvatarState(flags=1, head=HEAD)
    assert apply_record(FINGERS, record)[0].left == UNTRACKED


def test_a_record_is_read_from_its_offset_and_no_further() -> None:
    record = full_record(STANDING)
    assert apply_record(AvatarState(), b"xx" + record + b"yy", 2) == (STANDING, 2 + len(record))


def test_the_longest_record_is_a_delta_of_everything() -> None:
    everything = AvatarState(0x7F, 1, HEAD, HEAD, HEAD, bytes([1] * 20), bytes([1] * 20), bytes([1] * 52))
    assert len(delta(AvatarState(), everything)) == RECORD_BYTES_MAX
    assert len(full_record(everything)) < RECORD_BYTES_MAX


@pytest.mark.parametrize(
    ("held", "record", "why"),
    [
        (STANDING, "40", "bit 6"),
        (STANDING, "80", "without its state"),
        (STANDING, "a00100", "not in the record"),
        (STANDING, "a100 00", "not in the flags"),
        (STANDING, "208000", "bit 7"),
        (STANDING, "0104", "position class 4"),
        (STANDING, "0130", "rotation class 3"),
        (AvatarState(), "21010000", "not tracked"),
        (AvatarState(), "21010013 000000000000000000", "not tracked"),
        (STANDING, "08000000", "not in the flags"),
        (FINGERS, "08000010", "beyond 20 values"),
        (STANDING, "280f00010000aa", "only some"),
        (STANDING, "0103" + "000080" * 3, "out of range"),
        (STANDING, "0203" + "0080" * 3, "out of range"),
        (STANDING, "0120" + "00" * 5, "longer than 1"),
        (STANDING, "01", "cut short"),
    ],
)
def test_a_record_that_breaks_a_rule_is_malformed(held: AvatarState, record: str, why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        apply_record(held, bytes.fromhex(record))
