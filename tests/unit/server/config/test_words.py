"""What is wrong with a facility file, in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from server.config.words import IDENTIFIER, PATTERNS, SCENE_FILE, WORLD_URL, explain, tell_box


class Room(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern=IDENTIFIER)]
    scene: Annotated[str, Meta(pattern=SCENE_FILE)] = "a.glb"
    url: Annotated[str, Meta(pattern=WORLD_URL)] | None = None


class File(msgspec.Struct, forbid_unknown_fields=True):
    rooms: list[Room]


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ({"id": "Lobby"}, "rooms[0].id: expected a small letter, then at most 31 small letters, digits and hyphens"),
        ({"id": "a", "scene": "my.obj"}, "rooms[0].scene: expected the name of a .glb or .gltf file, of letters"),
        ({"id": "a", "url": "http://x"}, "rooms[0].url: expected an address such as wss://clinic.example/world, got"),
        ({"id": 3}, "rooms[0].id: expected str, got int"),
        ({}, "rooms[0].id: expected a value, got nothing"),
        ({"id": "a", "colour": "red"}, "rooms[0].colour: expected one of the keys id, scene, url, got an unknown key"),
    ],
)
def test_what_is_wrong_is_told_in_words(room: dict[str, object], line: str) -> None:
    tree = {"rooms": [room]}
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(tree, File)
    told = explain(Path("a.toml"), tree, caught.value, {"": File, "rooms": Room})
    assert told.detail.startswith(f"a.toml: {line}")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_words_are_a_regular_expression(pattern: str) -> None:
    assert not re.search(r"[\\^$*\[\]{}|]", PATTERNS[pattern])


def test_a_box_is_told_as_the_file_has_it() -> None:
    assert tell_box(((0.0, 1.0, 2.0), (3.0, 4.0, 5.0))) == "[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]"
    assert tell_box(((0.0, 1.0, 2.0), (0.0, 1.0, 2.0))) == "[0.0, 1.0, 2.0]"
