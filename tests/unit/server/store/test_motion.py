from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from loadtest.motion.recorded import read_recording
from protocol.ids import StateFlag
from server.store.motion import MotionFiles

if TYPE_CHECKING:
    from pathlib import Path

    from protocol.state import StateNumbers

HEAD, LEFT, RIGHT = (1, 1600, -2, 3, 4, 5, 6), (-250, -400, -300, 1, 0, 0, 0), (250, -400, -300, 2, 1, 1, 1)
WALL = 1_790_000_000_123_456_789
STATE: StateNumbers = (0xFF, 90, HEAD, LEFT, RIGHT, bytes(range(20)), bytes(20), bytes([7] * 52))


def test_each_person_has_a_file_that_the_load_tester_reads(tmp_path: Path) -> None:
    files = MotionFiles(tmp_path / "motion", "ward", WALL, 100.0)
    files.write(7, STATE, 100.0, research=False)
    files.write(9, (StateFlag.HEAD, 0, HEAD, *STATE[3:]), 100.05, research=False)
    files.write(7, STATE, 100.1, research=False)
    files.close()
    first, second = (read_recording(path) for path in sorted((tmp_path / "motion").iterdir()))
    assert (first.milliseconds, second.milliseconds) == ([0, 100], [50])
    assert first.rows[0, 2:].tolist() == [*HEAD, *LEFT, *RIGHT]
    assert not first.rows[0, 0] & StateFlag.FACE
    assert second.rows[0, :9].tolist() == [StateFlag.HEAD, 0, *HEAD]


def test_a_file_says_whether_its_person_allowed_research_and_who_changes_that_has_another(tmp_path: Path) -> None:
    files = MotionFiles(tmp_path, "ward", WALL, 100.0)
    for tick, research in enumerate((False, True, True, False)):
        files.write(7, STATE, 100.0 + tick / 10, research=research)
    files.close()
    told = [read_recording(path) for path in sorted(tmp_path.iterdir())]
    assert [(each.research, each.milliseconds) for each in told] == [(False, [0, 300]), (True, [100, 200])]


def test_nothing_is_written_before_anybody_moves(tmp_path: Path) -> None:
    MotionFiles(tmp_path / "motion", "ward", WALL, 100.0).close()
    assert not (tmp_path / "motion").exists()


def test_what_was_recorded_is_not_written_over(tmp_path: Path) -> None:
    for attempt in range(2):
        files = MotionFiles(tmp_path, "ward", WALL, 100.0)
        if attempt:
            with pytest.raises(FileExistsError):
                files.write(7, STATE, 100.0, research=False)
        else:
            files.write(7, STATE, 100.0, research=False)
        files.close()


def test_what_was_recorded_is_readable_for_the_servers_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        files = MotionFiles(tmp_path / "motion", "ward", WALL, 100.0)
        files.write(7, STATE, 100.0, research=False)
        files.close()
    finally:
        os.umask(before)
    (file,) = (tmp_path / "motion").iterdir()
    assert (file.parent.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_files_name_says_when_the_recording_began_on_every_day(tmp_path: Path) -> None:
    files = MotionFiles(tmp_path, "ward", WALL, 100.0)
    files.write(7, STATE, 100.0, research=False)
    files.close()
    assert [file.name for file in tmp_path.iterdir()] == ["ward-20260921T141320.123Z-0.motion.jsonl"]


def test_a_file_that_cannot_be_closed_leaves_no_other_open(tmp_path: Path) -> None:
    files = MotionFiles(tmp_path, "ward", WALL, 100.0)
    for entity in (7, 8, 9):
        files.write(entity, STATE, 100.0, research=False)
    first, second, third = files._files.values()
    os.close(second.fileno())
    with pytest.raises(OSError, match="Bad file descriptor"):
        files.close()
    assert first.closed
    assert third.closed
