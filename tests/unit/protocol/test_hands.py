import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
import pytest

from protocol import hands
from protocol.finger_fit import HELD
from protocol.hands import (
    JOINTS,
    MOVABLE,
    PALM,
    SIDES,
    WRIST,
    JointPose,
    Side,
    flexion_from_joints,
    joints_from_flexion,
    wrist_from_grip,
)
from protocol.quaternion import Quaternion, conjugate, from_degrees, multiply, rotate, subtract

DATA = Path(os.environ.get("POLYCLINIC_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
CAPTURE = DATA / "vr-quest-iwer-capture" / "capture.npz"
FLAT = bytes([51, 51, 51, 128] * 5)
ANYWHERE: JointPose = (1.0, 1.5, -2.0, *from_degrees(30, -60, 100))


def degrees_between(first: Quaternion, second: Quaternion) -> float:
    product = abs(sum(a * b for a, b in zip(first, second, strict=True)))
    return math.degrees(2 * math.acos(min(1.0, product)))


def rotation(joint: Sequence[float]) -> Quaternion:
    _, _, _, x, y, z, w = joint
    length = math.sqrt(x * x + y * y + z * z + w * w)
    return x / length, y / length, z / length, w / length


def place(joint: Sequence[float]) -> tuple[float, float, float]:
    return joint[0], joint[1], joint[2]


def errors_by_joint(tracked: Sequence[JointPose], side: Side, width: int) -> dict[str, float]:
    """Degrees between each movable joint as tracked and as a receiver reconstructs it."""
    values = flexion_from_joints([joint[:width] for joint in tracked], side)
    shown = joints_from_flexion(values, side, tracked[WRIST])
    return {JOINTS[joint]: degrees_between(rotation(tracked[joint]), rotation(shown[joint])) for joint in MOVABLE}


@pytest.mark.parametrize("side", SIDES)
def test_values_come_back_from_the_joints_they_pose(side: Side) -> None:
    random = Random(1)
    for _ in range(200):
        values = bytes(random.choice(HELD) for _ in range(20))
        assert flexion_from_joints(joints_from_flexion(values, side, ANYWHERE), side) == values


@pytest.mark.parametrize("side", SIDES)
def test_positions_alone_give_the_values_back_too(side: Side) -> None:
    random = Random(2)
    for _ in range(100):
        values = bytes(random.choice(HELD) for _ in range(20))
        joints = joints_from_flexion(values, side, ANYWHERE)
        assert flexion_from_joints([place(joint) for joint in joints], side) == values


def test_the_hands_are_mirror_images() -> None:
    values = bytes(range(60, 160, 5))
    left, right = joints_from_flexion(values, "left"), joints_from_flexion(values, "right")
    for a, b in zip(left, right, strict=True):
        assert a == (-b[0], b[1], b[2], b[3], -b[4], -b[5], b[6])


def test_flexion_closes_the_hand_and_spread_points_to_the_thumb() -> None:
    flat = joints_from_flexion(FLAT, "right")
    bent = joints_from_flexion(bytes([51, 51, 51, 128, 153, 51, 51, 128] + [51, 51, 51, 128] * 3), "right")
    spread = joints_from_flexion(bytes([51, 51, 51, 128, 51, 51, 51, 200] + [51, 51, 51, 128] * 3), "right")
    tip = JOINTS.index("index_tip")
    assert bent[tip][1] < flat[tip][1] - 0.05
    assert spread[tip][0] < flat[tip][0] - 0.02
    assert flat[JOINTS.index("thumb_tip")][0] < flat[tip][0] < flat[JOINTS.index("little_tip")][0]


def test_a_finger_is_as_long_as_its_bones() -> None:
    joints = joints_from_flexion(bytes([200] * 20), "left", ANYWHERE)
    for finger in hands.FINGERS:
        for number, bone in enumerate(finger.bones):
            start, end = joints[finger.first + number], joints[finger.first + number + 1]
            assert math.dist(place(start), place(end)) == pytest.approx(bone / 1000)
            assert rotate(conjugate(rotation(start)), subtract(place(end), place(start))) == pytest.approx(
                (0.0, 0.0, -bone / 1000)
            )


def test_the_palm_lies_in_the_middle_of_the_middle_metacarpal() -> None:
    joints = joints_from_flexion(FLAT, "right")
    root, knuckle = joints[JOINTS.index("middle_metacarpal")], joints[JOINTS.index("middle_proximal")]
    assert place(joints[PALM]) == pytest.approx([(a + b) / 2 for a, b in zip(root[:3], knuckle[:3], strict=True)])
    assert joints[WRIST] == hands.IDENTITY_POSE


@pytest.mark.parametrize("side", SIDES)
def test_the_wrist_stands_where_the_grip_is_seen_from_it(side: Side) -> None:
    wrist = wrist_from_grip(ANYWHERE, side)
    mirror = -1 if side == "left" else 1
    seen = rotate(conjugate(rotation(wrist)), subtract(place(ANYWHERE), place(wrist)))
    assert (mirror * seen[0], seen[1], seen[2]) == pytest.approx(hands.GRIP_IN_WRIST[:3])
    # OpenXR: through the closed hand to the thumb, which is on the left of a right hand.
    along = rotate(multiply(conjugate(rotation(wrist)), rotation(ANYWHERE)), (0.0, 0.0, -1.0))
    assert along == pytest.approx((-mirror, 0.0, 0.0), abs=1e-9)


@pytest.mark.parametrize("count", [0, 25, 27])
def test_other_than_26_joints_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} joints"):
        flexion_from_joints([hands.IDENTITY_POSE] * count, "left")


def test_joints_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="26 joints of 4 numbers"):
        flexion_from_joints([(0.0, 0.0, 0.0, 1.0)] * 26, "left")
    with pytest.raises(ValueError, match="no direction"):
        flexion_from_joints([(0.0, 0.0, 0.0)] * 26, "left")
    with pytest.raises(ValueError, match="not a rotation"):
        flexion_from_joints([(0.0,) * 7] * 26, "left")


