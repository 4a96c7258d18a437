"""VRM files for tests: the JSON of a small good one, and files of any JSON."""

import copy
import json
import struct
from pathlib import Path
from typing import Any

META: dict[str, Any] = {
    "name": "Tiny",
    "authors": ["A. Modeller"],
    "licenseUrl": "https://vrm.dev/licenses/1.0/",
    "avatarPermission": "everyone",
    "commercialUsage": "corporation",
    "creditNotation": "required",
    "allowRedistribution": True,
}

HUMANOID: dict[str, Any] = {"humanBones": {"hips": {"node": 0}}}

GOOD: dict[str, Any] = {
    "asset": {"version": "2.0"},
    "nodes": [{"name": "hips", "mesh": 0}],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
    "accessors": [{"count": 3}, {"count": 3}],
    "extensions": {"VRMC_vrm": {"specVersion": "1.0", "meta": META, "humanoid": HUMANOID}},
}


def glb(document: object) -> bytes:
    """Give a binary glTF without a buffer."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<I4s", len(text), b"JSON") + text


def vrm(**meta: object) -> bytes:
    """Give the good file, with values of its meta changed; None leaves a key out."""
    document = copy.deepcopy(GOOD)
    told = {key: value for key, value in (META | meta).items() if value is not None}
    document["extensions"]["VRMC_vrm"]["meta"] = told
    return glb(document)


def write_vrm(folder: Path, look: str, data: bytes) -> Path:
    """Write a file under a look's name."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{look}.vrm"
    file.write_bytes(data)
    return file
