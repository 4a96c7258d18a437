import asyncio
import errno
import sqlite3
from pathlib import Path

import pytest

from server.errors import StoreError
from server.store import copies
from server.store.copies import back_up, put_back
from server.store.sqlite import Store
from server.store.writing import Edit
from tests.support.disk import owned_by


def edit(number: int) -> Edit:
    return Edit(room="lobby", feature="panels", key=f"key {number}", value=b"x" * 500, op=bytes(15) + bytes([number]))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def keys(file: Path) -> set[str]:
    store = await Store.open(file)
    kept = await store.kept_rooms(["lobby"])
    await store.close()
    return set(kept["lobby"].edits.get("panels", {}))


async def test_a_copy_has_what_is_committed_while_the_server_goes_on(file: Path, tmp_path: Path) -> None:
    store = await Store.open(file)
    for number in range(5):
        await store.writer.write(edit(number))
    copy = tmp_path / "copy.sqlite3"
    size = back_up(file, copy)
    await store.writer.write(edit(5))
    await store.close()
    assert size == copy.stat().st_size
    assert copy.stat().st_mode & 0o777 == 0o600
    assert await keys(copy) == {f"key {number}" for number in range(5)}
    assert len(await keys(file)) == 6
    assert not any(name.endswith(".part") for name in names(tmp_path))


async def test_a_copy_goes_into_no_file_that_somebody_else_put_there(file: Path, tmp_path: Path) -> None:
    await (await Store.open(file)).close()
    part, other = tmp_path / "first.part", tmp_path / "other"
    part.touch(mode=0o666)
    other.touch()
    (tmp_path / "second.part").symlink_to(other)
    for name in ("first", "second"):
        back_up(file, tmp_path / name)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert not (tmp_path / name).is_symlink()
    assert (part.read_bytes(), other.read_bytes()) == (b"", b"")


async def test_a_restored_store_is_what_the_copy_says_and_takes_edits(file: Path, tmp_path: Path) -> None:
    store = await Store.open(file)
    await store.writer.write(edit(1))
    copy = tmp_path / "copy.sqlite3"
    back_up(file, copy)
    await store.writer.write(edit(2))
    with pytest.raises(StoreError, match="a server has it open"):
        put_back(copy, file)
    await store.close()
    assert await keys(file) == {"key 1", "key 2"}
    put_back(copy, file)
    assert await keys(file) == {"key 1"}
    again = await Store.open(file)
    await again.writer.write(edit(3))
    await again.close()
    assert await keys(file) == {"key 1", "key 3"}


async def test_a_store_killed_with_a_log_beside_it_is_restored_whole(file: Path, tmp_path: Path) -> None:
    """What the log of the old store says must not come over what the copy says."""
    store = await Store.open(file)
    await store.writer.write(edit(1))
    copy, killed = tmp_path / "copy.sqlite3", tmp_path / "killed.sqlite3"
    back_up(file, copy)
    await store.writer.write(edit(2))
    for end in ("", "-wal"):
        killed.with_name(killed.name + end).write_bytes(file.with_name(file.name + end).read_bytes())
    await store.close()
    put_back(copy, killed)
    assert await keys(killed) == {"key 1"}


async def test_a_copy_can_become_the_store_of_a_new_place(file: Path, tmp_path: Path) -> None:
    store = await Store.open(file)
    await store.writer.write(edit(1))
    await store.close()
    copy, elsewhere = tmp_path / "copy.sqlite3", tmp_path / "elsewhere.sqlite3"
    back_up(file, copy)
    put_back(copy, elsewhere)
    assert await keys(elsewhere) == {"key 1"}


@pytest.mark.parametrize("before", [None, b"no database at all, but longer than a header is" * 10])
def test_a_copy_that_cannot_be_put_back_leaves_no_store_that_was_not_there(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None
) -> None:
    assert asyncio.run(keys(file)) == set()
    back_up(file, tmp_path / "copy.sqlite3")
    file.unlink()
    if before is not None:
        file.write_bytes(before)

    def fail(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(copies, "sync_file", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            put_back(tmp_path / "copy.sqlite3", file)
    left = {name for name in names(tmp_path) if name.startswith("store")} - {"store.sqlite3-lock"}
    assert left == (set() if before is None else {"store.sqlite3"})
    assert before is None or file.read_bytes() == before
    put_back(tmp_path / "copy.sqlite3", file)
    assert asyncio.run(keys(file)) == set()


@pytest.mark.parametrize(("before", "owner"), [(None, 1002), (b"no database at all" * 100, 1001)])
def test_a_store_that_root_puts_back_is_whose_the_one_before_was(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None, owner: int
) -> None:
    assert asyncio.run(keys(file)) == set()
    copy = tmp_path / "copy.sqlite3"
    back_up(file, copy)
    for each in (file, file.with_name("store.sqlite3-lock")):
        each.unlink()
    if before is not None:
        file.write_bytes(before)
    given = owned_by(monkeypatch, {file: owner, file.with_name("store.sqlite3.damaged"): 1001, tmp_path: 1002})
    put_back(copy, file)
    assert given == {"store.sqlite3": owner, "store.sqlite3-lock": owner}


async def test_a_damaged_copy_is_refused_and_changes_nothing(file: Path, tmp_path: Path) -> None:
    store = await Store.open(file)
    for number in range(40):
        await store.writer.write(edit(number))
    await store.close()
    copy = tmp_path / "copy.sqlite3"
    back_up(file, copy)
    content = bytearray(copy.read_bytes())
    content[4096 * 6 : 4096 * 8] = bytes(4096 * 2)
    copy.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        put_back(copy, file)
    assert len(await keys(file)) == 40


@pytest.mark.parametrize("content", [b"", b"this was never a database" * 100])
async def test_what_is_no_store_is_refused(file: Path, tmp_path: Path, content: bytes) -> None:
    (other := tmp_path / "other").write_bytes(content)
    with pytest.raises(StoreError, match=r"expected a store of this server|not a database"):
        put_back(other, file)
    with pytest.raises(StoreError, match=r"expected a store of this server|not a database"):
        back_up(other, tmp_path / "copy")
    assert file.name not in names(tmp_path)


def test_another_programs_database_is_refused(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE patients (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="another program's database"):
        put_back(other, file)
