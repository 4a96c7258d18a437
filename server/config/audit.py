"""The table `[audit]` of the facility file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

WITNESS: str = r"^(https://.+|http://(127\.0\.0\.1|localhost|\[::1\])([:/].*)?|(?!https?:).+)$"
"""An HTTPS address, a plain one of this machine, or a file."""


class AuditSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is written down of who did what, and where; `[audit]`."""

    enabled: bool = True
    """Whether anything is. What needs the audit log is then done without it."""
    folder: Annotated[str, Meta(min_length=1)] | None = None
    """Where the log and its keys are; left out, beside the store: `polyclinic.audit`."""
    witness: Annotated[str, Meta(pattern=WITNESS)] | None = None
    """Who is sent each checkpoint: an `https://` address, or a file on another machine's disk."""

    def folder_beside(self, store: str) -> Path:
        """Find the log's folder, given the store's file."""
        return Path(store).with_suffix(".audit") if self.folder is None else Path(self.folder)
