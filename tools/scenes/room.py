"""A room as it is built: floor, walls with doors and windows, ceiling, and what is put into it.

The frame is the room's own: metres, +Y up, -Z north, the origin in the middle of the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.scenes.bake import Lamp, Light, Opening
from tools.scenes.glb import Document
from tools.scenes.palette import linear
from tools.scenes.piece import Piece
from tools.scenes.shapes import Shape, panel, turn_of

if TYPE_CHECKING:
    from tools.scenes.palette import Floats
    from tools.scenes.shapes import Vector

Corners = tuple["Vector", "Vector"]

TILE: Final = 0.6
FLAT: Final = turn_of(pitch=-90.0)
"""Lays a panel that faces +Z on the floor."""
OVERHEAD: Final = turn_of(pitch=90.0)
"""Hangs a panel that faces +Z from the ceiling."""


@dataclass(frozen=True)
class Looks:
    """What a room is like."""

    floor: str = "oak"
    """`oak` planks, `tiles`, or the name of a colour for a sheet."""
    floor_colour: str = "oak-light"
    wall: str = "plaster"
    band: str | None = "mist"
    """The colour of the lower part of the walls; none is that of the upper part."""
    band_height: float = 0.9
    ceiling: float = 3.0
    lamp: float = 1.0
    """How bright its lamps are."""
    lamp_step: tuple[float, float] = (2.4, 2.4)
    split: float = 0.45
    """m; how finely walls and floor are divided for light and shade."""
    sun: Vector | None = None
    up: float = 0.66
    around: float = 0.62
    down: float = 0.74


@dataclass
class Room:
    """One room."""

    name: str
    width: float
    depth: float
    looks: Looks
    height: float = 4.0
    """How high heads may be."""
    piece: Piece = field(default_factory=Piece)
    solids: list[tuple[str, Corners]] = field(default_factory=list)
    zones: list[tuple[str, Corners]] = field(default_factory=list)
    spawns: list[tuple[Corners, float]] = field(default_factory=list)
    doors: list[tuple[str, Vector, float]] = field(default_factory=list)
    lamps: list[Lamp] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def put(self, kind: str, thing: Piece, x: float, z: float, yaw: float = 0.0, *, on: float = 0.0) -> None:
        """Stand a piece of furniture at (x, z); one cannot walk through it."""
        self.hang(thing, x, z, yaw, on=on)
        stood = Piece()
        stood.put(thing, x, z, yaw, on=on)
        self.solids.append((self._numbered(kind), stood.footprint()))

    def hang(self, thing: Piece, x: float, z: float, yaw: float = 0.0, *, on: float = 0.0) -> None:
        """Put a thing where one does not walk, or may walk over it."""
        self.piece.put(thing, x, z, yaw, on=on)

    def zone(self, name: str, least: tuple[float, float], greatest: tuple[float, float]) -> None:
        """Name a part of the room, from the floor to where heads may be."""
        self.zones.append((name, ((least[0], 0.0, least[1]), (greatest[0], self.height, greatest[1]))))

    def spawn(self, least: Vector, greatest: Vector, yaw: float = 0.0) -> None:
        """Let people appear in an area."""
        self.spawns.append(((least, greatest), yaw))

    def lamp(self, place: Vector, facing: Vector, power: Floats, softness: float = 0.35) -> None:
        """Add a light."""
        red, green, blue = (float(v) for v in power)
        self.lamps.append(Lamp(place, facing, (red, green, blue), softness))

    def light(self) -> Light:
        """Give all the light there is."""
        looks = self.looks
        floor, wall = linear(looks.floor_colour), linear(looks.wall)
        # The floor colours the light that comes from it, as walls do, but white balance takes half of it away.
        down = [looks.down * (0.55 + 0.45 * float(v) / float(floor.max())) for v in floor]
        around = [looks.around * (0.6 + 0.4 * float(v) / float(wall.max())) for v in wall]
        return Light(
            size=(self.width, looks.ceiling, self.depth),
            up=(looks.up, looks.up * 0.985, looks.up * 0.95),
            around=(around[0], around[1], around[2]),
            down=(down[0], down[1], down[2]),
            lamps=self.lamps,
            openings=self.openings,
            sun=looks.sun,
        )

    def document(self) -> Document:
        """Bake it and give the file."""
        document = Document(self.name)
        document.volume("bounds", "bounds", *self.bounds())
        for name, (least, greatest) in self.zones:
            document.volume(name, "zone", least, greatest)
        for number, ((least, greatest), yaw) in enumerate(self.spawns, start=1):
            document.spawn(number, least, greatest, yaw)
        for number, (place, look) in enumerate(self.piece.seats, start=1):
            document.seat(f"seat-{number}", place, look)
        for name, (least, greatest) in self.solids:
            document.solid(name, least, greatest)
        for name, place, yaw in self.doors:
            document.marked(name, place, yaw)
        document.drawn(self.name, self.piece.parts, self.piece.blocks, self.light())
        return document

    def bounds(self) -> Corners:
        """Give the box heads may be in."""
        return (-self.width / 2, 0.0, -self.depth / 2), (self.width / 2, self.height, self.depth / 2)

    def _numbered(self, kind: str) -> str:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}-{self._numbers[kind]}"


def jitter(*numbers: int) -> float:
    """Give a number from -1 to 1 that looks drawn, the same each time."""
    value = 0x9E3779B1
    for number in numbers:
        value = ((value ^ (number & 0xFFFF)) * 0x85EBCA6B) & 0xFFFFFFFF
        value ^= value >> 13
    return (value >> 8 & 0xFFFF) / 32767.5 - 1.0


def lay_floor(room: Room) -> None:
    """Lay what the room's looks say."""
    looks = room.looks
    if looks.floor == "oak":
        _lay_planks(room)
    elif looks.floor == "tiles":
        _lay_tiles(room)
    else:
        sheet = panel(room.width, room.depth, looks.split)
        room.piece.add(sheet, looks.floor_colour, turn=FLAT)
    # A dark base keeps the seams from being holes.
    base = panel(room.width + 0.4, room.depth + 0.4, 4.0)
    room.piece.add(base, linear(looks.floor_colour) * 0.35, (0.0, -0.012, 0.0), FLAT)


