"""The keys behind the pseudonyms, apart from the log: whoever destroys a subject's key has erased the subject.

A pseudonym is HMAC-SHA-256 of the subject under a random key of its own. Without that key nobody can tell whose it is,
not even who guesses the subject; the log, in which it stands, stays as it is and still verifies.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.folders import give_to_owner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEY_BYTES: Final = 32
PSEUDONYM_BYTES: Final = 16
"""Of the HMAC's 32: 2^64 subjects before two are likely to share one."""

NONCE_BYTES: Final = 12

KEPT_IN_MIND: Final = 4_096
"""Keys that are not read from the file each time."""

CACHE_KIB: Final = 256
"""Of the file's pages in memory: what is asked for again and again is kept in mind anyhow, and SQLite's own 2 MiB fill
up for half an hour while newcomers come."""

BUSY_SECONDS: Final = 30.0
"""How long a batch waits for another process that erases somebody: writing a large file anew takes seconds."""

NOTE_BYTES_MAX: Final = 4_096
"""What commands leave has some hundreds. A note of so many is at most 12 times that as a record (an empty subject,
three bytes with its comma, becomes a pseudonym), and so still a line of the log."""

_CONTEXT: Final = b"polyclinic audit subject\n"
_SEALED: Final = b"polyclinic audit text\n"

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS subject_keys (subject TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erasures (number INTEGER PRIMARY KEY, pseudonym TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notes (number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
"""


class Subjects:
    """The key store, open. Used by one thread at a time. Every method raises `sqlite3.Error` when the file fails."""

    def __init__(self, file: Path) -> None:
        """Open the file, or make it for its owner alone to read; `made` is whether it had no keys' table yet."""
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_to_owner(handle)
        os.close(handle)
        self._database = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        try:
            self._run("PRAGMA journal_mode = WAL")
            # Negative: KiB, else it would be pages.
            self._run(f"PRAGMA cache_size = -{CACHE_KIB}")
            self._run("PRAGMA synchronous = FULL")
            # What is deleted is overwritten with zeros, and so are the pages that become free.
            self._run("PRAGMA secure_delete = ON")
            self.made: Final = not self._run("SELECT 1 FROM sqlite_master WHERE name = 'subject_keys'").fetchone()
            self._database.executescript(_TABLES)
            left = self._run("SELECT EXISTS (SELECT 1 FROM notes) OR EXISTS (SELECT 1 FROM erasures)").fetchone()[0]
            # No version of a file: what was left while nobody had it open is looked at, too.
            self._version = -1 if left else self._read_version()
        except sqlite3.Error:
            self._database.close()
            raise

    def begin(self) -> list[str]:
        """Begin a batch; the pseudonyms that another process erased since the last one.

        New keys are on the disk after `commit`, which must come before the records that use them are written.
        """
        self._run("BEGIN IMMEDIATE")
        version = self._read_version()
        if version != self._version:
            self._version = version
            self._kept.clear()
        erased = [pseudonym for (pseudonym,) in self._run("SELECT pseudonym FROM erasures ORDER BY number")]
        if erased:
            self._run("DELETE FROM erasures")
        return erased

    def commit(self) -> None:
        """End the batch."""
        self._run("COMMIT")

    @property
    def changed(self) -> bool:
        """Whether another process wrote into the file since the last batch, or left something when it was opened."""
        return self._read_version() != self._version

    # Notes: what another process has to say, for whoever writes the log -----------------------------------------------

    def leave(self, note: bytes) -> int:
        """Leave a note; its number. It is on the disk when this returns."""
        row = self._run("INSERT INTO notes (body) VALUES (?) RETURNING number", note).fetchone()
        return int(row[0])

    def notes(self) -> list[tuple[int, bytes]]:
        """Read what was left, oldest first, with the numbers; empty is what is no blob or too long for a note."""
        # A blob's length is known without reading it.
        good = "typeof(body) = 'blob' AND length(body) <= ?"
        query = f"SELECT number, CASE WHEN {good} THEN body ELSE x'' END FROM notes ORDER BY number"  # noqa: S608
        return [(number, body) for number, body in self._run(query, NOTE_BYTES_MAX)]

    def take(self, notes: Sequence[int]) -> int:
        """Take notes away, which must be in the log by now or never be; how many of them were there."""
        return sum(self._run("DELETE FROM notes WHERE number = ?", number).rowcount for number in notes)

    def pseudonym(self, subject: str) -> str:
        """Give a subject's pseudonym, with a new key if it has none; within a batch."""
        return _pseudonym(subject, self._key(subject))

    def find(self, subject: str) -> str | None:
        """Find the pseudonym of a subject that has one."""
        row = self._run("SELECT key FROM subject_keys WHERE subject = ?", subject).fetchone()
        return None if row is None else _pseudonym(subject, row[0])

    def everybody(self) -> dict[str, str]:
        """Tell who is behind each pseudonym that was not erased."""
        rows = self._run("SELECT subject, key FROM subject_keys")
        return {_pseudonym(subject, key): subject for subject, key in rows}

    def seal(self, text: str, subjects: Sequence[str]) -> str:
        """Encrypt free text so that it can be read only while the keys of all these subjects are there; in a batch."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        key = _sealing_key([self._key(subject) for subject in subjects], nonce)
        return (nonce + AESGCM(key).encrypt(nonce, text.encode(), _SEALED)).hex()

    def unseal(self, sealed: str, pseudonyms: Sequence[str]) -> str | None:
        """Decrypt what `seal` gave for the subjects with these pseudonyms, in the same order; None if one is erased."""
        known = self.everybody()
        if not all(pseudonym in known for pseudonym in pseudonyms):
            return None
        raw = bytes.fromhex(sealed)
        nonce = raw[:NONCE_BYTES]
        keys = [self._key(known[pseudonym]) for pseudonym in pseudonyms]
        try:
            return AESGCM(_sealing_key(keys, nonce)).decrypt(nonce, raw[NONCE_BYTES:], _SEALED).decode()
        except InvalidTag:
            return None

    def erase(self, subject: str) -> str | None:
        """Destroy a subject's key, in the file and in the write-ahead log; its pseudonym, None if it had none.

        Raises `sqlite3.OperationalError` if another process reads the file just now: then the key is deleted, but its
        bytes may still be there, and `scrub` is to be called again.
        """
        self._run("BEGIN IMMEDIATE")
        pseudonym = self.find(subject)
        self._run("DELETE FROM subject_keys WHERE subject = ?", subject)
        if pseudonym is not None:
            self._run("INSERT INTO erasures (pseudonym) VALUES (?)", pseudonym)
        self._run("COMMIT")
        self._kept.pop(subject, None)
        self.scrub()
        return pseudonym

    def scrub(self) -> None:
        """Write the file anew without what was deleted, and empty the write-ahead log."""
        self._truncate()
        self._run("VACUUM")
        self._truncate()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _truncate(self) -> None:
        busy, _, _ = self._run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("another process reads the file; try again")

    def _key(self, subject: str) -> bytes:
        key = self._kept.get(subject)
        if key is None:
            row = self._run("SELECT key FROM subject_keys WHERE subject = ?", subject).fetchone()
            if row is None:
                key = secrets.token_bytes(KEY_BYTES)
                self._run("INSERT INTO subject_keys (subject, key) VALUES (?, ?)", subject, key)
            else:
                key = bytes(row[0])
            self._kept[subject] = key
            if len(self._kept) > KEPT_IN_MIND:
                self._kept.popitem(last=False)
        return key

    def _read_version(self) -> int:
        (version,) = self._run("PRAGMA data_version").fetchone()
        return int(version)

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._database.execute(statement, values)


def _pseudonym(subject: str, key: bytes) -> str:
    return hmac.new(key, _CONTEXT + subject.encode(), sha256).digest()[:PSEUDONYM_BYTES].hex()


def _sealing_key(keys: Sequence[bytes], nonce: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=nonce, info=_SEALED).derive(b"".join(keys))
