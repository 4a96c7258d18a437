"""What every avatar sends, from the model and from recordings."""

from pathlib import Path

import numpy as np
import pytest

from loadtest.errors import NoTraces
from loadtest.motion.placing import Stage
from loadtest.motion.rows import HEAD
from loadtest.motion.supply import MODEL_SECONDS, RECORDED_EVERY, by_default, from_model, from_traces

HALL = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)


def test_the_model_gives_each_avatar_rows_of_its_own() -> None:
    parts = from_model(Stage(HALL), [3, 2], hz=20, seconds=1.5, seed=1)
    assert len(parts) == 5
    assert parts[0].rows.shape == (30, 23)
    assert parts[0].rows.flags.c_contiguous
    assert parts[0].offset_mm == (0, 0, 0)
    assert not np.array_equal(parts[0].rows, parts[1].rows)


def test_a_long_test_goes_over_the_same_motion_again() -> None:
    parts = from_model(Stage(HALL), [1], hz=2, seconds=600, seed=1)
    assert len(parts[0].rows) == MODEL_SECONDS * 2


def test_recordings_are_shared_and_each_avatar_stands_elsewhere(tmp_path: Path) -> None:
    head = np.tile(np.array([0, 1.6, 0, 0, 0, 0, 1.0]), (900, 1))
    head[:, 0] = np.sin(np.arange(900) / 90)
    np.savez(tmp_path / "sway.npz", t=np.arange(900) / 90, head=head)
    parts = from_traces(tmp_path, Stage(HALL), [12], hz=30, seed=1)
    assert len(parts) == 12
    assert len({id(part.rows) for part in parts}) == 1
    assert len({part.offset_mm for part in parts}) == 12
    assert len({part.start for part in parts}) > 6
    for part in parts:
        heads = part.rows[:, HEAD][:, :3] + np.array(part.offset_mm)
        assert (heads >= HALL[:3]).all()
        assert (heads <= HALL[3:]).all()


def test_no_recordings_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(NoTraces):
        from_traces(tmp_path, Stage(HALL), [1], hz=30, seed=1)


def test_it_is_known_who_follows_a_recording() -> None:
    parts = by_default(Stage(HALL), [RECORDED_EVERY * 2], hz=10, seconds=1, seed=1)
    assert [part.recorded for part in parts] == ([False] * (RECORDED_EVERY - 1) + [True]) * 2
