"""What an observer is shown of a state: less and coarser the farther its tier (SPEC.md section 5.3).

A record carries counts of its tier's units. What is held is told in the wire's own units all the same, so that nobody
who reads it needs to know of tiers: a shown value is the nearest that the tier has.
"""

from dataclasses import replace
from typing import Final

from protocol.ids import (
    HAND_POSITION_MAX,
    HEAD_POSITION_MAX,
    ROTATION_MAX,
    TIER_POSITION_SHIFT,
    TIER_ROTATION_SHIFT,
    UNIT_MAX,
    VALUE_BITS,
    VOICE_BITS,
    StateFlag,
    Tier,
)
from protocol.state import AvatarState, TrackedPart, mask_for_tier

Y: Final = 1
W: Final = 3


def show_in_tier(state: AvatarState, tier: Tier) -> AvatarState:
    """Return what an observer of this tier holds of a state once it was sent to it."""
    masked = mask_for_tier(state, tier)
    flags = masked.flags
    return replace(
        masked,
        voice=to_value(to_level(masked.voice, VOICE_BITS), VOICE_BITS),
        head=_coarsened(masked.head, tier, HEAD_POSITION_MAX) if flags & StateFlag.HEAD else masked.head,
        left=_coarsened(masked.left, tier, HAND_POSITION_MAX) if flags & StateFlag.LEFT else masked.left,
        right=_coarsened(masked.right, tier, HAND_POSITION_MAX) if flags & StateFlag.RIGHT else masked.right,
        left_fingers=_coarsened_values(masked.left_fingers),
        right_fingers=_coarsened_values(masked.right_fingers),
        face=_coarsened_values(masked.face),
    )


def to_level(value: int, bits: int) -> int:
    """Return the nearest of the 2^bits levels a u8 has in a record."""
    return (value * ((1 << bits) - 1) + UNIT_MAX // 2) // UNIT_MAX


def to_value(level: int, bits: int) -> int:
    """Return the u8 a level stands for: its bits, repeated from the top. The ends stay the ends."""
    return level << 8 - bits | level >> 2 * bits - 8


def yaw_of(part: TrackedPart) -> TrackedPart:
    """Keep of a rotation what turns about the vertical: largest x y z w, then only y or w is not zero."""
    components = [part.a, part.b, part.c]
    components.insert(part.largest, ROTATION_MAX)
    y, w = components[Y], components[W]
    if y == 0 and w == 0:
        return replace(part, largest=W, a=0, b=0, c=0)
    if abs(w) >= abs(y):
        return replace(part, largest=W, a=0, b=_share(y, w), c=0)
    return replace(part, largest=Y, a=0, b=0, c=_share(w, y))


def _share(part: int, whole: int) -> int:
    """Round part / whole, at most 1 in magnitude, to counts of a rotation; halves up."""
    if whole < 0:
        part, whole = -part, -whole
    return (2 * ROTATION_MAX * part + whole) // (2 * whole)


def _coarsened(part: TrackedPart, tier: Tier, most: int) -> TrackedPart:
    shift = TIER_POSITION_SHIFT[tier]
    x, y, z = (_nearest(value, shift, most) for value in part.position)
    turned = yaw_of(part) if tier is Tier.PRESENCE else part
    shift = TIER_ROTATION_SHIFT[tier]
    a, b, c = (_nearest(value, shift, ROTATION_MAX) for value in turned.rotation[1:])
    return TrackedPart(x, y, z, turned.largest, a, b, c)


def _nearest(value: int, shift: int, most: int) -> int:
    """Round to a multiple of 2^shift, halves up, within a range that may end between two."""
    units = value + (1 << shift >> 1) >> shift
    return max(-(most >> shift), min(most >> shift, units)) << shift


def _coarsened_values(values: bytes) -> bytes:
    return bytes(to_value(to_level(value, VALUE_BITS), VALUE_BITS) for value in values)
