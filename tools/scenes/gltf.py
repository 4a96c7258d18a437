"""A scene as a glTF 2.0 document: one unit cube, once per material, placed by nodes; nothing beside the one file."""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tools.scenes.pieces import Scene, Vector

# name: colour as people write it (sRGB), metallic, roughness, opacity
MATERIALS: Final[dict[str, tuple[str, float, float, float]]] = {
    "floor": ("#e9e6df", 0.0, 0.85, 1.0),
    "floor-oak": ("#dccbb0", 0.0, 0.7, 1.0),
    "rug": ("#cfdcd8", 0.0, 1.0, 1.0),
    "rug-dark": ("#a9c1bd", 0.0, 1.0, 1.0),
    "wall": ("#f6f4ef", 0.0, 0.95, 1.0),
    "glass": ("#b9d9e3", 0.0, 0.1, 0.45),
    "oak": ("#b9905f", 0.0, 0.6, 1.0),
    "white": ("#fbfbf9", 0.0, 0.5, 1.0),
    "linen": ("#e8eff2", 0.0, 0.95, 1.0),
    "teal": ("#3f8f8a", 0.0, 0.8, 1.0),
    "sage": ("#9dbba4", 0.0, 0.9, 1.0),
    "sand": ("#d9b48f", 0.0, 0.9, 1.0),
    "navy": ("#3c5570", 0.0, 0.8, 1.0),
    "steel": ("#aab4ba", 0.8, 0.35, 1.0),
    "screen": ("#22303a", 0.1, 0.3, 1.0),
    "leaf": ("#5d9a5b", 0.0, 0.9, 1.0),
    "leaf-light": ("#7cb56f", 0.0, 0.9, 1.0),
    "pot": ("#c7765a", 0.0, 0.9, 1.0),
    "coral": ("#e2705f", 0.0, 0.7, 1.0),
}


# Below this the sRGB curve is a straight line (IEC 61966-2-1).
SRGB_LINEAR_BELOW: Final = 0.04045
FLOAT, UNSIGNED_SHORT, ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 5126, 5123, 34962, 34963


def unit_cube() -> tuple[bytes, bytes, bytes]:
    """Make the cube of side 1 about the origin: 24 positions, 24 normals, 36 indices, wound outwards."""
    positions, normals, indices = bytearray(), bytearray(), bytearray()
    for axis in range(3):
        for sign in (1.0, -1.0):
            first = len(positions) // 12
            for u, v in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
                corner = [0.0, 0.0, 0.0]
                corner[axis], corner[(axis + 1) % 3], corner[(axis + 2) % 3] = sign / 2, u * sign, v
                normal = [0.0, 0.0, 0.0]
                normal[axis] = sign
                positions += struct.pack("<3f", *corner)
                normals += struct.pack("<3f", *normal)
            indices += struct.pack("<6H", *(first + n for n in (0, 1, 2, 0, 2, 3)))
    return bytes(positions), bytes(normals), bytes(indices)


def linear(colour: str) -> list[float]:
    """Turn a colour like `#3f8f8a` (sRGB) into the three linear factors that glTF wants."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [rounded(c / 12.92 if c <= SRGB_LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4) for c in channels]


def rounded(value: float) -> float:
    """Round to a tenth of a millimetre, and -0 to 0, so that the files are equal everywhere."""
    return round(value, 4) + 0.0


def material(name: str) -> dict[str, object]:
    """Describe a material for glTF."""
    colour, metallic, roughness, opacity = MATERIALS[name]
    factors: dict[str, object] = {
        "baseColorFactor": [*linear(colour), opacity],
        "metallicFactor": metallic,
        "roughnessFactor": roughness,
    }
    described: dict[str, object] = {"name": name, "pbrMetallicRoughness": factors}
    if opacity < 1:
        described["alphaMode"] = "BLEND"
    return described


def placed(name: str, place: Vector, yaw: float) -> dict[str, object]:
    """Describe a node that stands somewhere, turned by `yaw` degrees."""
    node: dict[str, object] = {"name": name, "translation": [rounded(v) for v in place]}
    if yaw:
        half = math.radians(yaw) / 2
        node["rotation"] = [0.0, round(math.sin(half), 6) + 0.0, 0.0, round(math.cos(half), 6) + 0.0]
    return node


def nodes_of(scene: Scene, mesh_of: dict[str, int]) -> tuple[list[dict[str, object]], list[int]]:
    """List the nodes of a scene, each piece before its boxes, and the indices of the pieces."""
    nodes: list[dict[str, object]] = []
    roots: list[int] = []
    for piece in scene.pieces:
        roots.append(len(nodes))
        first = len(nodes) + 1
        children = {"children": list(range(first, first + len(piece.boxes)))}
        nodes.append(placed(piece.name, piece.place, piece.yaw) | children)
        nodes.extend(
            placed(box.name, box.centre, box.yaw)
            | {"mesh": mesh_of[box.material], "scale": [rounded(v) for v in box.size]}
            for box in piece.boxes
        )
    return nodes, roots


def document(scene: Scene) -> dict[str, object]:
    """Make the glTF document of a scene."""
    used = [name for name in MATERIALS if any(box.material == name for piece in scene.pieces for box in piece.boxes)]
    nodes, roots = nodes_of(scene, {name: index for index, name in enumerate(used)})
    positions, normals, indices = unit_cube()
    data = positions + normals + indices
    starts = (0, len(positions), len(positions) + len(normals))
    corner = {"min": [-0.5, -0.5, -0.5], "max": [0.5, 0.5, 0.5]}
    return {
        "asset": {"version": "2.0", "generator": "Polyclinic tools/make_scenes.py", "copyright": "Apache-2.0"},
        "scene": 0,
        "scenes": [{"name": scene.name, "nodes": roots}],
        "nodes": nodes,
        "meshes": [
            {
                "name": f"cube-{name}",
                "primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": n}],
            }
            for n, name in enumerate(used)
        ],
        "materials": [material(name) for name in used],
        "accessors": [
            {"bufferView": 0, "componentType": FLOAT, "count": 24, "type": "VEC3"} | corner,
            {"bufferView": 1, "componentType": FLOAT, "count": 24, "type": "VEC3"},
            {"bufferView": 2, "componentType": UNSIGNED_SHORT, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(part), "target": target}
            for start, part, target in zip(
                starts, (positions, normals, indices), (ARRAY_BUFFER, ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER), strict=True
            )
        ],
        "buffers": [
            {"byteLength": len(data), "uri": "data:application/octet-stream;base64," + base64.b64encode(data).decode()}
        ],
    }


def written(gltf: dict[str, object]) -> str:
    """Write a document as JSON with one entry of a list a line, so that a change of the room reads well in a diff."""
    parts = []
    for key, value in gltf.items():
        if isinstance(value, list):
            entries = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in value)
            parts.append(f"{json.dumps(key)}:[\n{entries}\n]")
        else:
            parts.append(f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
