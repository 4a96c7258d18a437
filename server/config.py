"""The facility file: parsed once in `server/main.py`, from TOML into frozen structs.

Unknown keys are errors, ranges are checked, and so is what no single key can show: zones and spawn areas inside their
room, scenes that exist, ids and names that are not used twice. Every error is one line,
`file: key: expected X, got Y`, and ends the process with status 2. Lengths are metres, angles degrees, times seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Never, Protocol

import msgspec
from msgspec import Meta, Struct

from server.config_audit import AuditSettings
from server.config_identity import AdmissionSettings, GuestSettings, IdentitySettings, check_identity
from server.config_limits import LIMIT_TABLES
from server.config_privacy import PrivacySettings
from server.config_rights import RightsSettings, check_rights, roles_of
from server.config_safety import DEFAULT_SAFETY, SafetySettings
from server.config_words import HOST, IDENTIFIER, SCENE_FILE, WORLD_URL, explain, tell_box
from server.errors import ConfigError
from server.portals import check_portals
from server.scene import Seat
from server.scene_merge import QuietZone, read_facility_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

SAMPLE_FACILITY = Path(__file__).parent / "facility" / "sample.toml"
"""The facility that is served when none is named."""

ZONES_MAX = 64
"""A zone is one bit of an observer's mask."""

NO_PORT = -1
"""In the place of a port: do not listen."""

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Identifier = Annotated[str, Meta(pattern=IDENTIFIER)]
Host = Annotated[str, Meta(pattern=HOST)]
SceneFile = Annotated[str, Meta(pattern=SCENE_FILE)]
Port = Annotated[int, Meta(ge=0, le=65535)]
AdminPort = Annotated[int, Meta(ge=NO_PORT, le=65535)]
Coordinate = Annotated[float, Meta(ge=-8388.0, le=8388.0)]
Degrees = Annotated[float, Meta(ge=-360.0, le=360.0)]
Weight = Annotated[float, Meta(ge=0.25, le=16.0, multiple_of=0.25)]
Metres = Annotated[float, Meta(gt=0.0, le=8388.0)]

Point = tuple[Coordinate, Coordinate, Coordinate]
Box = tuple[Point, Point]


class ZoneSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named part of a room; `[[rooms.zones]]`. The first zone that contains a head is the one it is in."""

    name: Name
    """What people call it; once in a room."""
    box: Box
    """The least and the greatest corner, inside the room's bounds; left out, that of the scene's zone of this name."""
    private: bool = False
    """Whether what is inside is kept from those outside, but for whom the table of rights names."""


class SpawnSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An area where people appear, each at a place drawn evenly from it; `[[rooms.spawns]]`."""

    box: Box
    """The least and the greatest corner of where heads may appear; a point when they are equal."""
    yaw: Degrees = 0.0
    """Where they look: 0 along -Z, counted anticlockwise seen from above."""


class ObjectSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A thing in a room that everybody sees; `[[rooms.objects]]`."""

    name: Name
    """What people call it; once in a room."""
    kind: Literal["prop", "panel"]
    """A thing that is handled, or a surface that is read."""
    model: Name
    """The name of its look, which clients know."""
    position: Point
    """Where its origin is, inside the room's bounds."""
    yaw: Degrees = 0.0
    """How it is turned about the vertical."""
    grabbable: bool = False
    """Whether people may take it, pass it on and push it; a prop."""


class PortalSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way to another room; `[[rooms.portals]]`. Another one leads back."""

    to: Identifier
    """The id of the room it leads to."""
    name: Name | None = None
    """What stands above the door; left out, the name of the room it leads to."""
    position: Point
    """The middle of its threshold, on the floor, inside the room's bounds."""
    yaw: Degrees
    """The way one walks through it."""
    width: Annotated[float, Meta(ge=0.6, le=20.0)] = 1.2
    """m; how wide it is."""


