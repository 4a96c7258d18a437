"""What an observer holds of an entity between two records of it (SPEC.md section 5.3)."""

from dataclasses import dataclass
from typing import Final

from protocol.ids import SPREAD_FIRST, TIER_POSITION_SHIFT, TIER_ROTATION_SHIFT, StateFlag, Tier
from protocol.state import AvatarState, TrackedPart
from protocol.tiers import show_in_tier
from protocol.trend import FIRST_TREND, Trend, Triple

PARTS: Final = (StateFlag.HEAD, StateFlag.LEFT, StateFlag.RIGHT)
VALUES: Final = (StateFlag.LEFT_FINGERS, StateFlag.RIGHT_FINGERS, StateFlag.FACE)


@dataclass(frozen=True, slots=True)
class PartTrend:
    """How a head or a hand has been moving and turning."""

    position: Trend = FIRST_TREND
    rotation: Trend = FIRST_TREND
    """In tier presence, which does not predict it, the first one for ever."""

    def at_rest(self, tier: Tier) -> "PartTrend":
        """Return the trend once a record left the part out."""
        return PartTrend(self.position.at_rest(), self.rotation if tier is Tier.PRESENCE else self.rotation.at_rest())


PartTrends = tuple[PartTrend, PartTrend, PartTrend]
Spreads = tuple[int, int, int]
NO_TREND: Final = PartTrend()
NO_STATE: Final = AvatarState()


@dataclass(frozen=True, slots=True)
class RecordState:
    """What an observer holds of an entity: its state, and what the next delta builds on.

    Two who hold the same version of an entity in the same tier hold the same, however they came to it.
    """

    state: AvatarState = NO_STATE
    tier: Tier = Tier.FULL
    trends: PartTrends = (NO_TREND, NO_TREND, NO_TREND)
    """Of head, left and right; of what is not tracked the first one."""
    spreads: Spreads = (SPREAD_FIRST, SPREAD_FIRST, SPREAD_FIRST)
    """Of the left fingers, the right ones and the face; of what is not present the first one."""


NOTHING_HELD: Final = RecordState()


def first_held(state: AvatarState, tier: Tier = Tier.FULL) -> RecordState:
    """Return what is held of an entity that was never told of before."""
    return RecordState(show_in_tier(state, tier), tier)


def part_of(state: AvatarState, flag: StateFlag) -> TrackedPart:
    """Return the head, the left or the right hand."""
    return {StateFlag.HEAD: state.head, StateFlag.LEFT: state.left, StateFlag.RIGHT: state.right}[flag]


def values_of(state: AvatarState, flag: StateFlag) -> bytes:
    """Return the fingers of a hand or the face."""
    if flag is StateFlag.FACE:
        return state.face
    return state.left_fingers if flag is StateFlag.LEFT_FINGERS else state.right_fingers


def position_units(part: TrackedPart, tier: Tier) -> Triple:
    """Count a shown position in the units of its tier."""
    shift = TIER_POSITION_SHIFT[tier]
    return part.x >> shift, part.y >> shift, part.z >> shift


def rotation_units(part: TrackedPart, tier: Tier) -> Triple:
    """Count a shown rotation in the units of its tier."""
    shift = TIER_ROTATION_SHIFT[tier]
    return part.a >> shift, part.b >> shift, part.c >> shift
