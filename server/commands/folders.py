"""Which audit log a command at the machine is written down in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.audit.verify import LOG_FILE
from server.errors import AuditStartError

if TYPE_CHECKING:
    from pathlib import Path

    from server.config.audit import AuditSettings


def audit_folder(settings: AuditSettings, store: Path, path: Path | None) -> Path | None:
    """Find the log's folder: `path` if it is named, else the facility's for this store; None for one without a log.

    Raises `AuditStartError` where there is no log: one that a command begins is not the clinic's.
    """
    if path is None and not settings.enabled:
        return None
    folder = settings.folder_beside(str(store)) if path is None else path
    try:
        there = (folder / LOG_FILE).is_file()
    except OSError as error:
        raise AuditStartError(
            f"nothing was done, because it cannot be written down: {folder}: {error.strerror}"
        ) from None
    if not there:
        raise AuditStartError(
            f"nothing was done, because it cannot be written down: {folder / LOG_FILE}: there is no such file. Name the"
            " store by --store, if the server was started with it, or the folder of the clinic's audit log by --path,"
            " or put it back. If it is lost, start the server once on this store, with --host 127.0.0.1, and stop it:"
            " it begins a new one"
        )
    return folder
