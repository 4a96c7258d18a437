"""A facility file, read, and filled up with what its scenes say: bounds, spawns, seats and zones that it leaves out.

This happens before the file is checked, so that what comes from a scene is checked as if it stood in the file. Where
both say a thing they must agree: a bed that stands elsewhere than its curtain would be a hole in somebody's privacy.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from server.errors import ConfigError
from server.regular_file import REGULAR, kind_of
from server.scene import Corners, SceneLayout, SceneZone, read_scene

FACILITY_BYTES_MAX: Final = 1_048_576
"""A facility file has some tens of thousands."""

SUFFIXES = frozenset({".gltf", ".glb"})


class QuietZone(msgspec.Struct, frozen=True):
    """A scene's zone of which neither the facility file nor the scene says whether it is private: it is public."""

    key: str
    """The room's, as `rooms[2]`."""
    name: str


def read_facility_tree(file: Path) -> tuple[dict[str, Any], tuple[QuietZone, ...]]:
    """Read a facility file's TOML, and fill it up; the zones that nobody spoke of."""
    try:
        tree = tomllib.loads(_read(file).decode())
    except OSError as error:
        raise ConfigError(str(file), "file", "a facility file that can be read", str(error.strerror)) from None
    except UnicodeDecodeError:
        raise ConfigError(str(file), "file", "UTF-8 text", "other bytes") from None
    except (ValueError, RecursionError) as error:
        # TOMLDecodeError is a ValueError, and so is what a number of too many digits raises.
        raise ConfigError(str(file), "file", "TOML", str(error)) from None
    return tree, fill_from_scenes(file, tree)


def _read(file: Path) -> bytes:
    if (kind := kind_of(file)) != REGULAR:
        raise ConfigError(str(file), "file", REGULAR, kind)
    with file.open("rb") as opened:
        data = opened.read(FACILITY_BYTES_MAX + 1)
    if len(data) > FACILITY_BYTES_MAX:
        raise ConfigError(str(file), "file", f"at most {FACILITY_BYTES_MAX:,} bytes", "more")
    return data


def fill_from_scenes(file: Path, tree: dict[str, Any]) -> tuple[QuietZone, ...]:
    """Write into a facility file's tree what its scenes say; what is not as it should be is left for the check."""
    quiet: list[QuietZone] = []
    folder = file.parent / str(tree.get("scenes", "scenes"))
    layouts: dict[str, SceneLayout] = {}
    for table in ("rooms", "visits"):
        rooms = tree.get(table)
        for index, room in enumerate(rooms if isinstance(rooms, list) else ()):
            name = room.get("scene") if isinstance(room, dict) else None
            if not isinstance(name, str) or Path(name).name != name or Path(name).suffix not in SUFFIXES:
                continue
            if not (folder / name).is_file():
                # Told here: else what is missed first is what the scene would have said.
                raise ConfigError(str(file), f"{table}[{index}].scene", f"a file in {folder}", repr(name))
            if name not in layouts:
                layouts[name] = read_scene(folder / name)
            key = f"{table}[{index}]"
            quiet.extend(QuietZone(key, zone) for zone in _fill(file, key, room, layouts[name]))
    return tuple(quiet)


def _fill(file: Path, key: str, room: dict[str, Any], layout: SceneLayout) -> list[str]:
    """Fill up one room; the names of zones of which nobody says whether they are private."""
    if layout.bounds is not None:
        _agree(file, f"{key}.bounds", room.setdefault("bounds", msgspec.to_builtins(layout.bounds)), layout.bounds)
    if layout.spawns:
        room.setdefault("spawns", msgspec.to_builtins(layout.spawns))
    if layout.seats:
        room.setdefault("seats", msgspec.to_builtins(layout.seats))
    zones = room.setdefault("zones", [])
    if not isinstance(zones, list):
        return []
    told = {zone.name: zone for zone in layout.zones}
    for number, zone in enumerate(zones):
        if isinstance(zone, dict) and (found := told.pop(str(zone.get("name")), None)) is not None:
            box = zone.setdefault("box", msgspec.to_builtins(found.box))
            _agree(file, f"{key}.zones[{number}].box", box, found.box)
            _fill_privacy(file, f"{key}.zones[{number}]", zone, found)
    zones.extend(_as_in_file(zone) for zone in told.values())
    return [zone.name for zone in told.values() if zone.private is None]


def _fill_privacy(file: Path, key: str, zone: dict[str, Any], scene: SceneZone) -> None:
    """Take from the scene whether a zone is private."""
    if scene.private is not None and zone.setdefault("private", scene.private) != scene.private:
        expected = f"what the scene says, {str(scene.private).lower()}, or nothing"
        raise ConfigError(str(file), f"{key}.private", expected, repr(zone["private"]).lower())


def _as_in_file(zone: SceneZone) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(zone)
    return {key: value for key, value in told.items() if value is not None}


def _agree(file: Path, key: str, said: object, scene: Corners) -> None:
    """Compare what the file says with what the scene says; what is no box at all is told by the check."""
    try:
        box = msgspec.convert(said, Corners)
    except msgspec.ValidationError:
        return
    if box != scene:
        expected = f"what the scene says, {_tell(scene)}, or nothing"
        raise ConfigError(str(file), key, expected, _tell(box))


def _tell(box: Corners) -> str:
    return repr([list(corner) for corner in box])
