"""The list of room types."""

import re
from pathlib import Path

import pytest

import server.room_types
from server.room_types import ROOM_TYPES, find_room_type


def test_each_file_is_one_room_type() -> None:
    folder = Path(server.room_types.__file__).parent
    assert {file.stem for file in folder.glob("*.py") if file.stem != "__init__"} == set(ROOM_TYPES)


def test_a_name_that_is_no_types_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        find_room_type("spa")


@pytest.mark.parametrize("name", list(ROOM_TYPES))
def test_a_type_is_named_as_facility_files_may_write_it(name: str) -> None:
    assert ROOM_TYPES[name].name == name
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,31}", name)


@pytest.mark.parametrize("name", list(ROOM_TYPES))
def test_a_types_features_have_names_of_their_own_that_fit_the_wire(name: str) -> None:
    names = [feature.name for feature in ROOM_TYPES[name].features]
    assert len(set(names)) == len(names)
    assert all(1 <= len(name) <= 32 for name in names)
