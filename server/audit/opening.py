"""Putting the auditor of a facility together."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from server.audit.log import SUBJECT_FILE, Log
from server.audit.subjects import Subjects
from server.audit.witness import WitnessPost, witness_of
from server.audit.writer import AuditWriter
from server.errors import AuditStartError

if TYPE_CHECKING:
    from server.config_audit import AuditSettings


def open_auditor(settings: AuditSettings, store: str) -> AuditWriter:
    """Open the log of a facility whose store is the file `store`, and begin to write. Raises `AuditStartError`."""
    folder = settings.folder_beside(store)
    log = Log.open(folder, time.time_ns())
    try:
        subjects = Subjects(folder / SUBJECT_FILE)
    except (OSError, sqlite3.Error) as error:
        log.close()
        file = folder / SUBJECT_FILE
        raise AuditStartError(f"{file}: expected the key store of the audit log, got: {error}") from None
    post = None if settings.witness is None else WitnessPost(witness_of(settings.witness, Path()))
    return AuditWriter(log, subjects, post)
