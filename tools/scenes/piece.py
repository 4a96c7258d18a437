"""A thing as it is put together: shapes with their colours, and the boxes that keep light from what is near."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tools.scenes.palette import linear
from tools.scenes.shapes import Shape, ball, box, lathe, tube, turn_of, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.scenes.palette import Floats
    from tools.scenes.shapes import Vector

NOT_TURNED = turn_of()
BLOCKS_FROM = 0.04
"""m; what is smaller casts no shadow that one would miss."""


@dataclass(frozen=True)
class Part:
    """A shape in the room: the share of light that its vertices give back, and how it is drawn."""

    shape: Shape
    colour: Floats
    glows: bool = False
    """Drawn in its colour, whatever light falls on it."""
    opacity: float = 1.0


@dataclass(frozen=True)
class Block:
    """A box that keeps light off."""

    centre: Floats
    half: Floats
    turn: Floats


@dataclass
class Piece:
    """Parts about an origin; furniture faces -Z there."""

    parts: list[Part] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    seats: list[tuple[Vector, float]] = field(default_factory=list)
    """Where one sits, on the seat under the back, and the way one looks."""

    def add(
        self,
        shape: Shape,
        colour: str | Floats,
        at: Vector = (0.0, 0.0, 0.0),
        turn: Floats = NOT_TURNED,
        *,
        glows: bool = False,
        opacity: float = 1.0,
        shades: bool = False,
    ) -> None:
        """Add a shape; with `shades`, the box about it keeps light off."""
        paint = linear(colour) if isinstance(colour, str) else colour
        colours = np.broadcast_to(paint, shape.positions.shape).copy() if paint.ndim == 1 else paint
        self.parts.append(Part(shape.moved(turn, at), colours, glows, opacity))
        if shades:
            least, greatest = shape.positions.min(axis=0), shape.positions.max(axis=0)
            middle = turned(turn, ((least + greatest) / 2)[None])[0] + np.array(at)
            self.blocks.append(Block(middle, (greatest - least) / 2, turn))

    def box(
        self,
        size: Vector,
        at: Vector,
        colour: str | Floats,
        *,
        bevel: float = 0.012,
        split: float = 0.8,
        turn: Floats = NOT_TURNED,
        glows: bool = False,
        opacity: float = 1.0,
    ) -> None:
        """Add a box that stands with the middle of its lower side at `at`."""
        centre = (at[0], at[1] + size[1] / 2, at[2])
        shades = opacity == 1.0 and (min(size) >= BLOCKS_FROM or sorted(size)[1] > 0.25)
        self.add(box(size, bevel, split), colour, centre, turn, glows=glows, opacity=opacity, shades=shades)

    def lathe(
        self, profile: Sequence[tuple[float, float]], at: Vector, colour: str, sides: int = 16, *, shades: bool = False
    ) -> None:
        """Add a turned shape that stands at `at`."""
        self.add(lathe(profile, sides), colour, at, shades=shades)

    def pole(self, radius: float, height: float, at: Vector, colour: str, sides: int = 10) -> None:
        """Add an upright cylinder with a lid."""
        edge = min(radius * 0.3, 0.01)
        profile = [(radius, 0.0), (radius, height - edge), (radius - edge, height), (0.0, height)]
        self.add(lathe(profile, sides), colour, at, shades=radius >= BLOCKS_FROM)

    def tube(self, points: Sequence[Vector], radius: float, colour: str, sides: int = 8) -> None:
        """Add a tube along points."""
        self.add(tube(points, radius, sides), colour)

    def ball(self, radius: Vector, at: Vector, colour: str, *, sides: int = 14, rings: int = 8) -> None:
        """Add an ellipsoid about `at`."""
        self.add(ball(radius, sides, rings), colour, at)

    def put(self, other: Piece, x: float = 0.0, z: float = 0.0, yaw: float = 0.0, *, on: float = 0.0) -> None:
        """Add another piece, turned by `yaw` degrees and moved."""
        turn, place = turn_of(yaw), (x, on, z)
        for part in other.parts:
            self.parts.append(Part(part.shape.moved(turn, place), part.colour, part.glows, part.opacity))
        for block in other.blocks:
            centre = turned(turn, block.centre[None])[0] + np.array(place)
            axes = np.stack([turned(turn, block.turn[:, n][None])[0] for n in range(3)], axis=1)
            self.blocks.append(Block(centre, block.half, axes))
        for seat, look in other.seats:
            moved = turned(turn, np.array([seat]))[0] + np.array(place)
            self.seats.append(((float(moved[0]), float(moved[1]), float(moved[2])), look + yaw))

    def footprint(self) -> tuple[Vector, Vector]:
        """Give the least and the greatest corner of what one would walk into: of its blocks, where it has any."""
        corners = [part.shape.positions for part in self.parts]
        if self.blocks:
            corners = []
            for block in self.blocks:
                reach = np.abs(block.turn * block.half).sum(axis=1)
                corners.append(np.stack([block.centre - reach, block.centre + reach]))
        least = np.min([found.min(axis=0) for found in corners], axis=0)
        greatest = np.max([found.max(axis=0) for found in corners], axis=0)
        (ax, ay, az), (bx, by, bz) = (tuple(round(float(v), 3) + 0.0 for v in corner) for corner in (least, greatest))
        return (ax, ay, az), (bx, by, bz)
