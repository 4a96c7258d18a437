"""What rooms are like: their tables in the facility file. Lengths are metres, angles degrees, times seconds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from server.config.privacy import PrivacySettings
from server.config.words import IDENTIFIER, SCENE_FILE
from server.scene import Seat

ZONES_MAX = 64
"""A zone is one bit of an observer's mask."""

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Identifier = Annotated[str, Meta(pattern=IDENTIFIER)]
SceneFile = Annotated[str, Meta(pattern=SCENE_FILE)]
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

    @property
    def named_id(self) -> str:
        """The id by which the facility file may name the room: "" for one opened on demand, whose id is drawn."""
        return ""


class NamedRoomSettings(RoomSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A room that is always open; `[[rooms]]`."""

    id: Identifier
    """What addresses and tickets call it; once in a facility."""
    name: Name
    """What people call it; once in a facility."""

    @property
    def named_id(self) -> str:
        """Its id."""
        return self.id


class VisitSettings(RoomSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How rooms of a type are opened on demand; `[[visits]]`, at most one for a type."""

    open_max: Annotated[int, Meta(ge=1, le=10_000)] = 1_000
    """Rooms of this kind open at a time."""
    linger_seconds: Annotated[float, Meta(ge=0.0, le=86_400.0)] = 120.0
    """How long an empty one stays open."""
