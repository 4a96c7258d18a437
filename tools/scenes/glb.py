"""glTF 2.0 in one binary file: baked meshes, and the nodes that say what a room is like."""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.scenes.bake import bake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.scenes.bake import Light
    from tools.scenes.palette import Floats
    from tools.scenes.piece import Block, Part
    from tools.scenes.shapes import Ints, Vector

FLOAT, UNSIGNED_BYTE, UNSIGNED_SHORT, ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 5126, 5121, 5123, 34962, 34963
VERTICES_MAX: Final = 65_535
"""Of one mesh, so that an index takes two bytes."""
SHOULDER: Final = 0.62
"""Light up to here is drawn as it is; what is brighter comes ever nearer to white."""

Node = dict[str, Any]


class Document:
    """A file as it grows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[Node] = []
        self._meshes: list[Node] = []
        self._accessors: list[Node] = []
        self._views: list[Node] = []
        self._data = bytearray()
        self._shapes: list[Node] = []
        self._materials: list[Node] = []
        self._extensions: set[str] = set()

    def drawn(self, name: str, parts: Sequence[Part], blocks: Sequence[Block], light: Light) -> None:
        """Add parts with the light on them: what is opaque, and then what one sees through."""
        for clear in (False, True):
            chosen = [part for part in parts if (part.opacity < 1) == clear]
            for number, batch in enumerate(_batches(chosen)):
                title = f"{name}{'-glass' if clear else ''}{f'-{number + 1}' if number else ''}"
                self._mesh(title, batch, (blocks, light), "glass" if clear else "baked")

    def shown(self, name: str, parts: Sequence[Part]) -> None:
        """Add parts that the client lights, and those that glow."""
        for glows in (False, True):
            chosen = [part for part in parts if part.glows == glows]
            if chosen:
                self._mesh(f"{name}{'-glow' if glows else ''}", chosen, None, "baked" if glows else "matt")

    def volume(self, name: str, use: str, least: Vector, greatest: Vector) -> None:
        """Add the bounds or a zone."""
        size = [rounded(b - a) for a, b in zip(least, greatest, strict=True)]
        self._extensions |= {"OMI_physics_body", "OMI_physics_shape"}
        self._shapes.append({"type": "box", "box": {"size": size}})
        self.nodes.append(
            {
                "name": name,
                "translation": [rounded((a + b) / 2) for a, b in zip(least, greatest, strict=True)],
                "extensions": {"OMI_physics_body": {"trigger": {"shape": len(self._shapes) - 1}}},
                "extras": {"volume": use},
            }
        )

    def spawn(self, number: int, least: Vector, greatest: Vector, yaw: float) -> None:
        """Add an area where people appear, as a spawn point in its middle."""
        self._extensions.add("OMI_spawn_point")
        middle = (rounded((least[0] + greatest[0]) / 2), 0.0, rounded((least[2] + greatest[2]) / 2))
        node = placed(f"spawn-{number}", middle, yaw)
        node["extensions"] = {"OMI_spawn_point": {}}
        node["extras"] = {"area": [list(least), list(greatest)]}
        self.nodes.append(node)

    def seat(self, name: str, place: Vector, look: float) -> None:
        """Add a seat: the middle of its rear edge, where the back is."""
        self._extensions.add("OMI_seat")
        node = placed(name, (rounded(place[0]), 0.0, rounded(place[2])), look)
        top = rounded(place[1])
        node["extensions"] = {"OMI_seat": {"back": [0, top, 0], "knee": [0, top, -0.44], "foot": [0, 0, -0.44]}}
        self.nodes.append(node)

    def solid(self, name: str, least: Vector, greatest: Vector) -> None:
        """Add a thing that one cannot walk through."""
        self.nodes.append({"name": name, "extras": {"solid": True, "box": [list(least), list(greatest)]}})

    def marked(self, name: str, place: Vector, yaw: float) -> None:
        """Add a node that marks a place."""
        self.nodes.append(placed(name, place, yaw))

    def written(self) -> bytes:
        """Give the file."""
        text = json.dumps(self._json(), separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        data = bytes(self._data)
        length = 12 + 8 + len(text) + 8 + len(data)
        header = struct.pack("<4sII", b"glTF", 2, length)
        return header + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data

    def _json(self) -> Node:
        document: Node = {
            "asset": {"version": "2.0", "generator": "Polyclinic tools/make_scenes.py", "copyright": "Apache-2.0"},
            "scene": 0,
            "scenes": [{"name": self.name, "nodes": list(range(len(self.nodes)))}],
            "nodes": self.nodes,
            "meshes": self._meshes,
            "materials": self._materials,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self._data)}],
        }
        if self._extensions:
            document["extensionsUsed"] = sorted(self._extensions)
        if self._shapes:
            document["extensions"] = {"OMI_physics_shape": {"shapes": self._shapes}}
        return document

    def _mesh(self, name: str, parts: Sequence[Part], lit: tuple[Sequence[Block], Light] | None, material: str) -> None:
        """Add a mesh: with light on it, or with normals for light to come."""
        positions, normals, triangles = joined(parts)
        floats = positions.astype("<f4")
        attributes = {"POSITION": self._accessor(floats, FLOAT, "VEC3", ARRAY_BUFFER, limits=True)}
        if material == "matt":
            attributes["NORMAL"] = self._accessor(unit_normals(normals), FLOAT, "VEC3", ARRAY_BUFFER)
        shade = _shade(parts, positions, normals, *lit) if lit else np.ones_like(positions)
        colours = colours_of(parts, shade)
        attributes["COLOR_0"] = self._accessor(colours, UNSIGNED_BYTE, "VEC4", ARRAY_BUFFER, normalised=True)
        indices = triangles.astype("<u2").reshape(-1)
        primitive = {
            "attributes": attributes,
            "indices": self._accessor(indices, UNSIGNED_SHORT, "SCALAR", ELEMENT_ARRAY_BUFFER),
            "material": self._material(material),
        }
        self._meshes.append({"name": name, "primitives": [primitive]})
        self.nodes.append({"name": name, "mesh": len(self._meshes) - 1})

    def _material(self, name: str) -> int:
        known = [material["name"] for material in self._materials]
        if name not in known:
            self._materials.append({"name": name} | MATERIALS[name])
            self._extensions |= set(MATERIALS[name].get("extensions", ()))
            known.append(name)
        return known.index(name)

    def _accessor(
        self,
        values: np.ndarray[Any, Any],
        component: int,
        kind: str,
        target: int,
        *,
        normalised: bool = False,
        limits: bool = False,
    ) -> int:
        data = values.tobytes()
        stride = {"byteStride": values.itemsize * values.shape[1]} if target == ARRAY_BUFFER else {}
        start = len(self._data)
        self._data += data + b"\0" * (-len(data) % 4)
        view = {"buffer": 0, "byteOffset": start, "byteLength": len(data)}
        self._views.append(view | ({"target": target} if target else {}) | stride)
        accessor: Node = {"bufferView": len(self._views) - 1, "componentType": component, "count": len(values)}
        accessor["type"] = kind
        if normalised:
            accessor["normalized"] = True
        if limits:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self._accessors.append(accessor)
        return len(self._accessors) - 1


MATERIALS: Final[dict[str, Node]] = {
    "baked": {
        "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 1.0},
        "extensions": {"KHR_materials_unlit": {}},
    },
    "glass": {
        "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.1},
        "alphaMode": "BLEND",
        "doubleSided": True,
        "extensions": {"KHR_materials_unlit": {}},
    },
    "matt": {"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.6}},
}


def rounded(value: float) -> float:
    """Round to a tenth of a millimetre, and -0 to 0, so that the files are equal everywhere."""
    return round(value, 4) + 0.0


def placed(name: str, place: Vector, yaw: float) -> Node:
    """Describe a node that stands somewhere, turned by `yaw` degrees."""
    node: Node = {"name": name, "translation": [rounded(v) for v in place]}
    if yaw:
        half = math.radians(yaw) / 2
        node["rotation"] = [0.0, round(math.sin(half), 6) + 0.0, 0.0, round(math.cos(half), 6) + 0.0]
    return node


def _batches(parts: Sequence[Part]) -> list[list[Part]]:
    batches: list[list[Part]] = []
    count = 0
    for part in parts:
        size = len(part.shape.positions)
        if not batches or count + size > VERTICES_MAX:
            batches.append([])
            count = 0
        batches[-1].append(part)
        count += size
    return batches


def joined(parts: Sequence[Part]) -> tuple[Floats, Floats, Ints]:
    """Put the parts' vertices, normals and triangles together."""
    starts = np.cumsum([0, *(len(part.shape.positions) for part in parts)])
    positions = np.round(np.concatenate([part.shape.positions for part in parts]), 4) + 0.0
    normals = np.round(np.concatenate([part.shape.normals for part in parts]), 4) + 0.0
    triangles = np.concatenate([part.shape.triangles + start for part, start in zip(parts, starts, strict=False)])
    # What rounding made flat (a lid's middle, a ball's pole) is nothing to draw.
    a, b, c = (positions[triangles[:, n]] for n in range(3))
    whole = ((a != b).any(axis=1)) & ((b != c).any(axis=1)) & ((a != c).any(axis=1))
    return positions, normals, triangles[whole]


