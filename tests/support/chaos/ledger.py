"""What bots asked for and were told, in a file that outlives every server, and the judgement of a store by it."""

import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

CHAT = "chat"
CONSENT = "consent"
"""Where something was done that is no panel; of a consent, whose it is follows."""
LINES_KEPT = 30
"""Of chat, in the audited office."""


class Noted(msgspec.Struct):
    """A line of the ledger."""

    what: str
    """`asked`, `kept` (acknowledged) or `refused`."""
    op: str
    panel: str
    version: int
    seconds: float
    """On the monotonic clock of the machine."""


class Ledger:
    """The file, written by the process of the bots."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)

    def note(self, what: str, op: bytes, panel: str, version: int) -> None:
        line = Noted(what, op.hex(), panel, version, time.monotonic())
        self._file.write(msgspec.json.encode(line) + b"\n")


def read_ledger(file: Path) -> list[Noted]:
    """Read what is whole of it: the last line may be on its way."""
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    return [msgspec.json.decode(line, type=Noted) for line in lines]


@dataclass
class Judge:
    """Compares stores with a ledger, one state after another of the same store or each for itself."""

    seen: dict[str, str] = field(default_factory=dict)
    """Operations that were in any state so far, with their panel: the store forgets old ones."""

    def judge(self, store: Path, noted: list[Noted]) -> list[str]:
        """Say all that is wrong with a store; `store` may be opened and changed by that."""
        connection = sqlite3.connect(store)
        try:
            return self._judge(connection, noted)
        except sqlite3.Error as error:
            return [f"the store cannot be read: {error}"]
        finally:
            connection.close()

    def _judge(self, connection: sqlite3.Connection, noted: list[Noted]) -> list[str]:
        wrong = [str(row) for row in connection.execute("PRAGMA integrity_check") if row != ("ok",)]
        panel_of = {line.op: line.panel for line in noted if line.what == "asked"}
        found = Counter(op.hex() for (op,) in connection.execute("SELECT op FROM operations"))
        wrong += [f"{op} was done {times} times" for op, times in found.items() if times > 1]
        wrong += [f"{op} was done and nobody asked for it" for op in found if op not in panel_of]
        wrong += [f"{line.op} was refused and done" for line in noted if line.what == "refused" and line.op in found]
        fresh = [line for line in noted if line.what == "kept" and line.op not in self.seen]
        wrong += [f"{line.op} was acknowledged and is lost" for line in fresh if line.op not in found]
        self.seen |= {op: panel_of[op] for op in found if op in panel_of}
        rows = connection.execute("SELECT key, value FROM edits WHERE feature = 'panels'")
        versions = {key: msgspec.msgpack.decode(value)["version"] for key, value in rows}
        # A panel counts how often it was written on: an operation with two effects, or with none, shows here.
        for panel, times in Counter(self.seen.values()).items():
            if not panel.startswith((CHAT, CONSENT)) and versions.get(panel) != times:
                wrong.append(f"{panel} was written on {versions.get(panel)} times by {times} operations")
        return wrong + _of_chat(connection, panel_of) + _of_consent(connection, noted)


def _of_chat(connection: sqlite3.Connection, panel_of: dict[str, str]) -> list[str]:
    """Hold the lines that are kept to the operations: the newest of them all, each once and in their order."""
    lines = [op.hex() for (op,) in connection.execute("SELECT op FROM lines WHERE feature = 'chat' ORDER BY number")]
    done = [op.hex() for (op,) in connection.execute("SELECT op FROM operations ORDER BY number")]
    said = [op for op in done if panel_of.get(op) == CHAT][-len(lines) or len(done) :]
    least = min(len([op for op in done if panel_of.get(op) == CHAT]), LINES_KEPT)
    if len(lines) < least or lines[-len(said) :] != said:
        return [f"the chat has {len(lines)} lines, and not those of the last {len(said)} operations"]
    return []


def _of_consent(connection: sqlite3.Connection, noted: list[Noted]) -> list[str]:
    """Hold what everybody consents to now to the last operation by which they said so."""
    said = {line.op: line for line in noted if line.what == "asked" and line.panel.startswith(CONSENT)}
    last = {
        said[op.hex()].panel: said[op.hex()]
        for (op,) in connection.execute("SELECT op FROM operations ORDER BY number")
        if op.hex() in said
    }
    kept = {
        op.hex(): msgspec.msgpack.decode(value)["given"]
        for op, value in connection.execute("SELECT op, value FROM edits WHERE feature = 'consent'")
    }
    return [
        f"{line.panel} is not what {line.op} made it"
        for line in last.values()
        if kept.get(line.op) is not bool(line.version)
    ]
