"""A copy that is not as this server makes it is refused before any of it is in the store."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.errors import StoreError
from server.store.copies import back_up, put_back
from server.store.sqlite import Store
from server.store.writing import Edit

STRANGE = {
    "trigger": "CREATE TRIGGER t AFTER INSERT ON erasures BEGIN DELETE FROM lines; END",
    "ignoring": "CREATE TRIGGER t BEFORE DELETE ON edits BEGIN SELECT raise(IGNORE); END",
    "view": "CREATE VIEW v AS SELECT * FROM edits",
    "index": "CREATE INDEX i ON edits (author)",
    "other table": "CREATE TABLE hidden (a)",
    "lost table": "DROP TABLE erasures",
    "lost column": "ALTER TABLE edits DROP COLUMN author",
    "more columns": "ALTER TABLE copied ADD COLUMN b",
}

VALUES = {
    "copied.at": ["'soon'", "x'00ff'", "1e18", "9e999"],
    "edits.number": ["'zzz'", "9223372036854775807", "-1"],
    "edits.author": ["x'ff00'", "cast(x'ff41' AS text)"],
    "edits.value": ["'text'"],
    "invitations.used": ["'lots'", "1.5"],
    "invitations.revoked": ["'no'", "2"],
    "store_id.id": ["x'00'"],
}


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    file = tmp_path / "store.sqlite3"
    store = await Store.open(file)
    await store.writer.write(Edit(room="hall", feature="panels", key="a", value=b"x", op=bytes(16), author="ann"))
    await store.close()
    with closing(sqlite3.connect(file)) as there, there:
        there.execute("INSERT INTO invitations VALUES ('i', 'hall', 'patient', '', 1, 1, 9e9, 1)")
    back_up(file, tmp_path / "copy")
    return file


def refused(store: Path, change: str) -> str:
    """Change the copy, put it back; how it was refused."""
    copy = store.with_name("copy")
    with closing(sqlite3.connect(copy)) as there, there:
        there.execute(change)
    with closing(sqlite3.connect(store)) as there:
        before = list(there.iterdump())
        with pytest.raises(StoreError) as error:
            put_back(copy, store)
        assert list(there.iterdump()) == before
    assert "\n" not in error.value.detail
    return error.value.detail


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_a_schema_of_somebody_else_is_refused(store: Path, change: str) -> None:
    assert str(store.with_name("copy")) in refused(store, change)


@pytest.mark.parametrize(("column", "value"), [(column, value) for column in VALUES for value in VALUES[column]])
def test_a_value_that_this_server_never_writes_is_refused(store: Path, column: str, value: str) -> None:
    table, name = column.split(".")
    said = refused(store, f"UPDATE {table} SET {name} = {value}")  # noqa: S608
    assert "that this server never writes" in said or "UTF-8" in said


def test_a_store_that_could_not_be_restored_is_not_copied(store: Path) -> None:
    with closing(sqlite3.connect(store)) as there:
        there.execute(STRANGE["ignoring"])
    with pytest.raises(StoreError, match="has what no store of this server has: trigger"):
        back_up(store, store.with_name("another"))
    assert {file.name for file in store.parent.glob("another*")} == set()
