import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.errors import StoreError
from server.store.sqlite import Store
from server.store.writer import CLOSING_TRIES
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


class Stubborn:
    """Somebody who submits an edit again each time it is refused."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tries = 0
        self.lost: StoreError | None = None
        self.on_refused: Callable[[], object] = lambda: None

    def submit(self) -> None:
        self.tries += 1
        self.store.keep(edit(1), self.settled)

    def settled(self, error: StoreError | None) -> None:
        if error is not None and error.passing:
            self.on_refused()
            self.submit()
        else:
            self.lost = error


@pytest.fixture
async def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Stubborn, sqlite3.Connection]]:
    """A store that another process holds."""
    monkeypatch.setattr("server.store.sqlite.BUSY_SECONDS", 0.01)
    store = await Store.open(tmp_path / "store.sqlite3")
    other = sqlite3.connect(store.file)
    other.execute("BEGIN IMMEDIATE")
    yield Stubborn(store), other
    other.close()


async def test_what_is_refused_as_the_store_closes_and_submitted_again_is_written(
    held: tuple[Stubborn, sqlite3.Connection],
) -> None:
    stubborn, other = held
    stubborn.on_refused = other.rollback
    stubborn.submit()
    await stubborn.store.close()
    assert (stubborn.tries, stubborn.lost) == (2, None)
    assert other.execute("SELECT value FROM edits").fetchall() == [(b"value 1",)]


async def test_what_a_store_that_closes_cannot_write_is_given_up_and_the_log_says_so(
    held: tuple[Stubborn, sqlite3.Connection],
) -> None:
    stubborn, _ = held
    stubborn.submit()
    with capture_logs() as lines:
        await stubborn.store.close()
        await asyncio.sleep(0)
    assert stubborn.tries == CLOSING_TRIES + 1
    assert stubborn.lost is not None
    told = [("store_busy", None)] * CLOSING_TRIES + [("store_unkept", 1)]
    assert [(line["event"], line.get("count")) for line in lines] == told


async def test_what_comes_after_the_store_was_closed_is_settled_all_the_same(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    await store.close()
    with capture_logs() as lines, pytest.raises(StoreError, match="nothing more is kept"):
        await asyncio.wait_for(store.writer.write(edit(1)), 1.0)
    assert [(line["event"], line["count"]) for line in lines] == [("store_unkept", 1)]


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
