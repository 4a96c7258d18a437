import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from protocol.ids import CloseCode
from server.errors import StoreError
from server.store import sqlite as sqlite_store
from server.store.sqlite import Store
from server.store.tables import APPLICATION_ID, SCHEMA_VERSION
from server.store.writing import OpenedRoom

ONE = OpenedRoom(id="visit-1", type="consult", name="Visit of the morning")
TWO = OpenedRoom(id="visit-2", type="consult", name="Visite d'après-midi; '\"--")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


def sql(file: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


async def let_go(store: Store) -> None:
    """Close a store whose write failed, which it leaves to the end of the process."""
    assert store.failed
    await store.close()
    await store._engine.dispose()
    os.close(store._lock)


async def test_a_new_file_keeps_no_rooms(file: Path) -> None:
    store = await Store.open(file)
    assert await store.opened_rooms() == []
    await store.close()


async def test_rooms_that_were_not_closed_are_there_after_reopening_oldest_first(file: Path) -> None:
    store = await Store.open(file)
    for room in (TWO, ONE):
        await store.room_opened(room)
    await store.close()
    again = await Store.open(file)
    assert await again.opened_rooms() == [TWO, ONE]
    await again.close()


async def test_a_closed_room_is_forgotten_and_closing_again_is_harmless(file: Path) -> None:
    store = await Store.open(file)
    await store.room_opened(ONE)
    await store.room_opened(TWO)
    await store.room_closed(ONE.id)
    await store.room_closed(ONE.id)
    assert await store.opened_rooms() == [TWO]
    await store.close()


async def test_a_room_is_kept_once(file: Path) -> None:
    store = await Store.open(file)
    for room in (ONE, TWO, ONE):
        await store.room_opened(room)
    assert await store.opened_rooms() == [ONE, TWO]
    await store.close()


async def test_the_file_is_written_ahead_and_carries_our_mark_and_version(file: Path) -> None:
    await (await Store.open(file)).close()
    assert sql(file, "PRAGMA journal_mode") == [("wal",)]
    assert sql(file, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert sql(file, "SELECT version FROM schema_version") == [(SCHEMA_VERSION,)]


async def test_each_commit_is_synced(file: Path) -> None:
    store = await Store.open(file)
    async with store._engine.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar() == 2
    await store.close()


async def refusal(file: Path) -> str:
    with pytest.raises(StoreError) as caught:
        await Store.open(file)
    assert caught.value.close_code is CloseCode.DURABILITY_UNAVAILABLE
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{file}: ")
    return line


@pytest.fixture
def corrupt(file: Path) -> Iterator[Path]:
    content = b"this was never a database" * 100
    file.write_bytes(content)
    yield file
    assert file.read_bytes() == content


async def test_a_corrupt_file_is_told_in_one_line_and_left_alone(corrupt: Path) -> None:
    assert "not a database" in await refusal(corrupt)


async def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    assert "unable to open" in await refusal(tmp_path / "missing" / "store.sqlite3")
    assert "unable to open" in await refusal(tmp_path)


async def test_a_new_file_and_its_log_are_their_owners_alone(file: Path) -> None:
    store = await Store.open(file)
    await store.room_opened(ONE)
    assert {
        each.name: each.stat().st_mode & 0o077 for each in file.parent.iterdir() if each.name.startswith(file.name)
    } == dict.fromkeys((file.name, f"{file.name}-wal", f"{file.name}-shm", f"{file.name}-lock"), 0)
    await store.close()


async def test_a_file_of_a_newer_server_is_left_alone(file: Path) -> None:
    await (await Store.open(file)).close()
    sql(file, "UPDATE schema_version SET version = 7")
    assert "expected schema version 1 to 5, got 7" in await refusal(file)
    assert sql(file, "SELECT version FROM schema_version") == [(7,)]


@pytest.mark.parametrize("mark", [0, 99])
async def test_another_programs_database_is_left_alone(file: Path, mark: int) -> None:
    sql(file, "CREATE TABLE patients (name TEXT)")
    sql(file, f"PRAGMA application_id = {mark}")
    assert "another program's database" in await refusal(file)
    assert sql(file, "SELECT name FROM sqlite_master") == [("patients",)]


async def test_a_first_opening_that_was_cut_short_is_completed(file: Path) -> None:
    sql(file, "CREATE TABLE schema_version (version INTEGER NOT NULL)")
    store = await Store.open(file)
    await store.room_opened(ONE)
    await store.close()
    assert sql(file, "SELECT version FROM schema_version") == [(SCHEMA_VERSION,)]


async def test_after_a_failed_write_nothing_is_kept_any_more(file: Path) -> None:
    store = await Store.open(file)
    await store.room_opened(ONE)
    # Every insert fails as a full disk does; reading goes on.
    sql(file, "CREATE TRIGGER full BEFORE DELETE ON rooms_opened BEGIN SELECT no_such_function(); END")
    with capture_logs() as lines, pytest.raises(StoreError, match="cannot be written"):
        await store.room_closed(ONE.id)
    assert store.failed
    # The log alone says why: whoever asked is not the operator.
    told = [(line["event"], line["reason"]) for line in lines]
    assert told == [("store_failed", "no such function: no_such_function")]
    sql(file, "DROP TRIGGER full")
    with pytest.raises(StoreError, match="restart the server"):
        await store.room_opened(TWO)
    assert await store.opened_rooms() == [ONE]
    await let_go(store)


async def test_a_file_held_by_another_process_is_a_passing_trouble(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.01)
    store = await Store.open(file)
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")
    with capture_logs() as lines, pytest.raises(StoreError, match="locked"):
        await store.room_opened(ONE)
    assert [(line["event"], line["reason"]) for line in lines] == [("store_busy", "database is locked")]
    assert not store.failed
    other.rollback()
    other.close()
    await store.room_opened(ONE)
    assert await store.opened_rooms() == [ONE]
    await store.close()


async def test_an_error_never_repeats_the_values_of_a_statement(file: Path) -> None:
    store = await Store.open(file)
    sql(file, "DROP TABLE rooms_opened")
    with pytest.raises(StoreError) as written:
        await store.room_opened(ONE)
    assert ONE.name not in str(written.value)
    with pytest.raises(StoreError, match="cannot be read"):
        await store.opened_rooms()
    await let_go(store)


async def test_that_a_store_is_new_is_a_warning_where_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, level in (("named.sqlite3", "warning"), ("polyclinic.sqlite3", "info")):
        with capture_logs() as lines:
            for _ in range(2):
                await (await Store.open(Path(name))).close()
        assert [(line["event"], line["log_level"], line["file"]) for line in lines] == [
            ("store_made", level, Path(name))
        ]


async def test_that_a_store_was_cut_to_nothing_is_a_warning_wherever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("named.sqlite3", "polyclinic.sqlite3"):
        file = Path(name)
        store = await Store.open(file)
        await store.room_opened(ONE)
        await store.close()
        os.truncate(file, 0)
        with capture_logs() as lines:
            await (await Store.open(file)).close()
        assert [(line["event"], line["log_level"], line["file"]) for line in lines] == [("store_made", "warning", file)]
