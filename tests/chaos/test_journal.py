"""The log of the store cut at every byte: what is left is a prefix of what was written, never something else."""

import sqlite3
from pathlib import Path

import pytest

from server.store.sqlite import Store
from server.store.tables import OPERATIONS
from server.store.writing import Edit

EDITS = 6
PAGE_BYTES = 512


async def open_with_an_empty_log(file: Path) -> Store:
    await (await Store.open(file)).close()
    store = await Store.open(file)
    async with store._engine.connect() as opened:
        await opened.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return store


@pytest.fixture
async def store_and_log(tmp_path: Path) -> tuple[bytes, bytes]:
    """A store with small pages, all of whose edits are in its log."""
    file = tmp_path / "whole.sqlite3"
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("VACUUM")
    connection.close()
    store = await open_with_an_empty_log(file)
    for number in range(EDITS):
        await store.writer.write(
            Edit(room="r", feature="panels", key=f"{number % 2}", value=b"%d" % number, op=bytes([number]) * 16)
        )
    content = file.read_bytes(), file.with_name("whole.sqlite3-wal").read_bytes()
    await store.close()
    return content


def read(folder: Path, database: bytes, log: bytes) -> list[int]:
    """Open what a crash left; the edits in it, by their operations."""
    file = folder / "cut.sqlite3"
    file.write_bytes(database)
    file.with_name("cut.sqlite3-wal").write_bytes(log)
    file.with_name("cut.sqlite3-shm").unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    operations = [op[0] for (op,) in connection.execute("SELECT op FROM operations ORDER BY number")]
    values = dict(connection.execute("SELECT key, value FROM edits").fetchall())
    connection.close()
    newest = {f"{number % 2}": b"%d" % number for number in operations}
    assert values == newest
    return operations


def test_a_log_cut_anywhere_is_a_valid_prefix(tmp_path: Path, store_and_log: tuple[bytes, bytes]) -> None:
    database, log = store_and_log
    found = []
    for length in range(len(log) + 1):
        operations = read(tmp_path, database, log[:length])
        assert operations == list(range(len(operations)))
        found.append(len(operations))
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, EDITS)
    assert set(found) == set(range(EDITS + 1))
    print(f"a log of {len(log)} bytes cut at each: 0 to {EDITS} edits, always the first ones")


@pytest.mark.unguarded
async def test_an_edit_that_is_committed_apart_from_its_operation_is_found(tmp_path: Path) -> None:
    store = await open_with_an_empty_log(tmp_path / "whole.sqlite3")
    for number in range(EDITS):
        whole = Edit(room="r", feature="panels", key=f"{number % 2}", value=b"%d" % number)
        await store.writer.write(whole)
        async with store._engine.begin() as connection:
            values = {"number": number + 1, "room": "r", "identity": "", "op": bytes([number]) * 16, "result": b""}
            await connection.execute(OPERATIONS.insert().values(values))
    database, log = store.file.read_bytes(), store.file.with_name("whole.sqlite3-wal").read_bytes()
    await store.close()
    with pytest.raises(AssertionError):
        all(read(tmp_path, database, log[:length]) != [-1] for length in range(0, len(log) + 1, PAGE_BYTES))


def test_a_log_with_a_wrong_byte_is_a_valid_prefix(tmp_path: Path, store_and_log: tuple[bytes, bytes]) -> None:
    database, log = store_and_log
    for at in range(0, len(log), 41):
        changed = bytearray(log)
        changed[at] ^= 0xFF
        operations = read(tmp_path, database, bytes(changed))
        assert operations == list(range(len(operations)))
