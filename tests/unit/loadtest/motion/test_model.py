"""The model moves like the people who were recorded, within stated factors."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from loadtest.motion.model import WALK_SPEED_MAX, MotionModel, record, simulate
from loadtest.motion.placing import Stage, cast_rooms
from loadtest.motion.rows import FLAGS, HEAD, VOICE
from loadtest.motion.statistics import DeviceStatistics, table
from loadtest.motion.traces import read_traces
from protocol.ids import StateFlag

HALL = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)
FACTOR = 2.0
"""Between a percentile of the model and that of the recordings, at most."""
STILL = 0.15
"""Difference in the share of time at rest, at most."""

# From the statistics of the recordings: m/s p50 p95 p99, rad/s p50 p95 p99, share below 20 mm/s.
SEATED_DIALOGUE = {
    "head": (0.0353, 0.294, 0.674, 0.243, 1.96, 3.76, 0.37),
    "left": (0.018, 0.262, 0.758, 0.114, 1.5, 4.5, 0.52),
    "right": (0.053, 0.499, 1.09, 0.32, 2.48, 5.4, 0.34),
}
STANDING_TALK = {
    "head": (0.106, 0.511, 0.669, 0.423, 1.75, 2.58, 0.11),
    "left": (0.331, 0.893, 1.43, 1.13, 7.63, 14.1, 0.02),
    "right": (0.403, 1.05, 1.57, 1.14, 8.17, 13.5, 0.02),
}


def modelled(seated: float, seed: int = 7) -> list[DeviceStatistics]:
    cast = cast_rooms(Stage(HALL, walkers=0.0, seated=seated), [24], seed)
    return table(record(cast, hz=30, seconds=40, seed=seed))


def numbers(statistics: DeviceStatistics) -> tuple[float, ...]:
    assert statistics.linear is not None
    assert statistics.angular is not None
    linear, angular = statistics.linear, statistics.angular
    return (linear.p50, linear.p95, linear.p99, angular.p50, angular.p95, angular.p99, statistics.still)


def assert_close(model: list[DeviceStatistics], reference: Mapping[str, tuple[float, ...]]) -> None:
    for device in model:
        *speeds, still = numbers(device)
        *expected, expected_still = reference[device.device]
        for name, found, wanted in zip(("p50", "p95", "p99") * 2, speeds, expected, strict=True):
            assert wanted / FACTOR <= found <= wanted * FACTOR, (device.device, name, found, wanted)
        assert abs(still - expected_still) <= STILL, device.device


def test_seated_people_move_like_a_seated_dialogue() -> None:
    assert_close(modelled(seated=1.0), SEATED_DIALOGUE)


def test_standing_people_move_like_one_who_talks_and_gestures() -> None:
    assert_close(modelled(seated=0.0), STANDING_TALK)


@pytest.mark.parametrize(("folder", "seated"), [("vr-dialogue-fraga", 1.0), ("vr-hubs-bot", 0.0)])
def test_the_model_is_close_to_the_recordings_themselves(folder: str, seated: float) -> None:
    home = Path(os.environ.get("POLYCLINIC_DATA", Path(__file__).parents[5] / "shared" / "data"))
    # Without the recordings the fixed numbers taken from them stand in.
    fixed = SEATED_DIALOGUE if seated else STANDING_TALK
    there = home.is_dir() or "POLYCLINIC_DATA" in os.environ
    recorded = {row.device: numbers(row) for row in table(read_traces(home / folder))} if there else fixed
    assert_close(modelled(seated), recorded)


def test_walkers_walk_no_faster_than_people_do() -> None:
    cast = cast_rooms(Stage(HALL, walkers=1.0), [24], 3)
    motions = record(cast, hz=30, seconds=40, seed=3)
    places = np.array([motion.head[:, [0, 2]] for motion in motions])
    # Net over 0.5 s, as the recordings of walking people were measured.
    net = np.linalg.norm(places[:, 15:] - places[:, :-15], axis=2) / 0.5
    assert 0.5 < np.quantile(net, 0.95) < 1.6
    assert net.max() < WALK_SPEED_MAX + 0.6
    assert np.ptp(places[:, :, 0], axis=1).max() > 3.0


def test_the_rate_does_not_change_how_people_move() -> None:
    cast = cast_rooms(Stage(HALL, walkers=0.0), [24], 5)
    slow = table(record(cast, hz=30, seconds=30, seed=5))
    fast = table(record(cast, hz=60, seconds=30, seed=5))
    for one, other in zip(slow, fast, strict=True):
        for a, b in zip(numbers(one)[:6], numbers(other)[:6], strict=True):
            assert 0.7 < a / b < 1.45


def test_people_turn_to_whoever_speaks() -> None:
    cast = cast_rooms(Stage(HALL, walkers=0.0, seated=1.0), [5], 2)
    cast.speaker = np.array([3])
    model = MotionModel(cast, 30, 2)
    for _ in range(120):
        model.step()
    way = model.place[3] - model.place
    wanted = np.arctan2(-way[:, 0], -way[:, 1])
    listeners = np.array([0, 1, 2, 4])
    turned = np.abs((model.gaze - wanted + np.pi) % (2 * np.pi) - np.pi)[listeners]
    assert turned.max() < 0.1
    assert model.voice[listeners].max() == 0


def test_only_who_speaks_has_a_voice_and_turns_are_taken() -> None:
    rows = simulate(cast_rooms(Stage(HALL, walkers=0.0), [6], 4), hz=20, seconds=30, seed=4)
    assert ((rows[:, :, VOICE] > 0).sum(axis=0) <= 1).all()
    assert ((rows[:, :, VOICE] > 0).any(axis=1)).sum() >= 3


def test_rows_are_the_same_for_the_same_seed_and_mark_who_sits() -> None:
    cast = cast_rooms(Stage(HALL, walkers=0.5, seated=0.5), [8], 6)
    first = simulate(cast, hz=20, seconds=2, seed=6)
    assert first.shape == (8, 40, 23)
    assert np.array_equal(first, simulate(cast, hz=20, seconds=2, seed=6))
    assert not np.array_equal(first, simulate(cast, hz=20, seconds=2, seed=7))
    seated = (first[:, 0, FLAGS] & StateFlag.SEATED) != 0
    assert seated.tolist() == cast.seated.tolist()
    heights = np.median(first[:, :, HEAD][..., 1], axis=1)
    assert heights[seated].max() < heights[~seated].min()
