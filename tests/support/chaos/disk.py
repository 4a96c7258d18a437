"""The record that `disk.c` makes of a store's writes, and the files as a power cut would leave them."""

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

SOURCE = Path(__file__).with_name("disk.c")
_ENTRY = struct.Struct("<BBHIQQ")


def build_shim(folder: Path) -> Path:
    """Compile what is preloaded into the server."""
    shim = folder / "disk.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(shim), str(SOURCE)], check=True)
    return shim


@dataclass(frozen=True)
class Done:
    """Something that the server did to its store's files."""

    kind: str
    file: str
    offset: int
    seconds: float
    """When, on the monotonic clock of the machine."""
    data: bytes


def read_record(file: Path) -> list[Done]:
    """Read a record, as far as it is whole."""
    content, at, done = file.read_bytes(), 0, []
    while at + _ENTRY.size <= len(content):
        kind, of, _, length, offset, nanoseconds = _ENTRY.unpack_from(content, at)
        at += _ENTRY.size
        if at + length > len(content):
            break
        done.append(Done(chr(kind), chr(of), offset, nanoseconds / 1e9, content[at : at + length]))
        at += length
    return done


def rebuild(record: list[Done], until: float, chance: Random | None, folder: Path) -> Path:
    """Write the files as they are after a power cut at that time: what was synced, and of the rest what chance keeps.

    Without `chance` nothing that was not synced is there. Returns the database's path.
    """
    before = [done for done in record if done.seconds <= until]
    synced = {
        of: max((n for n, done in enumerate(before) if (done.kind, done.file) == ("s", of)), default=-1) for of in "dl"
    }
    database = folder / "store.sqlite3"
    for of, path in (("d", database), ("l", folder / "store.sqlite3-wal")):
        content = bytearray()
        for number, done in enumerate(before):
            if done.file != of or done.kind not in "wt":
                continue
            if number > synced[of] and (chance is None or chance.random() < 0.5):
                continue
            if done.kind == "t":
                del content[done.offset :]
            content.extend(bytes(max(done.offset + len(done.data) - len(content), 0)))
            content[done.offset : done.offset + len(done.data)] = done.data
        path.write_bytes(content)
    return database
