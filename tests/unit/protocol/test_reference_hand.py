import math
from itertools import pairwise

import pytest

from protocol.quaternion import from_degrees, rotate
from protocol.reference_hand import (
    FINGERS,
    GRIP_IN_WRIST,
    INDEX_PROXIMAL,
    JOINTS,
    LITTLE_PROXIMAL,
    MIDDLE_METACARPAL,
    MIDDLE_PROXIMAL,
    MOVABLE,
    PALM,
    WRIST,
    ReferenceFinger,
)

THUMB, *OTHERS = FINGERS
NAMES = ("thumb", "index", "middle", "ring", "little")
every_finger = pytest.mark.parametrize("finger", FINGERS, ids=NAMES)


def test_there_are_26_joints_of_which_15_move() -> None:
    assert len(JOINTS) == len(set(JOINTS)) == 26
    assert [JOINTS[joint] for joint in MOVABLE[:4]] == [
        "thumb_metacarpal",
        "thumb_proximal",
        "thumb_distal",
        "index_proximal",
    ]
    assert len(MOVABLE) == 15


def test_joints_that_are_called_by_name_are_where_their_names_are() -> None:
    named = (PALM, WRIST, INDEX_PROXIMAL, MIDDLE_METACARPAL, MIDDLE_PROXIMAL, LITTLE_PROXIMAL)
    assert named == (0, 1, 7, 11, 12, 22)


def test_fingers_go_from_the_thumb_to_the_little_one() -> None:
    assert [JOINTS[finger.first].partition("_")[0] for finger in FINGERS] == list(NAMES)
    knuckles = [finger.root[0] for finger in OTHERS]
    assert knuckles == sorted(knuckles)
    assert THUMB.root[0] < knuckles[0]


@every_finger
def test_a_tip_follows_three_joints_that_move(finger: ReferenceFinger) -> None:
    assert len(finger.bones) == len(finger.tilts) == len(finger.turns) == 3
    assert JOINTS[finger.first + 3].endswith("_tip")
    assert finger.first + 3 not in MOVABLE


def test_the_thumb_moves_from_its_metacarpal_and_bends_before_it_spreads() -> None:
    assert THUMB.metacarpal is None
    assert not THUMB.spread_first
    for finger in OTHERS:
        assert finger.metacarpal is not None
        assert JOINTS[finger.first - 1].endswith("_metacarpal")
        assert finger.spread_first


def test_a_metacarpal_bone_points_to_its_knuckle() -> None:
    for finger in OTHERS:
        assert finger.metacarpal is not None
        bone = [knuckle - root for knuckle, root in zip(finger.root, finger.metacarpal, strict=True)]
        pointing = rotate(from_degrees(*finger.metacarpal_turn), (0.0, 0.0, -1.0))
        length = math.hypot(*bone)
        apart = math.degrees(math.acos(sum(a * b for a, b in zip(bone, pointing, strict=True)) / length))
        assert 40 < length < 70
        assert apart < 12


def test_bones_grow_shorter_towards_the_tip_and_the_middle_finger_is_the_longest() -> None:
    for finger in OTHERS[:-1]:
        assert all(near > far for near, far in pairwise(finger.bones))
    lengths = [sum(finger.bones) for finger in OTHERS]
    assert max(lengths) == lengths[1]
    assert min(lengths) == lengths[-1]


@every_finger
def test_lengths_are_whole_millimetres_and_turns_whole_degrees(finger: ReferenceFinger) -> None:
    """Every implementation has them from the vectors: nothing is left to how a number is written."""
    places = (finger.root, finger.bones, finger.metacarpal or (), finger.metacarpal_turn)
    numbers = [number for part in (*places, *finger.tilts, *finger.turns) for number in part]
    assert all(float(number).is_integer() for number in numbers)


@every_finger
def test_a_hinge_further_out_is_tilted_about_the_bone_and_never_about_itself(finger: ReferenceFinger) -> None:
    """A turn about the hinge's own axis would be flexion."""
    assert [tilt[0] for tilt in finger.tilts[1:]] == [0, 0]
    assert [turn[0] for turn in finger.turns[1:]] == [0, 0]


def test_the_grip_lies_in_the_palm_across_the_fingers() -> None:
    x, y, z, *turn = GRIP_IN_WRIST
    assert math.hypot(*turn) == pytest.approx(1.0)
    assert abs(x) < 0.01
    assert y < 0.0
    assert z < 0.0
    # -Z to the thumb's side, +X out of the back of the hand.
    rotation = (turn[0], turn[1], turn[2], turn[3])
    assert rotate(rotation, (0.0, 0.0, -1.0)) == pytest.approx((-1.0, 0.0, 0.0), abs=1e-9)
    assert rotate(rotation, (1.0, 0.0, 0.0)) == pytest.approx((0.0, 1.0, 0.0), abs=1e-9)
