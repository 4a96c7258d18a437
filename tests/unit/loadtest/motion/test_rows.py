"""Rows are what the wire's own quantisation says."""

import math

import numpy as np
import pytest

from loadtest.motion.rows import FLAGS, HEAD, LEFT, RIGHT, VOICE, pack_rotations, quantise_rows
from protocol.fields import check_rotation, pack_rotation, quantise
from protocol.ids import StateFlag


def poses(*values: tuple[float, ...]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.array(values, np.float64)


def test_rotations_are_packed_as_the_wire_packs_them() -> None:
    random = np.random.default_rng(5)
    quaternions = random.normal(0, 1, (2_000, 4))
    for packed, quaternion in zip(pack_rotations(quaternions), quaternions, strict=True):
        largest, a, b, c = (int(value) for value in packed)
        x, y, z, w = (float(value) for value in quaternion)
        assert (largest, a, b, c) == pack_rotation((x, y, z, w))
        check_rotation((largest, a, b, c))


@pytest.mark.parametrize("broken", [(math.nan,) * 4, (0.0,) * 4, (math.inf, 0.0, 0.0, 1.0)])
def test_what_is_no_rotation_is_packed_as_none(broken: tuple[float, ...]) -> None:
    assert pack_rotations(poses(broken)).tolist() == [[3, 0, 0, 0]]


def test_positions_are_rounded_as_the_wire_rounds_and_hands_are_relative_to_the_quantised_head() -> None:
    head = poses((1.0005, 1.6, -2.0005, 0, 0, 0, 1))
    left = poses((0.8004, 1.1, -2.3, 0, 0, 0, 1))
    right = poses((1.2, 1.1, -2.3, 0, 1, 0, 0))
    row = quantise_rows(head, left, right, voice=7, seated=True)[0]
    expected = [quantise(value, 1000) for value in (1.0005, 1.6, -2.0005)]
    assert row[HEAD][:3].tolist() == expected
    assert row[LEFT][:3].tolist() == [quantise(0.8004, 1000) - expected[0], -500, -2300 - expected[2]]
    assert row[RIGHT][3:].tolist() == [1, 0, 0, 0]
    assert row[FLAGS] == StateFlag.HEAD | StateFlag.LEFT | StateFlag.RIGHT | StateFlag.SEATED
    assert row[VOICE] == 7


def test_a_missing_device_is_not_tracked_and_all_zero() -> None:
    head = poses((0, 1.6, 0, 0, 0, 0, 1), (0, 1.6, 0, 0, 0, 0, 1), (math.nan,) * 7)
    left = poses((math.nan,) * 7, (0, 1, 0, 0, 0, 0, 1), (0, 1, 0, 0, 0, 0, 1))
    right = poses((0, 1, 0, 0, 0, 0, 1), (9.0, 1, 0, 0, 0, 0, 1), (0, 1, 0, 0, 0, 0, 1))
    rows = quantise_rows(head, left, right)
    assert rows[:, FLAGS].tolist() == [
        StateFlag.HEAD | StateFlag.RIGHT,
        StateFlag.HEAD | StateFlag.LEFT,  # the right hand is out of reach
        0,
    ]
    assert not rows[0][LEFT].any()
    assert not rows[1][RIGHT].any()
    assert not rows[2].any()
