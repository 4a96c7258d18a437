"""The verifier: reads a copy of a log from its first byte on and names the place of the first fault.

It needs nothing but the files: no server, no keys of subjects, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from server.audit import checkpoint as checkpoints
from server.audit import record as records
from server.audit.merkle import Tree
from server.regular_file import demand_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from server.audit.checkpoint import Checkpoint
    from server.audit.record import Record

LOG_FILE: Final = "log"
CHECKPOINT_FILE: Final = "checkpoints"

UNSIGNED_SECONDS: Final = 60.0
"""Between the first and the last record that no checkpoint covers, at most.

A server signs each second and as it starts: a longer tail is one whose checkpoints were taken away, such as by who
wrote the records anew and has no key.
"""

WITNESS: Final = "witness"
"""What a fault calls the witness's copy."""


class AuditFault(Exception):
    """The first thing that is wrong. `record` counts from 0: records in the log, lines in the other files."""

    def __init__(self, file: str, record: int, offset: int, what: str) -> None:
        super().__init__(f"{file}: record {record}, byte {offset}: {what}")
        self.file = file
        self.record = record
        self.offset = offset
        self.what = what


@dataclass(frozen=True, slots=True)
class Place:
    """A checkpoint and where it stands."""

    checkpoint: Checkpoint
    line: int
    offset: int


