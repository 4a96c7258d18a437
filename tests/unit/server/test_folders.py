"""Names in a folder, on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.folders import sync_folder


def test_the_folder_itself_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink()))
    sync_folder(tmp_path)
    assert synced == [tmp_path.resolve()]


def test_what_is_no_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "file", tmp_path / "none"):
        with pytest.raises(OSError, match=wrong.name):
            sync_folder(wrong)
