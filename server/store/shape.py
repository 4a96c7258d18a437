"""Whether a file is what this server makes, table by table and value by value: for files that came from elsewhere.

SQLite runs what a file's own schema says. A trigger undoes what is deleted, a view stands in for a table, a table of a
stranger keeps what nobody erases there; and its columns take values of any type.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import Boolean, Float, Integer, LargeBinary, String
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from server.errors import StoreError
from server.store.tables import METADATA

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from sqlalchemy import Column

INTEGER_MAX: Final = 2**53
"""Numbers of edits grow by one each; from here it takes longer than anybody's life until they are past 64 bits."""

LAST_TIME: Final = 253_402_300_799
"""Of the year 9999, s since 1970."""

_OUR_OWN: Final = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^'"
"""Without what SQLite makes itself for keys and numbers, whose names nobody else may give."""


def demand_tables_alone(file: Path, connection: sqlite3.Connection) -> None:
    """Raise `StoreError` if a file has triggers, views or indexes of its own; before anything else is read of it."""
    found = {kind for kind, _, _ in connection.execute(_OUR_OWN)} - {"table"}
    if found:
        raise StoreError(f"{file}: has what no store of this server has: {' and '.join(sorted(found))}")


def demand_shape(file: Path, content: sqlite3.Connection) -> None:
    """Raise `StoreError` unless the tables are this server's, of today's version, and each value of its column's type.

    Raises `sqlite3.Error` for text that is no UTF-8.
    """
    demand_tables_alone(file, content)
    found = {name: _plain(sql) for _, name, sql in content.execute(_OUR_OWN)}
    if strange := len(found.keys() - METADATA.tables.keys()):
        raise StoreError(f"{file}: has what no store of this server has: {strange} other tables")
    for name, made in _made().items():
        if found.get(name) != made:
            raise StoreError(f"{file}: its table {name} is not as this server makes it")
    for table in METADATA.tables.values():
        for column in table.columns:
            query = f"SELECT EXISTS (SELECT 1 FROM {table.name} WHERE NOT ({_good(column)}))"  # noqa: S608
            if content.execute(query).fetchone()[0]:
                raise StoreError(f"{file}: has a value in {table.name}.{column.name} that this server never writes")
        texts = ", ".join(f'"{column.name}"' for column in table.columns if isinstance(column.type, String))
        if texts:
            # Read as text each, which fails for what is none.
            for _ in content.execute(f"SELECT {texts} FROM {table.name}"):  # noqa: S608
                pass


def _good(column: Column[object]) -> str:
    """Say in SQL what a column's values are like."""
    name = f'"{column.name}"'
    match column.type:
        case Boolean():
            return f"typeof({name}) = 'integer' AND {name} IN (0, 1)"
        case Integer():
            return f"typeof({name}) = 'integer' AND {name} BETWEEN 0 AND {INTEGER_MAX}"
        case Float():
            return f"typeof({name}) = 'real' AND {name} BETWEEN {-LAST_TIME} AND {LAST_TIME}"
        case LargeBinary():
            return f"typeof({name}) = 'blob'"
        case String():
            return f"typeof({name}) = 'text'"
        case _:
            raise NotImplementedError(column)


@cache
def _made() -> dict[str, str]:
    """Give the words that each table is made by; those of a file that was brought up differ in their spaces alone."""
    dialect = sqlite.dialect()
    return {name: _plain(str(CreateTable(table).compile(dialect=dialect))) for name, table in METADATA.tables.items()}


def _plain(words: str) -> str:
    """Write the words of a table all the same, however they are spaced."""
    words = re.sub(r'"(\w+)"', r"\1", words)
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(words.split())).lower()