class Walk:
    """A way through the log. After `run`, or after the fault it raised, the attributes say how far it came."""

    def __init__(
        self, folder: Path, *, witness: Path | None = None, key: str | None = None, live: bool = False
    ) -> None:
        """`witness` is a file of checkpoint lines that another kept; `key` the public key (hex) that it must be.

        `live`: the last line may be one that a server is writing, or was when it was killed.
        """
        self._folder = folder
        self._witness = witness
        self._expected_key = key
        self._live = live
        self.tree = Tree()
        self.head = records.BEFORE_FIRST
        self.offset = 0
        """Where the next record begins."""
        self.log_id = ""
        self.key = ""
        self.signed = 0
        """Records that checkpoints cover."""
        self.checkpoints = 0
        self.witnessed = 0
        """Records that the witness's checkpoints cover."""
        self.all_signed_read = False
        """Whether the log has every record that a checkpoint covers: what is wrong beyond was never signed."""
        self._first_unsigned: Record | None = None

    def run(self) -> None:
        """Walk to the end. Raises `AuditFault`, and `OSError` for a file that cannot be read."""
        self._demand_files()
        own: Iterator[Place] = iter(())
        seen: Iterator[Place] = iter(())
        mine: Place | None = None
        theirs: Place | None = None
        for record, body in self._records():
            if record.number == 0:
                self._begin(record)
                own = self._places(self._folder / CHECKPOINT_FILE, CHECKPOINT_FILE)
                seen = iter(()) if self._witness is None else self._places(self._witness, WITNESS)
                mine, theirs = next(own, None), next(seen, None)
                self._demand_numbered(mine, 0)
                self.all_signed_read = mine is None
            self.tree.append(body)
            if mine is not None and mine.checkpoint.size == self.tree.size:
                self._compare(mine.checkpoint, self.signed, "these are not the records that were signed")
                self.signed = self.tree.size
                self.checkpoints += 1
                mine = next(own, None)
                self._demand_numbered(mine, self.checkpoints)
                self.all_signed_read = mine is None
            while theirs is not None and theirs.checkpoint.size == self.tree.size:
                self._compare(theirs.checkpoint, self.witnessed, "the log is forked: the witness saw other records")
                self.witnessed = self.tree.size
                theirs = next(seen, None)
            if self.all_signed_read and self.signed < self.tree.size:
                self._demand_recent(record)
        self._demand_end(mine, "a checkpoint signed")
        self._demand_end(theirs, "the witness saw")

    # Records ----------------------------------------------------------------------------------------------------------

    def _records(self) -> Iterator[tuple[Record, bytes]]:
        with (self._folder / LOG_FILE).open("rb") as file:
            while line := file.readline(records.LINE_BYTES_MAX + 1):
                number = self.tree.size
                if self._live and self.all_signed_read and not line.endswith(b"\n") and not file.read(1):
                    # Nobody was told that it is there.
                    return
                record, body, head = self._read(line, number)
                self.head = head
                self.offset += len(line)
                yield record, body
        if self.tree.size == 0:
            raise self._fault("the log has no first record")

    def _read(self, line: bytes, number: int) -> tuple[Record, bytes, bytes]:
        if not line.endswith(b"\n"):
            raise self._fault(
                "the record is cut short" if len(line) <= records.LINE_BYTES_MAX else "no record is so long"
            )
        hash_, space, body = line[: records.HASH_HEX], line[records.HASH_HEX : records.HASH_HEX + 1], line[65:-1]
        try:
            record = records.decode(body)
        except ValueError:
            raise self._fault("this is not a record in its canonical form") from None
        if record.number != number:
            raise self._fault(f"expected record {number}, got record {record.number}")
        head = records.chain_hash(self.head, body)
        if space != b" " or head.hex().encode() != hash_:
            raise self._fault("the hash is not that of this record and the one before it")
        return record, body, head

    def _begin(self, record: Record) -> None:
        self.log_id, self.key = str(record.detail.get("log", "")), str(record.detail.get("key", ""))
        if record.action != records.OPENED or not self.log_id:
            raise AuditFault(LOG_FILE, 0, 0, "the first record does not say which log this is")
        if self._expected_key is not None and self.key != self._expected_key:
            raise AuditFault(LOG_FILE, 0, 0, f"the log names the key {self.key}, expected {self._expected_key}")

    def _fault(self, what: str) -> AuditFault:
        return AuditFault(LOG_FILE, self.tree.size, self.offset, what)

    # Checkpoints ------------------------------------------------------------------------------------------------------

    def _places(self, path: Path, name: str) -> Iterator[Place]:
        """Read checkpoints one by one; each covers more than the one before, and each bears the log's signature."""
        with path.open("rb") as file:
            offset = size = line_number = 0
            number = -1
            before = b""
            while line := _next_line(file):
                if name == WITNESS and line == before:
                    # It was told again, since its answer did not arrive.
                    offset, line_number = offset + len(line), line_number + 1
                    continue
                before = line
                try:
                    checkpoint = checkpoints.read_line(line, self.key)
                except ValueError as error:
                    raise AuditFault(name, line_number, offset, str(error)) from None
                if checkpoint.log != self.log_id:
                    raise AuditFault(name, line_number, offset, "this is a checkpoint of another log")
                if checkpoint.size <= size or checkpoint.number <= number:
                    raise AuditFault(name, line_number, offset, "this checkpoint does not come after the one before")
                yield Place(checkpoint, line_number, offset)
                offset, line_number = offset + len(line), line_number + 1
                size, number = checkpoint.size, checkpoint.number

    def _demand_numbered(self, place: Place | None, number: int) -> None:
        if place is not None and place.checkpoint.number != number:
            what = f"expected checkpoint {number}, got checkpoint {place.checkpoint.number}"
            raise AuditFault(CHECKPOINT_FILE, place.line, place.offset, what)

    def _compare(self, checkpoint: Checkpoint, since: int, what: str) -> None:
        if (checkpoint.root, checkpoint.head) == (self.tree.root().hex(), self.head.hex()):
            return
        offset = offset_of(self._folder / LOG_FILE, since)
        raise AuditFault(LOG_FILE, since, offset, f"{what}, between here and record {checkpoint.size - 1}")

    def _demand_recent(self, record: Record) -> None:
        # A run that ends before its first checkpoint leaves one of these and nothing else.
        if record.action == records.OPENED_AGAIN:
            return
        if self._first_unsigned is None:
            self._first_unsigned = record
        try:
            recent = abs(records.seconds_between(self._first_unsigned, record)) <= UNSIGNED_SECONDS
        except ValueError:
            recent = False
        if not recent:
            what = f"checkpoints are missing: none covers record {self._first_unsigned.number} and what came after it"
            end = (self._folder / CHECKPOINT_FILE).stat().st_size
            raise AuditFault(CHECKPOINT_FILE, self.checkpoints, end, what)

    def _demand_end(self, place: Place | None, who: str) -> None:
        if place is not None:
            raise self._fault(f"the log ends here, but {who} {place.checkpoint.size} records")

    def _demand_files(self) -> None:
        for path, name in ((self._folder / LOG_FILE, LOG_FILE), (self._folder / CHECKPOINT_FILE, CHECKPOINT_FILE)):
            if not path.exists():
                raise AuditFault(name, 0, 0, "there is no such file")
            demand_regular(path)
        if self._witness is not None:
            # One that is not there is no fault of the log: its name is mistyped.
            demand_regular(self._witness)


def verify(folder: Path, *, witness: Path | None = None, key: str | None = None, live: bool = False) -> Walk:
    """Verify a copy of a log's folder; what was found. Raises `AuditFault` and `OSError`.

    `live`: the copy is of a server that runs or was killed, so that its last second of records may not be signed yet,
    and the last of them not written to its end.
    """
    walk = Walk(folder, witness=witness, key=key, live=live)
    walk.run()
    if not live and walk.signed < walk.tree.size:
        offset = offset_of(folder / LOG_FILE, walk.signed)
        raise AuditFault(LOG_FILE, walk.signed, offset, "no checkpoint covers the records from here on")
    return walk


def offset_of(file: Path, record: int) -> int:
    """Find the byte at which a record begins, in a log that is whole up to there."""
    with file.open("rb") as log:
        for _ in range(record):
            log.readline()
        return log.tell()


def _next_line(file: BinaryIO) -> bytes:
    return file.readline(checkpoints.LINE_BYTES_MAX)
