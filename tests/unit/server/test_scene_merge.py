"""A facility file filled up with what its scenes say."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from server.errors import ConfigError
from server.scene_merge import QuietZone, fill_from_scenes, read_facility_tree
from tests.unit.server.test_scene import GOOD

if TYPE_CHECKING:
    from pathlib import Path

COUCH = [[2.0, 0.0, -4.0], [4.0, 4.0, -2.0]]
BOUNDS = [[-5.0, 0.0, -4.0], [5.0, 4.0, 4.0]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "room.gltf").write_text(json.dumps(GOOD))
    return tmp_path / "clinic.toml"


def filled(file: Path, **room: object) -> dict[str, Any]:
    tree: dict[str, Any] = {"rooms": [{"scene": "room.gltf"} | copy.deepcopy(room)]}
    fill_from_scenes(file, tree)
    found: dict[str, Any] = tree["rooms"][0]
    return found


def as_lists(value: object) -> Any:
    return json.loads(json.dumps(value))


def test_what_the_file_leaves_out_comes_from_the_scene(file: Path) -> None:
    room = as_lists(filled(file))
    assert room["bounds"] == BOUNDS
    assert room["spawns"] == [{"box": [[1.0, 1.6, 2.0], [1.0, 1.6, 2.0]], "yaw": 90.0}]
    assert room["zones"] == [{"name": "Couch", "box": COUCH}]
    assert [seat["position"] for seat in room["seats"]] == [[2.0, 0.5, -0.2]]


def test_a_zone_of_the_file_takes_its_box(file: Path) -> None:
    zones: list[dict[str, Any]] = [
        {"name": "Corner", "box": BOUNDS},
        {"name": "Couch", "private": True},
    ]
    room = as_lists(filled(file, zones=zones))
    assert room["zones"] == [zones[0], zones[1] | {"box": COUCH}]


def scene_that_says(file: Path, **extras: object) -> None:
    document = copy.deepcopy(GOOD)
    document["nodes"][2]["extras"] |= extras
    (file.parent / "scenes" / "room.gltf").write_text(json.dumps(document))


def test_a_zone_of_the_scene_keeps_what_the_scene_says_of_it(file: Path) -> None:
    scene_that_says(file, private=True)
    whole = {"name": "Couch", "box": COUCH, "private": True}
    assert as_lists(filled(file))["zones"] == [whole]
    assert as_lists(filled(file, zones=[{"name": "Couch"}]))["zones"] == [whole]


@pytest.mark.parametrize(("scene", "said"), [(True, False), (False, True)])
def test_a_zone_is_not_private_for_one_and_public_for_the_other(file: Path, scene: bool, said: bool) -> None:
    scene_that_says(file, private=scene)
    with pytest.raises(ConfigError, match=f"expected what the scene says, {str(scene).lower()}, or nothing") as caught:
        filled(file, zones=[{"name": "Couch", "private": said}])
    assert caught.value.key == "rooms[0].zones[0].private"


def test_zones_that_nobody_spoke_of_are_told(file: Path) -> None:
    def quiet(**room: object) -> tuple[QuietZone, ...]:
        return fill_from_scenes(file, {"rooms": [{"scene": "room.gltf"} | room]})

    assert quiet() == (QuietZone("rooms[0]", "Couch"),)
    assert quiet(zones=[{"name": "Couch"}]) == ()
    scene_that_says(file, private=False)
    assert quiet() == ()


def test_spawns_of_the_file_are_used_instead_of_the_scenes(file: Path) -> None:
    spawns = [{"box": [[0, 1.6, 0], [0, 1.6, 0]]}]
    assert filled(file, spawns=spawns)["spawns"] == spawns
    assert filled(file, seats=[])["seats"] == []


def test_what_both_say_agrees(file: Path) -> None:
    bounds, zones = [[-5, 0, -4], [5, 4, 4]], [{"name": "Couch", "box": COUCH}]
    assert filled(file, bounds=bounds, zones=zones)["bounds"] == bounds


@pytest.mark.parametrize(
    ("room", "key"),
    [
        ({"bounds": [[-5, 0, -4], [5, 3, 4]]}, "rooms[0].bounds"),
        ({"zones": [{"name": "Couch", "box": BOUNDS}]}, "rooms[0].zones[0].box"),
    ],
)
def test_what_does_not_agree_is_told(file: Path, room: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match="expected what the scene says, ") as caught:
        filled(file, **room)
    assert (caught.value.file, caught.value.key) == (str(file), key)


def test_a_scene_that_is_not_there_is_told_before_what_it_would_have_said(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected a file in .*, got 'missing\.glb'") as caught:
        fill_from_scenes(file, {"rooms": [{"scene": "missing.glb"}]})
    assert caught.value.key == "rooms[0].scene"


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"rooms": "none"},
        {"rooms": [None, {"scene": 7}, {"scene": "../room.gltf"}, {"scene": "lobby.txt"}]},
        {"rooms": [{"scene": "room.gltf", "zones": 3, "bounds": "wide"}], "visits": 4},
    ],
)
def test_what_is_no_facility_is_left_for_the_check(file: Path, tree: dict[str, Any]) -> None:
    kept = copy.deepcopy(tree)
    fill_from_scenes(file, tree)
    for table, rooms in kept.items():
        if not isinstance(rooms, list):
            assert tree[table] == rooms
            continue
        for before, after in zip(rooms, tree[table], strict=True):
            assert before is None or {key: after[key] for key in before} == before


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 5000 + "]" * 5000, "x = " + "9" * 5000], ids=["nested", "a number of 5000 digits"]
)
def test_a_facility_file_that_python_cannot_read_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clinic.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_facility_tree(file)
    assert (caught.value.key, caught.value.expected) == ("file", "TOML")


def test_a_broken_scene_is_told_by_its_own_name(file: Path) -> None:
    (file.parent / "scenes" / "room.gltf").write_text("[]")
    with pytest.raises(ConfigError) as caught:
        filled(file)
    assert caught.value.file == str(file.parent / "scenes" / "room.gltf")
