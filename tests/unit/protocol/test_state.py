import math

import pytest

from protocol.errors import MalformedPose
from protocol.ids import StateFlag, Tier
from protocol.state import (
    UNTRACKED,
    AvatarState,
    FloatPose,
    TrackedPart,
    check_flags,
    mask_for_tier,
    pose_from_floats,
    state_to_floats,
)

FACING_NORTH = (0.0, 0.0, 0.0, 1.0)
HEAD: FloatPose = ((1.0004, 1.6, -2.0), FACING_NORTH)
LEFT: FloatPose = ((0.75, 1.1, -2.2), (0.0, 0.6, 0.0, 0.8))
FINGERS = bytes(range(20))
EVERYTHING = pose_from_floats(
    head=HEAD,
    left=LEFT,
    right=LEFT,
    left_fingers=FINGERS,
    right_fingers=FINGERS,
    face=[0.5] * 52,
    voice=1.0,
    seated=True,
    signing=True,
)


def test_a_tracked_part_names_its_position_and_rotation() -> None:
    part = TrackedPart(1, 2, 3, 0, 4, 5, 6)
    assert (part.position, part.rotation) == ((1, 2, 3), (0, 4, 5, 6))


def test_everything_tracked_sets_every_flag() -> None:
    assert EVERYTHING.flags == 0xFF
    assert EVERYTHING.voice == 255
    assert EVERYTHING.head.position == (1000, 1600, -2000)
    assert EVERYTHING.face == bytes([128] * 52)


def test_a_hand_is_relative_to_the_quantised_head() -> None:
    assert EVERYTHING.left.position == (-250, -500, -200)


def test_nothing_tracked_is_all_zero() -> None:
    assert pose_from_floats() == AvatarState()


def test_a_hand_without_a_head_is_not_tracked() -> None:
    assert pose_from_floats(left=LEFT, left_fingers=FINGERS) == AvatarState()


def test_a_hand_beyond_the_range_is_not_tracked_and_neither_are_its_fingers() -> None:
    near, far = ((1.0 + 32.767, 1.6, -2.0), FACING_NORTH), ((1.0 + 32.768, 1.6, -2.0), FACING_NORTH)
    assert pose_from_floats(head=HEAD, right=near).flags == StateFlag.HEAD | StateFlag.RIGHT
    assert pose_from_floats(head=HEAD, right=far, right_fingers=FINGERS).flags == StateFlag.HEAD


def test_a_head_beyond_the_range_is_held_at_its_end() -> None:
    assert pose_from_floats(head=((9000.0, -9000.0, 0.0), FACING_NORTH)).head.position == (8_388_607, -8_388_607, 0)


@pytest.mark.parametrize("place", [(math.nan, 0.0, 0.0), (0.0, math.inf, 0.0)])
def test_what_is_not_finite_is_refused(place: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="not a place"):
        pose_from_floats(head=(place, FACING_NORTH))


def test_fingers_and_faces_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="19 values, not 20"):
        pose_from_floats(head=HEAD, left=LEFT, left_fingers=bytes(19))
    with pytest.raises(ValueError, match="51 values, not 52"):
        pose_from_floats(face=[0.0] * 51)


def test_floats_come_back_within_quantisation() -> None:
    floats = state_to_floats(EVERYTHING)
    assert floats.head is not None
    assert floats.left is not None
    assert floats.head[0] == pytest.approx(HEAD[0], abs=0.0005)
    assert floats.left[0] == pytest.approx(LEFT[0], abs=0.0005)
    assert floats.left[1] == pytest.approx(LEFT[1], abs=0.001)
    assert floats.left_fingers == floats.right_fingers == FINGERS
    assert floats.face == pytest.approx((0.5,) * 52, abs=1 / 255)
    assert (floats.voice, floats.seated, floats.signing) == (1.0, True, True)


def test_what_is_not_tracked_has_no_place() -> None:
    floats = state_to_floats(AvatarState(flags=int(StateFlag.LEFT), left=TrackedPart(1, 2, 3, 3, 0, 0, 0)))
    assert (floats.head, floats.left, floats.right, floats.face) == (None, None, None, None)
    assert (floats.left_fingers, floats.seated, floats.signing) == (None, False, False)


def test_tiers_take_away_fingers_and_face_then_hands() -> None:
    assert mask_for_tier(EVERYTHING, Tier.FULL) == EVERYTHING
    upper = mask_for_tier(EVERYTHING, Tier.UPPER)
    assert (upper.left, upper.right, upper.head) == (EVERYTHING.left, EVERYTHING.right, EVERYTHING.head)
    assert (upper.left_fingers, upper.right_fingers, upper.face) == (bytes(20), bytes(20), bytes(52))
    head = mask_for_tier(EVERYTHING, Tier.HEAD)
    assert (head.left, head.right, head.head) == (UNTRACKED, UNTRACKED, EVERYTHING.head)
    assert head.flags == StateFlag.HEAD | StateFlag.SEATED | StateFlag.SIGNING
    assert head.voice == EVERYTHING.voice


@pytest.mark.parametrize(
    "flags", [StateFlag.LEFT_FINGERS, 0xFF & ~StateFlag.LEFT, StateFlag.RIGHT_FINGERS | StateFlag.LEFT]
)
def test_flags_no_avatar_has_are_refused(flags: int) -> None:
    with pytest.raises(MalformedPose, match="flags"):
        check_flags(flags, MalformedPose)


def test_flags_an_avatar_has_are_returned() -> None:
    for flags in (0, 0xFF, StateFlag.SIGNING, StateFlag.LEFT | StateFlag.LEFT_FINGERS, StateFlag.FACE):
        assert check_flags(flags, MalformedPose) == flags