def _shade(parts: Sequence[Part], positions: Floats, normals: Floats, blocks: Sequence[Block], light: Light) -> Floats:
    glows = np.concatenate([np.full(len(part.colour), part.glows) for part in parts])
    shade = np.ones_like(positions)
    if not glows.all():
        shade[~glows] = bake(light, positions[~glows], normals[~glows], blocks)
    return shade


def colours_of(parts: Sequence[Part], shade: Floats) -> np.ndarray[Any, Any]:
    """Give each vertex the light it sends, in 8 bits a channel."""
    paint = np.concatenate([part.colour for part in parts])
    glows = np.concatenate([np.full(len(part.colour), part.glows) for part in parts])
    opacity = np.concatenate([np.full(len(part.colour), part.opacity) for part in parts])
    sent = paint * shade
    over = np.clip(sent - SHOULDER, 0, None)
    soft = np.minimum(sent, SHOULDER) + over / (1 + over / (1 - SHOULDER))
    shown = np.where(glows[:, None], np.clip(paint, 0, 1), soft)
    return np.floor(np.concatenate([shown, opacity[:, None]], axis=1) * 255 + 0.5).astype("u1")


def unit_normals(normals: Floats) -> np.ndarray[Any, Any]:
    """Make normals of length 1; what has none, as at a pole, looks up."""
    length = np.sqrt(normals[:, 0] ** 2 + normals[:, 1] ** 2 + normals[:, 2] ** 2)
    whole = np.where(length[:, None] > 0.1, normals, np.array([0.0, 1.0, 0.0]))
    length = np.where(length > 0.1, length, 1.0)
    return (whole / length[:, None]).astype("<f4")
