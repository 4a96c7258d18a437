"""The tables of the store, as SQLAlchemy Core sees them."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

SCHEMA_VERSION: Final = 5
"""Of the tables below. A file with a higher one was written by a newer server and is left alone."""

APPLICATION_ID: Final = 0x504C594E
"""`PLYN` in the header of the file (SQLite's `application_id`): tells our files from another program's."""

METADATA: Final = MetaData()


def _author() -> Column[str]:
    """Make the column that says whose a row is: the subject to be erased with; empty: nobody's."""
    return Column("author", String, nullable=False, server_default=text("''"))


SCHEMA: Final = Table("schema_version", METADATA, Column("version", Integer, nullable=False))
"""One row: the version of the tables in this file."""

ROOMS_OPENED: Final = Table(
    "rooms_opened",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("type", String, nullable=False),
    Column("name", String, nullable=False),
    sqlite_autoincrement=True,
)
"""Rooms opened on demand that are open now, in the order in which they were opened."""

EDITS: Final = Table(
    "edits",
    METADATA,
    Column("room", String, nullable=False),
    Column("feature", String, nullable=False),
    Column("key", String, nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("value", LargeBinary, nullable=False),
    Column("op", LargeBinary, nullable=False),
    _author(),
    PrimaryKeyConstraint("room", "feature", "key"),
)
"""What features keep, the newest value of each key (msgpack), with the operation that wrote it (empty: the server).

`author` is who wrote words, so that they go with them; where a thing stands is nobody's.
"""

LINES: Final = Table(
    "lines",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("room", String, nullable=False),
    Column("feature", String, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("op", LargeBinary, nullable=False),
    Column("written", Float, nullable=False),
    _author(),
)
"""What features keep one after another, chat for instance; `written` in seconds since 1970."""

OPERATIONS: Final = Table(
    "operations",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("room", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("op", LargeBinary, nullable=False),
    Column("result", LargeBinary, nullable=False),
    _author(),
)
"""The results of operations that were kept, so that one that comes again, over a restart too, has no second effect.

`identity` is by whom they are known again, nobody for guests; `author` is who asked, guests too.
"""

INVITATIONS: Final = Table(
    "invitations",
    METADATA,
    Column("id", String, primary_key=True),
    Column("room", String, nullable=False),
    Column("role", String, nullable=False),
    Column("issuer", String, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("expires", Float, nullable=False),
    Column("revoked", Boolean, nullable=False),
)
"""Invitations and how often each was used; `expires` in seconds since 1970. No word of whom they are for."""

STORE_ID: Final = Table("store_id", METADATA, Column("id", String, nullable=False))
"""One row, drawn at random as the file was made: copies have it too, and a store that was begun anew has another."""

ERASURES: Final = Table("erasures", METADATA, Column("id", String, primary_key=True))
"""Which erasures of people this file has been through, by ids that say nothing of whom; the others are still to come
when it is a copy that is restored."""

COPIED: Final = Table("copied", METADATA, Column("at", Float, nullable=False))
"""One row in a copy, and in a store that was restored from it: when it was made, in seconds since 1970."""

OF_A_ROOM: Final = (EDITS, LINES, OPERATIONS)
"""What goes with its room."""
