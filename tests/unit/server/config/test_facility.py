"""The facility file."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from protocol.rights import Right
from server.config import (
    SAMPLE_FACILITY,
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
from server.config.limits import LimitSettings
from server.config.rights import RightsSettings
from server.errors import ConfigError
from server.room_types import ROOM_TYPES
from server.scene_merge import FACILITY_BYTES_MAX
from tests.support.facility_files import GOOD, TYPES, changed, failure, folder, load

if TYPE_CHECKING:
    import msgspec

__all__ = ["folder"]

RIGHTS = ", ".join(f'"{right.value}"' for right in [*Right][:-1]) + f' or "{[*Right][-1].value}"'


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
        ("rooms.0.objects.0.kind", "chair", 'rooms[0].objects[0].kind: expected "panel" or "prop", got \'chair\''),
        ("rights.0.may", ["wrte"], f"rights[0].may[0]: expected {RIGHTS}, got 'wrte'"),
        ("rooms.0.fidelity", "gym", 'rooms[0].fidelity: expected "care", "group" or "sim", got \'gym\''),
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


@pytest.mark.parametrize("url", ["http://clinic.example", "ws://clinic.example/world?ticket=1", "wss://a b"])
def test_the_world_url_is_a_websockets(folder: Path, url: str) -> None:
    assert failure(folder, changed("server.world_url", url)).startswith(
        "server.world_url: expected an address such as wss://"
    )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"none\.toml: file: expected a facility file that can be read, got No such file"
    ):
        load_facility(tmp_path / "none.toml", TYPES)


def test_a_pipe_and_a_device_are_told_without_waiting_for_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clinic.toml")
    with pytest.raises(ConfigError, match="file: expected a regular file, got a pipe"):
        load_facility(tmp_path / "clinic.toml", TYPES)
    with pytest.raises(ConfigError, match="file: expected a regular file, got a device"):
        load_facility(Path("/dev/zero"), TYPES)


def test_a_file_without_end_is_told(tmp_path: Path) -> None:
    file = tmp_path / "clinic.toml"
    file.write_bytes(b"#" * (FACILITY_BYTES_MAX + 1))
    with pytest.raises(ConfigError, match="file: expected at most 1,048,576 bytes, got more"):
        load_facility(file, TYPES)


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
