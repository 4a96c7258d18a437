import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from msgspec import Struct

from protocol import schema
from protocol.reference_hand import FINGERS, GRIP_IN_WRIST


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


def test_the_description_names_the_reference_hand_and_its_order_of_turns() -> None:
    hand = json.loads(schema.describe())["hand"]
    thumb, index, *_ = hand["fingers"]
    assert len(hand["fingers"]) == 5
    assert hand["grip"] == "-0.001 -0.037 -0.066 0.5 0.5 0.5 0.5"
    assert thumb["joints"][0] == "XYZ(-69 54 117) X(-flexion) Y(spread) XYZ(-8 -21 -2)"
    assert index == {
        "first": "index_proximal",
        "root": "-24 -7 -96",
        "bones": "38 24 22",
        "joints": [
            "XYZ(-2 0 2) Y(spread) X(-flexion) XYZ(0 -2 2)",
            "XYZ(0 -1 -3) X(-flexion) XYZ(0 0 0)",
            "XYZ(0 -2 -2) X(-flexion) XYZ(0 -1 0)",
        ],
        "metacarpal": "-18 -12 -37 XYZ(0 0 0)",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"first": 8},
        {"root": (-24, -7, -95)},
        {"bones": (38, 24, 23)},
        {"tilts": ((-2, 0, 2), (0, -1, -3), (0, -2, -3))},
        {"turns": ((0, -2, 1), (0, 0, 0), (0, -1, 0))},
        {"metacarpal": (-18, -12, -36)},
        {"metacarpal_turn": (0, 0, 1)},
        {"spread_first": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_finger_is_another_description(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.describe()
    thumb, index, *others = FINGERS
    monkeypatch.setattr(schema, "FINGERS", (thumb, replace(index, **change), *others))
    assert schema.describe() != before


def test_a_digit_that_machines_compute_otherwise_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.describe()
    monkeypatch.setattr(schema, "GRIP_IN_WRIST", tuple(value * (1 + 1e-15) for value in GRIP_IN_WRIST))
    assert schema.describe() == before


def test_a_type_without_a_word_is_refused() -> None:
    class Odd(Struct):
        values: set[int]

    with pytest.raises(TypeError, match="no word"):
        schema._describe_struct(Odd)


def test_only_structs_are_described() -> None:
    not_a_struct: Any = int
    with pytest.raises(TypeError, match="not a struct"):
        schema._describe_struct(not_a_struct)
