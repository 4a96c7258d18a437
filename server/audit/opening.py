"""Putting the auditor of a facility together."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from server.audit.log import SUBJECT_FILE, Log
from server.audit.subjects import Subjects
from server.audit.witness import WitnessPost, witness_of
from server.audit.writer import AuditWriter
from server.errors import AuditStartError

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from server.config import FacilitySettings
    from server.config.audit import AuditSettings

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


async def open_audit(settings: FacilitySettings, stack: AsyncExitStack) -> AuditWriter | None:
    """Open the audit log, which the stack closes last; None for a facility without. Raises `AuditStartError`."""
    if not settings.audit.enabled:
        return None
    # All that was ever written is verified first, which takes seconds once there are millions of records.
    auditor = await asyncio.to_thread(open_auditor, settings.audit, settings.server.store)
    stack.push_async_callback(asyncio.to_thread, auditor.close)
    return auditor


def open_auditor(settings: AuditSettings, store: str) -> AuditWriter:
    """Open the log of a facility whose store is the file `store`, and begin to write. Raises `AuditStartError`."""
    return open_writer(settings.folder_beside(store), settings.witness)


def open_writer(folder: Path, witness: str | None = None) -> AuditWriter:
    """Open the log in a folder and begin to write. Raises `AuditStartError`, `AuditTaken` if another process does."""
    log = Log.open(folder, time.time_ns())
    try:
        subjects = Subjects(folder / SUBJECT_FILE)
    except (OSError, sqlite3.Error) as error:
        log.close()
        file = folder / SUBJECT_FILE
        raise AuditStartError(f"{file}: expected the key store of the audit log, got: {error}") from None
    if subjects.made and log.size > 1:
        words = "there was none, or an empty one: whose the log's earlier records are cannot be known any more"
        _log.warning("subjects_made", file=folder / SUBJECT_FILE, count=log.size - 1, reason=words)
    post = None if witness is None else WitnessPost(witness_of(witness, Path()))
    writer = AuditWriter(log, subjects, post)
    if not writer.begin():
        writer.close()
        raise AuditStartError(f"{folder}: the audit log cannot be written; the line `audit_failed` before this has why")
    return writer
