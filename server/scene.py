"""What a room's scene says about the room: bounds, zones, spawn areas and seats, read from its glTF file.

Only the JSON of a file is looked at (`.gltf`, or the first chunk of a `.glb`), never its geometry. A volume is a node
with an `OMI_physics_body` trigger whose `OMI_physics_shape` is a box, and `extras.volume` says what it is for: `bounds`
or `zone`, whose name is the node's; `extras.private` of a zone means what it means in the facility file. A spawn area
is an `OMI_spawn_point` on the floor; `extras.area` is the box heads may appear in, without it they appear at eye height
above the node. A seat is an `OMI_seat`. All of them stand straight in the room: their nodes are moved, spawn points and
seats turned, but not scaled or tilted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal, Never, TypeVar

import msgspec
from msgspec import Meta, Struct

from server.errors import ConfigError
from server.glb import json_chunk

if TYPE_CHECKING:
    from pathlib import Path

EYE_HEIGHT: Final = 1.6
"""m; of a head that appears above a spawn point without an area."""

_UPRIGHT: Final = 1e-3

T = TypeVar("T")
Number = Annotated[float, Meta(ge=-8388.0, le=8388.0)]
Vector = tuple[Number, Number, Number]
Corners = tuple[Vector, Vector]
Quaternion = tuple[Number, Number, Number, Number]
Index = Annotated[int, Meta(ge=0)]


class SceneZone(Struct, frozen=True, kw_only=True):
    """A named volume."""

    name: str
    box: Corners
    private: bool | None = None
    """Whether what is inside is kept from those outside; None where the scene does not say."""


class SceneSpawn(Struct, frozen=True, kw_only=True):
    """Where heads may appear, and the way they look in degrees, as the facility file says them."""

    box: Corners
    yaw: float


class Seat(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where somebody may sit; `[[rooms.seats]]`."""

    position: Vector
    """Where the back meets the seat, in the room."""
    yaw: Annotated[float, Meta(ge=-360.0, le=360.0)] = 0.0
    """Where one looks who sits there: 0 along -Z, counted anticlockwise seen from above."""


class SceneLayout(Struct, frozen=True, kw_only=True):
    """All that a scene says about its room. What it leaves out is for the facility file to say."""

    bounds: Corners | None = None
    zones: tuple[SceneZone, ...] = ()
    spawns: tuple[SceneSpawn, ...] = ()
    seats: tuple[Seat, ...] = ()


# The part of glTF that is read. What else stands in a file is not looked at. ------------------------------------------


class _Asset(Struct):
    version: str


class _Box(Struct):
    size: tuple[Number, Number, Number]


class _Shape(Struct):
    type: str
    box: _Box | None = None


class _Shapes(Struct):
    shapes: list[_Shape] = []


class _SceneExtensions(Struct):
    OMI_physics_shape: _Shapes | None = None


class _Trigger(Struct):
    shape: Index | None = None


class _Body(Struct):
    trigger: _Trigger | None = None


class _Seat(Struct):
    back: Vector
    foot: Vector
    knee: Vector


class _NodeExtensions(Struct):
    OMI_physics_body: _Body | None = None
    OMI_spawn_point: dict[str, object] | None = None
    OMI_seat: _Seat | None = None


class _Extras(Struct):
    volume: Literal["bounds", "zone"] | None = None
    area: Corners | None = None


class _ZoneExtras(Struct):
    private: bool | None = None


class _File(Struct):
    """A buffer or a picture; without a `uri` it is inside the .glb."""

    uri: str = ""


class _Node(Struct):
    name: str = ""
    translation: Vector = (0.0, 0.0, 0.0)
    rotation: Quaternion = (0.0, 0.0, 0.0, 1.0)
    scale: Vector = (1.0, 1.0, 1.0)
    matrix: tuple[float, ...] | None = None
    children: tuple[Index, ...] = ()
    extensions: _NodeExtensions = msgspec.field(default_factory=_NodeExtensions)
    extras: msgspec.Raw = msgspec.Raw(b"{}")


class _Root(Struct):
    nodes: tuple[Index, ...] = ()


class _Document(Struct):
    asset: _Asset
    scene: Index = 0
    scenes: list[_Root] = []
    nodes: list[_Node] = []
    buffers: list[_File] = []
    images: list[_File] = []
    extensions: _SceneExtensions = msgspec.field(default_factory=_SceneExtensions)


_DECODER: Final = msgspec.json.Decoder(_Document)


