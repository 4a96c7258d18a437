"""Whose tokens are good no more, whatever they say: kept beside the store, so that a restart forgets nobody.

The file has digests, not subjects: who was erased is in no file, and what was taken back stays void all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from typing import TYPE_CHECKING, Final

import structlog

from server.errors import StoreError
from server.identity.journal import Journal, as_written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")

KEPT_SECONDS: Final = 30 * 86_400.0
"""No token is good for longer after it was issued, so that after it a revocation need not be remembered."""

SUFFIX: Final = ".revoked"

DIGEST: Final = "sha256:"

SAME_SECONDS: Final = 5.0
"""The audit log has a revocation when it was done, which is as much later than the file as its disk took."""

_CONTEXT: Final = b"polyclinic revoked subject\n"

_EXPECTED: Final = "a time and a subject's digest"
_LINE: Final = re.compile(rf"(?P<time>\d{{1,12}}\.\d{{3}}) (?P<digest>{DIGEST}[0-9a-f]{{64}})")
_OLDER: Final = re.compile(rf"(?P<time>\d{{1,12}}\.\d{{3}}) (?P<subject>(?!.*{DIGEST}).+)", re.IGNORECASE)
"""An older server wrote the subject itself."""


class Revocations:
    """Subjects, and until when what was issued to them is void. Times are seconds since 1970."""

    def __init__(self, file: Path | None = None, now: float = 0.0) -> None:
        """`file` has one line for each: the time and the subject's digest. Raises `StoreError` if it does not serve.

        It is written anew without what no token outlives.
        """
        self._journal = None if file is None else Journal(file, _LINE, _EXPECTED, older=_OLDER)
        self._since: dict[str, float] = {}
        """By digest."""
        if self._journal is not None and os.path.lexists(self._journal.file):
            self._read(self._journal, now)
            self._write_anew(self._journal)

    def revoke(self, subject: str, now: float) -> None:
        """Void what was issued to a subject up to now, in this process; `keep` has it hold after a restart."""
        self._since[_digest(subject)] = as_written(now)

    async def keep(self, subject: str) -> None:
        """Return when a subject's revocation is on the disk. Raises `StoreError` if it may not hold after a restart."""
        digest = _digest(subject)
        if self._journal is None:
            return
        try:
            # A sync takes as long as the disk likes, and every room ticks on this thread.
            await asyncio.to_thread(self._journal.append, _line(digest, self._since[digest]), synced=True)
        except OSError as error:
            file = self._journal.file
            _log.error("revocation_not_kept", file=file, reason=error.strerror)
            raise StoreError(f"{file.name}: {error.strerror or 'cannot be written'}") from None

    def recover(self, revoked: Mapping[str, float], now: float) -> int:
        """Add what the file has lost, by subject and time; how many that were. On the disk when this returns.

        Raises `StoreError`.
        """
        # No line is of a time that has not been.
        lost = {
            subject: min(since, now)
            for subject, since in revoked.items()
            if now - since < KEPT_SECONDS and not self.voids(subject, min(since, now) - SAME_SECONDS)
        }
        for subject, since in lost.items():
            self.revoke(subject, since)
        if lost and self._journal is not None:
            self._write_anew(self._journal)
        return len(lost)

    def voids(self, subject: str, issued_at: float) -> bool:
        """Say whether what was issued to a subject then is void."""
        since = self._since.get(_digest(subject))
        return since is not None and issued_at <= since

    def _read(self, journal: Journal, now: float) -> None:
        for line in journal.read(now):
            fields = line.groupdict()
            if now - (since := float(fields["time"])) < KEPT_SECONDS:
                digest = fields.get("digest") or _digest(fields["subject"])
                self._since[digest] = max(since, self._since.get(digest, 0.0))

    def _write_anew(self, journal: Journal) -> None:
        journal.write_anew(_line(digest, since) for digest, since in self._since.items())


def _digest(subject: str) -> str:
    return DIGEST + hashlib.sha256(_CONTEXT + subject.encode()).hexdigest()


def _line(digest: str, since: float) -> str:
    return f"{since:.3f} {digest}"
