"""Quantities of the wire: positions, rotations, fingers, blendshapes (SPEC.md section 4)."""

import math
from typing import Final

from protocol.errors import MalformedRotation
from protocol.ids import FINGER_VALUES, POSITION_SCALE, ROTATION_BYTES, ROTATION_MAX, UNIT_MAX

__all__ = [
    "BLENDSHAPES",
    "FINGER_VALUES",
    "FLEXION_OFFSET",
    "FLEXION_SPAN",
    "POSITION_SCALE",
    "SPREAD_OFFSET",
    "SPREAD_SPAN",
    "Quaternion",
    "Rotation",
    "check_rotation",
    "clamp",
    "dequantise_flexion",
    "dequantise_spread",
    "pack_rotation",
    "quantise",
    "quantise_flexion",
    "quantise_spread",
    "quantise_unit",
    "rotation_from_bytes",
    "rotation_to_bytes",
    "unpack_rotation",
]

Quaternion = tuple[float, float, float, float]
"""x y z w."""
Rotation = tuple[int, int, int, int]
"""Index of the largest component, then the other three as shares of it, in order."""

FLEXION_OFFSET: Final = 0.5
FLEXION_SPAN: Final = 2.5
"""Flexion runs from -0.5 to 2.0 rad, positive closing the hand."""
SPREAD_OFFSET: Final = 0.7
SPREAD_SPAN: Final = 1.4
"""Spread runs from -0.7 to 0.7 rad."""

BLENDSHAPES: Final = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
"""The 52 ARKit blendshapes in the order Apple documents them."""


_LENGTH_MIN: Final = 1e-6
"""A shorter quaternion has no direction worth the name."""


def quantise(value: float, scale: float) -> int:
    """Round `value * scale` half up in float64, as every implementation of this wire does. `value` is finite."""
    return math.floor(value * scale + 0.5)


def clamp(value: int, low: int, high: int) -> int:
    """Take `value` into [low, high]."""
    return max(low, min(high, value))


def quantise_unit(value: float) -> int:
    """Quantise a number from 0 to 1 to u8."""
    return clamp(quantise(value, UNIT_MAX), 0, UNIT_MAX)


def quantise_flexion(radians: float) -> int:
    """Quantise a joint's flexion to u8."""
    return clamp(quantise((radians + FLEXION_OFFSET) / FLEXION_SPAN, 255), 0, 255)


def dequantise_flexion(value: int) -> float:
    """Return the flexion in radians that a u8 stands for."""
    return value / 255 * FLEXION_SPAN - FLEXION_OFFSET


def quantise_spread(radians: float) -> int:
    """Quantise a finger's spread to u8."""
    return clamp(quantise((radians + SPREAD_OFFSET) / SPREAD_SPAN, 255), 0, 255)


def dequantise_spread(value: int) -> float:
    """Return the spread in radians that a u8 stands for."""
    return value / 255 * SPREAD_SPAN - SPREAD_OFFSET


def pack_rotation(quaternion: Quaternion) -> Rotation:
    """Quantise a rotation of any length to three components over the largest.

    Raises ValueError for a quaternion that is not finite or too short to have a direction.
    """
    x, y, z, w = quaternion
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if not math.isfinite(length) or length < _LENGTH_MIN:
        raise ValueError(f"not a rotation: {quaternion}")
    largest = max(range(4), key=lambda index: abs(quaternion[index]))
    a, b, c = (
        quantise(component / quaternion[largest], ROTATION_MAX)
        for index, component in enumerate(quaternion)
        if index != largest
    )
    return largest, a, b, c


def unpack_rotation(rotation: Rotation) -> Quaternion:
    """Return the unit quaternion a valid packed rotation stands for: at most 0.25 degrees off what was packed."""
    largest, *rest = rotation
    length = math.sqrt(ROTATION_MAX * ROTATION_MAX + sum(value * value for value in rest))
    components = [value / length for value in rest]
    components.insert(largest, ROTATION_MAX / length)
    x, y, z, w = components
    return x, y, z, w


def check_rotation(rotation: Rotation) -> Rotation:
    """Return `rotation`, or raise MalformedRotation if no quaternion packs to it."""
    largest, a, b, c = rotation
    if largest not in range(4):
        raise MalformedRotation(f"largest component {largest}")
    if max(abs(a), abs(b), abs(c)) > ROTATION_MAX:
        raise MalformedRotation(f"rotation component out of range: {a} {b} {c}")
    return rotation


def rotation_to_bytes(rotation: Rotation) -> bytes:
    """Lay a packed rotation out as 4 bytes."""
    largest, a, b, c = rotation
    bits = largest | a + ROTATION_MAX << 2 | b + ROTATION_MAX << 12 | c + ROTATION_MAX << 22
    return bits.to_bytes(ROTATION_BYTES, "little")


def rotation_from_bytes(data: bytes) -> Rotation:
    """Read 4 bytes as a packed rotation. Raises MalformedRotation."""
    if len(data) != ROTATION_BYTES:
        raise MalformedRotation(f"a rotation has {ROTATION_BYTES} bytes, got {len(data)}")
    bits = int.from_bytes(data, "little")
    a, b, c = ((bits >> shift & 0x3FF) - ROTATION_MAX for shift in (2, 12, 22))
    return check_rotation((bits & 3, a, b, c))
