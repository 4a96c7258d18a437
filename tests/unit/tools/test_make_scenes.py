"""The generator of the sample facility's scenes."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.room_types import ROOM_TYPES
from tools.make_scenes import SCENES_DIRECTORY, main
from tools.scenes.bake import Lamp, Light, bake
from tools.scenes.models import MODELS
from tools.scenes.piece import Piece
from tools.scenes.rooms import ROOMS
from tools.scenes.shapes import ball, box, fan, lathe, panel, tube, turn_of, turned

if TYPE_CHECKING:
    from pathlib import Path

    from tools.scenes.shapes import Shape

DRAW_CALLS_MAX = 15
TRIANGLES_MAX = 150_000
BYTES_MAX = 3_000_000
MODEL_BYTES_MAX = 100_000
SMALLEST = "consult"


def parts_of(name: str) -> tuple[dict[str, Any], bytes]:
    data = (SCENES_DIRECTORY / f"{name}.glb").read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def test_a_kept_scene_is_what_the_generator_writes() -> None:
    assert main(["--check", "--only", SMALLEST]) == 0


def test_check_names_the_scene_that_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / f"{SMALLEST}.glb").write_bytes(b"glTF")
    assert main(["--check", "--only", SMALLEST, "--directory", str(tmp_path)]) == 1
    assert f"{SMALLEST}.glb" in capsys.readouterr().out


def test_a_name_that_is_none_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--check", "--only", "consul", "--directory", str(tmp_path)])
    assert stopped.value.code == 2
    assert "consul" in capsys.readouterr().err


def test_a_file_that_nothing_makes_any_more_is_named_and_then_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.make_scenes.ROOMS", {})
    monkeypatch.setattr("tools.make_scenes.MODELS", {"teddy": MODELS["teddy"]})
    monkeypatch.setattr("tools.make_scenes.SCENES_DIRECTORY", tmp_path / "kept")
    assert main([]) == 0
    assert main(["--directory", str(tmp_path / "own")]) == 0
    for directory in ("kept", "own"):
        for old in ("old.glb", "models/old.glb"):
            (tmp_path / directory / old).write_bytes(b"glTF")
    assert main(["--check", "--only", "teddy"]) == 0
    assert main(["--check"]) == 1
    assert "no longer made: models/old.glb, old.glb" in capsys.readouterr().out
    assert main([]) == 0
    assert [path.name for path in (tmp_path / "kept").rglob("*.glb")] == ["teddy.glb"]
    assert main(["--check"]) == 0
    assert main(["--directory", str(tmp_path / "own")]) == 0
    assert len(list((tmp_path / "own").rglob("*.glb"))) == 3


@pytest.mark.parametrize("name", ROOMS)
def test_a_standalone_headset_can_draw_it(name: str) -> None:
    gltf, _ = parts_of(name)
    drawn = [gltf["meshes"][node["mesh"]] for node in gltf["nodes"] if "mesh" in node]
    primitives = [primitive for mesh in drawn for primitive in mesh["primitives"]]
    triangles = sum(gltf["accessors"][primitive["indices"]]["count"] // 3 for primitive in primitives)
    assert len(primitives) <= DRAW_CALLS_MAX
    assert triangles <= TRIANGLES_MAX
    assert (SCENES_DIRECTORY / f"{name}.glb").stat().st_size <= BYTES_MAX
    assert all("KHR_materials_unlit" in material["extensions"] for material in gltf["materials"])


@pytest.mark.parametrize("name", ROOMS)
def test_furniture_stands_inside_the_walls(name: str) -> None:
    room = ROOMS[name]()
    (west, _, north), (east, _, south) = room.bounds()
    for solid, (least, greatest) in room.solids:
        assert west - 0.1 <= least[0] <= greatest[0] <= east + 0.1, solid
        assert north - 0.1 <= least[2] <= greatest[2] <= south + 0.1, solid


@pytest.mark.parametrize("name", ROOMS)
def test_nobody_appears_before_a_door_that_is_blocked(name: str) -> None:
    room = ROOMS[name]()
    for door, place, yaw in room.doors:
        x, _, z = turned(turn_of(yaw), np.array([[0.0, 0.0, 0.6]]))[0] + np.array(place)
        for solid, (least, greatest) in room.solids:
            assert not (least[0] < x < greatest[0] and least[2] < z < greatest[2]), (door, solid)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_kept_as_it_is_made_small_and_held_where_a_hand_can_be(name: str) -> None:
    assert main(["--check", "--only", name]) == 0
    assert (SCENES_DIRECTORY / "models" / f"{name}.glb").stat().st_size < MODEL_BYTES_MAX
    positions = np.concatenate([part.shape.positions for part in MODELS[name]().parts])
    assert np.all(positions.min(axis=0) < 0.05)
    assert np.all(positions.max(axis=0) > -0.05)


def test_every_model_that_the_sample_names_is_there() -> None:
    settings = load_facility(SAMPLE_FACILITY, ROOM_TYPES).settings
    named = {thing.model for room in (*settings.rooms, *settings.visits) for thing in room.objects}
    assert named <= set(MODELS)


SHAPES = {
    "box": box((1.0, 0.4, 0.6)),
    "sharp box": box((1.0, 0.4, 0.6), bevel=0.0),
    "panel": panel(1.0, 2.0),
    "pole": lathe([(0.1, 0.0), (0.1, 1.0)]),
    "ball": ball((0.3, 0.2, 0.1)),
    "tube": tube([(0.0, 0.0, 0.0), (0.0, 0.4, 0.0), (0.3, 0.6, 0.1)], 0.02),
    "fan": fan([(0.0, 0.0), (1.0, 0.0), (0.5, 1.0)]),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_a_shape_is_wound_to_the_side_its_normals_are_on(shape: Shape) -> None:
    a, b, c = (shape.positions[shape.triangles[:, n]] for n in range(3))
    faces = np.cross(b - a, c - a)
    mean = sum(shape.normals[shape.triangles[:, n]] for n in range(3))
    assert np.all((faces * mean).sum(axis=1) >= -1e-9)


def test_a_bevelled_box_is_closed_and_has_its_size() -> None:
    shape = box((1.0, 0.4, 0.6), bevel=0.05)
    edges: dict[tuple[int, int], int] = {}
    for triangle in shape.triangles:
        for one, other in ((0, 1), (1, 2), (2, 0)):
            edge = (int(triangle[one]), int(triangle[other]))
            edges[edge] = edges.get(edge, 0) + 1
    assert all(count == 1 and edges.get((b, a)) == 1 for (a, b), count in edges.items())
    assert np.allclose(np.ptp(shape.positions, axis=0), (1.0, 0.4, 0.6))


def lit(*things: Piece, at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> float:
    """The light on a floor at a place in a room with one lamp above its middle."""
    lamp = Lamp((0.0, 3.0, 0.0), (0.0, -1.0, 0.0), (2.0, 2.0, 2.0))
    light = Light((10.0, 3.0, 10.0), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0.3, 0.3, 0.3), lamps=[lamp])
    blocks = [block for thing in things for block in thing.blocks]
    return float(bake(light, np.array([at]), np.array([[0.0, 1.0, 0.0]]), blocks)[0, 0])


def test_light_falls_off_and_a_table_shades_the_floor() -> None:
    table = Piece()
    table.box((2.0, 0.1, 2.0), (0.0, 0.5, 0.0), "oak")
    assert lit() > lit(at=(3.0, 0.0, 0.0))
    assert lit(table) < 0.7 * lit()
    assert lit(table, at=(4.0, 0.0, 4.0)) == lit(at=(4.0, 0.0, 4.0))
