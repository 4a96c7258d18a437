"""A good facility file, and what is said of one that has a value changed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from server.config import Facility, load_facility
from server.errors import ConfigError
from server.room_types import ROOM_TYPES

if TYPE_CHECKING:
    from pathlib import Path

TYPES = {name: ROOM_TYPES[name] for name in ("consult", "lobby")}

GOOD: dict[str, Any] = {
    "name": "A clinic",
    "rights": [
        {"roles": ["patient", "clinician"], "may": ["join", "speak"]},
        {"roles": ["clinician"], "may": ["see_private"]},
    ],
    "rooms": [
        {
            "id": "lobby",
            "name": "Lobby",
            "type": "lobby",
            "scene": "lobby.gltf",
            "bounds": [[-5, 0, -5], [5, 3, 5]],
            "spawns": [{"box": [[-1, 1.6, -1], [1, 1.6, 1]]}],
            "zones": [{"name": "Corner", "box": [[2, 0, 2], [5, 3, 5]], "private": True}],
            "objects": [{"name": "Sign", "kind": "panel", "model": "sign", "position": [0, 1, 0]}],
        },
        {
            "id": "quiet",
            "name": "Quiet room",
            "type": "consult",
            "scene": "lobby.gltf",
            "bounds": [[-5, 0, -5], [5, 3, 5]],
            "spawns": [{"box": [[0, 1.6, 0], [0, 1.6, 0]], "yaw": 90}],
        },
    ],
    "visits": [
        {
            "type": "consult",
            "scene": "lobby.gltf",
            "bounds": [[-5, 0, -5], [5, 3, 5]],
            "spawns": [{"box": [[-1, 1.6, -1], [1, 1.6, 1]]}],
        }
    ],
}


def as_toml(value: object) -> str:
    """Write a value inline, which is all that TOML needs but for its root."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "lobby.gltf").write_text('{"asset": {"version": "2.0"}}')
    return tmp_path


def load(folder: Path, tree: dict[str, Any]) -> Facility:
    file = folder / "clinic.toml"
    file.write_text("\n".join(f"{key} = {as_toml(value)}" for key, value in tree.items()))
    return load_facility(file, TYPES)


def changed(path: str, value: object) -> dict[str, Any]:
    """The good file with one value set; `rooms.0.zones.0.box` is a path."""
    tree = copy.deepcopy(GOOD)
    *steps, last = path.split(".")
    at: Any = tree
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
    return tree


def failure(folder: Path, tree: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, tree)
    line = caught.value.detail
    assert "\n" not in line
    assert caught.value.exit_status == 2
    prefix = f"{folder / 'clinic.toml'}: "
    assert line.startswith(prefix)
    return line.removeprefix(prefix).replace(str(folder), "FOLDER")
