from pathlib import Path

import pytest

from server.errors import StoreError
from server.identity.erasures import Erasures
from server.identity.house_key import HouseKey

FIELDS = f"{'e1' * 8} {'c1' * 8} {'a1' * 32}"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


def test_an_erasure_is_known_again_by_the_house_key_alone(store: Path) -> None:
    key = HouseKey()
    id_ = Erasures(store, key, 100.0).note("ann", 100.0)
    (noted,) = (again := Erasures(store, key, 100.0)).noted
    assert (noted.id, noted.time, again.of_another_key) == (id_, 100.0, [])
    assert again.is_of(noted, "ann")
    assert not again.is_of(noted, "bo")
    other = Erasures(store, HouseKey(), 100.0)
    assert other.of_another_key == [noted]
    assert not other.is_of(noted, "ann")


def test_two_lines_of_one_person_do_not_tell_of_each_other(store: Path) -> None:
    erasures = Erasures(store, HouseKey(), 100.0)
    for _ in range(2):
        erasures.note("ann", 100.0)
    first, second = erasures.noted
    assert (first.tag != second.tag, first.id != second.id) == (True, True)
    assert store.with_name("store.sqlite3.erased").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", ["ann\n", "1 2 3\n", f"soon {FIELDS}\n", f"1 {FIELDS} more\n", f"1 {FIELDS.upper()}\n"]
)
def test_a_file_that_is_none_is_refused(store: Path, content: str) -> None:
    store.with_name("store.sqlite3.erased").write_text(content)
    with pytest.raises(StoreError, match="line 1: expected a time, an id, a key's id and a tag in each line"):
        Erasures(store, HouseKey(), 100.0)
