"""Which audit log a command is written down in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.audit.verify import LOG_FILE
from server.commands.folders import audit_folder
from server.config.audit import AuditSettings
from server.errors import AuditStartError

if TYPE_CHECKING:
    from pathlib import Path


def log_at(folder: Path) -> Path:
    folder.mkdir()
    (folder / LOG_FILE).touch()
    return folder


def test_it_is_the_stores_unless_another_one_is_named(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    own, other = log_at(tmp_path / "store.audit"), log_at(tmp_path / "other.audit")
    assert audit_folder(AuditSettings(), store, None) == own
    assert audit_folder(AuditSettings(), store, other) == other
    assert audit_folder(AuditSettings(folder=str(other)), store, None) == other


def test_a_facility_without_a_log_has_none_unless_it_is_named(tmp_path: Path) -> None:
    store, other = tmp_path / "store.sqlite3", log_at(tmp_path / "other.audit")
    assert audit_folder(AuditSettings(enabled=False), store, None) is None
    assert audit_folder(AuditSettings(enabled=False), store, other) == other


def test_a_log_that_is_not_there_is_none_to_begin(tmp_path: Path) -> None:
    for path in (None, tmp_path / "other.audit"):
        with pytest.raises(AuditStartError, match=r"nothing was done.*--path"):
            audit_folder(AuditSettings(), tmp_path / "store.sqlite3", path)
    assert list(tmp_path.iterdir()) == []
