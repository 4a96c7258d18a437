"""Reading what a scene says about its room."""

from __future__ import annotations

import copy
import json
import math
import struct
from typing import TYPE_CHECKING, Any

import pytest

from server.config import SAMPLE_FACILITY
from server.errors import ConfigError
from server.scene import SceneLayout, SceneSpawn, SceneZone, read_scene

if TYPE_CHECKING:
    from pathlib import Path

SCENES = SAMPLE_FACILITY.parent / "scenes"


def volume(name: str, use: str, shape: int, place: list[float]) -> dict[str, Any]:
    return {
        "name": name,
        "translation": place,
        "extensions": {"OMI_physics_body": {"trigger": {"shape": shape}}},
        "extras": {"volume": use},
    }


QUARTER = math.sin(math.pi / 4)
GOOD: dict[str, Any] = {
    "asset": {"version": "2.0"},
    "extensions": {
        "OMI_physics_shape": {
            "shapes": [
                {"type": "box", "box": {"size": [10, 4, 8]}},
                {"type": "box", "box": {"size": [2, 4, 2]}},
                {"type": "sphere", "sphere": {"radius": 1}},
            ]
        }
    },
    "scene": 0,
    "scenes": [{"nodes": [0, 1]}],
    "nodes": [
        volume("", "bounds", 0, [0, 2, 0]),
        {"name": "furniture", "translation": [1, 0, 0], "children": [2, 3, 4]},
        volume("Couch", "zone", 1, [2, 2, -3]),
        {
            "name": "spawn",
            "translation": [0, 0, 2],
            "rotation": [0, QUARTER, 0, QUARTER],
            "extensions": {"OMI_spawn_point": {"title": "Door"}},
            "extras": {"tool": ["of somebody else"]},
        },
        {
            "name": "chair",
            "translation": [1, 0, 0],
            "rotation": [0, 1, 0, 0],
            "extensions": {"OMI_seat": {"back": [0, 0.5, 0.2], "knee": [0, 0.5, -0.2], "foot": [0, 0, -0.2]}},
        },
    ],
}


def binary(document: object) -> bytes:
    text = json.dumps(document).encode()
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<I4s", len(text), b"JSON") + text


def read(folder: Path, document: object) -> SceneLayout:
    file = folder / "room.gltf"
    file.write_text(json.dumps(document))
    return read_scene(file)


def changed(index: int, **values: object) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    document["nodes"][index] |= values
    return document


def failure(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_scene(file)
    line = caught.value.detail
    assert "\n" not in line
    return line.removeprefix(f"{file}: ")


def test_bounds_zones_spawns_and_seats_are_read_where_they_stand_in_the_room(tmp_path: Path) -> None:
    layout = read(tmp_path, GOOD)
    assert layout.bounds == ((-5.0, 0.0, -4.0), (5.0, 4.0, 4.0))
    assert layout.zones == (SceneZone(name="Couch", box=((2.0, 0.0, -4.0), (4.0, 4.0, -2.0))),)
    assert layout.spawns == (SceneSpawn(box=((1.0, 1.6, 2.0), (1.0, 1.6, 2.0)), yaw=90.0),)
    (seat,) = layout.seats
    assert (seat.position, seat.yaw) == ((2.0, 0.5, -0.2), 180.0)


def test_a_seat_looks_from_the_back_to_the_knees(tmp_path: Path) -> None:
    (seat,) = read(tmp_path, changed(4, rotation=[0, QUARTER, 0, QUARTER])).seats
    assert (seat.position, seat.yaw) == ((2.2, 0.5, 0.0), 90.0)


def test_a_spawn_area_is_taken_as_it_is(tmp_path: Path) -> None:
    area = [[-1.0, 1.5, -2.0], [1.0, 1.7, 2.0]]
    (spawn,) = read(tmp_path, changed(3, extras={"area": area})).spawns
    assert spawn.box == ((-1.0, 1.5, -2.0), (1.0, 1.7, 2.0))


def test_a_binary_file_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "room.glb"
    file.write_bytes(binary(GOOD))
    assert read_scene(file) == read(tmp_path, GOOD)


def test_a_scene_that_says_nothing_is_good(tmp_path: Path) -> None:
    assert read(tmp_path, {"asset": {"version": "2.0"}}) == SceneLayout()


@pytest.mark.parametrize("name", ["lobby", "waiting", "consult", "ward", "simulation", "auditorium"])
def test_the_sample_scenes_say_what_the_server_needs(name: str) -> None:
    layout = read_scene(SCENES / f"{name}.glb")
    assert layout.bounds is not None
    assert layout.spawns
    assert layout.seats
    for seat in layout.seats:
        inside = zip(layout.bounds[0], seat.position, layout.bounds[1], strict=True)
        assert all(low <= at <= high for low, at, high in inside), seat


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (changed(2, scale=[2, 1, 1]), "nodes[2] 'Couch': expected a node that is moved and turned only"),
        (changed(1, scale=[2, 1, 1]), "nodes[2] 'Couch': expected a node that is moved and turned only"),
        (changed(2, rotation=[0, QUARTER, 0, QUARTER]), "nodes[2] 'Couch': expected a box that is not turned"),
        (changed(2, rotation=[0, 0, 0, 2]), "nodes[2] 'Couch'.rotation: expected a quaternion of length 1, got 2.000"),
        (changed(2, extensions={}), "nodes[2] 'Couch': expected an OMI_physics_body trigger with a shape, got none"),
        (changed(2, name=""), "nodes[2]: expected a zone's name, got none"),
        (
            changed(4, name="Couch", extras={"volume": "zone"}),
            "nodes[4] 'Couch': expected a name that no other zone of the scene has, got 'Couch'",
        ),
        (changed(2, extras={"volume": "room"}), "nodes[2] 'Couch'.extras: expected a volume or an area"),
        (changed(2, extras={"volume": "bounds"}), "nodes[2] 'Couch': expected one node that is the bounds"),
        (changed(3, rotation=[QUARTER, 0, 0, QUARTER]), "nodes[3] 'spawn': expected a spawn point that is turned"),
        (changed(4, scale=[1, 2, 1]), "nodes[4] 'chair': expected a node that is moved and turned only, got a scale"),
        (changed(4, rotation=[QUARTER, 0, 0, QUARTER]), "nodes[4] 'chair': expected a seat with the knees before"),
        (changed(1, children=[2, 2]), "nodes[2] 'Couch': expected a node with one parent, got a second one"),
        (changed(4, children=[1]), "nodes[1] 'furniture': expected a node with one parent, got a second one"),
        (changed(1, children=[9]), "nodes[9]: expected one of 5 nodes, got none"),
        (volume("x", "zone", 0, [0, 0, 0]), "JSON: expected glTF 2.0, got Object missing required field asset"),
        ({"asset": {"version": "1.0"}}, "asset.version: expected 2.x, got '1.0'"),
        (GOOD | {"scene": 3}, "scene: expected one of 1 scenes, got 3"),
        ([], "JSON: expected glTF 2.0, got Expected object, got array"),
    ],
)
def test_what_is_wrong_is_told_with_its_node(tmp_path: Path, document: object, line: str) -> None:
    file = tmp_path / "room.gltf"
    file.write_text(json.dumps(document))
    assert failure(file).startswith(line)


