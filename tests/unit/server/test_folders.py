"""Files that are whole, on the disk, and whose they have to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.folders import give_to_owner, sync_file, sync_folder, write_all
from tests.support.disk import disk_for, owned_by


def test_the_folder_itself_is_synced_and_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink()))
    sync_folder(tmp_path)
    (tmp_path / "file").touch()
    sync_file(tmp_path / "file")
    assert synced == [tmp_path.resolve(), tmp_path.resolve() / "file"]


def test_what_is_no_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "file", tmp_path / "none"):
        with pytest.raises(OSError, match=wrong.name):
            sync_folder(wrong)


def test_all_is_written_or_it_is_an_error(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        with disk_for(20), pytest.raises(OSError, match="File too large"):
            write_all(file.fileno(), bytes(30))
        write_all(file.fileno(), bytes(30))
    assert (tmp_path / "file").stat().st_size == 50


def test_a_new_file_is_whose_the_first_is_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside, other = tmp_path / "beside", tmp_path / "other"
    given = owned_by(monkeypatch, {tmp_path: 1001, beside: 1002, other: 1003})
    beside.touch()
    other.touch()
    with (tmp_path / "file").open("wb") as file:
        give_to_owner(file.fileno(), "none", "beside", "other")
        assert given == {"file": 1002}
        give_to_owner(file.fileno(), "none")
        assert given == {"file": 1001}
        given.clear()
        # What was there: with something in it, by another name, or another's.
        write_all(file.fileno(), b"1")
        give_to_owner(file.fileno())
        os.ftruncate(file.fileno(), 0)
        (tmp_path / "name").hardlink_to(tmp_path / "file")
        give_to_owner(file.fileno())
        (tmp_path / "name").unlink()
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        give_to_owner(file.fileno())
    assert given == {}


def test_nobody_is_given_by_a_link_what_is_in_a_folder_of_anothers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, roots = tmp_path / "theirs", tmp_path / "roots"
    for folder in (theirs, roots):
        folder.mkdir()
    (theirs / "store").touch()
    (theirs / "store-lock").symlink_to(roots / "made")
    given = owned_by(monkeypatch, {theirs: 1001, theirs / "store": 1001, roots: 0})
    with (theirs / "store-lock").open("wb") as file:
        give_to_owner(file.fileno(), "store")
    assert given == {"made": 0}


def test_what_may_not_be_given_away_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refuse)
    with (tmp_path / "file").open("wb") as file:
        give_to_owner(file.fileno())
