"""Whose tokens are good no more, whatever they say: kept beside the store, so that a restart forgets nobody."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from server.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

KEPT_SECONDS: Final = 30 * 86_400.0
"""No token is good for longer after it was issued, so that after it a revocation need not be remembered."""

SUFFIX: Final = ".revoked"


class Revocations:
    """Subjects, and until when what was issued to them is void. Times are seconds since 1970."""

    def __init__(self, file: Path | None = None, now: float = 0.0) -> None:
        """`file` has one line for each: the time and the subject. Raises `StoreError` if it cannot be read."""
        self._file = file
        self._since: dict[str, float] = {}
        if file is not None and file.exists():
            self._read(file, now)

    def revoke(self, subject: str, now: float) -> None:
        """Void what was issued to a subject up to now; on the disk before this returns. Raises `StoreError`."""
        self._since[subject] = now
        if self._file is None:
            return
        try:
            with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as written:
                written.write(f"{now:.3f} {subject}\n")
                written.flush()
                os.fsync(written.fileno())
        except OSError as error:
            # It holds until the next restart; whoever asked is told that it may not hold after it.
            raise StoreError(f"{self._file.name}: {error.strerror or 'cannot be written'}") from None

    def voids(self, subject: str, issued_at: float) -> bool:
        """Say whether what was issued to a subject then is void."""
        since = self._since.get(subject)
        return since is not None and issued_at <= since

    def _read(self, file: Path, now: float) -> None:
        try:
            lines = file.read_text(encoding="ascii").splitlines()
            for line in lines:
                time, _, subject = line.partition(" ")
                if now - float(time) < KEPT_SECONDS:
                    self._since[subject] = float(time)
        except (OSError, ValueError):
            raise StoreError(f"{file}: expected a time and a subject in each line") from None
