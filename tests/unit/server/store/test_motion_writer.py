"""Recordings on their way to the disk: rooms wait for nothing, and nothing is lost without a word."""

from __future__ import annotations

import errno
import resource
import threading
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from protocol.ids import StateFlag
from server.store import motion_writer as module
from server.store.motion import MotionFiles
from server.store.motion_writer import CHUNK, MotionWriter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from protocol.state import StateNumbers
    from server.store.motion_writer import Row

FILE_BYTES_MAX = 20_000
"""As if the disk were full then: the system refuses more, by another number."""

HEAD = (1, 1600, -2, 3, 4, 5, 6)
STATE: StateNumbers = (StateFlag.HEAD, 0, HEAD, HEAD, HEAD, b"", b"", b"")


def rows(people: int) -> list[Row]:
    return [(entity, STATE, False) for entity in range(people)]


def lines(folder: Path, mark: str = "") -> int:
    """Poses on the disk, of everybody in recordings of a mark."""
    return sum(len(file.read_text().splitlines()) - 1 for file in folder.glob(f"{mark}*"))


def test_nothing_is_asked_of_the_disk_before_the_writer_works(tmp_path: Path) -> None:
    writer = MotionWriter(by_hand=True)
    recording = writer.begin(tmp_path, "ward", 100.0)
    recording.write(rows(CHUNK + 1), 100.0)
    recording.end()
    assert list(tmp_path.iterdir()) == []
    assert writer.waiting == CHUNK + 1
    # Two stretches, and the end.
    assert [writer.work() for _ in range(4)] == [True, True, True, False]
    assert (lines(tmp_path), writer.waiting) == (CHUNK + 1, 0)


def test_the_thread_writes_what_is_taken_and_closing_waits_for_it(tmp_path: Path) -> None:
    writer = MotionWriter()
    one, other = writer.begin(tmp_path, "ward", 100.0), writer.begin(tmp_path, "lobby", 100.0)
    for tick in range(50):
        one.write(rows(8), 100.0 + tick)
        other.write(rows(1), 100.0 + tick)
    one.end()
    writer.close()
    assert (lines(tmp_path, "ward"), lines(tmp_path, "lobby")) == (400, 50)
    assert not writer.work()


def test_a_recording_that_the_disk_refuses_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    writer = MotionWriter(by_hand=True)
    refused, other = writer.begin(tmp_path / "file", "ward", 100.0), writer.begin(tmp_path / "motion", "lobby", 100.0)
    with capture_logs() as logs:
        for recording in (refused, other, refused, other):
            recording.write(rows(2), 100.0)
        writer.close()
    assert (refused.failure, other.failure) == ("failed", None)
    assert [(line["event"], line["room"], line["reason"]) for line in logs] == [("recording_failed", "ward", "failed")]
    assert lines(tmp_path / "motion") == 4
    # Nothing is taken of it any more.
    refused.write(rows(2), 101.0)
    assert writer.waiting == 0


def test_a_disk_that_is_too_slow_ends_a_recording_and_keeps_what_was_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 10)
    held, held_up, write = threading.Event(), threading.Event(), MotionFiles.write

    def slow(files: MotionFiles, entity: int, state: StateNumbers, now: float, *, research: bool) -> None:
        held_up.set()
        assert held.wait(60.0)
        write(files, entity, state, now, research=research)

    monkeypatch.setattr(MotionFiles, "write", slow)
    writer = MotionWriter()
    recording = writer.begin(tmp_path, "ward", 100.0)
    with capture_logs() as logs:
        recording.write(rows(4), 100.0)
        assert held_up.wait(60.0)
        recording.write(rows(4), 100.1)
        before = recording.failure
        recording.write(rows(4), 100.2)
        assert (before, recording.failure) == (None, "behind")
        recording.end()
        held.set()
        writer.close()
    assert lines(tmp_path) == 8
    assert [(line["event"], line["reason"], line["count"]) for line in logs] == [("recording_failed", "behind", 8)]


def test_a_server_that_ends_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.0)
    held = threading.Event()
    monkeypatch.setattr(MotionFiles, "write", lambda *_, **__: held.wait(60.0))
    writer = MotionWriter()
    writer.begin(tmp_path, "ward", 100.0).write(rows(3), 100.0)
    with capture_logs() as logs:
        writer.close()
    held.set()
    assert [(line["event"], line["count"]) for line in logs] == [("recordings_cut", 3)]


def test_what_is_refused_at_the_end_is_in_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: MotionFiles) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(MotionFiles, "close", full)
    writer = MotionWriter(by_hand=True)
    recording = writer.begin(tmp_path, "ward", 100.0)
    with capture_logs() as logs:
        recording.end()
        recording.end()
        writer.close()
    assert [(line["event"], line["reason"]) for line in logs] == [("recording_failed", "failed")]


def test_a_disk_that_takes_no_more_ends_a_recording_by_its_real_error(tmp_path: Path) -> None:
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = MotionWriter(by_hand=True)
    full, other = writer.begin(tmp_path, "ward", 100.0), writer.begin(tmp_path, "lobby", 100.0)
    other.write(rows(1), 100.0)
    with capture_logs() as logs:
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, hard))
        try:
            for tick in range(FILE_BYTES_MAX):
                full.write(rows(1), 100.0 + tick)
                while writer.work():
                    pass
                if full.failure is not None:
                    break
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        writer.close()
    assert (full.failure, other.failure) == ("failed", None)
    (line,) = logs
    assert (line["event"], line["reason"], line["exc_info"].errno) == ("recording_failed", "failed", errno.EFBIG)
    assert lines(tmp_path, "lobby") == 1
