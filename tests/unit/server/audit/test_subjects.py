"""Pseudonyms last as long as their keys, and a key that is destroyed is nowhere."""

import sqlite3
from pathlib import Path

import pytest

from server.audit.subjects import KEPT_IN_MIND, Subjects


def test_a_pseudonym_is_the_same_each_time_and_everybodys_own(tmp_path: Path) -> None:
    store = Subjects(tmp_path / "s")
    store.begin()
    ann, bo = store.pseudonym("ann"), store.pseudonym("bo")
    store.commit()
    assert len({ann, bo}) == 2
    assert len(ann) == 32
    store.close()
    again = Subjects(tmp_path / "s")
    assert (again.find("ann"), again.find("cy")) == (ann, None)
    assert again.everybody() == {ann: "ann", bo: "bo"}
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600
    again.close()


def test_who_is_erased_is_in_no_byte_of_the_files(tmp_path: Path) -> None:
    store, other = Subjects(tmp_path / "s"), Subjects(tmp_path / "s")
    store.begin()
    before = store.pseudonym("ann-whose-name-is-searched")
    sealed = store.seal("words about ann", ["bo", "ann-whose-name-is-searched"])
    bo = store.pseudonym("bo")
    store.commit()
    assert store.unseal(sealed, [bo, before]) == "words about ann"
    (key,) = store._run("SELECT key FROM subject_keys WHERE subject LIKE 'ann%'").fetchone()
    assert any(key in file.read_bytes() for file in tmp_path.iterdir())
    assert other.erase("ann-whose-name-is-searched") == before
    for file in tmp_path.iterdir():
        data = file.read_bytes()
        assert b"ann" not in data
        assert key not in data
    # The server hears of it at its next batch, and whoever comes again is somebody new.
    assert store.begin() == [before]
    assert store.pseudonym("ann-whose-name-is-searched") != before
    store.commit()
    assert store.begin() == []
    store.commit()
    assert store.unseal(sealed, [bo, before]) is None
    assert other.erase("nobody") is None
    store.close()
    other.close()


def test_sealed_text_is_bound_to_its_subjects(tmp_path: Path) -> None:
    store = Subjects(tmp_path / "s")
    store.begin()
    sealed = store.seal("why", ["ann"])
    bo = store.pseudonym("bo")
    store.commit()
    assert store.unseal(sealed, [bo]) is None
    assert b"why" not in bytes.fromhex(sealed)
    store.close()


def test_who_reads_meanwhile_is_told_of(tmp_path: Path) -> None:
    store, reader = Subjects(tmp_path / "s"), sqlite3.connect(tmp_path / "s")
    store._run("PRAGMA busy_timeout = 1")
    store.begin()
    store.pseudonym("ann")
    store.commit()
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM subject_keys").fetchall()
    with pytest.raises(sqlite3.OperationalError):
        store.erase("ann")
    reader.close()
    store.scrub()
    assert all(b"ann" not in file.read_bytes() for file in tmp_path.iterdir())
    store.close()


def test_memory_of_keys_is_bounded(tmp_path: Path) -> None:
    store = Subjects(tmp_path / "s")
    store.begin()
    for number in range(KEPT_IN_MIND + 10):
        store.pseudonym(str(number))
    store.commit()
    assert len(store._kept) == KEPT_IN_MIND
    first = store.find("0")
    store.begin()
    assert store.pseudonym("0") == first
    store.commit()
    store.close()


def test_what_is_no_key_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"no database at all, but longer than a header is" * 10)
    with pytest.raises(sqlite3.DatabaseError):
        Subjects(tmp_path / "s")
