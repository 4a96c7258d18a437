"""What no single key of the facility file can show.

Zones and spawn areas are inside their room, scenes exist, ids and names are not used twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Never, Protocol

from server.config.identity import check_identity
from server.config.rights import check_rights
from server.config.rooms import ZONES_MAX, Box
from server.config.words import tell_box
from server.errors import ConfigError
from server.portals import check_portals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from server.config.facility import Facility
    from server.config.rooms import ObjectSettings, PortalSettings, RoomSettings
    from server.scene import Seat


class TypeDefaults(Protocol):
    """What the checks need to know of a room type."""

    @property
    def visible(self) -> int:
        """How many entities one person is shown at a time in a room that does not say."""


def check_facility(facility: Facility, room_types: Mapping[str, TypeDefaults]) -> None:
    """Check a facility file that is right key by key. Raises `ConfigError` with the first thing that is wrong."""
    _Checks(facility, room_types).run()


class _Checks:
    """What no key can show alone. Keys are written as they stand in the file: `rooms[2].zones[0].box`."""

    def __init__(self, facility: Facility, room_types: Mapping[str, TypeDefaults]) -> None:
        self._facility = facility
        self._room_types = room_types

    def run(self) -> None:
        settings = self._facility.settings
        self._some("rooms", settings.rooms)
        if (folder := self._facility.avatar_folder) is not None and not folder.is_dir():
            self._fail("avatars", "a folder", repr(settings.avatars))
        self._once("rooms", "id", [room.id for room in settings.rooms])
        self._once("rooms", "name", [room.name for room in settings.rooms])
        self._once("visits", "type", [visit.type for visit in settings.visits])
        for key, room in self._all_rooms():
            self._check_room(key, room)
            placed: dict[str, tuple[ObjectSettings | PortalSettings | Seat, ...]]
            placed = {"objects": room.objects, "portals": room.portals, "seats": room.seats}
            for name, at in ((f"{name}[{i}]", it.position) for name, its in placed.items() for i, it in enumerate(its)):
                self._inside(f"{key}.{name}.position", (at, at), room.bounds)
        ids = [room.id for room in settings.rooms]
        check_identity(settings.identity, settings.roles, ids, list(self._room_types), self._fail)
        check_rights(settings.rights, self._room_types, self._private_zones(), self._fail)
        ways = {room.id: [portal.to for portal in room.portals] for room in settings.rooms}
        check_portals(ways, [[portal.to for portal in visit.portals] for visit in settings.visits], self._fail)

    def _all_rooms(self) -> Iterator[tuple[str, RoomSettings]]:
        for table, rooms in (("rooms", self._facility.settings.rooms), ("visits", self._facility.settings.visits)):
            for index, room in enumerate(rooms):
                yield f"{table}[{index}]", room

    def _private_zones(self) -> dict[str, list[tuple[str, list[str]]]]:
        zones: dict[str, list[tuple[str, list[str]]]] = {}
        for _, room in self._all_rooms():
            zones.setdefault(room.type, []).append((room.named_id, [zone.name for zone in room.zones if zone.private]))
        return zones

    def _check_room(self, key: str, room: RoomSettings) -> None:
        if room.type not in self._room_types:
            self._fail(f"{key}.type", f"one of {', '.join(sorted(self._room_types))}", repr(room.type))
        self._box(f"{key}.bounds", room.bounds)
        if any(low == high for low, high in zip(*room.bounds, strict=True)):
            self._fail(f"{key}.bounds", "a box with an inside", tell_box(room.bounds))
        self._some(f"{key}.spawns", room.spawns)
        for index, spawn in enumerate(room.spawns):
            self._inside(f"{key}.spawns[{index}].box", spawn.box, room.bounds)
        if room.tiers is not None and room.tiers[0] > room.tiers[1]:
            self._fail(f"{key}.tiers", "the nearer distance first", repr(list(room.tiers)))
        visible = room.visible or self._room_types[room.type].visible
        if room.reserved is not None and room.reserved > visible:
            self._fail(f"{key}.reserved", f"no more places than are visible ({visible})", str(room.reserved))
        for role in room.weights or ():
            if role not in self._facility.settings.roles:
                known = ", ".join(self._facility.settings.roles)
                self._fail(f"{key}.weights", f"roles of the facility ({known})", repr(role))
        self._check_zones(key, room)
        self._once(f"{key}.objects", "name", [thing.name for thing in room.objects])
        for index, thing in enumerate(room.objects):
            if thing.grabbable and thing.kind != "prop":
                self._fail(f"{key}.objects[{index}].grabbable", 'true of a "prop" only', f"true of a {thing.kind!r}")

    def _check_zones(self, key: str, room: RoomSettings) -> None:
        if len(room.zones) > ZONES_MAX:
            self._fail(f"{key}.zones", f"at most {ZONES_MAX} zones", str(len(room.zones)))
        self._once(f"{key}.zones", "name", [zone.name for zone in room.zones])
        for index, zone in enumerate(room.zones):
            self._inside(f"{key}.zones[{index}].box", zone.box, room.bounds)

    def _box(self, key: str, box: Box) -> None:
        if not all(low <= high for low, high in zip(*box, strict=True)):
            self._fail(key, "the least corner first, then the greatest", tell_box(box))

    def _inside(self, key: str, box: Box, bounds: Box) -> None:
        self._box(key, box)
        edges = zip(bounds[0], box[0], box[1], bounds[1], strict=True)
        if not all(low <= start and end <= high for low, start, end, high in edges):
            self._fail(key, f"a place inside the room's bounds {tell_box(bounds)}", tell_box(box))

    def _once(self, key: str, field: str, values: Iterable[str]) -> None:
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value in seen:
                self._fail(f"{key}[{index}]" + (f".{field}" if field else ""), "a value used once", repr(value))
            seen.add(value)

    def _some(self, key: str, values: Collection[object]) -> None:
        if not values:
            self._fail(key, "at least one", "none")

    def _fail(self, key: str, expected: str, got: str) -> Never:
        raise ConfigError(str(self._facility.file), key, expected, got)
