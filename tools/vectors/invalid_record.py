"""Records that no client may take, each wrong in one thing."""

from dataclasses import replace

from protocol.ids import StateFlag, Tier
from protocol.snapshot import AvatarState, TrackedPart, first_held, full_record
from tools.vectors.layout import Vector
from tools.vectors.record_parts import FACING, FINGERS, HEAD, STANDING, STILL, Field, Told, bits, code, tell

F = StateFlag


Cases = dict[str, tuple[Told, bytes, str]]
"""What is held and how it was told, a record, and what is wrong with it."""

WHOLE = full_record(first_held(STANDING))
HEAD_ONLY: tuple[Field, ...] = ((1, 1), (0, 2), (F.HEAD, 8), (0, 4))
ORIGIN: tuple[Field, ...] = ((0, 5),)
MOVES: tuple[Field, ...] = ((0, 3), (1, 1))
UNMOVED: tuple[Field, ...] = ((0, 4), (0, 3))
"""A trend of nothing, with the spread 0."""


def invalid_records() -> list[Vector]:
    """List them."""
    return [
        {"name": name, "before": [earlier.hex() for earlier in told[1]], "hex": record.hex(), "reason": reason}
        for name, (told, record, reason) in (_full() | _delta()).items()
    ]


def _full() -> Cases:
    return {
        "empty": (tell(STANDING), b"", "cut short"),
        "full_cut_short": (tell(STANDING), WHOLE[:-1], "cut short"),
        "full_of_a_state_then_nothing": (tell(STANDING), bits(*HEAD_ONLY), "cut short"),
        "delta_cut_short": (tell(STANDING), bits(*MOVES, (0, 4)), "cut short"),
        "delta_prefix_cut_short": (tell(STANDING), bits(*MOVES, (0b11111, 5)), "cut short"),
        "delta_padding_not_zero": (tell(STANDING), bits((0, 6), (1, 1)), "the bits after a record are not zero"),
        "full_padding_not_zero": (
            tell(STANDING),
            bits((1, 1), (0, 14), (1, 1)),
            "the bits after a record are not zero",
        ),
        "full_fingers_without_hand": (tell(STANDING), bits((1, 3), (F.LEFT_FINGERS, 8)) + WHOLE, "bit 3 needs bit 1"),
        "full_hand_in_tier_head": (tell(STANDING), bits((1 | 2 << 1, 3), (F.LEFT, 8)) + WHOLE, "flags of another tier"),
        "full_face_in_tier_upper": (
            tell(STANDING),
            bits((1 | 1 << 1, 3), (F.FACE, 8)) + WHOLE,
            "flags of another tier",
        ),
        "full_hand_in_tier_presence": (
            tell(STANDING),
            bits((1 | 3 << 1, 3), (F.RIGHT, 8)) + WHOLE,
            "flags of another tier",
        ),
        "full_position_of_25_bits": (tell(STANDING), bits(*HEAD_ONLY, (25, 5)) + WHOLE, "a width beyond 24"),
        "full_head_of_the_one_value_too_many": (
            tell(STANDING),
            bits(*HEAD_ONLY, (24, 5), (1 << 23, 24), (0, 48), *FACING, *UNMOVED, *UNMOVED),
            "position out of range",
        ),
        "full_rotation_out_of_range": (
            tell(STANDING),
            bits(*HEAD_ONLY, *ORIGIN, (3, 2), (400, 10), (801, 10), (400, 10), *UNMOVED, *UNMOVED),
            "rotation out of range",
        ),
        "full_yaw_out_of_range": (
            tell(STANDING),
            bits((1 | 3 << 1, 3), (F.HEAD, 8), (0, 4), *ORIGIN, (0, 1), (101, 7), *UNMOVED),
            "rotation out of range",
        ),
        "full_rotation_out_of_range_in_tier_upper": (
            tell(STANDING),
            bits(
                (1 | 1 << 1, 3), (F.HEAD, 8), (0, 4), *ORIGIN, (3, 2), (401, 9), (200, 9), (200, 9), *UNMOVED, *UNMOVED
            ),
            "rotation out of range",
        ),
        "full_head_out_of_range_in_tier_presence": (
            tell(STANDING),
            bits((1 | 3 << 1, 3), (F.HEAD, 8), (0, 4), (18, 5), (65_536, 18), (0, 36), (0, 1), (50, 7), *UNMOVED),
            "position out of range",
        ),
        "full_spread_of_a_rotation_of_13": (
            tell(STANDING),
            bits(*HEAD_ONLY, *ORIGIN, *FACING, *UNMOVED, (13, 4)) + WHOLE,
            "a spread beyond 12",
        ),
        "full_spread_of_13": (
            tell(STANDING),
            bits(*HEAD_ONLY, *ORIGIN, *FACING, (13, 4)) + WHOLE,
            "a spread beyond 12",
        ),
        "full_spread_of_a_face_of_13": (
            tell(STANDING),
            bits((1, 3), (F.FACE, 8), (0, 4), (0, 6 * 52), (13, 4)),
            "a spread beyond 12",
        ),
    }


