"""The state of an avatar as the integers of the wire, and its way from and to metres (SPEC.md sections 4 and 5)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from protocol.errors import WireError
from protocol.fields import (
    Quaternion,
    clamp,
    pack_rotation,
    quantise,
    quantise_unit,
    unpack_rotation,
)
from protocol.ids import (
    FACE_VALUES,
    FINGER_VALUES,
    HAND_POSITION_MAX,
    HEAD_POSITION_MAX,
    POSITION_SCALE,
    TIER_FLAGS,
    UNIT_MAX,
    StateFlag,
    Tier,
)

Point = tuple[float, float, float]
FloatPose = tuple[Point, Quaternion]
"""A position in metres in the room's frame, and a rotation."""

PartNumbers = tuple[int, int, int, int, int, int, int]
"""The fields of a `TrackedPart`, in their order."""
StateNumbers = tuple[int, int, PartNumbers, PartNumbers, PartNumbers, bytes, bytes, bytes]
"""The fields of an `AvatarState`, in their order, as the compiled core gives them."""


@dataclass(frozen=True, slots=True)
class TrackedPart:
    """A head or a hand: position in mm (a hand's relative to the head), rotation as three over the largest."""

    x: int = 0
    y: int = 0
    z: int = 0
    largest: int = 0
    a: int = 0
    b: int = 0
    c: int = 0

    @property
    def position(self) -> tuple[int, int, int]:
        """Millimetres."""
        return self.x, self.y, self.z

    @property
    def rotation(self) -> tuple[int, int, int, int]:
        """Index of the largest component, then the other three."""
        return self.largest, self.a, self.b, self.c


UNTRACKED: Final = TrackedPart()


@dataclass(frozen=True, slots=True)
class AvatarState:
    """Everything a pose says of an avatar. Parts whose flag is not set are zero."""

    flags: int = 0
    voice: int = 0
    head: TrackedPart = UNTRACKED
    left: TrackedPart = UNTRACKED
    right: TrackedPart = UNTRACKED
    left_fingers: bytes = bytes(FINGER_VALUES)
    right_fingers: bytes = bytes(FINGER_VALUES)
    face: bytes = bytes(FACE_VALUES)


@dataclass(frozen=True, slots=True)
class FloatState:
    """What an AvatarState stands for: hands in the room's frame, None for what is not tracked or present."""

    head: FloatPose | None
    left: FloatPose | None
    right: FloatPose | None
    left_fingers: bytes | None
    right_fingers: bytes | None
    face: tuple[float, ...] | None
    voice: float
    seated: bool
    signing: bool


def check_flags(flags: int, error: type[WireError]) -> int:
    """Return `flags`, or raise `error` if no avatar has them."""
    if flags & StateFlag.LEFT_FINGERS and not flags & StateFlag.LEFT:
        raise error(f"flags 0x{flags:02x}: left fingers without the hand")
    if flags & StateFlag.RIGHT_FINGERS and not flags & StateFlag.RIGHT:
        raise error(f"flags 0x{flags:02x}: right fingers without the hand")
    return flags


def mask_for_tier(state: AvatarState, tier: Tier) -> AvatarState:
    """Return what an observer of this tier is shown: fewer flags, and zero for what they no longer name."""
    flags = state.flags & TIER_FLAGS[tier]
    return replace(
        state,
        flags=flags,
        head=state.head if flags & StateFlag.HEAD else UNTRACKED,
        left=state.left if flags & StateFlag.LEFT else UNTRACKED,
        right=state.right if flags & StateFlag.RIGHT else UNTRACKED,
        left_fingers=state.left_fingers if flags & StateFlag.LEFT_FINGERS else bytes(FINGER_VALUES),
        right_fingers=state.right_fingers if flags & StateFlag.RIGHT_FINGERS else bytes(FINGER_VALUES),
        face=state.face if flags & StateFlag.FACE else bytes(FACE_VALUES),
    )


