import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.errors import StoreError
from server.store.sqlite import Store
from server.store.writing import Edit
from tests.support.edits import edit, keep_all


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite3")
    yield opened
    await opened.close()


async def test_what_arrives_together_shares_a_commit_and_is_settled_in_order(store: Store) -> None:
    before = store.writer.commits
    assert await keep_all(store, [edit(number, key=f"key {number % 7}") for number in range(200)]) == list(range(200))
    assert store.writer.commits - before == 1
    assert store.writer.written == 200


async def test_what_arrives_apart_has_commits_of_its_own(store: Store) -> None:
    before = store.writer.commits
    for number in range(3):
        await store.writer.write(edit(number))
    assert store.writer.commits - before == 3


async def test_nothing_is_settled_before_another_reader_of_the_file_sees_it(store: Store) -> None:
    other = sqlite3.connect(store.file)
    for number in range(5):
        await store.writer.write(edit(number))
        assert other.execute("SELECT value FROM edits").fetchall() == [(b"value %d" % number,)]
        assert other.execute("SELECT count(*) FROM operations").fetchone() == (number + 1,)
    other.close()


async def test_the_log_is_folded_into_the_file_from_time_to_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.store.writer.CHECKPOINT_EVERY", 50)
    log = store.file.with_name("store.sqlite3-wal")
    largest = 0
    for number in range(200):
        await store.writer.write(edit(number, key=f"{number % 3}"))
        largest = max(largest, log.stat().st_size)
    # A commit of one edit is a few pages of 4 KiB; without folding the log would have those of all two hundred.
    assert largest < 120 * 5 * 4120
    assert len((await store.kept_rooms(["lobby"]))["lobby"].results) == 200


async def test_a_second_server_is_told_that_the_file_is_taken(store: Store) -> None:
    with pytest.raises(StoreError, match="a server has it open"):
        await Store.open(store.file)


async def test_what_waits_when_the_store_closes_is_written(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    settled: list[StoreError | None] = []
    for number in range(10):
        store.keep(edit(number), settled.append)
    await store.close()
    await asyncio.sleep(0)
    assert settled == [None] * 10


async def test_a_bug_in_what_is_written_is_a_failure_like_any_other(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    told: list[str] = []
    store.writer.on_failure.append(lambda: told.append(store.writer.failure))
    with pytest.raises(StoreError, match="cannot be written"):
        await store.writer.write(Edit(room="lobby", feature="panels", key="k", value=object()))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="restart the server"):
        await store.writer.write(edit(1))
    assert len(told) == 1
    assert store.failed
    await store.close()
    await store._engine.dispose()