@pytest.mark.parametrize(
    "extras",
    [b'{"a": "\xff"}', b"[" * 5000 + b"]" * 5000, b'{"a": ' + b"9" * 5000 + b"}"],
    ids=["bytes", "nested", "digits"],
)
def test_extras_that_python_cannot_read_are_one_line(tmp_path: Path, extras: bytes) -> None:
    file = tmp_path / "room.gltf"
    text = json.dumps(changed(4, extras="HERE")).encode().replace(b'"HERE"', extras)
    file.write_bytes(text)
    assert "expected" in failure(file)


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        (7, "nodes[2] 'Couch': expected one of 3 shapes, got 7"),
        (2, "nodes[2] 'Couch': expected a shape that is a box, got sphere"),
    ],
)
def test_a_volume_is_a_box_that_is_there(tmp_path: Path, shape: int, line: str) -> None:
    file = tmp_path / "room.gltf"
    file.write_text(json.dumps(changed(2, extensions={"OMI_physics_body": {"trigger": {"shape": shape}}})))
    assert failure(file) == line


@pytest.mark.parametrize("kind", ["buffers", "images"])
def test_what_is_embedded_as_text_is_refused_since_no_page_may_load_it(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "room.gltf"
    file.write_text(json.dumps(GOOD | {kind: [{"uri": "data:application/octet-stream;base64,AAAA", "byteLength": 3}]}))
    expected = f"{kind}[0]: expected a file: export as .glb or with a .bin beside it, got embedded {kind}"
    assert failure(file) == expected
    file.write_text(json.dumps(GOOD | {kind: [{"uri": "room.bin", "byteLength": 3}]}))
    assert read_scene(file).zones


@pytest.mark.parametrize(
    ("extras", "private"),
    [({}, None), ({"private": False}, False), ({"private": True}, True)],
)
def test_a_zone_says_whether_it_is_private(tmp_path: Path, extras: dict[str, object], private: bool | None) -> None:
    (zone,) = read(tmp_path, changed(2, extras={"volume": "zone"} | extras)).zones
    assert zone.private is private


def test_a_zone_that_says_it_wrongly_is_told(tmp_path: Path) -> None:
    extras = {"private": "yes"}
    file = tmp_path / "room.gltf"
    file.write_text(json.dumps(changed(2, extras={"volume": "zone"} | extras)))
    assert failure(file).startswith("nodes[2] 'Couch'.extras: expected private as true or false")
    # Of what is no zone, others' tools may say what they like.
    file.write_text(json.dumps(changed(3, extras=extras)))
    assert read_scene(file).zones


@pytest.mark.parametrize("size", [[0, 1, 1], [1, -2, 1]])
def test_a_volume_has_an_inside(tmp_path: Path, size: list[int]) -> None:
    document = copy.deepcopy(GOOD)
    document["extensions"]["OMI_physics_shape"]["shapes"][1]["box"]["size"] = size
    file = tmp_path / "room.gltf"
    file.write_text(json.dumps(document))
    assert failure(file).startswith("nodes[2] 'Couch': expected a box with an inside")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "header: expected a binary glTF of 20 bytes or more, got 0 bytes"),
        (b"PNG!" + binary(GOOD)[4:], "header: expected glTF, version 2, got b'PNG!', version 2"),
        (binary(GOOD)[:-1], "header: expected the file's length"),
        (binary(GOOD)[:12] + b"\xff\xff\xff\x7f" + binary(GOOD)[16:], "first chunk: expected JSON that ends inside"),
        (binary(GOOD)[:16] + b"BIN\0" + binary(GOOD)[20:], "first chunk: expected JSON that ends inside the file"),
        (binary(GOOD)[:20] + b"\xff" + binary(GOOD)[21:], "JSON: expected glTF 2.0, got"),
    ],
)
def test_a_binary_file_that_is_broken_is_told(tmp_path: Path, data: bytes, line: str) -> None:
    file = tmp_path / "room.glb"
    file.write_bytes(data)
    assert failure(file).startswith(line)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert failure(tmp_path / "none.glb") == "file: expected a scene that can be read, got No such file or directory"
