"""Recordings, as they are and as they go wrong."""

import math
import zipfile
from pathlib import Path

import numpy as np
import pytest

from loadtest.errors import NoTraces
from loadtest.motion.rows import FLAGS, HEAD, Floats
from loadtest.motion.traces import clean_trace, clip_from, read_traces, resample, squeeze_pauses
from protocol.ids import StateFlag

HALL = (-10_000, 0, -10_000, 10_000, 4_000, 10_000)


def still(count: int, *place: float) -> Floats:
    return np.tile(np.array([*place, 0, 0, 0, 1], np.float64), (count, 1))


def walk(count: int, height: float = 1.6, metres: float = 2.0) -> Floats:
    head = still(count, 0, height, 0)
    head[:, 0] = np.linspace(0, metres, count)
    return head


def save(path: Path, count: int = 91, **devices: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, t=np.arange(count) / 90, **devices)  # type: ignore[arg-type]  # arrays by name


def test_a_directory_is_searched_deeply_and_what_is_no_motion_left_out(tmp_path: Path) -> None:
    save(tmp_path / "b" / "deep" / "walk.npz", head=walk(91), left=still(91, 0, 1, 0), right=still(91, 0, 1, 0))
    save(tmp_path / "a.npz", head=walk(91))
    save(tmp_path / "face.npz", face=np.zeros((91, 52)))
    save(tmp_path / "lost.npz", head=np.full((91, 7), math.nan))
    save(tmp_path / "other.npz", head=np.zeros((91, 3)))
    traces = read_traces(tmp_path)
    assert [(trace.name, trace.folder) for trace in traces] == [("a", tmp_path.name), ("walk", "deep")]
    assert traces[0].seconds == pytest.approx(1.0)
    assert np.isnan(traces[0].left).all()


def test_a_directory_without_motion_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(NoTraces, match=r"no motion trace in it; --traces wants"):
        read_traces(tmp_path)
    with pytest.raises(NoTraces, match="no such directory"):
        read_traces(tmp_path / "nowhere")
    (tmp_path / "broken.npz").write_bytes(b"PK not really")
    with pytest.raises(NoTraces, match=r"broken\.npz: not a readable"):
        read_traces(tmp_path)


def test_a_head_of_which_only_the_rotation_was_recorded_stands() -> None:
    head = still(3, math.nan, math.nan, math.nan)
    trace = clean_trace("turning", np.arange(3.0), head, still(3, 0, 1, 0), still(3, 0, 1, 0))
    assert trace is not None
    assert trace.head[:, :3].tolist() == [[0.0, 1.6, 0.0]] * 3


def test_values_that_no_room_holds_and_samples_out_of_order_are_dropped() -> None:
    head = walk(4)
    head[2, 0] = 1e7
    trace = clean_trace("wild", np.array([0.0, 1.0, 2.0, 2.0]), head, still(4, 0, 1, 0), still(4, 0, 1, 0))
    assert trace is not None
    assert trace.t.tolist() == [0.0, 1.0, 2.0]
    assert np.isnan(trace.head[2]).all()


def test_pauses_are_cut_out() -> None:
    t = squeeze_pauses(np.array([0.0, 0.1, 9.0, 9.4, 300.0]), 1 / 30)
    assert t == pytest.approx([0.0, 0.1, 0.1 + 1 / 30, 0.5 + 1 / 30, 0.5 + 2 / 30])


def test_resampling_goes_straight_between_samples_and_round_the_short_way() -> None:
    poses = np.array([[0, 0, 0, 0, 0, 0, 1.0], [1, 0, 0, 0, 0, 0, -1.0], [math.nan] * 7])
    mixed = resample(np.array([0.0, 1.0, 2.0]), poses, np.array([0.25, 1.0, 1.5]))
    assert mixed[0].tolist() == [0.25, 0, 0, 0, 0, 0, 1.0]
    assert np.isnan(mixed[2]).all()


def test_a_clip_stands_over_the_origin_with_its_feet_on_the_floor() -> None:
    trace = clean_trace("far", np.arange(91) / 90, walk(91) + np.array([700, 50, -800, 0, 0, 0, 0]), walk(91), walk(91))
    assert trace is not None
    clip = clip_from(trace, 30)
    heads = clip.rows[:, HEAD][:, :3]
    assert abs(int(np.median(heads[:, 0]))) <= 40
    assert set(heads[:, 1]) == {1_200}
    assert clip.rows[0, FLAGS] == StateFlag.HEAD  # the hands are 700 m away
    assert len(clip.rows) == 30
    assert clip.least[0] == heads[:, 0].min()
    assert clip.greatest[0] == heads[:, 0].max()


def test_heights_from_the_floor_are_kept() -> None:
    trace = clean_trace("tall", np.arange(91) / 90, walk(91, height=1.85), walk(91), walk(91))
    assert trace is not None
    assert set(clip_from(trace, 30).rows[:, HEAD][:, 1]) == {1_850}


def test_a_clip_whose_head_is_found_between_samples_alone_has_no_head() -> None:
    head = still(3, 0, 1.6, 0)
    head[1] = math.nan
    trace = clean_trace("gaps", np.array([0.0, 0.1, 0.2]), head, still(3, 0, 1, 0), still(3, 0, 1, 0))
    assert trace is not None
    clip = clip_from(trace, 3)
    assert not clip.rows.any()
    assert clip.least == clip.greatest == (0, 0, 0)


def test_a_clip_is_moved_to_a_place_as_near_as_the_room_lets_it() -> None:
    trace = clean_trace("walk", np.arange(91) / 90, walk(91), walk(91), walk(91))
    assert trace is not None
    clip = clip_from(trace, 30)
    assert clip.offset_at((2_000, 0, 3_000), HALL) == (2_000, 0, 3_000)
    x, _, z = clip.offset_at((9_900, 0, 30_000), HALL)
    assert x + clip.greatest[0] == 10_000
    assert z + clip.greatest[2] == 10_000
    assert (
        clip.offset_at((0, 0, 0), (-100, 0, -10_000, 900, 4_000, 10_000))[0]
        == (800 - clip.least[0] - clip.greatest[0]) // 2
    )


@pytest.mark.parametrize(
    "t", [np.zeros(()), np.zeros((3, 2)), np.zeros(0), np.full(3, np.nan), np.full(3, -np.inf)], ids=str
)
def test_times_that_are_none_are_no_motion(tmp_path: Path, t: Floats) -> None:
    np.savez(tmp_path / "a.npz", t=t, head=np.ones((t.shape[0] if t.ndim else 1, 7)))
    with pytest.raises(NoTraces):
        read_traces(tmp_path)


def test_a_time_that_is_none_costs_its_sample_alone(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", t=np.array([-np.inf, 1.0, 2.0, 3.0]), head=np.tile([0, 1.6, 0, 0, 0, 0, 1.0], (4, 1)))
    (trace,) = read_traces(tmp_path)
    assert list(trace.t) == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "member", [b"garbage", b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + b"[" * 117 + b"\n", b""]
)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, member: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("t.npy", member)
        file.writestr("head.npy", member)
    with pytest.raises(NoTraces, match=r"a\.npz: not a readable \.npz file"):
        read_traces(tmp_path)