def _lay_planks(room: Room, length: float = 1.5, breadth: float = 0.2) -> None:
    colour = linear(room.looks.floor_colour)
    for row in range(math.ceil(room.depth / breadth)):
        z0 = -room.depth / 2 + row * breadth
        z1 = min(z0 + breadth, room.depth / 2)
        x = -room.width / 2 - length * (0.5 + 0.5 * jitter(row, 7))
        number = 0
        while x < room.width / 2:
            left, right = max(x, -room.width / 2), min(x + length, room.width / 2)
            if right - left > 0.02:
                tint = 1 + 0.085 * jitter(row, number, 3)
                warm = np.array([1 + 0.02 * jitter(row, number, 5), 1.0, 1 - 0.05 * jitter(row, number, 9)])
                board = panel(right - left - 0.003, z1 - z0 - 0.003, room.looks.split, 1.0)
                room.piece.add(board, colour * tint * warm, ((left + right) / 2, 0.0, (z0 + z1) / 2), FLAT)
            x += length
            number += 1


def _lay_tiles(room: Room, edge: float = 0.6) -> None:
    colour = linear(room.looks.floor_colour)
    columns, rows = round(room.width / edge), round(room.depth / edge)
    wide, deep = room.width / columns, room.depth / rows
    for column in range(columns):
        for row in range(rows):
            at = (-room.width / 2 + (column + 0.5) * wide, 0.0, -room.depth / 2 + (row + 0.5) * deep)
            tile = panel(wide - 0.004, deep - 0.004, room.looks.split)
            room.piece.add(tile, colour * (1 + 0.03 * jitter(column, row)), at, FLAT)


def hang_ceiling(room: Room) -> None:
    """Hang a ceiling of tiles, some of which are lamps."""
    looks = room.looks
    columns, rows = round(room.width / TILE), round(room.depth / TILE)
    wide, deep = room.width / columns, room.depth / rows
    every_x, every_z = round(looks.lamp_step[0] / wide), round(looks.lamp_step[1] / deep)
    room.piece.add(
        panel(room.width + 0.4, room.depth + 0.4, 4.0), "ceiling-gap", (0.0, looks.ceiling + 0.01, 0.0), OVERHEAD
    )
    for column in range(columns):
        for row in range(rows):
            at = (-room.width / 2 + (column + 0.5) * wide, looks.ceiling, -room.depth / 2 + (row + 0.5) * deep)
            shines = column % every_x == every_x // 2 and row % every_z in {every_z // 2, (every_z // 2 + 1) % every_z}
            tile: Shape = panel(wide - (0.05 if shines else 0.012), deep - 0.012, 0.7)
            if shines:
                room.piece.add(tile, "lamp", at, OVERHEAD, glows=True)
                power = np.array([1.0, 0.955, 0.87]) * (0.62 * looks.lamp * wide * deep)
                room.lamp((at[0], at[1] - 0.02, at[2]), (0.0, -1.0, 0.0), power)
            else:
                room.piece.add(tile, "ceiling", at, OVERHEAD)