def _delta() -> Cases:
    edge = replace(STANDING, head=replace(HEAD, x=8_388_607), left=replace(STANDING.left, y=-32_767))
    turned = replace(STANDING, head=replace(HEAD, largest=3, a=400, b=0, c=0))
    ends = replace(FINGERS, left_fingers=bytes(20), right_fingers=bytes([255] * 20))
    return {
        "delta_fingers_without_hand": (
            tell(STANDING),
            bits((0b110, 3), (F.LEFT_FINGERS, 8), (0, 2), (0, 120)),
            "bit 3 needs bit 1",
        ),
        "delta_right_fingers_without_hand": (
            tell(STANDING),
            bits((0b110, 3), (F.LEFT | F.RIGHT_FINGERS, 8), (0, 2), (0, 120)),
            "bit 4 needs bit 2",
        ),
        "delta_face_in_tier_upper": (
            tell(STANDING, Tier.UPPER),
            bits((0b110, 3), (STANDING.flags | F.FACE, 8), (0, 2), (0, 3), (0, 6 * 52)),
            "flags of another tier",
        ),
        "delta_hand_in_tier_head": (
            tell(STANDING, Tier.HEAD),
            bits((0b110, 3), (F.HEAD | F.LEFT, 8), (0, 2), (0, 1), (0, 5), *FACING),
            "flags of another tier",
        ),
        "delta_prefix_of_30": (
            tell(STANDING),
            bits(*MOVES, ((1 << 30) - 1, 31)) + WHOLE,
            "a prefix of more than 29 ones",
        ),
        "delta_code_of_27_bits": (
            tell(STANDING),
            bits(*MOVES, ((1 << 29) - 1, 30), (0, 25), (0, 3)) + WHOLE,
            "a number of more than 26 bits",
        ),
        "delta_head_beyond_the_range": (
            tell(edge),
            bits(*MOVES, *code(2, 3), *code(0, 3), *code(0, 3), (0, 1), *STILL, (0, 2)),
            "position out of range",
        ),
        "delta_hand_beyond_the_range": (
            tell(edge),
            bits((0, 3), (0b10, 2), *code(0, 3), *code(1, 3), *code(0, 3), (0, 1), *STILL, (0, 1)),
            "position out of range",
        ),
        "delta_rotation_beyond_the_range": (
            tell(turned),
            bits(*MOVES, *STILL, (0, 1), *code(2, 3), *code(0, 3), *code(0, 3), (0, 2)),
            "rotation out of range",
        ),
        "delta_rotation_anew_out_of_range": (
            tell(STANDING),
            bits(*MOVES, *STILL, (1, 1), (1, 2), (801, 10), (0, 20), (0, 2)),
            "rotation out of range",
        ),
        "delta_plain_cut_short": (tell(STANDING), bits((0b100, 3), *STILL * 4), "cut short"),
        "delta_plain_padding_not_zero": (
            tell(AvatarState()),
            bits((0b100, 3), (1, 1)),
            "the bits after a record are not zero",
        ),
        "delta_plain_head_beyond_the_range": (
            tell(edge),
            bits((0b100, 3), *code(2, 3), *code(0, 3), *code(0, 3), *STILL * 5),
            "position out of range",
        ),
        "delta_plain_rotation_beyond_the_range": (
            tell(turned),
            bits((0b100, 3), *STILL, *code(2, 3), *code(0, 3), *code(0, 3), *STILL * 4),
            "rotation out of range",
        ),
        "delta_yaw_out_of_range": (
            tell(STANDING, Tier.PRESENCE),
            bits(*MOVES, *STILL, (1, 1), (1, 1), (127, 7)),
            "rotation out of range",
        ),
        "delta_finger_below_its_range": (
            tell(ends),
            bits((0b10, 2), (0, 2), (0b01, 2), (0, 4), (1, 1), *code(1, 3), *STILL, (0, 4)),
            "a value out of range",
        ),
        "delta_finger_above_its_range": (
            tell(ends),
            bits((0b10, 2), (0, 2), (0b10, 2), (0, 4), (1, 1), *code(2, 3), *STILL, (0, 4)),
            "a value out of range",
        ),
        "delta_finds_a_hand_and_says_nothing_of_it": (
            tell(replace(STANDING, flags=int(F.HEAD), left=TrackedPart(), right=TrackedPart())),
            bits((0b110, 3), (F.HEAD | F.LEFT, 8), (0, 2), (0, 1)),
            "cut short",
        ),
    }
