"""The flexion model: 26 joints of a hand as 20 values, and back on a rigid reference hand (SPEC.md section 4.1).

Joints are those of OpenXR's XR_EXT_hand_tracking: palm, wrist, then metacarpal to tip of thumb, index, middle, ring
and little finger. WebXR's 25 are the same without the palm. A joint's -Z points along its bone to the tip, +Y out of
the back of the hand, +X to the right. The model is written for a right hand; a left one is its mirror image.

A finger's first movable joint turns by its spread about +Y, towards the thumb, and by its flexion about -X; the others
by their flexion alone. Before and after it a joint has small fixed turns that are anatomy, not movement.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

from protocol.fields import FINGER_VALUES
from protocol.finger_fit import joint_turn, values_from_bones, values_from_rotations
from protocol.quaternion import (
    IDENTITY,
    Quaternion,
    Vector,
    add,
    conjugate,
    cross,
    from_axes,
    from_degrees,
    multiply,
    normalised,
    rotate,
    subtract,
)
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

__all__ = [
    "FINGERS",
    "GRIP_IN_WRIST",
    "IDENTITY_POSE",
    "JOINTS",
    "MOVABLE",
    "PALM",
    "SIDES",
    "VALUES_A_FINGER",
    "WRIST",
    "JointPose",
    "ReferenceFinger",
    "Side",
    "bones_in_wrist",
    "flexion_from_joints",
    "joints_from_flexion",
    "wrist_from_grip",
]

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")
JointPose = tuple[float, float, float, float, float, float, float]
"""Position in metres, then rotation x y z w."""
POSITION_ONLY: Final = 3
IDENTITY_POSE: Final[JointPose] = (0.0, 0.0, 0.0, *IDENTITY)
VALUES_A_FINGER: Final = FINGER_VALUES // len(FINGERS)


def flexion_from_joints(joints: Sequence[Sequence[float]], side: Side) -> bytes:
    """Take the 20 values from 26 joints in any one frame: poses (7 numbers each) or positions alone (3, metres).

    Poses are better: each joint is then made to stand as it did as nearly as the model lets it, given the joints before
    it. Positions do not tell how a bone is turned about itself, and a millimetre is two degrees of a finger's bone:
    bones are made to point where they did. The values are those that a record can hold. Raises ValueError for other
    shapes, and for joints that coincide or are not finite.
    """
    width = len(joints[0]) if joints else 0
    if len(joints) != len(JOINTS) or width not in (POSITION_ONLY, len(IDENTITY_POSE)):
        raise ValueError(f"{len(joints)} joints of {width} numbers, not {len(JOINTS)} of 3 or 7")
    rows = joints if side == "right" else [_mirrored(row) for row in joints]
    if width == POSITION_ONLY:
        bones = bones_in_wrist(rows)
        return b"".join(values_from_bones(finger, [bones[joint] for joint in _movable(finger)]) for finger in FINGERS)
    turns = _rotations_in_wrist(rows)
    return b"".join(values_from_rotations(finger, [turns[joint] for joint in _movable(finger)]) for finger in FINGERS)


def joints_from_flexion(values: bytes, side: Side, wrist: JointPose = IDENTITY_POSE) -> list[JointPose]:
    """Pose the reference hand: 26 joint poses, in the frame `wrist` is given in. Raises ValueError for no 20 values."""
    if len(values) != FINGER_VALUES:
        raise ValueError(f"{len(values)} values, not {FINGER_VALUES}")
    hand: list[JointPose] = [IDENTITY_POSE] * len(JOINTS)
    for number, finger in enumerate(FINGERS):
        _pose_finger(hand, finger, values[number * VALUES_A_FINGER : (number + 1) * VALUES_A_FINGER])
    knuckle, root = hand[MIDDLE_PROXIMAL], hand[MIDDLE_METACARPAL]
    # OpenXR: the palm joint lies in the middle of the middle finger's metacarpal bone.
    hand[PALM] = _pose(((knuckle[0] + root[0]) / 2, (knuckle[1] + root[1]) / 2, (knuckle[2] + root[2]) / 2), IDENTITY)
    return [_placed(wrist, _mirrored_pose(joint) if side == "left" else joint) for joint in hand]


def wrist_from_grip(grip: JointPose, side: Side) -> JointPose:
    """Return the wrist of a hand whose grip pose, which is what the wire carries of a hand, is this."""
    x, y, z, *_ = GRIP_IN_WRIST
    to_wrist = conjugate(_rotation(GRIP_IN_WRIST))
    wrist_in_grip = _pose(rotate(to_wrist, (-x, -y, -z)), to_wrist)
    if side == "left":
        mirrored = _placed(_mirrored_pose(grip), wrist_in_grip)
        return _mirrored_pose(mirrored)
    return _placed(grip, wrist_in_grip)


def _movable(finger: ReferenceFinger) -> range:
    return range(finger.first, finger.first + len(finger.bones))


def _pose_finger(hand: list[JointPose], finger: ReferenceFinger, values: bytes) -> None:
    """Put a finger's joints into `hand`, in the frame of the wrist."""
    if finger.metacarpal is not None:
        hand[finger.first - 1] = _pose(_metres(finger.metacarpal), from_degrees(*finger.metacarpal_turn))
    frame, place = IDENTITY, _metres(finger.root)
    for joint, bone in enumerate(finger.bones):
        frame = multiply(frame, joint_turn(finger, joint, values[joint], values[-1]))
        hand[finger.first + joint] = _pose(place, frame)
        place = add(place, rotate(frame, (0.0, 0.0, -bone / 1000)))
    hand[finger.first + len(finger.bones)] = _pose(place, frame)


