"""The generator of the sample facility's scenes."""

from __future__ import annotations

import base64
import json
import struct
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tools.make_scenes import SCENES_DIRECTORY, main
from tools.scenes.gltf import document, written
from tools.scenes.rooms import ROOMS

if TYPE_CHECKING:
    from tools.scenes.pieces import Scene

SCENES = [room() for room in ROOMS]


def parts_of(scene: Scene) -> tuple[dict[str, Any], bytes]:
    gltf: dict[str, Any] = json.loads(written(document(scene)))
    return gltf, base64.b64decode(gltf["buffers"][0]["uri"].partition(",")[2])


def test_kept_scenes_are_what_the_generator_writes() -> None:
    assert main(["--check"]) == 0


def test_check_names_the_scene_that_differs(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--directory", str(tmp_path)]) == 0
    (tmp_path / "ward.gltf").write_text("{}")
    assert main(["--check", "--directory", str(tmp_path)]) == 1
    assert "ward.gltf" in capsys.readouterr().out


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_scene_is_small(scene: Scene) -> None:
    assert (SCENES_DIRECTORY / f"{scene.name}.gltf").stat().st_size < 300_000


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_node_stands_in_the_tree_once_and_has_a_name(scene: Scene) -> None:
    gltf, _ = parts_of(scene)
    roots = gltf["scenes"][0]["nodes"]
    children = [child for node in gltf["nodes"] for child in node.get("children", ())]
    assert sorted(roots + children) == list(range(len(gltf["nodes"])))
    names = [gltf["nodes"][root]["name"] for root in roots]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_furniture_stands_inside_the_walls(scene: Scene) -> None:
    for piece in scene.pieces:
        if not piece.name.startswith(("wall-", "floor")):
            assert abs(piece.place[0]) < scene.width / 2, piece.name
            assert abs(piece.place[2]) < scene.depth / 2, piece.name


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_walls_leave_their_openings_in_order(scene: Scene) -> None:
    for piece in scene.pieces:
        edges = [
            (box.centre[0] - box.size[0] / 2, box.centre[0] + box.size[0] / 2)
            for box in piece.boxes
            if box.name.startswith("wall-")
        ]
        assert all(left <= right for left, right in edges)
        assert all(first[1] <= second[0] for first, second in pairwise(edges))


def test_buffer_holds_what_its_views_and_accessors_say() -> None:
    gltf, data = parts_of(SCENES[0])
    assert gltf["buffers"][0]["byteLength"] == len(data)
    width = {5126: 4, 5123: 2}
    for accessor in gltf["accessors"]:
        view = gltf["bufferViews"][accessor["bufferView"]]
        values = accessor["count"] * {"VEC3": 3, "SCALAR": 1}[accessor["type"]]
        assert view["byteLength"] == values * width[accessor["componentType"]]
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= len(data)


def test_cube_faces_outwards() -> None:
    _, data = parts_of(SCENES[0])
    positions = [struct.unpack_from("<3f", data, 12 * n) for n in range(24)]
    normals = [struct.unpack_from("<3f", data, 288 + 12 * n) for n in range(24)]
    indices = struct.unpack_from("<36H", data, 576)
    for first in range(0, 36, 3):
        a, b, c = (positions[index] for index in indices[first : first + 3])
        u, v = ([q - p for p, q in zip(a, other, strict=True)] for other in (b, c))
        cross = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
        assert cross == normals[indices[first]]