def pose_from_floats(
    *,
    head: FloatPose | None = None,
    left: FloatPose | None = None,
    right: FloatPose | None = None,
    left_fingers: bytes | None = None,
    right_fingers: bytes | None = None,
    face: Sequence[float] | None = None,
    voice: float = 0.0,
    seated: bool = False,
    signing: bool = False,
) -> AvatarState:
    """Quantise what a device tracks. Hands are in the room's frame, like the head.

    A hand is not tracked on the wire without the head it is relative to, nor beyond 32.767 m of it on an axis; fingers
    (20 bytes, see `protocol.hands`) go with their hand. `face` has 52 weights. Raises ValueError for what is not
    finite, not a rotation or not of these lengths.
    """
    head_part = None if head is None else _quantise_head(head)
    left_part = None if left is None or head_part is None else _quantise_hand(left, head_part)
    right_part = None if right is None or head_part is None else _quantise_hand(right, head_part)
    flags = (StateFlag.SEATED if seated else 0) | (StateFlag.SIGNING if signing else 0)
    for flag, part in ((StateFlag.HEAD, head_part), (StateFlag.LEFT, left_part), (StateFlag.RIGHT, right_part)):
        flags |= flag if part is not None else 0
    flags |= StateFlag.LEFT_FINGERS if left_part is not None and left_fingers is not None else 0
    flags |= StateFlag.RIGHT_FINGERS if right_part is not None and right_fingers is not None else 0
    flags |= StateFlag.FACE if face is not None else 0
    state = AvatarState(
        flags=int(flags),
        voice=quantise_unit(voice),
        head=head_part or UNTRACKED,
        left=left_part or UNTRACKED,
        right=right_part or UNTRACKED,
        left_fingers=_checked_length(left_fingers or bytes(FINGER_VALUES), FINGER_VALUES),
        right_fingers=_checked_length(right_fingers or bytes(FINGER_VALUES), FINGER_VALUES),
        face=_checked_length(bytes(quantise_unit(weight) for weight in face or (0.0,) * FACE_VALUES), FACE_VALUES),
    )
    return mask_for_tier(state, Tier.FULL)


def state_to_floats(state: AvatarState) -> FloatState:
    """Return what a receiver shows: metres, unit quaternions, weights from 0 to 1.

    A hand without the head it is relative to has no place and is None.
    """
    flags = state.flags
    head = _part_to_floats(state.head, UNTRACKED) if flags & StateFlag.HEAD else None
    placed = flags if head is not None else 0
    return FloatState(
        head=head,
        left=_part_to_floats(state.left, state.head) if placed & StateFlag.LEFT else None,
        right=_part_to_floats(state.right, state.head) if placed & StateFlag.RIGHT else None,
        left_fingers=state.left_fingers if flags & StateFlag.LEFT_FINGERS else None,
        right_fingers=state.right_fingers if flags & StateFlag.RIGHT_FINGERS else None,
        face=tuple(weight / UNIT_MAX for weight in state.face) if flags & StateFlag.FACE else None,
        voice=state.voice / UNIT_MAX,
        seated=bool(flags & StateFlag.SEATED),
        signing=bool(flags & StateFlag.SIGNING),
    )


def _quantise_point(point: Point) -> tuple[int, int, int]:
    if not all(math.isfinite(value) for value in point):
        raise ValueError(f"not a place: {point}")
    x, y, z = (quantise(value, POSITION_SCALE) for value in point)
    return x, y, z


def _quantise_head(pose: FloatPose) -> TrackedPart:
    point, rotation = pose
    x, y, z = (clamp(value, -HEAD_POSITION_MAX, HEAD_POSITION_MAX) for value in _quantise_point(point))
    return TrackedPart(x, y, z, *pack_rotation(rotation))


def _quantise_hand(pose: FloatPose, head: TrackedPart) -> TrackedPart | None:
    """Take the hand relative to the quantised head, so that errors do not add; None beyond the range."""
    point, rotation = pose
    x, y, z = (value - origin for value, origin in zip(_quantise_point(point), head.position, strict=True))
    if max(abs(x), abs(y), abs(z)) > HAND_POSITION_MAX:
        return None
    return TrackedPart(x, y, z, *pack_rotation(rotation))


def _part_to_floats(part: TrackedPart, origin: TrackedPart) -> FloatPose:
    x, y, z = ((value + offset) / POSITION_SCALE for value, offset in zip(part.position, origin.position, strict=True))
    return (x, y, z), unpack_rotation(part.rotation)


def _checked_length(values: bytes, length: int) -> bytes:
    if len(values) != length:
        raise ValueError(f"{len(values)} values, not {length}")
    return values
