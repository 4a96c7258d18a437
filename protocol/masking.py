"""What those see of an avatar who are not cleared for its motion (SPEC.md section 7.2): the masked state, in integers.

A body is recognised by its proportions, by where its eyes go and by how it moves from moment to moment. A masked state
has another height and another arm span, a head that only turns and nods, in steps, and eyes that rest. How often it
is told is limited as well, which is not this module's part.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

from protocol.fields import BLENDSHAPES, Quaternion, Rotation, clamp, pack_rotation
from protocol.ids import HEAD_POSITION_MAX, ROTATION_MAX, UNIT_MAX, StateFlag, Tier
from protocol.state import AvatarState, TrackedPart, mask_for_tier

SCALE_BITS: Final = 10
SCALE_ONE: Final = 1 << SCALE_BITS
"""A scale counts in these parts of one."""
SCALE_LEAST: Final = 870
SCALE_GREATEST: Final = 1178
"""15 % either way: beyond it an avatar would no longer pass for a grown person of the same posture."""
SCALE_KEPT: Final = range(973, 1076)
"""Scales within 5 % of one, which nobody has: nobody keeps their own proportions."""
MASKED_HZ_MAX: Final = 10
"""Masked states of one avatar told in a second, at most."""
HEAD_STEP_DEGREES: Final = 6
"""Of the head's turn and nod."""
EYE_VALUES: Final = sum(name.startswith("eye") for name in BLENDSHAPES)
"""The first weights of a face, those of the eyes and lids."""
POSTURE_BITS: Final = 6
"""A finger's value is told to the nearest multiple of 2 to this: five to a joint."""

_STEPS_IN_RADIAN: Final = 180 / HEAD_STEP_DEGREES / math.pi
_HALF_STEP: Final = math.pi / (360 / HEAD_STEP_DEGREES)


@dataclass(frozen=True, slots=True)
class Mask:
    """The body somebody has for those who are not cleared, and the room it stands in."""

    height: int = SCALE_ONE
    """Scale of everything vertical, from the floor up, in parts of SCALE_ONE."""
    span: int = SCALE_ONE
    """Scale of everything horizontal, from the head, in parts of SCALE_ONE."""
    floor: int = 0
    """mm: the lowest of the room."""
    ceiling: int = HEAD_POSITION_MAX
    """mm: the highest that a head is shown."""
    fingers: bool = False
    """Whether fingers are told at all, as posture."""


def mask_state(state: AvatarState, mask: Mask) -> AvatarState:
    """Return what those see of a state who are not cleared for it.

    Who signs is shown with the fingers as they are: they are speech.
    """
    signing = bool(state.flags & StateFlag.SIGNING)
    flags = state.flags
    if not (mask.fingers or signing):
        flags &= ~(StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS)
    masked = replace(
        state,
        flags=flags,
        head=_masked_head(state.head, mask) if flags & StateFlag.HEAD else state.head,
        left=_masked_hand(state.left, mask),
        right=_masked_hand(state.right, mask),
        left_fingers=state.left_fingers if signing else _posture(state.left_fingers),
        right_fingers=state.right_fingers if signing else _posture(state.right_fingers),
        face=bytes(EYE_VALUES) + state.face[EYE_VALUES:],
    )
    return mask_for_tier(masked, Tier.FULL)


def _scaled(value: int, scale: int) -> int:
    """Scale a length; halves go up."""
    return (value * scale + SCALE_ONE // 2) // SCALE_ONE


def _masked_head(head: TrackedPart, mask: Mask) -> TrackedPart:
    y = clamp(mask.floor + _scaled(head.y - mask.floor, mask.height), -HEAD_POSITION_MAX, mask.ceiling)
    return TrackedPart(head.x, y, head.z, *turn_and_nod(head.rotation))


def _masked_hand(hand: TrackedPart, mask: Mask) -> TrackedPart:
    """Move a hand with the body: what lies on the floor is still touched, what is held is still in the hand."""
    x, y, z = hand.position
    return replace(hand, x=_scaled(x, mask.span), y=_scaled(y, mask.height), z=_scaled(z, mask.span))


def turn_and_nod(rotation: Rotation) -> Rotation:
    """Keep of a head's rotation the turn about the vertical and the nod, each to the nearest step, and no tilt."""
    largest, *rest = rotation
    rest.insert(largest, ROTATION_MAX)
    x, y, z, w = rest
    ahead_x, ahead_y, ahead_z = -2 * (x * z + w * y), 2 * (w * x - y * z), x * x + y * y - z * z - w * w
    turn = math.atan2(-ahead_x, -ahead_z)
    nod = math.atan2(ahead_y, math.sqrt(ahead_x * ahead_x + ahead_z * ahead_z))
    half_turn = math.floor(turn * _STEPS_IN_RADIAN + 0.5) * _HALF_STEP
    half_nod = math.floor(nod * _STEPS_IN_RADIAN + 0.5) * _HALF_STEP
    turned: Quaternion = (
        math.cos(half_turn) * math.sin(half_nod),
        math.sin(half_turn) * math.cos(half_nod),
        -math.sin(half_turn) * math.sin(half_nod),
        math.cos(half_turn) * math.cos(half_nod),
    )
    return pack_rotation(turned)


def _posture(values: bytes) -> bytes:
    half = 1 << POSTURE_BITS - 1
    return bytes(min(UNIT_MAX, value + half >> POSTURE_BITS << POSTURE_BITS) for value in values)
