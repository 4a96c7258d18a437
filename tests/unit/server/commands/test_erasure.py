"""The command that erases a person: everything or nothing, and it says what remains."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from server import main
from server.audit.log import SUBJECT_FILE, Log
from server.audit.subjects import Subjects
from server.audit.writer import AuditWriter
from server.config import SAMPLE_FACILITY
from server.identity.house_key import HouseKey
from server.store.copies import back_up
from server.store.sqlite import Store
from server.store.writing import Edit
from server.world.auditing import Action, AuditEvent
from tests.support.audit import BEGAN

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main.app, ["audit", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """A store with what ann said, and its audit log, which knows ann and bo."""
    file = tmp_path / "clinic.sqlite3"
    store = await Store.open(file)
    said = Edit(room="hall", feature="chat", key="", value=b"ann's words", author="ann", op=bytes(16), personal=True)
    await store.writer.write(said)
    await store.close()
    folder = tmp_path / "clinic.audit"
    writer = AuditWriter(Log.open(folder, BEGAN), Subjects(folder / SUBJECT_FILE))
    for subject in ("ann", "bo"):
        writer.record(AuditEvent(action=Action.JOINED, subject=subject, room="hall"))
    writer.close()
    return file


def holders(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and b"ann" in file.read_bytes()]


def test_a_person_is_erased_from_the_store_its_copies_and_the_audit_log(store: Path, tmp_path: Path) -> None:
    back_up(store, tmp_path / "copy")
    assert sorted(holders(tmp_path)) == ["clinic.sqlite3", "copy", "subjects.sqlite3"]
    status, said, _ = run("erase", "ann", "--store", store, "--copy", tmp_path / "copy")
    assert status == 0
    assert f"{store}: 2 rows erased\n{tmp_path / 'copy'}: 2 rows erased\nerased; the records of " in said
    assert "not erased: backups" in said
    assert holders(tmp_path) == []
    assert run("verify", store.with_suffix(".audit"))[0] == 0
    status, _, error = run("erase", "ann", "--store", store)
    assert (status, error) == (
        1,
        "nothing of this subject is kept any more: it was erased before, which is noted anew, and every copy is"
        " restored without it\n",
    )


@pytest.mark.parametrize("account", ["account-ann", "account-bo"])
def test_the_invitations_of_an_account_that_is_erased_are_nobodys(store: Path, account: str) -> None:
    house = HouseKey()
    house.keep_beside(store)
    tag = house.tag("account-ann")
    kept = (("a", tag), ("b", house.tag("account-cleo")))
    with closing(sqlite3.connect(store)) as written, written:
        written.executemany(
            "INSERT INTO invitations (id, room, role, issuer, uses, used, expires, revoked)"
            " VALUES (?, 'hall', 'patient', ?, 1, 0, 9e9, 0)",
            kept,
        )
    status, said, _ = run("erase", account, "--store", store)
    with closing(sqlite3.connect(store)) as read:
        issuers = dict(read.execute("SELECT id, issuer FROM invitations").fetchall())
    if account == "account-ann":
        assert (status, f"{store}: 1 rows erased" in said, issuers) == (0, True, {"a": "", "b": kept[1][1]})
        assert tag.encode() not in store.read_bytes()
        assert ".revoked and .locked" in said
    else:
        assert (status, issuers) == (1, dict(kept))


def test_who_only_looked_has_no_rows_and_is_erased(store: Path) -> None:
    status, said, _ = run("erase", "bo", "--store", store)
    assert (status, ": 0 rows erased" in said, "erased; the records of" in said) == (0, True, True)


def contents(folder: Path) -> dict[str, bytes]:
    """All that is kept; of the databases what they say, for opening one changes a counter."""
    found = {}
    for file in folder.rglob("*"):
        if file.suffix == ".sqlite3":
            with closing(sqlite3.connect(file)) as read:
                found[file.name] = "".join(read.iterdump()).encode()
        elif file.is_file() and not file.name.endswith(("-wal", "-shm")):
            found[file.name] = file.read_bytes()
    return found


def test_a_subject_that_nobody_has_changes_and_notes_nothing(store: Path, tmp_path: Path) -> None:
    back_up(store, tmp_path / "copy.sqlite3")
    before = contents(tmp_path)
    status, said, error = run("erase", "anne", "--store", store, "--copy", tmp_path / "copy.sqlite3")
    assert (status, said) == (1, "")
    assert error.startswith("nothing of this subject is kept, so nothing was changed and nothing noted. ")
    assert contents(tmp_path) == before
    assert "clinic.sqlite3.erased" not in before


def test_who_is_known_to_a_copy_alone_is_erased_where_it_is_named(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(store)) as written, written:
        written.execute("INSERT INTO lines VALUES (99, 'hall', 'chat', x'80', x'', 1.0, 'cy')")
    back_up(store, copy)
    with closing(sqlite3.connect(store)) as written, written:
        written.execute("DELETE FROM lines WHERE author = 'cy'")
    assert run("erase", "cy", "--store", store)[0] == 1
    status, said, _ = run("erase", "cy", "--store", store, "--copy", copy)
    assert (status, f"{copy}: 1 rows erased\n" in said) == (0, True)
    assert len((tmp_path / "clinic.sqlite3.erased").read_text().splitlines()) == 1


def test_nothing_is_erased_from_a_copy_that_would_write_it_again(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    back_up(store, copy)
    with closing(sqlite3.connect(copy)) as written, written:
        written.execute("CREATE TRIGGER t BEFORE DELETE ON edits BEGIN SELECT raise(IGNORE); END")
    before = contents(tmp_path)
    status, said, error = run("erase", "ann", "--store", store, "--copy", copy)
    assert (status, said, error) == (1, "", f"{copy}: has what no store of this server has: trigger\n")
    assert contents(tmp_path) == before


def test_nothing_is_erased_unless_everything_can_be(store: Path, tmp_path: Path) -> None:
    before = holders(tmp_path)
    for wrong in (("--path", tmp_path / "nowhere"), ("--copy", tmp_path / "nothing")):
        status, said, error = run("erase", "ann", "--store", store, *wrong)
        assert (status, said, "no such file" in error) == (1, "", True)
    assert run("erase", "ann", "--store", tmp_path / "none", "--path", store.with_suffix(".audit"))[0] == 1
    assert run("erase", "ann", "--facility", tmp_path / "none.toml")[0] == 2
    assert holders(tmp_path) == before


def test_a_facility_without_an_audit_log(store: Path, tmp_path: Path) -> None:
    sample = SAMPLE_FACILITY
    (facility := tmp_path / "clinic.toml").write_text(sample.read_text().replace("enabled = true", "enabled = false"))
    for name in ("scenes", "avatars"):
        (tmp_path / name).symlink_to(sample.parent / name)
    status, said, _ = run("erase", "ann", "--store", store, "--facility", facility)
    assert (status, "rows erased" in said, "records of" in said) == (0, True, False)


def test_a_key_that_another_process_reads_is_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(self: Subjects) -> None:
        raise sqlite3.OperationalError("another process reads the file; try again")

    monkeypatch.setattr(Subjects, "scrub", busy)
    status, _, error = run("erase", "ann", "--store", store)
    assert (status, error.endswith("try again; run this command again\n")) == (1, True)
