"""The facility file."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest

from server.config import (
    SAMPLE_FACILITY,
    Facility,
    FacilitySettings,
    NamedRoomSettings,
    ObjectSettings,
    PortalSettings,
    RoomSettings,
    ServerSettings,
    SpawnSettings,
    VisitSettings,
    ZoneSettings,
    load_facility,
    override_server,
)
from server.config_limits import LimitSettings
from server.config_rights import Right, RightsSettings
from server.errors import ConfigError
from server.room_types import ROOM_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    import msgspec

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


def test_a_good_file_is_read_with_its_defaults(folder: Path) -> None:
    facility = load(folder, GOOD)
    lobby, quiet = facility.settings.rooms
    assert lobby.zones[0].private
    assert facility.settings.roles == ("patient", "clinician")
    assert facility.settings.rights[1] == RightsSettings(roles=("clinician",), may=(Right.SEE_PRIVATE,))
    assert lobby.capacity is None
    assert quiet.spawns[0].yaw == 90.0
    assert facility.settings.visits[0].linger_seconds == 120.0
    assert facility.settings.server == ServerSettings()
    assert facility.scene_folder == folder / "scenes"


def test_a_folder_of_looks_is_there_where_one_is_named(folder: Path) -> None:
    assert load(folder, GOOD).avatar_folder is None
    assert failure(folder, changed("avatars", "looks")) == "avatars: expected a folder, got 'looks'"
    (folder / "looks").mkdir()
    assert load(folder, changed("avatars", "looks")).avatar_folder == folder / "looks"


def test_the_sample_file_is_good() -> None:
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    by_id = {room.id: room for room in facility.settings.rooms}
    assert set(by_id) == {"lobby", "waiting", "consult-1", "consult-2", "ward", "simulation", "auditorium"}
    auditorium = by_id["auditorium"]
    assert (auditorium.capacity, auditorium.tick_hz, auditorium.visible) == (5000, 20, 32)
    assert (by_id["lobby"].capacity, by_id["lobby"].tick_hz, by_id["lobby"].visible) == (400, 30, 64)
    assert sum(zone.private for zone in by_id["ward"].zones) == 6
    assert {thing.name for thing in by_id["simulation"].objects} == {
        "Manikin",
        "Crash cart",
        "Patient monitor",
        "Syringe tray",
    }
    assert [visit.type for visit in facility.settings.visits] == ["consult"]


def test_the_sample_file_says_the_same_as_the_room_types() -> None:
    for room in load_facility(SAMPLE_FACILITY, ROOM_TYPES).settings.rooms:
        room_type = ROOM_TYPES[room.type]
        assert (room.tick_hz, room.radius) == (room_type.tick_hz, room_type.radius), room.id


def test_the_sample_file_shows_every_key() -> None:
    text = SAMPLE_FACILITY.read_text()
    structs = (
        FacilitySettings,
        ServerSettings,
        LimitSettings,
        NamedRoomSettings,
        VisitSettings,
        ZoneSettings,
        SpawnSettings,
        ObjectSettings,
        PortalSettings,
    )
    missing = [
        f"{struct.__name__}.{field}"
        for struct in structs
        for field in struct.__struct_fields__
        if not re.search(rf"\b{field}\b(\s*=|\])", text)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "struct",
    [
        FacilitySettings,
        ServerSettings,
        RoomSettings,
        VisitSettings,
        ZoneSettings,
        SpawnSettings,
        ObjectSettings,
        PortalSettings,
    ],
)
def test_settings_cannot_be_changed(struct: type[msgspec.Struct]) -> None:
    assert struct.__struct_config__.frozen
    assert struct.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("rooms.1.capacity", 0, "rooms[1].capacity: expected int >= 1, got 0"),
        ("rooms.1.tick_hz", 500, "rooms[1].tick_hz: expected int <= 120, got 500"),
        ("rooms.0.visible", 1.5, "rooms[0].visible: expected int | null, got float"),
        ("rooms.0.radius", float("nan"), "rooms[0].radius: expected float > 0.0, got nan"),
        (
            "rooms.0.bounds",
            [[0, 0, 0], [float("inf"), 1, 1]],
            "rooms[0].bounds[1][0]: expected float <= 8388.0, got inf",
        ),
        ("rooms.0.name", "", "rooms[0].name: expected str of length >= 1, got ''"),
        ("rooms.0.bounds", [[0, 0], [1, 1, 1]], "rooms[0].bounds[0]: expected array of length 3, got 2"),
        ("rooms.0.objects.0.kind", "chair", 'rooms[0].objects[0].kind: expected "prop" or "panel", got \'chair\''),
        ("server.http_port", 70000, "server.http_port: expected int <= 65535, got 70000"),
        ("server.ticket_seconds", 61, "server.ticket_seconds: expected float <= 60.0, got 61"),
        ("rooms", "none", "rooms: expected array, got str"),
    ],
)
def test_a_value_out_of_range_is_told_with_its_key(folder: Path, path: str, value: object, line: str) -> None:
    assert failure(folder, changed(path, value)) == line


@pytest.mark.parametrize(
    ("path", "key", "known"),
    [
        ("color", "color", "rights"),
        ("server.colour", "server.colour", "http_port"),
        ("rooms.0.capactiy", "rooms[0].capactiy", "capacity"),
        ("rooms.0.zones.0.privat", "rooms[0].zones[0].privat", "private"),
        ("rooms.0.spawns.0.facing", "rooms[0].spawns[0].facing", "yaw"),
        ("rooms.0.objects.0.colour", "rooms[0].objects[0].colour", "model"),
        ("visits.0.id", "visits[0].id", "linger_seconds"),
    ],
)
def test_an_unknown_key_is_an_error_that_tells_the_known_ones(folder: Path, path: str, key: str, known: str) -> None:
    line = failure(folder, changed(path, 1))
    assert line.startswith(f"{key}: expected one of the keys ")
    assert known in line
    assert line.endswith(", got an unknown key")


def test_a_missing_key_is_told(folder: Path) -> None:
    tree = copy.deepcopy(GOOD)
    del tree["rooms"][1]["scene"]
    assert failure(folder, tree) == "rooms[1].scene: expected a value, got nothing"
    tree = copy.deepcopy(GOOD)
    del tree["name"]
    assert failure(folder, tree) == "name: expected a value, got nothing"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("rooms.0.type", "spa", "rooms[0].type: expected one of consult, lobby, got 'spa'"),
        ("rooms.0.scene", "spa.gltf", "rooms[0].scene: expected a file in FOLDER/scenes, got 'spa.gltf'"),
        ("visits.0.scene", "spa.gltf", "visits[0].scene: expected a file in FOLDER/scenes, got 'spa.gltf'"),
        ("rooms.1.id", "lobby", "rooms[1].id: expected a value used once, got 'lobby'"),
        ("rooms.1.name", "Lobby", "rooms[1].name: expected a value used once, got 'Lobby'"),
        ("rights", [], "rights: expected at least one, got none"),
        ("rights.0.roles", [], "rights[0].roles: expected at least one, got none"),
        ("rights.0.room_types", ["spa"], "rights[0].room_types: expected one of consult, lobby, got 'spa'"),
        ("rights.0.rooms", ["spa"], "rights[0].rooms: expected one of lobby, quiet, got 'spa'"),
        ("rights.0.zones", ["Corner"], 'rights[0].zones: expected "see_private" among what they may, got join, speak'),
        ("rights.1.zones", ["Couch"], "rights[1].zones: expected private zones of those rooms (Corner), got 'Couch'"),
        ("rooms", [], "rooms: expected at least one, got none"),
        ("rooms.0.spawns", [], "rooms[0].spawns: expected at least one, got none"),
        (
            "rooms.0.bounds",
            [[5, 0, -5], [-5, 3, 5]],
            "rooms[0].bounds: expected the least corner first, then the greatest, "
            "got [[5.0, 0.0, -5.0], [-5.0, 3.0, 5.0]]",
        ),
        (
            "rooms.0.bounds",
            [[-5, 0, -5], [5, 0, 5]],
            "rooms[0].bounds: expected a box with an inside, got [[-5.0, 0.0, -5.0], [5.0, 0.0, 5.0]]",
        ),
        (
            "rooms.0.zones.0.box",
            [[2, 0, 2], [6, 3, 5]],
            "rooms[0].zones[0].box: expected a place inside the room's bounds [[-5.0, 0.0, -5.0], [5.0, 3.0, 5.0]], "
            "got [[2.0, 0.0, 2.0], [6.0, 3.0, 5.0]]",
        ),
        (
            "rooms.0.spawns.0.box",
            [[1, 1.6, 0], [-1, 1.6, 0]],
            "rooms[0].spawns[0].box: expected the least corner first, then the greatest, "
            "got [[1.0, 1.6, 0.0], [-1.0, 1.6, 0.0]]",
        ),
        (
            "rooms.0.objects.0.position",
            [0, 9, 0],
            "rooms[0].objects[0].position: expected a place inside the room's bounds "
            "[[-5.0, 0.0, -5.0], [5.0, 3.0, 5.0]], got [0.0, 9.0, 0.0]",
        ),
        (
            "rooms.0.weights",
            {"wizard": 2.0},
            "rooms[0].weights: expected roles of the facility (patient, clinician), got 'wizard'",
        ),
        ("rooms.0.tiers", [9, 3], "rooms[0].tiers: expected the nearer distance first, got [9.0, 3.0]"),
    ],
)
def test_what_does_not_fit_together_is_told(folder: Path, path: str, value: object, line: str) -> None:
    assert failure(folder, changed(path, value)) == line


def test_props_are_grabbable_and_panels_are_not(folder: Path) -> None:
    tree = changed("rooms.0.objects.0.grabbable", True)
    assert (
        failure(folder, tree)
        == "rooms[0].objects[0].grabbable: expected true of a \"prop\" only, got true of a 'panel'"
    )
    tree["rooms"][0]["objects"][0]["kind"] = "prop"
    assert load(folder, tree).settings.rooms[0].objects[0].grabbable


def test_zones_have_names_of_their_own(folder: Path) -> None:
    zone = GOOD["rooms"][0]["zones"][0]
    line = failure(folder, changed("rooms.0.zones", [zone, zone]))
    assert line == "rooms[0].zones[1].name: expected a value used once, got 'Corner'"


def test_a_room_has_at_most_64_zones(folder: Path) -> None:
    zones = [GOOD["rooms"][0]["zones"][0] | {"name": f"Corner {number}"} for number in range(65)]
    assert load(folder, changed("rooms.0.zones", zones[:64])).settings.rooms[0].zones[63].name == "Corner 63"
    assert failure(folder, changed("rooms.0.zones", zones)) == "rooms[0].zones: expected at most 64 zones, got 65"


def test_a_seat_is_inside_the_room(folder: Path) -> None:
    (seat,) = load(folder, changed("rooms.0.seats", [{"position": [0, 0.5, 4]}])).settings.rooms[0].seats
    assert (seat.position, seat.yaw) == ((0.0, 0.5, 4.0), 0.0)
    outside = changed("rooms.0.seats", [{"position": [0, 0.5, 6]}])
    assert failure(folder, outside).startswith("rooms[0].seats[0].position: expected a place inside the room's bounds")
    unknown = changed("rooms.0.seats", [{"position": [0, 0.5, 4], "soft": True}])
    assert failure(folder, unknown).startswith("rooms[0].seats[0].soft: expected")


def test_a_type_opens_visits_of_one_kind(folder: Path) -> None:
    visit = GOOD["visits"][0]
    assert failure(folder, changed("visits", [visit, visit])).startswith("visits[1].type: expected a value used once")


@pytest.mark.parametrize("url", ["http://clinic.example", "ws://clinic.example/world?ticket=1", "wss://a b"])
def test_the_world_url_is_a_websockets(folder: Path, url: str) -> None:
    assert failure(folder, changed("server.world_url", url)).startswith(
        "server.world_url: expected an address such as wss://"
    )


@pytest.mark.parametrize("scene", ["../lobby.gltf", "lobby.txt", "a/b.gltf"])
def test_a_scene_is_a_plain_file_name(folder: Path, scene: str) -> None:
    assert failure(folder, changed("rooms.0.scene", scene)).startswith("rooms[0].scene: expected the name of a .glb")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"none\.toml: file: expected a facility file that can be read, got No such file"
    ):
        load_facility(tmp_path / "none.toml", TYPES)


@pytest.mark.parametrize(("content", "expected"), [(b"name = ", "TOML"), (b"name = '\xff'", "UTF-8 text")])
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "clinic.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_facility(file, TYPES)
    assert (caught.value.key, caught.value.expected) == ("file", expected)


def test_the_command_line_overrides_the_file(folder: Path) -> None:
    facility = load(folder, changed("server.host", "192.0.2.1"))
    changed_facility = override_server(facility, http_port=0, world_port=None, store="other.sqlite3")
    server = changed_facility.settings.server
    assert (server.host, server.http_port, server.world_port, server.store) == ("192.0.2.1", 0, 8081, "other.sqlite3")
    assert changed_facility.settings.rooms == facility.settings.rooms


def test_a_wrong_option_is_told_by_its_name(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        override_server(load(folder, GOOD), http_port=70000)
    assert caught.value.detail == "command line: --http-port: expected int <= 65535, got 70000"
