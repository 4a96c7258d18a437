import math

import pytest

from protocol import fields
from protocol.errors import MalformedRotation
from protocol.fields import (
    BLENDSHAPES,
    check_rotation,
    clamp,
    pack_rotation,
    quantise,
    rotation_from_bytes,
    rotation_to_bytes,
    unpack_rotation,
)

IDENTITY = (3, 0, 0, 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, 0), (0.0005, 1), (-0.0005, 0), (0.0015, 2), (0.0025, 3), (-0.0015, -1), (1.2344, 1234), (-1.2346, -1235)],
)
def test_halves_round_up(value: float, expected: int) -> None:
    assert quantise(value, 1000) == expected


def test_clamp_takes_a_value_into_its_range() -> None:
    assert [clamp(value, -2, 3) for value in (-9, -2, 0, 3, 9)] == [-2, -2, 0, 3, 3]


def test_units_are_clamped_to_a_byte() -> None:
    assert [fields.quantise_unit(value) for value in (-1.0, 0.0, 0.5, 1.0, 7.0)] == [0, 0, 128, 255, 255]


@pytest.mark.parametrize("value", [0, 1, 51, 128, 254, 255])
def test_flexion_and_spread_come_back_from_what_a_byte_stands_for(value: int) -> None:
    assert fields.quantise_flexion(fields.dequantise_flexion(value)) == value
    assert fields.quantise_spread(fields.dequantise_spread(value)) == value


def test_flexion_and_spread_are_clamped_to_their_ranges() -> None:
    assert [fields.quantise_flexion(value) for value in (-1.0, -0.5, 2.0, 3.0)] == [0, 0, 255, 255]
    assert [fields.quantise_spread(value) for value in (-1.0, -0.7, 0.0, 0.7, 1.0)] == [0, 0, 128, 255, 255]


def test_a_straight_finger_is_straight_within_half_a_step() -> None:
    assert abs(fields.dequantise_flexion(fields.quantise_flexion(0.0))) <= 2.5 / 255 / 2 + 1e-12


@pytest.mark.parametrize(
    ("quaternion", "expected"),
    [
        ((0.0, 0.0, 0.0, 1.0), (3, 0, 0, 0)),
        ((0.0, 0.0, 0.0, -1.0), (3, 0, 0, 0)),
        ((0.0, -2.0, 0.0, 0.0), (1, 0, 0, 0)),
        ((0.5, 0.5, 0.5, 0.5), (0, 400, 400, 400)),
        ((0.5, -0.5, 0.5, -0.5), (0, -400, 400, -400)),
        ((0.0, math.sqrt(0.5), 0.0, -math.sqrt(0.5)), (1, 0, 0, -400)),
        ((0.0, 3.0, 0.0, 4.0), (3, 0, 300, 0)),
        ((0.3, 0.0, 0.0, -0.4), (3, -300, 0, 0)),
    ],
)
def test_a_rotation_packs_to_shares_of_the_largest(quaternion: fields.Quaternion, expected: fields.Rotation) -> None:
    assert pack_rotation(quaternion) == expected


@pytest.mark.parametrize(
    "quaternion", [(0.0, 0.0, 0.0, 0.0), (math.nan, 0.0, 0.0, 1.0), (math.inf, 0.0, 0.0, 1.0), (1e-9, 0.0, 0.0, 0.0)]
)
def test_what_has_no_direction_does_not_pack(quaternion: fields.Quaternion) -> None:
    with pytest.raises(ValueError, match="not a rotation"):
        pack_rotation(quaternion)


def test_unpacking_gives_a_unit_quaternion() -> None:
    assert unpack_rotation((3, 0, 300, 0)) == pytest.approx((0.0, 0.6, 0.0, 0.8))
    assert unpack_rotation((2, 400, -400, 400)) == pytest.approx((0.5, -0.5, 0.5, 0.5))
    assert unpack_rotation((0, 0, 0, 0)) == (1.0, 0.0, 0.0, 0.0)


def test_four_bytes_hold_index_and_components_from_the_lowest_bit_up() -> None:
    data = rotation_to_bytes((2, -400, 0, 400))
    assert int.from_bytes(data, "little") == 2 | 0 << 2 | 400 << 12 | 800 << 22
    assert rotation_to_bytes(IDENTITY).hex() == "43061964"


def test_valid_bytes_come_back() -> None:
    for rotation in ((0, 1, 2, 3), (1, -400, 5, -399), (2, 400, 400, 400), (3, 0, 0, 400)):
        assert rotation_from_bytes(rotation_to_bytes(rotation)) == rotation


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\0" * 3, "4 bytes"),
        (b"\0" * 5, "4 bytes"),
        (rotation_to_bytes((0, 401, 0, 0)), "out of range"),
        (rotation_to_bytes((0, 0, 401, 0)), "out of range"),
        (rotation_to_bytes((0, 0, 0, 623)), "out of range"),
    ],
)
def test_bytes_no_quaternion_packs_to_are_malformed(data: bytes, why: str) -> None:
    with pytest.raises(MalformedRotation, match=why):
        rotation_from_bytes(data)


def test_an_index_beyond_four_components_is_malformed() -> None:
    with pytest.raises(MalformedRotation, match="largest component 4"):
        check_rotation((4, 0, 0, 0))


def test_there_are_52_blendshapes_in_apples_order() -> None:
    assert len(set(BLENDSHAPES)) == len(BLENDSHAPES) == 52
    assert BLENDSHAPES[0] == "eyeBlinkLeft"
    assert BLENDSHAPES[17] == "jawOpen"
    assert BLENDSHAPES[-1] == "tongueOut"
