"""A finger's four values, and the turns they stand for: fitted to tracked rotations, or to bones without them.

Values are fitted in the 64 levels a record has, and each joint is measured from where a receiver will put the one
before it: what is rounded off a joint is made up for by the next.
"""

import math
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from protocol.fields import (
    FLEXION_OFFSET,
    FLEXION_SPAN,
    SPREAD_OFFSET,
    SPREAD_SPAN,
    dequantise_flexion,
    dequantise_spread,
)
from protocol.ids import UNIT_MAX, VALUE_BITS
from protocol.quaternion import (
    IDENTITY,
    Quaternion,
    Vector,
    about_x,
    about_y,
    conjugate,
    dot,
    from_degrees,
    multiply,
    rotate,
)
from protocol.reference_hand import ReferenceFinger, Turn
from protocol.tiers import to_value

ALONG_BONE: Final[Vector] = (0.0, 0.0, -1.0)
HELD: Final = tuple(to_value(level, VALUE_BITS) for level in range(1 << VALUE_BITS))
"""The values that come out of a record as they went in."""
_BORDERS: Final = tuple((low + high) / 2 for low, high in pairwise(HELD))
_COARSE: Final = 8
"""The step in levels in which a spread is sought first."""


def joint_turn(finger: ReferenceFinger, joint: int, flexion: int, spread: int) -> Quaternion:
    """Return what a movable joint adds to the frame of the one before it."""
    before, after = _around_the_hinge(finger, joint, spread)
    return multiply(multiply(before, about_x(-dequantise_flexion(flexion))), after)


def values_from_rotations(finger: ReferenceFinger, rotations: Sequence[Quaternion]) -> bytes:
    """Take a finger's values from the rotations of its movable joints in the frame of the wrist."""
    values = bytearray()
    frame, spread = IDENTITY, 0
    for joint, rotation in enumerate(rotations):
        moved = multiply(conjugate(frame), rotation)
        if joint == 0:
            spread = _nearest_spread(finger, moved)
        before, after = _around_the_hinge(finger, joint, spread)
        x, _, _, w = multiply(multiply(conjugate(before), moved), conjugate(after))
        values.append(held_flexion(-2 * math.atan2(x, w)))
        frame = multiply(frame, joint_turn(finger, joint, values[-1], spread))
    return bytes(values) + bytes((spread,))


def values_from_bones(finger: ReferenceFinger, bones: Sequence[Vector]) -> bytes:
    """Take a finger's values from where its bones point in the frame of the wrist.

    The first bone of a bent finger hardly tells its spread, but the plane of the others does: the spread is the one
    with which all three point best.
    """
    levels = range(_COARSE // 2, len(HELD), _COARSE)
    best = min(levels, key=lambda level: _bent_along(finger, bones, HELD[level])[0])
    around = range(max(0, best - _COARSE), min(len(HELD), best + _COARSE + 1))
    return min(_bent_along(finger, bones, HELD[level]) for level in around)[1]


def held_flexion(radians: float) -> int:
    """Return the value of HELD that is nearest to a flexion, whichever way round."""
    return _held(radians, FLEXION_OFFSET, FLEXION_SPAN)


def held_spread(radians: float) -> int:
    """Return the value of HELD that is nearest to a spread, whichever way round."""
    return _held(radians, SPREAD_OFFSET, SPREAD_SPAN)


def _held(radians: float, offset: float, span: float) -> int:
    middle = span / 2 - offset
    around = middle + math.remainder(radians - middle, math.tau)
    return HELD[bisect(_BORDERS, (around + offset) / span * UNIT_MAX)]


def _around_the_hinge(finger: ReferenceFinger, joint: int, spread: int) -> tuple[Quaternion, Quaternion]:
    """Return what a joint turns by before and after its flexion."""
    before, after = _fixed(finger.tilts[joint]), _fixed(finger.turns[joint])
    if joint > 0:
        return before, after
    aside = about_y(dequantise_spread(spread))
    return (multiply(before, aside), after) if finger.spread_first else (before, multiply(aside, after))


def _nearest_spread(finger: ReferenceFinger, moved: Quaternion) -> int:
    """Return the spread that, with the best flexion for it, comes nearest to what the first joint turned by."""
    bare = multiply(conjugate(_fixed(finger.tilts[0])), moved)
    x, y, z, w = multiply(bare, conjugate(_fixed(finger.turns[0])))
    # In the components of a product of turns about X and Y, z alone depends on which is first, and by its sign only.
    # How near the best flexion comes is a quadratic form of the cosine and sine of half the spread: this is its axis.
    z = z if finger.spread_first else -z
    return held_spread(math.atan2(2 * (w * y - x * z), w * w + x * x - y * y - z * z))


def _bent_along(finger: ReferenceFinger, bones: Sequence[Vector], spread: int) -> tuple[float, bytes]:
    """Follow the bones with this spread. Returns how far off they are, and the values."""
    values = bytearray()
    frame, off = IDENTITY, 0.0
    for joint, bone in enumerate(bones):
        before, after = _around_the_hinge(finger, joint, spread)
        start, rest = multiply(frame, before), rotate(after, ALONG_BONE)
        _, y, z = rotate(conjugate(start), bone)
        values.append(held_flexion(math.atan2(rest[2], rest[1]) - math.atan2(z, y)))
        frame = multiply(multiply(start, about_x(-dequantise_flexion(values[-1]))), after)
        off += 1 - dot(bone, rotate(frame, ALONG_BONE))
    return off, bytes(values) + bytes((spread,))


@cache
def _fixed(turn: Turn) -> Quaternion:
    return from_degrees(*turn)
