"""From the tables of an older server to those of this one: a step for each version, all in one transaction.

A step says in SQL what changed at its time and never uses the tables of today, which go on changing.
"""

import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from server.store.tables import METADATA, SCHEMA, SCHEMA_VERSION, STORE_ID

STEPS: Final[Mapping[int, Sequence[str]]] = MappingProxyType(
    {
        1: (
            """CREATE TABLE edits (
                room VARCHAR NOT NULL, feature VARCHAR NOT NULL, "key" VARCHAR NOT NULL, number INTEGER NOT NULL,
                value BLOB NOT NULL, op BLOB NOT NULL, PRIMARY KEY (room, feature, "key"), UNIQUE (number)
            )""",
            """CREATE TABLE lines (
                number INTEGER NOT NULL, room VARCHAR NOT NULL, feature VARCHAR NOT NULL, value BLOB NOT NULL,
                op BLOB NOT NULL, written FLOAT NOT NULL, PRIMARY KEY (number)
            )""",
            """CREATE TABLE operations (
                number INTEGER NOT NULL, room VARCHAR NOT NULL, identity VARCHAR NOT NULL, op BLOB NOT NULL,
                result BLOB NOT NULL, PRIMARY KEY (number)
            )""",
        ),
        # An edit and the operation that asked for it have the same number.
        2: (
            "ALTER TABLE edits ADD COLUMN author VARCHAR DEFAULT '' NOT NULL",
            "ALTER TABLE lines ADD COLUMN author VARCHAR DEFAULT '' NOT NULL",
            "ALTER TABLE operations ADD COLUMN author VARCHAR DEFAULT '' NOT NULL",
            "UPDATE operations SET author = identity",
            """UPDATE lines SET author =
                coalesce((SELECT identity FROM operations WHERE operations.number = lines.number), '')""",
            """UPDATE edits SET author =
                coalesce((SELECT identity FROM operations WHERE operations.number = edits.number), '')
                WHERE feature = 'panels'""",
        ),
        3: (
            """CREATE TABLE invitations (
                id VARCHAR NOT NULL, room VARCHAR NOT NULL, role VARCHAR NOT NULL, issuer VARCHAR NOT NULL,
                uses INTEGER NOT NULL, used INTEGER NOT NULL, expires FLOAT NOT NULL, revoked BOOLEAN NOT NULL,
                PRIMARY KEY (id)
            )""",
        ),
        4: (
            "CREATE TABLE erasures (id VARCHAR NOT NULL, PRIMARY KEY (id))",
            "CREATE TABLE copied (at FLOAT NOT NULL)",
            "CREATE TABLE store_id (id VARCHAR NOT NULL)",
            "INSERT INTO store_id (id) VALUES (lower(hex(randomblob(16))))",
        ),
    }
)
"""What takes a file from the version that is the key to the next one."""


def bring_up(connection: Connection, version: int | None) -> None:
    """Make the tables (`version` None) or change those of an older version, 1 at least, into today's."""
    if version is None:
        METADATA.create_all(connection)
        connection.execute(SCHEMA.delete())
        connection.execute(SCHEMA.insert().values(version=SCHEMA_VERSION))
        connection.execute(STORE_ID.delete())
        connection.execute(STORE_ID.insert().values(id=secrets.token_hex(16)))
        return
    for step in range(version, SCHEMA_VERSION):
        for statement in STEPS[step]:
            connection.exec_driver_sql(statement)
    connection.execute(SCHEMA.update().values(version=SCHEMA_VERSION))
