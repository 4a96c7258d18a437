import hashlib
import json
from typing import Any

import pytest
from msgspec import Struct

from protocol import schema


def test_the_hash_is_of_the_description() -> None:
    assert hashlib.sha256(schema.describe().encode()).hexdigest()[:16] == schema.SCHEMA_HASH


def test_the_description_is_canonical() -> None:
    description = schema.describe()
    told = json.loads(description)
    assert description == json.dumps(told, sort_keys=True, separators=(",", ":"))
    assert description.isascii()


def test_the_description_names_keys_types_bounds_and_defaults() -> None:
    told = json.loads(schema.describe())
    assert told["client"]["HELLO"] == {
        "version": "int",
        "schema": "str<64",
        "ticket": "str<2048",
        "client": "str<64",
        "ages": "bool = false",
    }
    assert told["server"]["RESULT"]["op"] == "bytes=16"
    assert told["server"]["RESULT"]["body"] == "map = {}"
    assert told["server"]["CORRECTION"]["position"] == {"tuple": ["int", "int", "int"]}
    assert told["server"]["WELCOME"]["room"]["zones"][0]["private"] == "bool"
    assert len(told["blendshapes"]) == 52


def test_another_type_is_another_hash() -> None:
    class Before(Struct):
        number: int

    class After(Struct):
        number: float

    assert schema._describe_struct(Before) != schema._describe_struct(After)


def test_a_type_without_a_word_is_refused() -> None:
    class Odd(Struct):
        values: set[int]

    with pytest.raises(TypeError, match="no word"):
        schema._describe_struct(Odd)


def test_only_structs_are_described() -> None:
    not_a_struct: Any = int
    with pytest.raises(TypeError, match="not a struct"):
        schema._describe_struct(not_a_struct)
