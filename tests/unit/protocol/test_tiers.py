from dataclasses import replace

import pytest

from protocol.ids import HAND_POSITION_MAX, HEAD_POSITION_MAX, VALUE_BITS, VOICE_BITS, StateFlag, Tier
from protocol.snapshot import AvatarState, TrackedPart, show_in_tier
from protocol.tiers import to_level, to_value, yaw_of

STATE = AvatarState(
    flags=0xFF,
    voice=100,
    head=TrackedPart(1001, 1598, -2001, 0, 11, -21, 399),
    left=TrackedPart(-251, 63, 64, 3, 1, 2, 3),
    right=TrackedPart(250, -65, -64, 1, 0, 0, 7),
    left_fingers=bytes(range(20)),
    right_fingers=bytes(range(20)),
    face=bytes(range(52)),
)


@pytest.mark.parametrize("bits", [VOICE_BITS, VALUE_BITS])
def test_a_level_is_the_nearest_and_the_ends_stay_the_ends(bits: int) -> None:
    levels = [to_level(value, bits) for value in range(256)]
    assert (levels[0], levels[255]) == (0, (1 << bits) - 1)
    assert levels == sorted(levels)
    assert all(abs(to_value(level, bits) - value) <= 255 >> bits for value, level in enumerate(levels))


@pytest.mark.parametrize("bits", [VOICE_BITS, VALUE_BITS])
def test_what_a_level_stands_for_has_that_level(bits: int) -> None:
    levels = range(1 << bits)
    assert [to_level(to_value(level, bits), bits) for level in levels] == list(levels)


def test_tier_full_shows_places_and_rotations_as_they_are() -> None:
    shown = show_in_tier(STATE, Tier.FULL)
    assert (shown.head, shown.left, shown.right) == (STATE.head, STATE.left, STATE.right)
    assert shown.voice == 102
    assert shown.face[:6] == bytes([0, 0, 0, 4, 4, 4])


@pytest.mark.parametrize(
    ("tier", "head"),
    [
        (Tier.UPPER, TrackedPart(1000, 1600, -2000, 0, 12, -20, 400)),
        (Tier.HEAD, TrackedPart(1000, 1600, -2000, 0, 8, -24, 400)),
    ],
)
def test_a_farther_tier_rounds_to_its_units_halves_up(tier: Tier, head: TrackedPart) -> None:
    assert show_in_tier(STATE, tier).head == head


def test_rounding_stays_within_the_range() -> None:
    far = replace(
        STATE,
        head=replace(STATE.head, x=HEAD_POSITION_MAX, y=-HEAD_POSITION_MAX),
        left=replace(STATE.left, x=HAND_POSITION_MAX, y=-HAND_POSITION_MAX),
    )
    assert show_in_tier(far, Tier.UPPER).left.position[:2] == (32_764, -32_764)
    assert show_in_tier(far, Tier.PRESENCE).head.position[:2] == (65_535 * 128, -65_535 * 128)


def test_presence_shows_where_and_which_way_about() -> None:
    shown = show_in_tier(STATE, Tier.PRESENCE)
    assert shown.flags == StateFlag.HEAD | StateFlag.SEATED | StateFlag.SIGNING
    assert shown.head.position == (1024, 1536, -2048)
    assert shown.head.rotation == (3, 0, 8, 0)


@pytest.mark.parametrize(
    ("rotation", "yaw"),
    [
        ((3, 90, 200, -90), (3, 0, 200, 0)),
        ((1, 90, 50, 200), (1, 0, 0, 200)),
        ((0, 100, 300, 300), (3, 0, 133, 0)),
        ((0, -100, 300, -300), (3, 0, 133, 0)),
        ((0, 100, 300, -300), (3, 0, -133, 0)),
        ((2, 5, 300, -150), (1, 0, 0, -200)),
        ((2, 5, 100, 100), (3, 0, 400, 0)),
        ((0, 0, 9, 0), (3, 0, 0, 0)),
        ((2, 9, 0, 0), (3, 0, 0, 0)),
    ],
)
def test_the_turn_about_the_vertical_is_what_is_left_of_y_and_w(
    rotation: tuple[int, int, int, int], yaw: tuple[int, int, int, int]
) -> None:
    assert yaw_of(TrackedPart(1, 2, 3, *rotation)) == TrackedPart(1, 2, 3, *yaw)


def test_what_is_not_tracked_stays_zero() -> None:
    for tier in Tier:
        assert show_in_tier(AvatarState(flags=int(StateFlag.SEATED)), tier) == AvatarState(flags=int(StateFlag.SEATED))
