"""What the vectors of records are made of: states to hold, and records spelled bit by bit."""

from dataclasses import replace
from typing import Final

from protocol.bits import BitWriter
from protocol.fields import pack_rotation
from protocol.ids import StateFlag, Tier
from protocol.snapshot import AvatarState, RecordState, TrackedPart, first_held, full_record, show_in_tier
from tools.vectors.pose import HANDS

F = StateFlag
HEAD: Final = TrackedPart(1000, 1600, -2000, *pack_rotation((0.0, 0.1, 0.0, 0.995)))
STANDING: Final = AvatarState(
    flags=int(HANDS),
    voice=17,
    head=HEAD,
    left=TrackedPart(-250, -400, -200, 3, 10, 20, 30),
    right=TrackedPart(250, -400, -200, 3, -10, -20, -30),
)
FINGERS: Final = show_in_tier(
    replace(
        STANDING,
        flags=int(HANDS | F.LEFT_FINGERS | F.RIGHT_FINGERS),
        left_fingers=bytes(range(20)),
        right_fingers=bytes(range(100, 120)),
    ),
    Tier.FULL,
)
FACE: Final = show_in_tier(replace(STANDING, flags=int(HANDS | F.FACE), face=bytes(range(52))), Tier.FULL)
Told = tuple[RecordState, list[bytes]]
"""What is held, and the records that led there from nothing."""
Field = tuple[int, int]
"""A number and its width in bits."""


def tell(state: AvatarState, tier: Tier = Tier.FULL) -> Told:
    """Hold a state from a full record."""
    held = first_held(state, tier)
    return held, [full_record(held)]


def bits(*fields: Field) -> bytes:
    """Lay numbers out one after another, zeros to the end of the last byte."""
    writer = BitWriter()
    for value, width in fields:
        writer.write(value, width)
    return writer.to_bytes()


STILL: Final[tuple[Field, ...]] = ((0, 4), (0, 4), (0, 4))
"""Three codes of 0 at the first spread, 3."""
FACING: Final[tuple[Field, ...]] = ((3, 2), (400, 10), (400, 10), (400, 10))
"""The identity."""


def code(number: int, spread: int) -> tuple[Field, ...]:
    """Spell a code as fields."""
    writer = BitWriter()
    writer.write_code(number, spread)
    writer.write(1, 1)
    whole = int.from_bytes(writer.to_bytes(), "little")
    width = whole.bit_length() - 1
    return ((whole - (1 << width), width),)
