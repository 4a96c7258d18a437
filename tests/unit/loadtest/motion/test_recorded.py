"""The project's own recordings, as the web client writes them and as they go wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

from loadtest.errors import NoTraces
from loadtest.motion.placing import Stage
from loadtest.motion.recorded import OWN_RECORDINGS, SUFFIX, parse_recording, poses_of_rows, read_recording
from loadtest.motion.rows import FLAGS, HEAD, LEFT, RIGHT, VOICE, quantise_rows
from loadtest.motion.supply import RECORDED_EVERY, by_default, from_model
from loadtest.motion.traces import clip_from, read_traces

HEADER = {"format": "polyclinic-motion", "version": 1, "device": "headset"}
FINGERS = "00" * 20
HEAD_PART = [100, 1600, -200, 3, 0, 40, 0]
HAND_PART = [-300, -500, -400, 1, 5, -6, 7]
HALL = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)


def file_of(*lines: object) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def parsed(*lines: object) -> tuple[list[int], list[list[int]]]:
    recording = parse_recording(iter(file_of(*lines).splitlines(keepends=True)))
    return recording.milliseconds, recording.rows.tolist()


def save(path: Path, samples: int = 91) -> None:
    lines = [[tick * 11, 1, 0, tick * 10, 1600, 0, 3, 0, 0, 0] for tick in range(samples)]
    path.write_bytes(file_of(HEADER, *lines))


def test_parts_stand_where_the_flags_tell() -> None:
    milliseconds, rows = parsed(
        HEADER,
        [0, 0, 0],
        [11, 1 | 64, 9, *HEAD_PART],
        [22, 1 | 4 | 16, 255, *HEAD_PART, *HAND_PART, FINGERS],
        [33, 1 | 2 | 4 | 8 | 16, 0, *HEAD_PART, *HAND_PART, *HAND_PART, FINGERS, FINGERS],
    )
    assert milliseconds == [0, 11, 22, 33]
    assert rows[0] == [0] * 23
    assert (rows[1][FLAGS], rows[1][VOICE], rows[1][HEAD]) == (65, 9, HEAD_PART)
    assert (rows[2][FLAGS], rows[2][LEFT], rows[2][RIGHT]) == (5, [0] * 7, HAND_PART)
    assert (rows[3][FLAGS], rows[3][LEFT], rows[3][RIGHT]) == (7, HAND_PART, HAND_PART)


def test_what_was_sent_comes_back_to_the_integer() -> None:
    _, rows = parsed(HEADER, [0, 7, 0, *HEAD_PART, *HAND_PART, 5, 6, 7, 0, 400, -400, 1], [9, 1, 0, *HEAD_PART])
    sent = np.array(rows, np.int32)
    assert quantise_rows(*poses_of_rows(sent)).tolist() == sent.tolist()


def test_a_part_that_is_not_tracked_is_no_place() -> None:
    _, rows = parsed(HEADER, [0, 1 | 2, 0, *HEAD_PART, *HAND_PART], [9, 0, 0])
    head, left, right = poses_of_rows(np.array(rows, np.int32))
    assert head[0, :3].tolist() == [0.1, 1.6, -0.2]
    assert left[0, :3].tolist() == pytest.approx([-0.2, 1.1, -0.6])
    assert np.isnan(head[1]).all()
    assert np.isnan(right).all()


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([], "truncated"),
        ([{**HEADER, "version": 2}], "version 2, and only 1 is known"),
        ([{**HEADER, "format": "other"}], "Invalid enum value"),
        ([{**HEADER, "name": "Ann"}], "unknown field"),
        ([HEADER, []], "line 2: nothing in it"),
        ([HEADER, [0, 32, 0, "00" * 52]], "line 2: flags of a face"),
        ([HEADER, [0, 1, 0, *HEAD_PART[:6]]], "line 2: a rotation missing"),
        ([HEADER, [0, 1, 0, *HEAD_PART, 7]], "line 2: more in it"),
        ([HEADER, [0, 1, 256, *HEAD_PART]], "line 2: voice"),
        ([HEADER, [0, 1, 0, 8_388_608, *HEAD_PART[1:]]], "line 2: a position"),
        ([HEADER, [0, 1, 0, *HEAD_PART[:6], 401]], "line 2: a rotation"),
        ([HEADER, [0, 1, 0, *HEAD_PART[:3], 4, 0, 0, 0]], "line 2: the largest"),
        ([HEADER, [9, 0, 0], [8, 0, 0]], "line 3: milliseconds"),
        ([HEADER, [0, 1 | 8, 0, *HEAD_PART, FINGERS]], "line 2: fingers without"),
        ([HEADER, [0, 1 | 2 | 8, 0, *HEAD_PART, *HAND_PART, "00"]], "line 2: fingers that"),
        ([HEADER, [0, 1 | 2 | 8, 0, *HEAD_PART, *HAND_PART, "zz" * 20]], "line 2"),
        ([HEADER, [0, 0, 0.5]], "Expected"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, lines: list[object], fault: str) -> None:
    path = tmp_path / f"wrong{SUFFIX}"
    path.write_bytes(file_of(*lines))
    with pytest.raises(NoTraces, match=fault):
        read_recording(path)


def test_a_directory_of_traces_may_hold_both_kinds(tmp_path: Path) -> None:
    save(tmp_path / f"walk{SUFFIX}")
    np.savez(tmp_path / "still.npz", t=np.arange(9) / 90, head=np.tile([0, 1.6, 0, 0, 0, 0, 1.0], (9, 1)))
    (tmp_path / f"empty{SUFFIX}").write_bytes(file_of(HEADER))
    still, walk = read_traces(tmp_path)
    assert (still.name, walk.name, walk.folder) == ("still", "walk", tmp_path.name)
    assert walk.seconds == pytest.approx(0.99)
    assert len(clip_from(walk, 30).rows) == 30


def test_recordings_walk_beside_the_model_where_there_are_any(tmp_path: Path) -> None:
    stage, ask = Stage(HALL), {"hz": 20.0, "seconds": 1.5, "seed": 1}
    model = from_model(stage, [3, 4], **ask)  # type: ignore[arg-type]  # by name
    alone = by_default(stage, [3, 4], recordings=tmp_path, **ask)  # type: ignore[arg-type]
    assert all(np.array_equal(one.rows, other.rows) for one, other in zip(alone, model, strict=True))
    save(tmp_path / f"walk{SUFFIX}")
    mixed = by_default(stage, [3, 4], recordings=tmp_path, **ask)  # type: ignore[arg-type]
    same = [np.array_equal(one.rows, other.rows) for one, other in zip(mixed, model, strict=True)]
    assert [index for index, is_model in enumerate(same) if not is_model] == [2, 5]
    assert RECORDED_EVERY == 3


def test_the_projects_own_recordings_are_how_people_move() -> None:
    traces = read_traces(OWN_RECORDINGS)
    assert {trace.name for trace in traces} >= {"consultation", "instrument", "ward-round"}
    for trace in traces:
        assert 20 <= trace.seconds <= 30
        assert np.diff(trace.t).max() < 0.03
        assert (OWN_RECORDINGS / f"{trace.name}{SUFFIX}").stat().st_size < 300_000
        for device, fastest, least in (("head", 2.0, 0.02), ("left", 3.0, 0.1), ("right", 3.0, 0.3)):
            poses = getattr(trace, device)
            assert np.isfinite(poses).all()
            speeds = np.linalg.norm(np.diff(poses[:, :3], axis=0), axis=1) / np.diff(trace.t)
            assert speeds.max() < fastest
            assert np.ptp(poses[:, :3], axis=0).max() > least
    walked = next(trace.head for trace in traces if trace.name == "ward-round")
    assert np.linalg.norm(np.diff(walked[:, [0, 2]], axis=0), axis=1).sum() > 4.0


def test_fingers_move_in_the_projects_own_recordings() -> None:
    for path in OWN_RECORDINGS.glob(f"*{SUFFIX}"):
        poses = [json.loads(line) for line in path.read_text().splitlines()[1:]]
        # Head and both hands before them.
        assert all(len(pose) == 3 + 3 * 7 + 2 for pose in poses)
        assert len({pose[-1] for pose in poses}) > 20


def test_every_third_avatar_replays_the_projects_own_recordings() -> None:
    parts = by_default(Stage(HALL), [9], hz=30, seconds=20, seed=1)
    clips = [clip_from(trace, 30).rows for trace in read_traces(OWN_RECORDINGS)]
    followed = {n for part in parts[2::3] for n, rows in enumerate(clips) if np.array_equal(part.rows, rows)}
    assert followed == {0, 1, 2}
    for part in parts[2::3]:
        heads = part.rows[:, HEAD][:, :3] + np.array(part.offset_mm)
        assert (heads >= HALL[:3]).all()
        assert (heads <= HALL[3:]).all()
