"""A file beside the store to which a line is added at a time, each with when it was: whole after a full disk too.

What is in it takes something back, so that a line that is lost or misread gives it to somebody again.
"""

from __future__ import annotations

import fcntl
import math
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog

from server.errors import StoreError
from server.folders import give_to_owner, sync_folder, write_all
from server.regular_file import demand_regular

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")

AHEAD_SECONDS: Final = 300.0
"""A line may be so much later than the clock, which may be set back; the skew that Kerberos allows (RFC 4120)."""

_MODE: Final = 0o600

_OPEN: Final = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Nobody's link decides which file it is, and a pipe keeps nobody waiting."""


class Journal:
    """One such file. A line is acknowledged once it is there with its end: what has none was acknowledged to nobody."""

    def __init__(
        self, file: Path, line: re.Pattern[str], expected: str, *, older: re.Pattern[str] | None = None
    ) -> None:
        """`line` is what is written, with a group `time` (s since 1970), and `expected` the same in words.

        `line` matches no beginning of a longer line. `older` is what an older server wrote, if that was something else.
        `file` has the store's name and a suffix.
        """
        self.file: Final = file
        self._store = file.stem
        self._line = line
        self._older = older
        self._expected = expected

    def read(self, now: float) -> list[re.Match[str]]:
        """Read all lines, none if there is no file; `now` is s since 1970.

        Raises `StoreError`, which names file and line, for what is no such file and for times that have not been.
        """
        try:
            with self._opened(os.O_RDONLY) as handle:
                data = _all_of(handle)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{self.file}: {error.strerror or 'cannot be read'}") from None
        *lines, tail = data.split(b"\n")
        if self._is_whole(tail):
            lines.append(tail)
        elif tail:
            self._tell_torn(tail)
        return [self._read_line(number, line, now) for number, line in enumerate(lines, 1)]

    def append(self, line: str, *, synced: bool) -> None:
        """Add a line, without its end; on the disk when this returns if it is `synced`. Raises `OSError`.

        A line that could not be written whole leaves nothing behind. One that could not be synced is left, since
        somebody asked for what it says. Without `synced` one thread alone adds lines.
        """
        with self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as handle:
            if synced:
                # Of two that write, neither may cut off what the other has begun.
                fcntl.flock(handle, fcntl.LOCK_EX)
            give_to_owner(handle, self._store)
            if stat.S_IMODE(os.fstat(handle).st_mode) != _MODE:
                os.fchmod(handle, _MODE)
            end, before = self._end(handle)
            try:
                write_all(handle, before + line.encode("ascii") + b"\n")
            except OSError:
                with suppress(OSError):
                    # Else the next line does it.
                    os.ftruncate(handle, end)
                raise
            if synced:
                os.fsync(handle)
                sync_folder(self.file.parent)

    def write_anew(self, lines: Iterable[str]) -> None:
        """Put these lines, without their ends, in the place of what is there, on the disk. Raises `StoreError`."""
        part = self.file.with_name(f"{self.file.name}.part")
        try:
            part.unlink(missing_ok=True)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN, _MODE)
            try:
                give_to_owner(handle, self._store, self.file.name)
                write_all(handle, "".join(f"{line}\n" for line in lines).encode("ascii"))
                os.fsync(handle)
            finally:
                os.close(handle)
            part.replace(self.file)
            sync_folder(self.file.parent)
        except OSError as error:
            raise StoreError(f"{self.file}: {error.strerror or 'cannot be written'}") from None

    @contextmanager
    def _opened(self, how: int) -> Iterator[int]:
        if self.file.is_symlink():
            # In better words than the system has for it, which keeps to it all the same.
            raise OSError(0, "expected a regular file, got a symbolic link")
        handle = os.open(self.file, how | _OPEN, _MODE)
        try:
            demand_regular(handle)
            yield handle
        finally:
            os.close(handle)

    def _end(self, handle: int) -> tuple[int, bytes]:
        """Find where the next line goes, and what goes before it. What is torn there is cut off."""
        size = os.fstat(handle).st_size
        if not size or os.pread(handle, 1, size - 1) == b"\n":
            return size, b""
        tail = _all_of(handle).rpartition(b"\n")[2]
        if self._is_whole(tail):
            return size, b"\n"
        self._tell_torn(tail)
        os.ftruncate(handle, size - len(tail))
        return size - len(tail), b""

    def _is_whole(self, tail: bytes) -> bool:
        return self._line.fullmatch(tail.decode("ascii", "replace")) is not None

    def _tell_torn(self, tail: bytes) -> None:
        words = "its write was cut short and acknowledged to nobody"
        _log.warning("torn_line_dropped", file=self.file, count=len(tail), reason=words)

    def _read_line(self, number: int, line: bytes, now: float) -> re.Match[str]:
        where = f"{self.file}, line {number}"
        text = line.decode("ascii", "replace")
        found = self._line.fullmatch(text) or (None if self._older is None else self._older.fullmatch(text))
        if found is None:
            raise StoreError(f"{where}: expected {self._expected} in each line, got something else")
        if (then := float(found["time"])) > now + AHEAD_SECONDS:
            # A finite number of few digits, which the clock of the system can say.
            words = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(then))
            raise StoreError(f"{where}: expected a time that has been, got {words} UTC; set this machine's clock right")
        return found


def as_written(since: float) -> float:
    """Give a time as fine as a line has it, in ms, and not earlier: what was void is void after a restart."""
    return math.ceil(since * 1000.0) / 1000.0


def _all_of(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)
