from protocol.ids import SPREAD_FIRST, StateFlag, Tier
from protocol.record_state import (
    NO_TREND,
    NOTHING_HELD,
    PARTS,
    VALUES,
    PartTrend,
    first_held,
    part_of,
    position_units,
    rotation_units,
    values_of,
)
from protocol.snapshot import AvatarState, TrackedPart, show_in_tier
from protocol.trend import Trend

STATE = AvatarState(
    0xFF,
    255,
    TrackedPart(-512, 256, 129, 3, 0, -200, 0),
    TrackedPart(1, 2, 3, 0, 4, 5, 6),
    TrackedPart(-7, 8, 9, 1, 2, 3, 4),
    bytes([255] * 20),
    bytes(20),
    bytes([255] * 52),
)


def test_nothing_is_held_at_first() -> None:
    assert NOTHING_HELD.state == AvatarState()
    assert NOTHING_HELD.tier is Tier.FULL
    assert NOTHING_HELD.spreads == (SPREAD_FIRST,) * 3


def test_what_is_first_held_is_what_the_tier_shows_and_expects_nothing() -> None:
    for tier in Tier:
        held = first_held(STATE, tier)
        assert (held.state, held.tier) == (show_in_tier(STATE, tier), tier)
        assert held.trends == (NO_TREND, NO_TREND, NO_TREND)


def test_parts_and_values_are_found_by_their_flags() -> None:
    assert [part_of(STATE, flag) for flag in PARTS] == [STATE.head, STATE.left, STATE.right]
    assert [values_of(STATE, flag) for flag in VALUES] == [STATE.left_fingers, STATE.right_fingers, STATE.face]
    assert sum((*PARTS, *VALUES)) == StateFlag(0x3F)


def test_a_shown_part_counts_in_the_units_of_its_tier() -> None:
    head = first_held(STATE, Tier.PRESENCE).state.head
    assert position_units(head, Tier.PRESENCE) == (-4, 2, 1)
    assert rotation_units(head, Tier.PRESENCE) == (0, -25, 0)
    assert position_units(STATE.head, Tier.FULL) == STATE.head.position


def test_a_part_at_rest_keeps_no_trend_of_a_rotation_in_presence() -> None:
    moving = PartTrend(Trend((1, 2, 3), 5), Trend((4, 5, 6), 7))
    assert moving.at_rest(Tier.FULL) == PartTrend(Trend((0, 0, 0), 4), Trend((0, 0, 0), 6))
    assert moving.at_rest(Tier.PRESENCE).rotation == moving.rotation
