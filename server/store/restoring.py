"""What was taken back since a copy was made, read from a store and taken back again in a copy that is restored."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec

from server.errors import StoreError
from server.store.copies import read_copy
from server.store.tables import OF_A_ROOM

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

CONSENT: Final = "consent"
"""The feature whose values are consents."""

_LAST: Final = (
    "SELECT max((SELECT coalesce(max(number), 0) FROM edits), (SELECT coalesce(max(number), 0) FROM lines),"
    " (SELECT coalesce(max(number), 0) FROM operations))"
)


class Held(msgspec.Struct, kw_only=True):
    """What a store says of itself that a copy of an earlier day may not know."""

    id: str | None
    """Which store it is, or is a copy of; None for what is no store."""
    copied: float | None
    """When the copy was made, s since 1970; None if that is not known, or it is none."""
    last: int
    """The number of its last edit, which grows."""
    revoked: set[str]
    """Invitations that were taken back."""
    used: dict[str, int]
    """How often each invitation was used."""
    withdrawn: dict[tuple[str, str], str]
    """Consents that were withdrawn, by room and key; whose they are."""
    erasures: set[str]
    """Ids of the erasures it has been through."""
    nobodys: set[str] = msgspec.field(default_factory=set)
    """Invitations of nobody's: the operator's, and of who was erased."""


class Applied(msgspec.Struct, kw_only=True):
    """How much had to be taken back again."""

    invitations: int = 0
    uses: int = 0
    consents: int = 0
    people: int = 0
    """Erasures that the copy had not been through."""
    rows: int = 0
    """What was deleted with them, and invitations that are nobody's by them."""


def read_store(store: Path, withdrawn: bytes) -> Held | None:
    """Read what a store holds, None if it is not there or does not serve; `withdrawn` is what is kept of a no."""
    try:
        with closing(read_copy(store)) as content:
            return read_held(content, withdrawn)
    except (StoreError, sqlite3.Error, OSError):
        return None


def read_held(content: sqlite3.Connection, withdrawn: bytes) -> Held:
    """Read it from the content of a store. Raises `sqlite3.Error`."""
    query = "SELECT room, key, author FROM edits WHERE feature = ? AND value = ?"
    return Held(
        id=content.execute("SELECT max(id) FROM store_id").fetchone()[0],
        copied=content.execute("SELECT max(at) FROM copied").fetchone()[0],
        last=content.execute(_LAST).fetchone()[0],
        revoked={id_ for (id_,) in content.execute("SELECT id FROM invitations WHERE revoked")},
        used=dict(content.execute("SELECT id, used FROM invitations").fetchall()),
        withdrawn={(room, key): author for room, key, author in content.execute(query, (CONSENT, withdrawn))},
        erasures={id_ for (id_,) in content.execute("SELECT id FROM erasures")},
        nobodys={id_ for (id_,) in content.execute("SELECT id FROM invitations WHERE issuer = ''")},
    )


def begin_anew(content: sqlite3.Connection) -> None:
    """Make it another store than the one it is a copy of. Raises `sqlite3.Error`."""
    content.execute("UPDATE store_id SET id = lower(hex(randomblob(16)))")


def erase_again(
    content: sqlite3.Connection,
    erasures: Mapping[str, Callable[[str], bool]],
    tag: Callable[[str], str],
    nobodys: Collection[str],
    applied: Applied,
) -> None:
    """Delete what people wrote whose erasures, by id, the content has not been through; each knows whose it is.

    Their invitations stay and are nobody's: those that `tag` gives for a subject, and those of the ids `nobodys`.
    Raises `sqlite3.Error`.
    """
    authors = {
        author
        for table in OF_A_ROOM
        for (author,) in content.execute(f"SELECT DISTINCT author FROM {table.name} WHERE author != ''")  # noqa: S608
    }
    through = {id_ for (id_,) in content.execute("SELECT id FROM erasures")}
    for erasure, is_of in erasures.items():
        if erasure in through:
            continue
        applied.people += 1
        for author in filter(is_of, authors):
            for table in OF_A_ROOM:
                deleted = content.execute(f"DELETE FROM {table.name} WHERE author = ?", (author,))  # noqa: S608
                applied.rows += deleted.rowcount
            left = content.execute("UPDATE invitations SET issuer = '' WHERE issuer = ?", (tag(author),))
            applied.rows += left.rowcount
        content.execute("INSERT INTO erasures (id) VALUES (?)", (erasure,))
    for invitation in nobodys:
        left = content.execute("UPDATE invitations SET issuer = '' WHERE id = ? AND issuer != ''", (invitation,))
        applied.rows += left.rowcount


def revoke_again(
    content: sqlite3.Connection, revoked: Collection[str], used: Mapping[str, int], applied: Applied
) -> None:
    """Take invitations back, and their uses, as far as the content has them. Raises `sqlite3.Error`."""
    for invitation in revoked:
        changed = content.execute("UPDATE invitations SET revoked = 1 WHERE id = ? AND NOT revoked", (invitation,))
        applied.invitations += changed.rowcount
    for invitation, uses in used.items():
        changed = content.execute("UPDATE invitations SET used = ? WHERE id = ? AND used < ?", (uses, invitation, uses))
        applied.uses += changed.rowcount


def withdraw_again(
    content: sqlite3.Connection,
    withdrawals: Mapping[tuple[str, str], str],
    withdrawn: bytes,
    named: Collection[str],
    applied: Applied,
) -> None:
    """Withdraw consents, by room and key, in the rooms that are `named` or that the content has.

    Consent that somebody has by coming in is in no row: a row says that it was withdrawn. Raises `sqlite3.Error`.
    """
    rooms = {*named, *(room for (room,) in content.execute("SELECT id FROM rooms_opened"))}
    number = content.execute(_LAST).fetchone()[0]
    for (room, key), author in withdrawals.items():
        if room not in rooms:
            continue
        row = content.execute(
            "SELECT value FROM edits WHERE room = ? AND feature = ? AND key = ?", (room, CONSENT, key)
        ).fetchone()
        if row is not None and row[0] == withdrawn:
            continue
        applied.consents += 1
        number += 1
        content.execute(
            "INSERT OR REPLACE INTO edits (room, feature, key, number, value, op, author)"
            " VALUES (?, ?, ?, ?, ?, x'', ?)",
            (room, CONSENT, key, number, withdrawn, author),
        )
