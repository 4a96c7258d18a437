"""Whose tokens are good no more, whatever they say: kept beside the store, so that a restart forgets nobody.

The file has digests, not subjects: who was erased is in no file, and what was taken back stays void all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import os
from typing import TYPE_CHECKING, Final

import structlog

from server.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")

KEPT_SECONDS: Final = 30 * 86_400.0
"""No token is good for longer after it was issued, so that after it a revocation need not be remembered."""

SUFFIX: Final = ".revoked"

DIGEST: Final = "sha256:"

_CONTEXT: Final = b"polyclinic revoked subject\n"


class Revocations:
    """Subjects, and until when what was issued to them is void. Times are seconds since 1970."""

    def __init__(self, file: Path | None = None, now: float = 0.0) -> None:
        """`file` has one line for each: the time and the subject's digest. Raises `StoreError` if it does not serve.

        It is written anew without what no token outlives.
        """
        self._file = file
        self._since: dict[str, float] = {}
        """By digest."""
        if file is not None and file.exists():
            self._read(file, now)
            self._write_anew(file)

    def revoke(self, subject: str, now: float) -> None:
        """Void what was issued to a subject up to now, in this process; `keep` has it hold after a restart."""
        self._since[_digest(subject)] = now

    async def keep(self, subject: str) -> None:
        """Return when a subject's revocation is on the disk. Raises `StoreError` if it may not hold after a restart."""
        digest = _digest(subject)
        if self._file is None:
            return
        try:
            # A sync takes as long as the disk likes, and every room ticks on this thread.
            await asyncio.to_thread(_append, self._file, _line(digest, self._since[digest]))
        except OSError as error:
            _log.error("revocation_not_kept", file=self._file, reason=error.strerror)
            raise StoreError(f"{self._file.name}: {error.strerror or 'cannot be written'}") from None

    def recover(self, revoked: Mapping[str, float], now: float) -> int:
        """Add what the file has lost, by subject and time; how many that were. On the disk when this returns.

        Raises `StoreError`.
        """
        # As fine as the file has it, and not earlier.
        lost = {
            subject: math.ceil(since * 1000.0) / 1000.0
            for subject, since in revoked.items()
            if now - since < KEPT_SECONDS and not self.voids(subject, since)
        }
        for subject, since in lost.items():
            self.revoke(subject, since)
        if lost and self._file is not None:
            self._write_anew(self._file)
        return len(lost)

    def voids(self, subject: str, issued_at: float) -> bool:
        """Say whether what was issued to a subject then is void."""
        since = self._since.get(_digest(subject))
        return since is not None and issued_at <= since

    def _read(self, file: Path, now: float) -> None:
        try:
            for line in file.read_text(encoding="ascii").splitlines():
                time, _, who = line.partition(" ")
                if now - float(time) < KEPT_SECONDS:
                    # A line of an older server has the subject itself.
                    self._since[who if who.startswith(DIGEST) else _digest(who)] = float(time)
        except (OSError, ValueError):
            raise StoreError(f"{file}: expected a time and a subject's digest in each line") from None

    def _write_anew(self, file: Path) -> None:
        part = file.with_name(f"{file.name}.part")
        try:
            part.unlink(missing_ok=True)
            _append(part, "".join(_line(digest, since) for digest, since in self._since.items()))
            part.replace(file)
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror or 'cannot be written'}") from None


def _digest(subject: str) -> str:
    return DIGEST + hashlib.sha256(_CONTEXT + subject.encode()).hexdigest()


def _line(digest: str, since: float) -> str:
    return f"{since:.3f} {digest}\n"


def _append(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