class RoomSettings(PrivacySettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a room is like: where, how large, how often, how far. A value left out is that of the room's type."""

    type: Identifier
    """The room type: its features, and the default of each value below."""
    scene: SceneFile
    """The file of the scene, in the facility's scene folder."""
    bounds: Box
    """The least and the greatest corner a head may be at; left out, the scene's."""
    spawns: tuple[SpawnSettings, ...]
    """Where people appear; at least one, chosen by area. Left out, the scene's."""
    capacity: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """People in the room at a time."""
    tick_hz: Annotated[int, Meta(ge=1, le=120)] | None = None
    """Snapshots a second."""
    visible: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """Most entities one person is shown at a time."""
    radius: Metres | None = None
    """How far one perceives, from head to head."""
    hysteresis: Metres | None = None
    """How much farther than `radius` one who is perceived stays so."""
    tiers: tuple[Metres, Metres] | None = None
    """Within the first distance everything is shown, within the second head and hands, beyond it the head."""
    detailed: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """About how many people are shown in full when the room is crowded: then both distances of `tiers` shrink."""
    reserved: Annotated[int, Meta(ge=0, le=16)] | None = None
    """Of the visible places, those for people with a weighty role while they speak or sign, wherever they are. No more
    than there are; what the room's type reserves is cut to the places that `visible` leaves."""
    weights: dict[Name, Weight] | None = None
    """How much it matters what people do, by role; 1 for roles left out."""
    zones: tuple[ZoneSettings, ...] = ()
    """At most 64; the order decides where they overlap. Those of the scene that are not named here follow,
    public unless the scene says `private`."""
    objects: tuple[ObjectSettings, ...] = ()
    """Things in the room."""
    keep_chat: Annotated[int, Meta(ge=0, le=30)] = 0
    """Lines of chat that are kept, over restarts too, and told to who comes later; none if left out. What is said in a
    private zone is never kept."""
    seats: tuple[Seat, ...] = ()
    """Where one may sit; left out, the scene's."""
    portals: tuple[PortalSettings, ...] = ()
    """Ways to other rooms."""


class NamedRoomSettings(RoomSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A room that is always open; `[[rooms]]`."""

    id: Identifier
    """What addresses and tickets call it; once in a facility."""
    name: Name
    """What people call it; once in a facility."""


class VisitSettings(RoomSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How rooms of a type are opened on demand; `[[visits]]`, at most one for a type."""

    open_max: Annotated[int, Meta(ge=1, le=10_000)] = 1_000
    """Rooms of this kind open at a time."""
    linger_seconds: Annotated[float, Meta(ge=0.0, le=86_400.0)] = 120.0
    """How long an empty one stays open."""


class ServerSettings(AdmissionSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the server listens and what it keeps; `[server]`. The command line overrides it."""

    host: Host = "127.0.0.1"
    """The address both public ports listen on."""
    http_port: Port = 8080
    """The front desk; 0 picks a free one."""
    world_port: Port = 8081
    """The WebSocket; 0 picks a free one."""
    admin_port: AdminPort = 8082
    """The admin interface, on the loopback address whatever `host` says; 0 picks a free one, -1 is none."""
    world_url: Annotated[str, Meta(pattern=WORLD_URL)] | None = None
    """What tickets give as the WebSocket's address, when a proxy stands before it."""
    store: Annotated[str, Meta(min_length=1)] = "polyclinic.sqlite3"
    """The SQLite file, relative to where the server is started."""
    resume_seconds: Annotated[float, Meta(ge=0.0, le=600.0)] = 30.0
    """How long a session whose socket was lost keeps its place."""
    ticket_seconds: Annotated[float, Meta(gt=0.0, le=60.0)] = 60.0
    """How long a join ticket opens the door."""


class FacilitySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    name: Name
    """What people call the facility."""
    rights: tuple[RightsSettings, ...]
    """What each role may do in which rooms; the roles named here are those a person may come in."""
    rooms: tuple[NamedRoomSettings, ...]
    """The rooms that are always open."""
    visits: tuple[VisitSettings, ...] = ()
    """The kinds of rooms opened on demand."""
    scenes: str = "scenes"
    """The folder of the scene files, relative to this file."""
    avatars: str | None = None
    """The folder of looks that are VRM 1.0 files, relative to this file; left out, people have the clients' own."""
    server: ServerSettings = ServerSettings()
    """Where the server listens and what it keeps."""
    audit: AuditSettings = AuditSettings()
    """What is written down of who did what."""
    identity: IdentitySettings = IdentitySettings()
    """How it is known who somebody is."""
    safety: SafetySettings = DEFAULT_SAFETY
    """Automatic logoff, and how long who was shown out stays out."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles a person may come in."""
        return roles_of(self.rights)


class Facility(Struct, frozen=True, kw_only=True):
    """A facility file that was read, checked and found good."""

    file: Path
    """Where it stands."""
    settings: FacilitySettings
    """What it says."""
    quiet_zones: tuple[QuietZone, ...] = ()
    """The scenes' zones of which nobody says whether they are private."""

    @property
    def scene_folder(self) -> Path:
        """Where the scene files are."""
        return self.file.parent / self.settings.scenes

    @property
    def avatar_folder(self) -> Path | None:
        """Where the looks that are files are, if there are any."""
        return None if self.settings.avatars is None else self.file.parent / self.settings.avatars


class TypeDefaults(Protocol):
    """What the checks need to know of a room type."""

    @property
    def visible(self) -> int:
        """How many entities one person is shown at a time in a room that does not say."""


def load_facility(file: Path, room_types: Mapping[str, TypeDefaults]) -> Facility:
    """Read a facility file; `room_types` are the types there are, by name.

    Raises `ConfigError` with the one line that says what is wrong.
    """
    tree, quiet = read_facility_tree(file)
    try:
        settings = msgspec.convert(tree, FacilitySettings)
    except msgspec.ValidationError as error:
        raise explain(file, tree, error, _KEYS) from None
    facility = Facility(file=file, settings=settings, quiet_zones=quiet)
    _Checks(facility, room_types).run()
    return facility


def override_server(facility: Facility, **values: object) -> Facility:
    """Put what the command line says in place of what the file says; `None` leaves the file's value.

    Raises `ConfigError`, with the option's name in the place of the key.
    """
    given = {key: value for key, value in values.items() if value is not None}
    merged = {**msgspec.to_builtins(facility.settings.server), **given}
    try:
        server = msgspec.convert(merged, ServerSettings)
    except msgspec.ValidationError as error:
        wrong = explain(Path("command line"), merged, error, {"": ServerSettings.__struct_fields__})
        raise ConfigError(wrong.file, f"--{wrong.key.replace('_', '-')}", wrong.expected, wrong.got) from None
    return msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, server=server))


_TABLES: Mapping[str, type[Struct]] = {
    "": FacilitySettings,
    "server": ServerSettings,
    **LIMIT_TABLES,
    "audit": AuditSettings,
    "identity": IdentitySettings,
    "guests": GuestSettings,
    "rights": RightsSettings,
    "safety": SafetySettings,
    "rooms": NamedRoomSettings,
    "visits": VisitSettings,
    "zones": ZoneSettings,
    "spawns": SpawnSettings,
    "objects": ObjectSettings,
    "portals": PortalSettings,
    "seats": Seat,
}
"""The struct behind each table, by the table's name."""

_KEYS = {name: table.__struct_fields__ for name, table in _TABLES.items()}


# Checking -------------------------------------------------------------------------------------------------------------


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
            room_id = room.id if isinstance(room, NamedRoomSettings) else ""
            zones.setdefault(room.type, []).append((room_id, [zone.name for zone in room.zones if zone.private]))
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
