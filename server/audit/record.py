"""One record of the log and its line: the hash that chains it to the one before, a space, and its canonical JSON.

A line's hash is SHA-256 over the 32 bytes of the hash before it (zeros before the first) and the bytes of the JSON.
Canonical is what `encode` writes: the fields in the order below, those at their default left out, the keys of `detail`
sorted, no spaces. A record that says the same in other bytes is a fault.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

HASH_HEX: Final = 64
"""Characters of a hash at the head of a line."""

BEFORE_FIRST: Final = bytes(32)
"""What stands for the hash before the first record."""

LINE_BYTES_MAX: Final = 65_536
"""No record is longer; a line that is comes from elsewhere."""

OPENED: Final = "log_created"
"""The action of the first record, whose detail has the log's id and the public key of its checkpoints."""

OPENED_AGAIN: Final = "log_opened"
"""The action of the record with which each later run of a server begins."""


# Defaults are empty: of a default the encoder leaves out only what is the same object, and those of what is empty are.
class Record(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What was done. No names and no words of people: subjects are pseudonyms, free text is sealed."""

    number: int
    """Its place in the log, from 0."""
    time: str
    """UTC, RFC 3339 with microseconds, by the server's wall clock."""
    action: str
    """A word of the program: `ticket_issued`, `sight_began`."""
    outcome: str = ""
    """Empty when it was done, else the code of the refusal."""
    agent: str = ""
    """The pseudonym of who did it; empty for the server itself."""
    role: str = ""
    """The role it was done in."""
    room: str = ""
    """The id of the room."""
    about: tuple[str, ...] = ()
    """The pseudonyms of those it was done to."""
    purpose: str = ""
    """Why, as a code."""
    detail: dict[str, str | int] = {}
    """Codes and numbers that say more."""
    sealed: str = ""
    """Free text, readable only with the keys of the agent and of all it is about."""


_encoder: Final = msgspec.json.Encoder(order="deterministic")
_decoder: Final = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Write the canonical bytes."""
    return _encoder.encode(record)


def decode(body: bytes) -> Record:
    """Read canonical bytes. Raises `ValueError` for any others."""
    record = _decoder.decode(body)
    if encode(record) != body:
        raise ValueError("this is not the canonical form of the record")
    return record


def chain_hash(before: bytes, body: bytes) -> bytes:
    """Hash a record together with the hash before it."""
    return sha256(before + body).digest()


def line_of(hash_: bytes, body: bytes) -> bytes:
    """Write a line of the log."""
    return hash_.hex().encode() + b" " + body + b"\n"


def seconds_between(earlier: Record, later: Record) -> float:
    """Seconds from one record's time to another's. Raises `ValueError` if one has none."""
    began, ended = datetime.fromisoformat(earlier.time), datetime.fromisoformat(later.time)
    if began.tzinfo is None or ended.tzinfo is None:
        raise ValueError("a record's time is in UTC, and says so")
    return (ended - began).total_seconds()


def time_text(nanoseconds: int) -> str:
    """Write a time since 1970 as records have it."""
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds % 1_000_000_000 // 1000:06d}Z"