def _rotations_in_wrist(rows: Sequence[Sequence[float]]) -> dict[int, Quaternion]:
    """Return the rotation of each movable joint in the frame of the wrist."""
    to_wrist = conjugate(_rotation(rows[WRIST]))
    return {joint: multiply(to_wrist, _rotation(rows[joint])) for joint in MOVABLE}


def bones_in_wrist(rows: Sequence[Sequence[float]]) -> dict[int, Vector]:
    """Return where each movable joint's bone points in the frame of the wrist, from a right hand's places alone."""
    places = [_place(row) for row in rows]
    to_wrist = conjugate(_wrist_rotation(places))
    return {joint: rotate(to_wrist, normalised(subtract(places[joint + 1], places[joint]))) for joint in MOVABLE}


def _wrist_rotation(places: Sequence[Vector]) -> Quaternion:
    """Find the rotation of the wrist that turns the reference hand's knuckles to where these are."""
    reference = [_place(row) for row in joints_from_flexion(bytes(FINGER_VALUES), "right")]
    return multiply(_knuckle_frame(places), conjugate(_knuckle_frame(reference)))


def _knuckle_frame(places: Sequence[Vector]) -> Quaternion:
    back = normalised(subtract(places[WRIST], places[MIDDLE_PROXIMAL]))
    up = normalised(cross(back, subtract(places[LITTLE_PROXIMAL], places[INDEX_PROXIMAL])))
    return from_axes(cross(up, back), up, back)


def _rotation(row: Sequence[float]) -> Quaternion:
    _, _, _, x, y, z, w = row
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if not math.isfinite(length) or length == 0.0:
        raise ValueError(f"not a rotation: {row}")
    return x / length, y / length, z / length, w / length


def _place(row: Sequence[float]) -> Vector:
    return row[0], row[1], row[2]


def _pose(place: Vector, rotation: Quaternion) -> JointPose:
    return (*place, *rotation)


def _metres(millimetres: tuple[float, float, float]) -> Vector:
    return millimetres[0] / 1000, millimetres[1] / 1000, millimetres[2] / 1000


def _mirrored(row: Sequence[float]) -> Sequence[float]:
    """Return the other hand's joint: x changes sign, and so do the turns about Y and Z."""
    if len(row) == POSITION_ONLY:
        return -row[0], row[1], row[2]
    x, y, z, qx, qy, qz, qw = row
    return -x, y, z, qx, -qy, -qz, qw


def _mirrored_pose(joint: JointPose) -> JointPose:
    x, y, z, qx, qy, qz, qw = joint
    return -x, y, z, qx, -qy, -qz, qw


def _placed(parent: JointPose, child: JointPose) -> JointPose:
    """Take a pose given in the frame of `parent` to the frame in which `parent` itself is given."""
    turn = _rotation(parent)
    return _pose(add(_place(parent), rotate(turn, _place(child))), multiply(turn, _rotation(child)))