def test_other_than_20_values_are_refused() -> None:
    with pytest.raises(ValueError, match="19 values, not 20"):
        joints_from_flexion(bytes(19), "right")


@pytest.mark.parametrize("side", SIDES)
def test_what_one_joint_is_rounded_by_the_next_makes_up_for(side: Side) -> None:
    """Any angles the wire has: no joint is off by more than half a level of flexion and half a level of spread."""
    random = Random(4)
    for _ in range(100):
        joints = joints_from_flexion(bytes(random.randrange(256) for _ in range(20)), side, ANYWHERE)
        assert max(errors_by_joint(joints, side, 7).values()) < 1.7


@pytest.mark.parametrize("side", SIDES)
def test_a_hand_of_other_proportions_is_followed_within_its_twists(side: Side) -> None:
    """A hand whose joints twist a little at random beside the reference's fixed turns."""
    random = Random(3)
    errors: list[float] = []
    for _ in range(100):
        joints = joints_from_flexion(bytes(random.randrange(30, 230) for _ in range(20)), side, ANYWHERE)
        for joint in MOVABLE:
            twist = from_degrees(0.0, random.gauss(0, 2), random.gauss(0, 2))
            joints[joint] = (*joints[joint][:3], *multiply(rotation(joints[joint]), twist))
        errors += errors_by_joint(joints, side, 7).values()
    assert median(errors) < 3.0
    assert max(errors) < 12.0


def captured_hands(side: Side) -> list[list[JointPose]]:
    """Every seventh frame of a real hand: 25 WebXR joints relative to the target ray, and a palm in front of them.

    The model sees directions within the hand only, so the frame of the ray will do.
    """
    with np.load(CAPTURE) as capture:
        frames = capture[f"{side}_joints"][capture[f"{side}_is_hand"]][::7, :, :7].astype(float)
    return [[frame[0], *frame] for frame in frames.tolist()]


@pytest.mark.skipif(
    "POLYCLINIC_DATA" not in os.environ and not DATA.is_dir(), reason="the motion traces are not part of the repository"
)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("width", "median_degrees", "most_degrees"), [(7, 1.5, 3.0), (3, 3.0, 13.0)])
def test_a_real_hand_is_followed_within_degrees(
    side: Side,
    width: int,
    median_degrees: float,
    most_degrees: float,
    record_property: Callable[[str, object], None],
) -> None:
    """Places of joints, which are whole millimetres here, tell nothing of turns about a bone."""
    by_joint: dict[str, list[float]] = {JOINTS[joint]: [] for joint in MOVABLE}
    for tracked in captured_hands(side):
        for joint, error in errors_by_joint(tracked, side, width).items():
            by_joint[joint].append(error)
    for joint, errors in by_joint.items():
        record_property(f"{joint} degrees p50 max", f"{median(errors):.1f} {max(errors):.1f}")
    assert median(error for errors in by_joint.values() for error in errors) < median_degrees
    assert all(max(errors) < most_degrees for errors in by_joint.values()), by_joint


@pytest.mark.skipif(
    "POLYCLINIC_DATA" not in os.environ and not DATA.is_dir(), reason="the motion traces are not part of the repository"
)
@pytest.mark.parametrize("side", SIDES)
def test_a_real_grip_gives_its_wrist_within_millimetres(side: Side) -> None:
    with np.load(CAPTURE) as capture:
        bare = capture[f"{side}_is_hand"]
        rows = zip(capture[side][bare], capture[f"{side}_ray"][bare], capture[f"{side}_joints"][bare], strict=True)
        frames = [(grip.tolist(), ray.tolist(), joints[0].tolist()) for grip, ray, joints in rows][::11]
    for grip, ray, wrist_in_ray in frames:
        found = wrist_from_grip((*place(grip), *rotation(grip)), side)
        offset = rotate(rotation(ray), place(wrist_in_ray))
        assert math.dist(place(found), [a + b for a, b in zip(place(ray), offset, strict=True)]) < 0.005
        assert degrees_between(rotation(found), multiply(rotation(ray), rotation(wrist_in_ray[:7]))) < 1.0
