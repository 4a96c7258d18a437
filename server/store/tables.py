"""The tables of the store, as SQLAlchemy Core sees them."""

from typing import Final

from sqlalchemy import Column, Integer, MetaData, String, Table

SCHEMA_VERSION: Final = 1
"""Of the tables below. A file with a higher one was written by a newer server and is left alone."""

APPLICATION_ID: Final = 0x504C594E
"""`PLYN` in the header of the file (SQLite's `application_id`): tells our files from another program's."""

METADATA: Final = MetaData()

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
