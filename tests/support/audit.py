"""Small audit logs to damage, and the attackers who damage them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.audit import record as records
from server.audit.checkpoint import Checkpoint, Signer
from server.audit.log import KEY_FILE, Log
from server.audit.merkle import Tree
from server.audit.record import Record, time_text
from server.audit.verify import CHECKPOINT_FILE, LOG_FILE
from server.errors import AuditUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from server.world.auditing import Action, AuditEvent

BEGAN = 1_800_000_000_000_000_000
"""ns since 1970."""


def some_record(number: int, what: str = "", *, apart: float = 0.001) -> Record:
    """A record; those before it were written `apart` seconds before each other."""
    detail: dict[str, str | int] = {"what": what} if what else {}
    return Record(
        number=number,
        time=time_text(BEGAN + round(number * apart * 1e9)),
        action="chat_said",
        agent=f"{number:032x}",
        role="clinician",
        room="consult-1",
        about=(f"{number + 1:032x}",),
        detail=detail,
    )


def make_log(folder: Path, *, batches: Sequence[int] = (3, 2), apart: float = 0.001) -> Path:
    """A log that was closed in good order: one checkpoint after each batch of so many records, `apart` seconds."""
    log = Log.open(folder, BEGAN)
    for batch in batches:
        log.append([some_record(log.size + number, apart=apart) for number in range(batch)])
        log.sync()
        log.checkpoint(BEGAN + log.size)
    log.close()
    return folder


def copy_of(folder: Path, to: Path) -> Path:
    return shutil.copytree(folder, to)


def lines_of(folder: Path, file: str = LOG_FILE) -> list[bytes]:
    return (folder / file).read_bytes().splitlines(keepends=True)


def offset(lines: Sequence[bytes], number: int) -> int:
    return sum(len(line) for line in lines[:number])


def rewrite(folder: Path, since: int, signer: Signer) -> None:
    """Change every record from `since` on, chain them anew, and sign all checkpoints that cover one of them anew."""
    bodies = [line[records.HASH_HEX + 1 : -1] for line in lines_of(folder)]
    log_id = records.decode(bodies[0]).detail["log"]
    written, tree, head, roots = b"", Tree(), records.BEFORE_FIRST, {}
    for number, body in enumerate(bodies):
        told = body if number < since else records.encode(some_record(number, "something else"))
        head = records.chain_hash(head, told)
        tree.append(told)
        roots[tree.size] = (tree.root().hex(), head.hex())
        written += records.line_of(head, told)
    (folder / LOG_FILE).write_bytes(written)
    signed = b""
    for number, line in enumerate(lines_of(folder, CHECKPOINT_FILE)):
        size = _size_of(line)
        if size > since:
            root, at = roots[size]
            checkpoint = Checkpoint(
                log=str(log_id), number=number, size=size, root=root, head=at, time=time_text(BEGAN + number)
            )
            signed += signer.line_of(checkpoint)
        else:
            signed += line
    (folder / CHECKPOINT_FILE).write_bytes(signed)


def _size_of(line: bytes) -> int:
    return int(line.split(b'"size":')[1].split(b",")[0])


def own_key(folder: Path) -> Signer:
    return Signer.load(folder / KEY_FILE)


def another_key() -> Signer:
    return Signer(Ed25519PrivateKey.generate())


class Notebook:
    """An auditor that keeps what it is told; `written` is the test's to move when `slow`."""

    def __init__(self, *, slow: bool = False) -> None:
        self.available = True
        self.written = 0
        self.events: list[AuditEvent] = []
        self._slow = slow

    def record(self, event: AuditEvent) -> int:
        self.events.append(event)
        if not self._slow:
            self.written = len(self.events)
        return len(self.events)

    async def settle(self, number: int) -> None:
        if not self.available or number > self.written:
            raise AuditUnavailable

    def of(self, *actions: Action) -> list[AuditEvent]:
        return [event for event in self.events if event.action in actions]
