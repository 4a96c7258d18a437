"""The witness: somebody else, off this machine, who is sent each checkpoint. Whoever holds them can prove a fork.

A witness that cannot be reached holds up nothing: what it missed is sent later, the newest 1,000 at least, for as long
as the server runs. Each checkpoint covers all that came before it, and the first that a server sends is of its start.
"""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

import structlog

from server.audit.checkpoint import LINE_BYTES_MAX, SIGNATURE_HEX
from server.folders import give_to_owner, write_all

if TYPE_CHECKING:
    from pathlib import Path

KEPT_MAX: Final = 1_000
TIMEOUT_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 5.0

_TORN: Final = re.compile(rb"[0-9a-f]{1,%d}|[0-9a-f]{%d} .*" % (SIGNATURE_HEX, SIGNATURE_HEX))
"""The beginning of a checkpoint's line, without its end."""

CONTENT_TYPE: Final = "text/plain; charset=us-ascii"

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Witness(Protocol):
    """Where checkpoints go."""

    def send(self, line: bytes) -> None:
        """Hand a checkpoint's line over; the witness has it when this returns. Raises `OSError`, `HTTPException`."""


class FileWitness:
    """A file, on another machine's disk if it is to be of use."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, line: bytes) -> None:
        """Append the line and sync it. What a write left that was cut short goes, and a line that is there stays so."""
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            give_to_owner(handle)
            end = self._end(handle)
            # It was written and not synced, or who was told so did not hear of it: twice, it would pass for a fork.
            if end < len(line) or os.pread(handle, len(line), end - len(line)) != line:
                write_all(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)

    @staticmethod
    def _end(handle: int) -> int:
        """Cut off the beginning of a checkpoint that follows the last whole line; where the file ends then."""
        size = os.fstat(handle).st_size
        tail = os.pread(handle, LINE_BYTES_MAX, max(size - LINE_BYTES_MAX, 0)).rpartition(b"\n")[2]
        if _TORN.fullmatch(tail) is None:
            return size
        os.ftruncate(handle, size - len(tail))
        return size - len(tail)


class WebWitness:
    """An address that takes POSTs of one line each and answers with a status of 200 to 299."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host = parts.hostname or ""
        self._port = parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def send(self, line: bytes) -> None:
        """Post the line. A redirection is not followed: it would be taken for an answer."""
        connection = self._kind(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", self._path, line, {"Content-Type": CONTENT_TYPE})
            status = connection.getresponse().status
        finally:
            connection.close()
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise HTTPException(f"the witness answered {status}")


class WitnessPost:
    """Hands lines to a witness, on a thread of its own, and tries again."""

    def __init__(self, witness: Witness, retry_seconds: float = RETRY_SECONDS) -> None:
        self._witness = witness
        self._retry_seconds = retry_seconds
        self._lines: deque[bytes] = deque(maxlen=KEPT_MAX)
        self._wake = threading.Event()
        self._ended = threading.Event()
        self.failures = 0
        """Attempts that failed."""
        self._thread = threading.Thread(target=self._run, name="audit witness", daemon=True)
        self._thread.start()

    @property
    def behind(self) -> int:
        """Checkpoints that the witness does not have yet."""
        return len(self._lines)

    def post(self, line: bytes) -> None:
        """Send a line soon."""
        self._lines.append(line)
        self._wake.set()

    def close(self, seconds: float = 1.0) -> None:
        """Send what waits, for so long at most."""
        self._ended.set()
        self._wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not (self._ended.is_set() and not self._lines):
            self._wake.wait()
            self._wake.clear()
            while self._lines:
                line = self._lines[0]
                try:
                    self._witness.send(line)
                except (OSError, HTTPException) as error:
                    if not self.failures:
                        _log.warning("audit_witness_unreachable", exc_info=error)
                    self.failures += 1
                    if self._ended.wait(self._retry_seconds):
                        return
                    continue
                # One that was pushed out meanwhile is gone already.
                if self._lines and self._lines[0] is line:
                    self._lines.popleft()


def witness_of(place: str, folder: Path) -> Witness:
    """Make the witness that a facility names: an address, or a file, relative to `folder`."""
    return WebWitness(place) if place.startswith(("https://", "http://")) else FileWitness(folder / place)
