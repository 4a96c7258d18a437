"""Recordings beside the model."""

from pathlib import Path

import numpy as np
import pytest

from loadtest.comparison import comparison_page, measure, moved, trace_of
from loadtest.errors import NoTraces
from loadtest.motion.model import record
from loadtest.motion.placing import Stage, cast_rooms
from loadtest.motion.rows import quantise_rows
from loadtest.motion.supply import Part

HALL = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)


def test_rows_turn_back_into_the_motion_they_were_made_of() -> None:
    trace = record(cast_rooms(Stage(HALL), [1], 3), hz=30, seconds=5, seed=3)[0]
    back = trace_of(quantise_rows(trace.head, trace.left, trace.right), 30)
    tracked = np.isfinite(trace.left[:, 0])
    assert np.abs(back.head[:, :3] - trace.head[:, :3]).max() <= 0.0005 + 1e-9
    assert np.abs(back.left[tracked, :3] - trace.left[tracked, :3]).max() <= 0.001 + 1e-9
    same_side = np.sign((back.head[:, 3:] * trace.head[:, 3:]).sum(axis=1, keepdims=True))
    assert np.abs(back.head[:, 3:] * same_side - trace.head[:, 3:]).max() < 0.002
    assert np.isnan(back.left[~tracked]).all()


def test_what_the_avatars_of_a_test_send_is_measured() -> None:
    trace = record(cast_rooms(Stage(HALL), [1], 3), hz=30, seconds=5, seed=3)[0]
    rows = quantise_rows(trace.head, trace.left, trace.right)
    found = moved([Part(rows, 0, (0, 0, 0))], 30)
    assert found.name == "this test"
    head, *_ = found.statistics
    direct, *_ = measure("direct", [trace]).statistics
    assert head.linear is not None
    assert direct.linear is not None
    assert head.linear.p95 == pytest.approx(direct.linear.p95, rel=0.05)


def test_the_page_compares_folders_with_the_model(tmp_path: Path) -> None:
    (tmp_path / "one-dialogue").mkdir()
    t = np.arange(300) / 90
    head = np.tile(np.array([0, 1.6, 0, 0, 0, 0, 1.0]), (300, 1))
    head[:, 0] = np.sin(t)
    np.savez(tmp_path / "one-dialogue" / "talk.npz", t=t, head=head)
    page = comparison_page(tmp_path)
    assert "one-dialogue" in page
    assert "model, seated" in page
    assert "all recordings" in page
    assert "<svg" in page


def test_without_recordings_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(NoTraces):
        comparison_page(tmp_path)
