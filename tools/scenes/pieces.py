"""What a scene is made of: boxes, the pieces they make up, and walls with their openings.

The frame is the room's own: metres, +Y up, -Z forward, origin at the centre of the floor; furniture faces -Z before
it is turned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = tuple[float, float, float]

WALL_THICKNESS: Final = 0.2
WALL_HEIGHT: Final = 2.8
SILL_HEIGHT: Final = 0.9


@dataclass(frozen=True)
class Box:
    """A cuboid of one material: its centre, its size and its turn (degrees), in the frame of its piece."""

    name: str
    material: str
    centre: Vector
    size: Vector
    yaw: float = 0.0


@dataclass(frozen=True)
class Piece:
    """A named thing in the room, standing at `place` and turned by `yaw` degrees (counter-clockwise from above)."""

    name: str
    place: Vector
    yaw: float
    boxes: tuple[Box, ...]


def standing(name: str, material: str, x: float, z: float, size: Vector, *, on: float = 0.0, yaw: float = 0.0) -> Box:
    """Make a box whose bottom is `on` metres above the floor."""
    return Box(name, material, (x, on + size[1] / 2, z), size, yaw)


@dataclass
class Scene:
    """The pieces of one room, numbered by kind as they are put in."""

    name: str
    width: float
    depth: float
    floor: str = "floor"
    pieces: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = (self.width + 2 * WALL_THICKNESS, 0.1, self.depth + 2 * WALL_THICKNESS)
        self.pieces.append(Piece("floor", (0.0, 0.0, 0.0), 0.0, (Box("slab", self.floor, (0.0, -0.05, 0.0), size),)))

    def put(self, kind: str, boxes: Sequence[Box], x: float, z: float, yaw: float = 0.0) -> None:
        """Stand a piece of furniture at (x, z)."""
        number = 1 + sum(piece.name.rpartition("-")[0] == kind for piece in self.pieces)
        self.pieces.append(Piece(f"{kind}-{number}", (x, 0.0, z), yaw, tuple(boxes)))

    def wall(self, side: str, openings: Sequence[tuple[str, float, float]] = ()) -> None:
        """Put up a wall; `openings` are (`door`, `window` or `gap`, centre, width) left to right from inside."""
        yaw, length, away = {
            "north": (0.0, self.width, self.depth),
            "west": (90.0, self.depth, self.width),
            "south": (180.0, self.width, self.depth),
            "east": (270.0, self.depth, self.width),
        }[side]
        edge = length / 2 + WALL_THICKNESS
        distance = away / 2 + WALL_THICKNESS / 2
        boxes: list[Box] = []
        left = -edge
        for number, (kind, centre, width) in enumerate((*openings, ("end", edge, 0.0)), start=1):
            right = centre - width / 2
            size = (right - left, WALL_HEIGHT, WALL_THICKNESS)
            boxes.append(standing(f"wall-{number}", "wall", (left + right) / 2, 0.0, size))
            boxes.extend(opening(kind, number, centre, width))
            left = centre + width / 2
        angle = math.radians(yaw)
        place = (-math.sin(angle) * distance, 0.0, -math.cos(angle) * distance)
        self.pieces.append(Piece(f"wall-{side}", place, yaw, tuple(boxes)))


def opening(kind: str, number: int, centre: float, width: float) -> list[Box]:
    """Make what stands in the opening of a wall: a window over its sill, or the two leaves of a sliding glass door."""
    if kind == "window":
        glass = (width, WALL_HEIGHT - SILL_HEIGHT, 0.06)
        return [
            standing(f"sill-{number}", "wall", centre, 0.0, (width, SILL_HEIGHT, WALL_THICKNESS)),
            standing(f"window-{number}", "glass", centre, 0.0, glass, on=SILL_HEIGHT),
        ]
    if kind == "door":
        leaf = (width / 2, 2.2, 0.05)
        return [
            standing(f"leaf-{number}-left", "glass", centre - width / 2 - width * 0.15, 0.13, leaf),
            standing(f"leaf-{number}-right", "glass", centre + width / 2 + width * 0.15, 0.13, leaf),
        ]
    return []
