"""The flexion model: 26 joints of a hand as 20 values, and back on a rigid reference hand (SPEC.md section 4).

Joints are those of OpenXR's XR_EXT_hand_tracking: palm, wrist, then metacarpal to tip of thumb, index, middle, ring
and little finger. WebXR's 25 are the same without the palm. A joint's -Z points along its bone to the tip, +Y out of
the back of the hand, +X to the right. The model is written for a right hand; a left one is its mirror image.

A finger's first movable joint turns by its flexion about -X, then by its spread about +Y, towards the thumb; the others
by their flexion alone. Each joint adds a small fixed turn that is anatomy, not movement.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from protocol.fields import (
    FINGER_VALUES,
    dequantise_flexion,
    dequantise_spread,
    quantise_flexion,
    quantise_spread,
)
from protocol.quaternion import (
    IDENTITY,
    Quaternion,
    Vector,
    about_x,
    about_y,
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

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")
JointPose = tuple[float, float, float, float, float, float, float]
"""Position in metres, then rotation x y z w."""

JOINTS: Final = (
    "palm",
    "wrist",
    "thumb_metacarpal",
    "thumb_proximal",
    "thumb_distal",
    "thumb_tip",
    "index_metacarpal",
    "index_proximal",
    "index_intermediate",
    "index_distal",
    "index_tip",
    "middle_metacarpal",
    "middle_proximal",
    "middle_intermediate",
    "middle_distal",
    "middle_tip",
    "ring_metacarpal",
    "ring_proximal",
    "ring_intermediate",
    "ring_distal",
    "ring_tip",
    "little_metacarpal",
    "little_proximal",
    "little_intermediate",
    "little_distal",
    "little_tip",
)
PALM: Final = JOINTS.index("palm")
WRIST: Final = JOINTS.index("wrist")
INDEX_PROXIMAL: Final = JOINTS.index("index_proximal")
MIDDLE_METACARPAL: Final = JOINTS.index("middle_metacarpal")
MIDDLE_PROXIMAL: Final = JOINTS.index("middle_proximal")
LITTLE_PROXIMAL: Final = JOINTS.index("little_proximal")
POSITION_ONLY: Final = 3
ALONG_BONE: Final[Vector] = (0.0, 0.0, -1.0)
IDENTITY_POSE: Final[JointPose] = (0.0, 0.0, 0.0, *IDENTITY)
GRIP_IN_WRIST: Final[JointPose] = (-0.001, -0.037, -0.066, *from_degrees(90.0, 90.0, 0.0))
"""Of a right hand. OpenXR's grip is the axis of what a hand holds: -Z to the thumb's side, +X out of the back."""


@dataclass(frozen=True, slots=True)
class ReferenceFinger:
    """A finger of the reference hand, right, in the frame of the wrist. Millimetres and degrees."""

    first: int
    """Which of JOINTS is its first movable joint; the other two and the tip follow."""
    base: tuple[float, float, float]
    """Turn (about X, then Y, then Z) of the frame its first joint moves in."""
    root: tuple[float, float, float]
    """Place of its first movable joint."""
    bones: tuple[float, float, float]
    """Lengths from each movable joint to the next, and to the tip."""
    turns: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    """The fixed turn of each movable joint about Y, then Z."""
    metacarpal: tuple[float, float, float] | None
    """Place of its metacarpal joint; None where that is the first movable one."""
    metacarpal_turn: tuple[float, float, float] = (0.0, 0.0, 0.0)


# Lengths and turns of one adult's hand as a headset's tracking fits them, rounded to millimetres and degrees. People
# differ from it by some degrees, which a viewer takes for their hand.
FINGERS: Final = (
    ReferenceFinger(2, (-37, 25, 99), (-26, -21, -37), (33, 34, 25), ((0, 0), (-5, -10), (4, 9)), None),
    ReferenceFinger(7, (0, 0, 0), (-24, -7, -96), (38, 24, 22), ((0, 3), (0, -3), (-3, -2)), (-18, -12, -37)),
    ReferenceFinger(12, (0, 0, 0), (-2, -3, -96), (43, 28, 25), ((0, -4), (1, -1), (3, -6)), (-1, -9, -35)),
    ReferenceFinger(17, (0, 0, 0), (17, -6, -89), (39, 27, 24), ((0, -11), (3, -3), (4, -1)), (15, -6, -35)),
    ReferenceFinger(
        22, (-6, -15, -25), (35, -14, -78), (31, 20, 22), ((0, 5), (2, -7), (5, 1)), (23, -9, -34), (-6, -15, -25)
    ),
)
MOVABLE: Final = tuple(finger.first + joint for finger in FINGERS for joint in range(len(finger.bones)))
"""Which of JOINTS flexion moves; the wrist moves the others, and a tip has the rotation of the joint before it."""
VALUES_A_FINGER: Final = FINGER_VALUES // len(FINGERS)


def flexion_from_joints(joints: Sequence[Sequence[float]], side: Side) -> bytes:
    """Take the 20 values from 26 joints in any one frame: poses (7 numbers each) or positions alone (3, metres).

    Poses are better: a millimetre is two degrees of a finger's bone. Each bone is made to point where it did as nearly
    as the model lets it, given the joints before it. Raises ValueError for other shapes, and for joints that coincide
    or are not finite.
    """
    width = len(joints[0]) if joints else 0
    if len(joints) != len(JOINTS) or width not in (POSITION_ONLY, len(IDENTITY_POSE)):
        raise ValueError(f"{len(joints)} joints of {width} numbers, not {len(JOINTS)} of 3 or 7")
    rows = joints if side == "right" else [_mirrored(row) for row in joints]
    bones = _bones_from_positions(rows) if width == POSITION_ONLY else _bones_from_poses(rows)
    values = bytearray()
    for finger in FINGERS:
        values += _finger_values(finger, [bones[finger.first + joint] for joint in range(len(finger.bones))])
    return bytes(values)


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


def _finger_values(finger: ReferenceFinger, bones: Sequence[Vector]) -> bytes:
    """Follow three bone directions (in the frame of the wrist) with the four values of a finger."""
    values = bytearray()
    frame = from_degrees(*finger.base)
    spread = 0
    for joint, bone in enumerate(bones):
        x, y, z = rotate(conjugate(frame), bone)
        flexion = quantise_flexion(math.atan2(-y, -z))
        values.append(flexion)
        if joint == 0:
            spread = quantise_spread(math.asin(max(-1.0, min(1.0, -x))))
        # The next joint is measured from where a receiver will put this one, so that errors do not add up.
        frame = multiply(frame, _joint_turn(finger, joint, flexion, spread))
    return bytes(values) + bytes((spread,))


def _joint_turn(finger: ReferenceFinger, joint: int, flexion: int, spread: int) -> Quaternion:
    turn = about_x(-dequantise_flexion(flexion))
    if joint == 0:
        turn = multiply(turn, about_y(dequantise_spread(spread)))
    return multiply(turn, from_degrees(0.0, *finger.turns[joint]))


def _pose_finger(hand: list[JointPose], finger: ReferenceFinger, values: bytes) -> None:
    """Put a finger's joints into `hand`, in the frame of the wrist."""
    if finger.metacarpal is not None:
        hand[finger.first - 1] = _pose(_metres(finger.metacarpal), from_degrees(*finger.metacarpal_turn))
    frame, place = from_degrees(*finger.base), _metres(finger.root)
    for joint, bone in enumerate(finger.bones):
        frame = multiply(frame, _joint_turn(finger, joint, values[joint], values[-1]))
        hand[finger.first + joint] = _pose(place, frame)
        place = add(place, rotate(frame, (0.0, 0.0, -bone / 1000)))
    hand[finger.first + len(finger.bones)] = _pose(place, frame)


def _bones_from_poses(rows: Sequence[Sequence[float]]) -> dict[int, Vector]:
    """Where each movable joint's bone points, in the frame of the wrist, by the joints' rotations."""
    to_wrist = conjugate(_rotation(rows[WRIST]))
    return {joint: rotate(multiply(to_wrist, _rotation(rows[joint])), ALONG_BONE) for joint in MOVABLE}


def _bones_from_positions(rows: Sequence[Sequence[float]]) -> dict[int, Vector]:
    """Take the same from the joints' places alone."""
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
