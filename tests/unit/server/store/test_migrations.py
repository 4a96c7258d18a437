import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.errors import StoreError
from server.store import migrations
from server.store.sqlite import Store
from server.store.tables import SCHEMA_VERSION
from server.store.writing import Edit, OpenedRoom

VERSION_1 = Path(__file__).with_name("version_1.sql")
"""What a server of schema version 1 left behind, as `Connection.iterdump` tells it."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "old.sqlite3"
    connection = sqlite3.connect(file)
    connection.executescript(VERSION_1.read_text())
    connection.close()
    return file


def layout(file: Path) -> dict[str, object]:
    """Each table's columns, by whatever words they were made, and its indexes."""
    connection = sqlite3.connect(file)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found: dict[str, object] = {
        name: (
            connection.execute(f"PRAGMA table_info({name})").fetchall(),
            [row[2:] for row in connection.execute(f"PRAGMA index_list({name})")],
        )
        for name in tables
    }
    connection.close()
    return found


def test_there_is_a_step_from_every_version_before() -> None:
    assert list(migrations.STEPS) == list(range(1, SCHEMA_VERSION))


async def test_a_file_of_version_1_is_brought_up_and_keeps_what_it_has(old: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.sqlite3"
    await (await Store.open(fresh)).close()
    store = await Store.open(old)
    assert await store.opened_rooms() == [
        OpenedRoom(id="consult-0000000000000002", type="consult", name="Visite d'après-midi")
    ]
    await store.writer.write(Edit(room="lobby", feature="panels", key="Board", value=b"\xa1x"))
    assert (await store.kept_rooms(["lobby"]))["lobby"].edits == {"panels": {"Board": b"\xa1x"}}
    await store.close()
    assert layout(old) == layout(fresh)
    drawn = []
    for file in (old, fresh):
        with closing(sqlite3.connect(file)) as connection:
            drawn.append(connection.execute("SELECT id FROM store_id").fetchall())
    assert [len(each) for each in drawn] == [1, 1]
    assert all(re.fullmatch("[0-9a-f]{32}", id_) for ((id_,),) in drawn)
    assert drawn[0] != drawn[1]


async def test_what_was_written_before_is_its_authors_where_that_is_known(old: Path) -> None:
    connection = sqlite3.connect(old)
    for statement in migrations.STEPS[1]:
        connection.execute(statement)
    connection.execute("UPDATE schema_version SET version = 2")
    for number, (feature, who) in enumerate((("panels", "account-a"), ("props", "account-a"), ("panels", "")), 1):
        connection.execute("INSERT INTO edits VALUES ('r', ?, ?, ?, x'a0', x'00')", (feature, f"{number}", number))
        connection.execute("INSERT INTO operations VALUES (?, 'r', ?, x'00', x'a0')", (number, who))
    connection.execute("INSERT INTO operations VALUES (9, 'r', 'account-a', x'00', x'a0')")
    for number in (8, 9):
        connection.execute("INSERT INTO lines VALUES (?, 'r', 'chat', x'a0', x'00', 0.0)", (number,))
    connection.commit()
    connection.close()
    await (await Store.open(old)).close()
    connection = sqlite3.connect(old)
    found = {
        table: connection.execute(f"SELECT author FROM {table} ORDER BY number").fetchall()  # noqa: S608 - ours
        for table in ("edits", "lines", "operations")
    }
    connection.close()
    assert found == {
        "edits": [("account-a",), ("",), ("",)],
        "lines": [("",), ("account-a",)],
        "operations": [("account-a",), ("account-a",), ("",), ("account-a",)],
    }


async def test_a_step_that_fails_leaves_the_file_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {**migrations.STEPS, 2: (*migrations.STEPS[2], "CREATE TABLE edits (number INTEGER)")}
    monkeypatch.setattr(migrations, "STEPS", steps)
    with pytest.raises(StoreError, match="table edits already exists"):
        await Store.open(old)
    assert set(layout(old)) == {"rooms_opened", "schema_version", "sqlite_sequence"}
    monkeypatch.undo()
    store = await Store.open(old)
    assert len(await store.opened_rooms()) == 1
    await store.close()


def test_the_old_file_says_that_it_is_of_version_1() -> None:
    assert re.search(r'INSERT INTO "schema_version" VALUES\(1\)', VERSION_1.read_text())