def read_scene(file: Path) -> SceneLayout:
    """Read what a scene says about its room.

    Raises `ConfigError` that names the file and, where there is one, the node.
    """
    return _Reader(file, _document(file)).read()


def _document(file: Path) -> _Document:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(str(file), "file", "a scene that can be read", str(error.strerror)) from None
    text = json_chunk(file, data) if file.suffix == ".glb" else data
    try:
        document = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(str(file), "JSON", "glTF 2.0", str(error).replace("`", "")) from None
    if not document.asset.version.startswith("2."):
        raise ConfigError(str(file), "asset.version", "2.x", repr(document.asset.version))
    return document


class _Placed(Struct, frozen=True):
    """A node with where it stands in the room."""

    key: str
    node: _Node
    place: Vector
    turn: Quaternion
    plain: bool
    """Whether it is neither scaled nor given as a matrix, and so are those above it."""

    def point(self, local: Vector) -> Vector:
        """Put a point of the node's frame in the room."""
        x, y, z = (a + b for a, b in zip(self.place, _turned(self.turn, local), strict=True))
        return (x, y, z)


class _Reader:
    """One walk over the nodes of a document."""

    def __init__(self, file: Path, document: _Document) -> None:
        self._file = file
        self._document = document

    def read(self) -> SceneLayout:
        self._check_files()
        bounds: Corners | None = None
        zones: list[SceneZone] = []
        spawns: list[SceneSpawn] = []
        seats: list[Seat] = []
        for placed in self._nodes():
            extensions, extras = placed.node.extensions, self._extras(placed)
            if extras.volume == "bounds":
                if bounds is not None:
                    self._fail(placed.key, "one node that is the bounds", "a second one")
                bounds = self._volume(placed)
            elif extras.volume == "zone":
                zones.append(self._zone(placed, zones))
            if extensions.OMI_spawn_point is not None:
                spawns.append(self._spawn(placed, extras))
            if (seat := extensions.OMI_seat) is not None:
                seats.append(self._seat(placed, seat))
        return SceneLayout(bounds=bounds, zones=tuple(zones), spawns=tuple(spawns), seats=tuple(seats))

    def _check_files(self) -> None:
        """Refuse what a client could never load: its page is let fetch from the front desk alone."""
        for key, files in (("buffers", self._document.buffers), ("images", self._document.images)):
            for index, file in enumerate(files):
                if file.uri.startswith("data:"):
                    self._fail(f"{key}[{index}]", "a file: export as .glb or with a .bin beside it", f"embedded {key}")

    def _nodes(self) -> Iterator[_Placed]:
        """Walk the nodes of the scene that is shown; each may be reached once, as glTF wants it."""
        document = self._document
        if not document.scenes:
            return
        if document.scene >= len(document.scenes):
            self._fail("scene", f"one of {len(document.scenes)} scenes", str(document.scene))
        seen: set[int] = set()
        roots = document.scenes[document.scene].nodes
        stack: list[tuple[int, _Placed | None]] = [(index, None) for index in reversed(roots)]
        while stack:
            index, above = stack.pop()
            if index >= len(document.nodes):
                self._fail(f"nodes[{index}]", f"one of {len(document.nodes)} nodes", "none")
            if index in seen:
                self._fail(self._key(index), "a node with one parent", "a second one")
            seen.add(index)
            placed = self._place(index, above)
            yield placed
            stack.extend((child, placed) for child in reversed(placed.node.children))

    def _place(self, index: int, above: _Placed | None) -> _Placed:
        node = self._document.nodes[index]
        length = math.sqrt(sum(part * part for part in node.rotation))
        if not 1 - _UPRIGHT < length < 1 + _UPRIGHT:
            self._fail(f"{self._key(index)}.rotation", "a quaternion of length 1", f"{length:.3f}")
        plain = node.matrix is None and node.scale == (1.0, 1.0, 1.0)
        if above is None:
            return _Placed(self._key(index), node, node.translation, node.rotation, plain)
        turn = _product(above.turn, node.rotation)
        return _Placed(self._key(index), node, above.point(node.translation), turn, plain and above.plain)

    def _extras(self, placed: _Placed) -> _Extras:
        return self._told(placed, _Extras, "a volume or an area as the server knows them")

    def _told(self, placed: _Placed, kind: type[T], expected: str) -> T:
        """Take what is ours of a node's extras; others' tools may put anything there."""
        try:
            told = json.loads(bytes(placed.node.extras))
            return msgspec.convert(told if isinstance(told, Mapping) else {}, kind)
        except (ValueError, RecursionError) as error:
            # A fault of a shape (msgspec's is a ValueError), of the bytes, or of a number beyond all numbers.
            self._fail(f"{placed.key}.extras", expected, str(error).replace("`", ""))

    def _volume(self, placed: _Placed) -> Corners:
        self._straight(placed)
        if placed.turn[3] ** 2 < 1 - _UPRIGHT:
            self._fail(placed.key, "a box that is not turned", "a rotation")
        body = placed.node.extensions.OMI_physics_body
        if body is None or body.trigger is None or body.trigger.shape is None:
            self._fail(placed.key, "an OMI_physics_body trigger with a shape", "none")
        known = self._document.extensions.OMI_physics_shape
        shapes = known.shapes if known else []
        if body.trigger.shape >= len(shapes):
            self._fail(placed.key, f"one of {len(shapes)} shapes", str(body.trigger.shape))
        shape = shapes[body.trigger.shape]
        if shape.type != "box" or shape.box is None:
            self._fail(placed.key, "a shape that is a box", shape.type)
        if min(shape.box.size) <= 0:
            self._fail(placed.key, "a box with an inside", str(list(shape.box.size)))
        return _corner(placed.place, shape.box.size, -0.5), _corner(placed.place, shape.box.size, 0.5)

    def _zone(self, placed: _Placed, others: list[SceneZone]) -> SceneZone:
        name = placed.node.name
        if not name:
            self._fail(placed.key, "a zone's name", "none")
        if any(zone.name == name for zone in others):
            # The facility file says by its name who may look into a zone: of two it would mean one.
            self._fail(placed.key, "a name that no other zone of the scene has", repr(name))
        told = self._told(placed, _ZoneExtras, "private as true or false")
        return SceneZone(name=name, box=self._volume(placed), private=told.private)

    def _spawn(self, placed: _Placed, extras: _Extras) -> SceneSpawn:
        self._straight(placed)
        ahead = _turned(placed.turn, (0.0, 0.0, -1.0))
        if abs(ahead[1]) > _UPRIGHT:
            self._fail(placed.key, "a spawn point that is turned about the vertical alone", "a tilted one")
        x, y, z = placed.place
        head = (_rounded(x), _rounded(y + EYE_HEIGHT), _rounded(z))
        return SceneSpawn(box=extras.area or (head, head), yaw=_yaw(ahead))

    def _seat(self, placed: _Placed, seat: _Seat) -> Seat:
        self._straight(placed)
        back, knee = placed.point(seat.back), placed.point(seat.knee)
        ahead = (knee[0] - back[0], knee[1] - back[1], knee[2] - back[2])
        if math.hypot(ahead[0], ahead[2]) < _UPRIGHT:
            self._fail(placed.key, "a seat with the knees before the back", "one without a front")
        x, y, z = back
        return Seat(position=(_rounded(x), _rounded(y), _rounded(z)), yaw=_yaw(ahead))

    def _straight(self, placed: _Placed) -> None:
        if not placed.plain:
            self._fail(placed.key, "a node that is moved and turned only", "a scale or a matrix")

    def _key(self, index: int) -> str:
        name = self._document.nodes[index].name
        return f"nodes[{index}] {name!r}" if name else f"nodes[{index}]"

    def _fail(self, key: str, expected: str, got: str) -> Never:
        raise ConfigError(str(self._file), key, expected, got)


def _rounded(value: float) -> float:
    """Drop what the arithmetic of binary fractions left: a wall at 2.4 is at 2.4."""
    return round(value, 4) + 0.0


def _yaw(ahead: Vector) -> float:
    """Degrees of a direction: 0 along -Z, counted anticlockwise seen from above."""
    yaw = round(math.degrees(math.atan2(-ahead[0], -ahead[2])), 3) + 0.0
    return 180.0 if yaw == -180.0 else yaw  # noqa: PLR2004 - half a turn, either way


def _corner(centre: Vector, size: Vector, side: float) -> Vector:
    x, y, z = (_rounded(at + side * edge) for at, edge in zip(centre, size, strict=True))
    return (x, y, z)


def _product(a: Quaternion, b: Quaternion) -> Quaternion:
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def _turned(turn: Quaternion, v: Vector) -> Vector:
    x, y, z, w = turn
    tx, ty, tz = 2 * (y * v[2] - z * v[1]), 2 * (z * v[0] - x * v[2]), 2 * (x * v[1] - y * v[0])
    return (
        v[0] + w * tx + y * tz - z * ty,
        v[1] + w * ty + z * tx - x * tz,
        v[2] + w * tz + x * ty - y * tx,
    )
