"""The table of STATS.md, computed."""

import math

import numpy as np
import pytest

from loadtest.motion.rows import Floats
from loadtest.motion.statistics import gather, quantiles, rotation_angles, speeds, table
from loadtest.motion.traces import Trace


def moving(speed: float, turn: float = 0.0, seconds: float = 2.0, hz: float = 90.0) -> tuple[Floats, Floats]:
    t = np.arange(round(seconds * hz)) / hz
    poses = np.zeros((len(t), 7))
    poses[:, 0] = speed * t
    poses[:, 4], poses[:, 6] = np.sin(turn * t / 2), np.cos(turn * t / 2)
    return t, poses


def test_a_steady_motion_has_its_speed_at_every_quantile() -> None:
    found = speeds(*moving(0.7, 1.5))
    assert found.linear == pytest.approx(np.full(len(found.linear), 0.7))
    assert found.angular == pytest.approx(np.full(len(found.angular), 1.5))
    assert found.seconds == pytest.approx(2.0, abs=0.02)


def test_teleports_are_counted_and_left_out() -> None:
    t, poses = moving(0.1)
    poses[90:, 0] += 5.0
    found = speeds(t, poses)
    assert found.teleports == 1
    assert found.linear.max() < 0.2


def test_gaps_and_missing_samples_are_left_out() -> None:
    t, poses = moving(0.1)
    t[90:] += 3.0
    poses[30:40] = math.nan
    found = speeds(t, poses)
    assert found.seconds < 2.0
    assert found.linear.max() < 0.2


def test_of_nothing_there_is_nothing() -> None:
    found = speeds(np.zeros(1), np.zeros((1, 7)))
    assert (found.linear.size, found.seconds) == (0, 0.0)
    assert quantiles(np.zeros(0)) is None


def test_angles_ignore_the_sign_and_are_precise_when_small() -> None:
    small = 1e-5
    one = np.array([[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0]])
    two = np.array([[0.0, 0.0, math.sin(small / 2), math.cos(small / 2)], [0.0, 0.0, 0.0, -1.0]])
    assert rotation_angles(one, two) == pytest.approx([small, 0.0], rel=1e-6)


def test_the_table_has_a_row_for_each_device_over_all_motions() -> None:
    t, poses = moving(0.01)
    fast = moving(1.0)[1]
    motions = [Trace("one", t, poses, fast, fast), Trace("two", t, poses, fast, np.full_like(fast, math.nan))]
    head, left, right = table(motions)
    assert (head.device, left.device, right.device) == ("head", "left", "right")
    assert head.still == 1.0
    assert left.still == 0.0
    assert head.still_turning == 1.0
    assert left.linear is not None
    assert left.linear.p50 == pytest.approx(1.0)
    assert left.seconds == pytest.approx(2 * right.seconds)
    assert gather([], "head").linear.size == 0
