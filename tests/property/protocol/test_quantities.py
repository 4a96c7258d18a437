import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import fields
from protocol.errors import MalformedRotation
from protocol.fields import pack_rotation, quantise, rotation_from_bytes, rotation_to_bytes, unpack_rotation
from tests.support.avatar_states import fixed, quaternions


@fixed
@given(st.floats(-8388.0, 8388.0))
def test_a_position_is_off_by_at_most_half_a_millimetre(metres: float) -> None:
    assert abs(quantise(metres, 1000) / 1000 - metres) <= 0.0005 + 1e-9


@fixed
@given(quaternions)
def test_a_rotation_is_off_by_at_most_the_stated_angle(quaternion: fields.Quaternion) -> None:
    length = math.sqrt(sum(value * value for value in quaternion))
    found = unpack_rotation(pack_rotation(quaternion))
    # The chord between the quaternions: an arccosine near 1 would lose half the digits.
    cosine = sum(a * b for a, b in zip(found, quaternion, strict=True))
    sign = math.copysign(1.0, cosine)
    chord = math.sqrt(sum((sign * a / length - b) ** 2 for a, b in zip(quaternion, found, strict=True)))
    assert math.degrees(4 * math.asin(chord / 2)) <= 0.25


@fixed
@given(quaternions)
def test_a_packed_rotation_is_valid_and_comes_back(quaternion: fields.Quaternion) -> None:
    packed = pack_rotation(quaternion)
    assert rotation_from_bytes(rotation_to_bytes(packed)) == packed
    assert sum(value * value for value in unpack_rotation(packed)) == pytest.approx(1.0, abs=1e-12)


@fixed
@given(quaternions)
def test_packing_again_what_was_unpacked_moves_no_further_than_a_step(quaternion: fields.Quaternion) -> None:
    once = unpack_rotation(pack_rotation(quaternion))
    twice = unpack_rotation(pack_rotation(once))
    cosine = sum(a * b for a, b in zip(once, twice, strict=True))
    assert abs(cosine) == pytest.approx(1.0, abs=1e-5)


@fixed
@given(st.binary(min_size=4, max_size=4))
def test_four_bytes_are_a_rotation_or_malformed(data: bytes) -> None:
    try:
        rotation = rotation_from_bytes(data)
    except MalformedRotation:
        return
    assert rotation_to_bytes(rotation) == data
    assert all(math.isfinite(value) for value in unpack_rotation(rotation))


@fixed
@given(st.floats(-0.5, 2.0), st.floats(-0.7, 0.7), st.floats(0.0, 1.0))
def test_bytes_are_off_by_at_most_half_a_step(flexion: float, spread: float, weight: float) -> None:
    assert abs(fields.dequantise_flexion(fields.quantise_flexion(flexion)) - flexion) <= 2.5 / 255 / 2 + 1e-9
    assert abs(fields.dequantise_spread(fields.quantise_spread(spread)) - spread) <= 1.4 / 255 / 2 + 1e-9
    assert abs(fields.quantise_unit(weight) / 255 - weight) <= 1 / 255 / 2 + 1e-9
