"""The generator of the sample facility's looks."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tools.avatars.flesh import Flesh, Hold
from tools.avatars.skeleton import bones
from tools.make_avatars import AVATARS, AVATARS_DIRECTORY, main
from tools.scenes.shapes import ball

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = {"hips", "spine", "head"} | {
    f"{side}{bone}"
    for side in ("left", "right")
    for bone in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
}
"""The bones without which a file is no VRM 1.0 (VRMC_vrm 1.0, humanoid)."""

TRIANGLES_MAX = 16_000
BYTES_MAX = 700_000


def document(name: str) -> dict[str, Any]:
    data = (AVATARS_DIRECTORY / f"{name}.vrm").read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return dict(json.loads(data[20 : 20 + length]))


def test_a_kept_look_is_what_the_generator_writes() -> None:
    assert main(["--check"]) == 0


def test_check_names_the_look_that_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--directory", str(tmp_path)]) == 0
    (tmp_path / "vrm-robin.vrm").write_bytes(b"glTF")
    assert main(["--check", "--directory", str(tmp_path)]) == 1
    assert "vrm-robin.vrm" in capsys.readouterr().out


@pytest.mark.parametrize("name", AVATARS)
def test_a_look_is_whole_and_light(name: str) -> None:
    told = document(name)
    vrm = told["extensions"]["VRMC_vrm"]
    assert set(vrm["humanoid"]["humanBones"]) >= REQUIRED
    assert {"blinkLeft", "blinkRight", "aa"} <= set(vrm["expressions"]["preset"])
    primitives = [primitive for mesh in told["meshes"] for primitive in mesh["primitives"]]
    assert sum(told["accessors"][each["indices"]]["count"] for each in primitives) <= 3 * TRIANGLES_MAX
    assert (AVATARS_DIRECTORY / f"{name}.vrm").stat().st_size <= BYTES_MAX


def test_each_bone_comes_after_the_one_above_it() -> None:
    seen: set[str] = set()
    for bone in bones():
        assert bone.above is None or bone.above in seen
        seen.add(bone.name)


def test_a_vertex_between_two_bones_is_held_by_both_and_by_no_third() -> None:
    hold = Hold(("hips", "spine", "chest"), (1.0, 1.3), blend=0.1)
    flesh = Flesh()
    flesh.add(ball((0.1, 0.4, 0.1)).moved(np.eye(3), (0.0, 1.1, 0.0)), "white", hold)
    joints, shares = flesh.skin({"hips": 3, "spine": 5, "chest": 7})
    assert (shares.sum(axis=1) == 255).all()
    heights = flesh.parts[0].shape.positions[:, 1]
    assert (joints[heights < 0.89, 0] == 3).all()
    assert (joints[heights > 1.41, 0] == 7).all()
    between = (heights > 0.95) & (heights < 1.05)
    assert ((shares[between, 0] > 0) & (shares[between, 1] > 0)).all()
