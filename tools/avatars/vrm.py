"""A VRM 1.0 file: meshes that follow bones, a face that moves, and what it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.avatars.skeleton import bones
from tools.scenes.glb import (
    ARRAY_BUFFER,
    ELEMENT_ARRAY_BUFFER,
    FLOAT,
    UNSIGNED_BYTE,
    UNSIGNED_SHORT,
    Document,
    Node,
    colours_of,
    joined,
    rounded,
    unit_normals,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.avatars.flesh import Flesh

MOVES: Final = ("blinkLeft", "blinkRight", "aa", "ou", "happy")
"""Moves of the face, which are expressions of VRM by the same names."""

LICENCE: Final[Mapping[str, Any]] = {
    "licenseUrl": "https://vrm.dev/licenses/1.0/",
    "avatarPermission": "everyone",
    "commercialUsage": "corporation",
    "creditNotation": "unnecessary",
    "allowRedistribution": True,
    "modification": "allowModificationRedistribution",
    "allowExcessivelyViolentUsage": False,
    "allowExcessivelySexualUsage": False,
    "allowPoliticalOrReligiousUsage": False,
    "allowAntisocialOrHateUsage": False,
}
"""Anybody may wear it for anything that does no harm, change it and pass it on, and need name nobody."""

GAZE_DEGREES: Final = 7.0
"""How far an eye turns for a gaze of 90 degrees: it slides over a face that is round."""


class VrmDocument(Document):
    """A figure as it grows."""

    def __init__(self, title: str, authors: tuple[str, ...]) -> None:
        super().__init__(title)
        self._authors = authors
        self._bones = bones()
        self._numbers = {bone.name: number for number, bone in enumerate(self._bones)}
        self._face: int | None = None
        for bone in self._bones:
            self.nodes.append(self._bone(bone.name))
        rest = [[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, *(rounded(-v) for v in bone.place), 1] for bone in self._bones]
        inverse = self._accessor(np.array(rest, dtype="<f4"), FLOAT, "MAT4", 0)
        self._skin = {"inverseBindMatrices": inverse, "joints": list(range(len(self._bones))), "skeleton": 0}

    def worn(self, name: str, flesh: Flesh) -> None:
        """Add a mesh that follows the bones."""
        primitive = self._primitive(flesh)
        self._meshes.append({"name": name, "primitives": [primitive]})
        self.nodes.append({"name": name, "mesh": len(self._meshes) - 1, "skin": 0})

    def face(self, name: str, flesh: Flesh) -> None:
        """Add the mesh that the moves of the face move."""
        self._face = len(self.nodes)
        primitive = self._primitive(flesh)
        primitive["targets"] = [{"POSITION": self._move(flesh, move)} for move in MOVES]
        mesh = {"name": name, "primitives": [primitive], "weights": [0.0] * len(MOVES)}
        self._meshes.append(mesh | {"extras": {"targetNames": list(MOVES)}})
        self.nodes.append({"name": name, "mesh": len(self._meshes) - 1, "skin": 0})

    def _bone(self, name: str) -> Node:
        bone = self._bones[self._numbers[name]]
        above = (0.0, 0.0, 0.0) if bone.above is None else self._bones[self._numbers[bone.above]].place
        node: Node = {
            "name": name,
            "translation": [rounded(here - there) for here, there in zip(bone.place, above, strict=True)],
        }
        children = [number for number, other in enumerate(self._bones) if other.above == name]
        return node | {"children": children} if children else node

    def _primitive(self, flesh: Flesh) -> Node:
        positions, normals, triangles = joined(flesh.parts)
        joints, shares = flesh.skin(self._numbers)
        attributes = {
            "POSITION": self._accessor(positions.astype("<f4"), FLOAT, "VEC3", ARRAY_BUFFER, limits=True),
            "NORMAL": self._accessor(unit_normals(normals), FLOAT, "VEC3", ARRAY_BUFFER),
            "COLOR_0": self._bytes(colours_of(flesh.parts, np.ones_like(positions))),
            "JOINTS_0": self._accessor(joints.astype("u1"), UNSIGNED_BYTE, "VEC4", ARRAY_BUFFER),
            "WEIGHTS_0": self._bytes(shares.astype("u1")),
        }
        indices = triangles.astype("<u2").reshape(-1)
        return {
            "attributes": attributes,
            "indices": self._accessor(indices, UNSIGNED_SHORT, "SCALAR", ELEMENT_ARRAY_BUFFER),
            "material": self._material("matt"),
        }

    def _bytes(self, values: np.ndarray[Any, Any]) -> int:
        return self._accessor(values, UNSIGNED_BYTE, "VEC4", ARRAY_BUFFER, normalised=True)

    def _move(self, flesh: Flesh, move: str) -> int:
        moved = np.round(flesh.moved(move), 4) + 0.0
        return self._accessor(moved.astype("<f4"), FLOAT, "VEC3", ARRAY_BUFFER, limits=True)

    def _json(self) -> Node:
        document = super()._json()
        document["asset"] = {
            "version": "2.0",
            "generator": "Polyclinic tools/make_avatars.py",
            "copyright": "VRM Public License 1.0",
        }
        meshes = [number for number, node in enumerate(self.nodes) if "mesh" in node]
        document["scenes"] = [{"name": self.name, "nodes": [0, *meshes]}]
        document["skins"] = [self._skin]
        document["extensionsUsed"] = ["VRMC_vrm"]
        document["extensions"] = {"VRMC_vrm": self._vrm()}
        return document

    def _vrm(self) -> Node:
        return {
            "specVersion": "1.0",
            "meta": {"name": self.name, "version": "1", "authors": list(self._authors), **LICENCE},
            "humanoid": {"humanBones": {name: {"node": number} for name, number in self._numbers.items()}},
            "expressions": {"preset": {move: self._expression(number) for number, move in enumerate(MOVES)}},
            "lookAt": {
                "type": "bone",
                "offsetFromHeadBone": [0.0, 0.07, 0.08],
                **{
                    f"rangeMap{way}": {"inputMaxValue": 90.0, "outputScale": GAZE_DEGREES}
                    for way in ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")
                },
            },
        }

    def _expression(self, number: int) -> Node:
        if self._face is None:
            return {}
        return {"morphTargetBinds": [{"node": self._face, "index": number, "weight": 1.0}]}
