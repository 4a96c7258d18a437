"""Whose view was locked, and since when: who signed in before that is not known to be who they were.

Kept beside the store, so that a restart forgets nobody. The file has digests, not subjects, as that of `revocations`.
Times are seconds since 1970.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import structlog

from server.identity.journal import Journal, as_written
from server.identity.revocations import KEPT_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")

SUFFIX: Final = ".locked"

LOCKS_MAX: Final = 100_000
"""That are remembered one by one, some 20 MB; see `Locks.asks`."""

_EVERYBODY: Final = "everybody"
"""In place of a digest, in the line of the newest lock that there was no room for."""

_CONTEXT: Final = b"polyclinic locked subject\n"

_EXPECTED: Final = f"a time and a subject's digest, or {_EVERYBODY},"
_LINE: Final = re.compile(rf"(?P<time>\d{{1,12}}\.\d{{3}}) (?P<digest>[0-9a-f]{{64}}|{_EVERYBODY})")


class Locks:
    """Subjects, and since when each has to sign in anew.

    A later sign-in ends no lock: another of its person's devices may hold a token from before it still, and that is the
    one somebody may have picked up. So each token is held against the lock by itself, for as long as any is taken that
    was issued before it (`KEPT_SECONDS`).
    """

    def __init__(self, file: Path | None = None, now: float = 0.0, slack: float = 0.0, most: int = LOCKS_MAX) -> None:
        """`file` has one line for each lock: the time and the subject's digest. Raises `StoreError` if it is no such.

        A lock counts from `slack` seconds before it: for so long nobody was there, and two clocks need not agree.
        """
        self._slack = slack
        self._most = most
        self._since: dict[str, float] = {}
        """By digest, the oldest first."""
        self._forgotten = float("-inf")
        """The newest lock that there was no room for."""
        self._journal = None if file is None else Journal(file, _LINE, _EXPECTED)
        if self._journal is not None:
            self._read(self._journal, now)
            self._write_anew(self._journal)

    def note(self, subject: str, now: float) -> None:
        """Ask a subject for a sign-in that is later than now, also after a restart."""
        digest, since = _digest(subject), as_written(now - self._slack)
        self._remember(digest, since)
        self._forget_old(now)
        if self._journal is None:
            return
        try:
            # Not synced, which would hold every room up: a process that is killed has written it all the same.
            self._journal.append(_line(digest, since), synced=False)
        except OSError as error:
            _log.error("lock_not_kept", file=self._journal.file, reason=error.strerror)

    def asks(self, subject: str, signed_in_at: float | None) -> bool:
        """Say whether a sign-in of then is too old for a subject; None is one of which nobody knows when it was.

        Where more are locked than are remembered, everybody who signed in before the last forgotten lock is asked:
        that costs people a sign-in and lets nobody in.
        """
        since = self.since(subject)
        return since > float("-inf") and (signed_in_at is None or signed_in_at <= since)

    def since(self, subject: str) -> float:
        """Say since when a subject has to have signed in; before all times for one that was not locked."""
        return max(self._since.get(_digest(subject), float("-inf")), self._forgotten)

    def _remember(self, digest: str, since: float) -> None:
        self._since.pop(digest, None)
        self._since[digest] = since
        if len(self._since) > self._most:
            self._forgotten = self._since.pop(next(iter(self._since)))

    def _forget_old(self, now: float) -> None:
        while self._since and now - next(iter(self._since.values())) > KEPT_SECONDS:
            del self._since[next(iter(self._since))]

    def _read(self, journal: Journal, now: float) -> None:
        for line in journal.read(now):
            since = float(line["time"])
            if now - since >= KEPT_SECONDS:
                continue
            if line["digest"] == _EVERYBODY:
                self._forgotten = max(since, self._forgotten)
            else:
                self._remember(line["digest"], since)

    def _write_anew(self, journal: Journal) -> None:
        lines = [_line(digest, since) for digest, since in self._since.items()]
        if self._forgotten > float("-inf"):
            lines.insert(0, _line(_EVERYBODY, self._forgotten))
        journal.write_anew(lines)


def _digest(subject: str) -> str:
    return hashlib.sha256(_CONTEXT + subject.encode()).hexdigest()


def _line(digest: str, since: float) -> str:
    return f"{since:.3f} {digest}"
