"""Who is erased is in no byte of the store, and nobody else has lost anything."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.errors import StoreError
from server.store import erasing
from server.store.copies import back_up
from server.store.erasing import erase_author
from server.store.sqlite import Store
from server.store.tables import SCHEMA_VERSION
from server.store.writing import Edit

ANN, BO = "account-ann-canary", "guest-bo"
TAG = "tag-of-ann"
WORDS = b"words-of-ann-canary"
LARGE = 300
"""Edits that fill many pages, so that pages become free and rows move between them."""


def edit(number: int, author: str, *, key: str = "", personal: bool = True) -> Edit:
    words = WORDS if author == ANN else b"words of bo"
    return Edit(
        room=f"room-{number % 3}",
        feature="chat" if not key else "panels",
        key=key,
        value=words + b" %d" % number,
        identity="" if author.startswith("guest-") else author,
        op=number.to_bytes(16, "big"),
        result=b"result of " + words,
        author=author,
        personal=personal,
    )


async def fill(store: Store) -> None:
    for number in range(LARGE):
        author = (ANN, BO)[number % 2]
        store.keep(edit(number, author, key=f"board {number % 10}" if number % 5 == 0 else ""), lambda _: None)
    await store.writer.write(edit(LARGE, BO))


def holders(folder: Path, *needles: bytes) -> list[str]:
    """The files, logs beside them included, that hold any of these bytes anywhere."""
    return [file.name for file in folder.iterdir() if any(needle in file.read_bytes() for needle in needles)]


def authors(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as store:
        return dict(store.execute("SELECT author, count(*) FROM operations GROUP BY author").fetchall())


async def test_who_is_erased_is_in_no_byte_while_the_server_goes_on(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    await fill(store)
    assert set(holders(tmp_path, ANN.encode(), WORDS)) == {"store.sqlite3-wal"}
    # Of each ten edits ann's are the even ones: one writes over board 0, of which there is one in each of three rooms,
    # four are lines. Each operation is one row besides.
    lines, boards = LARGE // 10 * 4, 3
    before = authors(store.file)
    assert erase_author(store.file, ANN, "e1", TAG) == before[ANN] + lines + boards
    assert holders(tmp_path, ANN.encode(), WORDS) == []
    assert authors(store.file) == {BO: before[BO]}
    await store.writer.write(edit(LARGE + 1, BO))
    await store.close()
    assert holders(tmp_path, ANN.encode(), WORDS) == []
    again = await Store.open(tmp_path / "store.sqlite3")
    kept = await again.kept_rooms(["room-0", "room-1", "room-2"])
    assert {line.value[:11] for room in kept.values() for line in room.lines["chat"]} == {b"words of bo"}
    assert {who for room in kept.values() for who, _, _ in room.results} == {""}
    await again.close()
    assert erase_author(store.file, ANN, "e1", TAG) == 0


async def test_what_is_nobodys_words_stays(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    await store.writer.write(edit(1, ANN, key="bear", personal=False))
    assert erase_author(store.file, ANN, "e1", TAG) == 1
    assert "bear" in (await store.kept_rooms(["room-1"]))["room-1"].edits["panels"]
    await store.close()
    assert holders(tmp_path, ANN.encode()) == []


async def test_a_copy_is_erased_from_too(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    await fill(store)
    (folder := tmp_path / "copies").mkdir()
    back_up(store.file, folder / "copy")
    await store.close()
    assert holders(folder, WORDS) == ["copy"]
    assert erase_author(folder / "copy", ANN, "e1", TAG)
    assert holders(folder, ANN.encode(), WORDS) == []


async def test_who_reads_meanwhile_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.store.copies.BUSY_SECONDS", 0.01)
    store = await Store.open(tmp_path / "store.sqlite3")
    await fill(store)
    with closing(sqlite3.connect(store.file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM lines").fetchall()
        with pytest.raises(StoreError, match="not erased for good"):
            erase_author(store.file, ANN, "e1", TAG)
    assert erase_author(store.file, ANN, "e1", TAG) == 0
    assert holders(tmp_path, ANN.encode(), WORDS) == []
    await store.close()


async def test_what_is_no_store_of_this_servers_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    with pytest.raises(StoreError, match="no such file"):
        erase_author(file, ANN, "e1", TAG)
    await (await Store.open(file)).close()
    with closing(sqlite3.connect(file)) as old, old:
        old.execute("UPDATE schema_version SET version = ?", (SCHEMA_VERSION - 1,))
    with pytest.raises(StoreError, match="older server"):
        erase_author(file, ANN, "e1", TAG)


def _unscrubbed(store: sqlite3.Connection) -> None:
    """Leave what was deleted where it was."""


def _unread(store: sqlite3.Connection) -> None:
    """Write the file anew and leave the log as it is."""
    store.execute("VACUUM")


@pytest.mark.unguarded
@pytest.mark.parametrize("scrub", [_unscrubbed, _unread])
async def test_without_the_scrubbing_the_bytes_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scrub: Callable[[sqlite3.Connection], None]
) -> None:
    monkeypatch.setattr(erasing, "_scrub", scrub)
    store = await Store.open(tmp_path / "store.sqlite3")
    await fill(store)
    erase_author(store.file, ANN, "e1", TAG)
    assert holders(tmp_path, ANN.encode(), WORDS)
    await store.close()
