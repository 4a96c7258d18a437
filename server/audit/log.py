"""The log's folder, open for writing: records and checkpoints are appended and synced, and nothing is ever changed.

The order is what makes a crash harmless: records are on the disk before a checkpoint signs them, and a checkpoint is on
the disk before a witness hears of it. What a crash leaves after the last whole record was never acknowledged; the next
start puts it aside and says so in a record.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import secrets
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from server.audit import record as records
from server.audit.checkpoint import Checkpoint, Signer
from server.audit.record import OPENED, OPENED_AGAIN, Record, time_text
from server.audit.verify import CHECKPOINT_FILE, LOG_FILE, AuditFault, Walk
from server.errors import AuditStartError, AuditTaken
from server.folders import give_to_owner, sync_folder, write_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from server.audit.merkle import Tree

KEY_FILE: Final = "signing.pem"
SUBJECT_FILE: Final = "subjects.sqlite3"
"""Where the keys of the pseudonyms are; see `subjects`."""

_FORMAT: Final = 1


class Log:
    """Appends. Made by `Log.open`. Every method but `open` raises `OSError` when the disk does not serve."""

    def __init__(self, folder: Path, signer: Signer, log: int, checkpoints: int, walk: Walk) -> None:
        self.folder: Final = folder
        self.signer: Final = signer
        self.log_id = walk.log_id
        self.signed = walk.signed
        """Records that checkpoints cover."""
        self.last_checkpoint = b""
        """The line of the newest one, which `open` signs: it covers what every run before wrote."""
        self._log = log
        self._checkpoints = checkpoints
        self._tree: Tree = walk.tree
        self._head = walk.head
        self._number = walk.checkpoints

    @classmethod
    def open(cls, folder: Path, now: int) -> Log:
        """Open the folder or make it; `now` is in nanoseconds since 1970. What is there is verified, all of it.

        Raises `AuditStartError` if another process writes it, if it does not verify, or if it cannot be written.
        """
        with ExitStack() as opened:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                log = _open(folder / LOG_FILE, opened)
                checkpoints = _open(folder / CHECKPOINT_FILE, opened)
                _lock(folder, log)
                begun = cls._begin(folder, _signer(folder), log, checkpoints, now)
            except OSError as error:
                words = f"{folder}: expected a folder for the audit log, got: {error.strerror}"
                raise AuditStartError(words) from None
            opened.pop_all()
            return begun

    @classmethod
    def _begin(cls, folder: Path, signer: Signer, log: int, checkpoints: int, now: int) -> Log:
        if os.fstat(log).st_size == 0 and os.fstat(checkpoints).st_size == 0:
            opened = cls(folder, signer, log, checkpoints, Walk(folder))
            opened.log_id = secrets.token_hex(16)
            detail: dict[str, str | int] = {"log": opened.log_id, "key": signer.public, "format": _FORMAT}
            opened.append([Record(number=0, time=time_text(now), action=OPENED, detail=detail)])
            opened.sync()
            sync_folder(folder)
            opened.checkpoint(now)
            return opened
        walk, aside = _recover(folder, log, checkpoints, signer.public)
        opened = cls(folder, signer, log, checkpoints, walk)
        detail = {"bytes_put_aside": aside} if aside else {}
        opened.append([Record(number=opened.size, time=time_text(now), action=OPENED_AGAIN, detail=detail)])
        opened.sync()
        # At once, so that what is not signed is never older than one run of the server.
        opened.checkpoint(now)
        return opened

    @property
    def size(self) -> int:
        """Records so far."""
        return self._tree.size

    def append(self, new: Sequence[Record]) -> None:
        """Write records whose numbers follow; on the disk after `sync`."""
        lines = []
        for record in new:
            body = records.encode(record)
            self._head = records.chain_hash(self._head, body)
            self._tree.append(body)
            lines.append(records.line_of(self._head, body))
        write_all(self._log, b"".join(lines))

    def sync(self) -> None:
        """Have all that is written on the disk when this returns."""
        os.fsync(self._log)

    def checkpoint(self, now: int) -> bytes:
        """Sign what is there, which must be synced; the line, on the disk when this returns."""
        checkpoint = Checkpoint(
            log=self.log_id,
            number=self._number,
            size=self.size,
            root=self._tree.root().hex(),
            head=self._head.hex(),
            time=time_text(now),
        )
        line = self.signer.line_of(checkpoint)
        write_all(self._checkpoints, line)
        os.fsync(self._checkpoints)
        self._number += 1
        self.signed = self.size
        self.last_checkpoint = line
        return line

    def close(self) -> None:
        """Let the files go, and the lock with them."""
        os.close(self._log)
        os.close(self._checkpoints)


def _open(file: Path, opened: ExitStack) -> int:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    opened.callback(os.close, handle)
    give_to_owner(handle)
    return handle


def _lock(folder: Path, log: int) -> None:
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AuditTaken(f"{folder}: another server writes this audit log") from None


def _signer(folder: Path) -> Signer:
    file = folder / KEY_FILE
    if file.exists():
        return Signer.load(file)
    if (folder / LOG_FILE).stat().st_size:
        raise AuditStartError(f"{file}: the key of this audit log is missing; put it back, or move the folder away")
    return Signer.make(file)


def _recover(folder: Path, log: int, checkpoints: int, key: str) -> tuple[Walk, int]:
    """Walk to the end of the log and put aside what a crash left there; the bytes put aside."""
    aside = _put_aside(folder, CHECKPOINT_FILE, checkpoints, _end_of_last_line(folder / CHECKPOINT_FILE))
    walk = Walk(folder, key=key)
    try:
        walk.run()
    except AuditFault as fault:
        if fault.file != LOG_FILE or not walk.all_signed_read or walk.tree.size == 0:
            raise AuditStartError(f"{folder}: the audit log does not verify: {fault}") from None
        # Never signed, so never promised to anybody: pages that a power cut left half on the disk.
        aside += _put_aside(folder, LOG_FILE, log, walk.offset)
    return walk, aside


def _end_of_last_line(file: Path) -> int:
    return file.read_bytes().rfind(b"\n") + 1


def _free_name(file: Path) -> Path:
    """Give a name that no file has: two crashes may end at the same byte, and each left something."""
    names = (file if not count else file.with_name(f"{file.name}-{count}") for count in itertools.count())
    return next(name for name in names if not os.path.lexists(name))


def _put_aside(folder: Path, name: str, handle: int, end: int) -> int:
    size = os.fstat(handle).st_size
    if size == end:
        return 0
    aside = os.open(_free_name(folder / f"{name}.put-aside-{end}"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        give_to_owner(aside)
        write_all(aside, os.pread(handle, size - end, end))
        os.fsync(aside)
    finally:
        os.close(aside)
    sync_folder(folder)
    os.ftruncate(handle, end)
    os.fsync(handle)
    return size - end
