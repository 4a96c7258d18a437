"""The shapes that things are made of, as vertices, normals and triangles about an origin; lengths are metres.

Everything is wound counter-clockwise seen from outside. A box's edges are bevelled by triangles between its faces, with
no vertex of their own: light rounds them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.scenes.palette import Floats

Ints = NDArray[np.int64]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Shape:
    """A surface of triangles."""

    positions: Floats
    normals: Floats
    triangles: Ints

    def moved(self, turn: Floats, place: Vector) -> Shape:
        """Turn and then move it."""
        return Shape(turned(turn, self.positions) + np.array(place), turned(turn, self.normals), self.triangles)

    def both_sides(self) -> Shape:
        """Add its back."""
        count = len(self.positions)
        return Shape(
            np.concatenate([self.positions, self.positions]),
            np.concatenate([self.normals, -self.normals]),
            np.concatenate([self.triangles, self.triangles[:, ::-1] + count]),
        )


def turned(turn: Floats, vectors: Floats) -> Floats:
    """Turn vectors by a matrix, summed in one order: a matrix product's last bits differ between machines."""
    x, y, z = vectors[:, 0:1], vectors[:, 1:2], vectors[:, 2:3]
    return x * turn[:, 0] + y * turn[:, 1] + z * turn[:, 2]


def turn_of(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Floats:
    """Make the matrix that turns about Z by `roll`, then about X by `pitch`, then about Y by `yaw`; degrees."""
    (cy, sy), (cp, sp), (cr, sr) = (
        (round(math.cos(math.radians(angle)), 9), round(math.sin(math.radians(angle)), 9))
        for angle in (yaw, pitch, roll)
    )
    return np.array(
        [
            [cy * cr + sy * sp * sr, -cy * sr + sy * sp * cr, sy * cp],
            [cp * sr, cp * cr, -sp],
            [-sy * cr + cy * sp * sr, sy * sr + cy * sp * cr, cy * cp],
        ]
    )


def box(size: Vector, bevel: float = 0.012, split: float = 0.8) -> Shape:
    """Make a box about the origin, its faces divided into pieces of at most `split`."""
    bevel = min(bevel, 0.45 * min(size))
    half = [edge / 2 for edge in size]
    lines = [_line(h - bevel, split) for h in half]
    positions: list[Floats] = []
    normals: list[Floats] = []
    faces: dict[tuple[int, int], Ints] = {}
    triangles: list[Ints] = []
    first = 0
    for axis, sign in product(range(3), (1, -1)):
        b, c = (axis + 1) % 3, (axis + 2) % 3
        grid = np.zeros((len(lines[b]), len(lines[c]), 3))
        grid[:, :, axis] = sign * half[axis]
        grid[:, :, b] = lines[b][:, None]
        grid[:, :, c] = lines[c][None, :]
        normal = np.zeros(3)
        normal[axis] = sign
        count = grid.shape[0] * grid.shape[1]
        positions.append(grid.reshape(-1, 3))
        normals.append(np.tile(normal, (count, 1)))
        numbers = np.arange(first, first + count).reshape(grid.shape[:2])
        faces[axis, sign] = numbers
        triangles.append(_quads(numbers, flip=sign < 0))
        first += count
    if bevel > 0:
        triangles.extend(_bevels(faces))
    return Shape(np.concatenate(positions), np.concatenate(normals), np.concatenate(triangles))


def _line(reach: float, split: float) -> Floats:
    pieces = max(1, math.ceil(2 * reach / split - 1e-9))
    return np.array([reach * (2 * n / pieces - 1) for n in range(pieces + 1)])


def _quads(numbers: Ints, *, flip: bool = False) -> Ints:
    """Make two triangles of each cell of a grid of vertex numbers."""
    a, b, c, d = numbers[:-1, :-1], numbers[1:, :-1], numbers[1:, 1:], numbers[:-1, 1:]
    cells = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return cells[:, ::-1] if flip else cells


def _bevels(faces: dict[tuple[int, int], Ints]) -> list[Ints]:
    """Make the strips between the faces of a box and the triangles at its corners."""
    found = []
    for axis, one, other in product(range(3), (1, -1), (1, -1)):
        b = (axis + 1) % 3
        here = faces[axis, one][-1 if other > 0 else 0, :]
        there = faces[b, other][:, -1 if one > 0 else 0]
        found.append(_quads(np.stack([here, there]), flip=one * other < 0))
    for signs in product((1, -1), repeat=3):
        ends = [-1 if sign > 0 else 0 for sign in signs]
        corner = [faces[axis, signs[axis]][ends[(axis + 1) % 3], ends[(axis + 2) % 3]] for axis in range(3)]
        found.append(np.array([corner if math.prod(signs) > 0 else corner[::-1]]))
    return found


def panel(width: float, height: float, split: float = 0.5, split_up: float | None = None) -> Shape:
    """Make a rectangle in the X-Y plane that faces +Z."""
    xs, ys = _line(width / 2, split), _line(height / 2, split_up or split)
    grid = np.zeros((len(xs), len(ys), 3))
    grid[:, :, 0] = xs[:, None]
    grid[:, :, 1] = ys[None, :]
    return surface(grid)


def surface(grid: Floats) -> Shape:
    """Make a surface through a grid of points; its front is where the first index runs right and the second up."""
    along = np.gradient(grid, axis=0)
    up = np.gradient(grid, axis=1)
    normals = _unit(_cross(along, up)).reshape(-1, 3)
    numbers = np.arange(grid.shape[0] * grid.shape[1]).reshape(grid.shape[:2])
    return Shape(grid.reshape(-1, 3), normals, _quads(numbers))


def lathe(profile: Sequence[tuple[float, float]], sides: int = 16) -> Shape:
    """Turn a profile of (radius, height), told from below upwards, about the vertical."""
    angles = [2 * math.pi * n / sides for n in range(sides + 1)]
    ring = np.array([(round(math.cos(a), 9), round(-math.sin(a), 9)) for a in angles])
    outline = np.array(profile)
    slope = np.gradient(outline, axis=0)
    out = np.stack([slope[:, 1], -slope[:, 0]], axis=1)
    length = np.sqrt(out[:, 0] ** 2 + out[:, 1] ** 2)
    out = out / np.where(length > 0, length, 1)[:, None]
    # The first index runs round as seen from outside from left to right, which is clockwise from above reversed.
    round_ = ring[::-1]
    shape = (len(round_), len(outline), 3)
    grid, normals = np.zeros(shape), np.zeros(shape)
    for target, line in ((grid, outline), (normals, out)):
        target[:, :, 0] = round_[:, 0:1] * line[:, 0]
        target[:, :, 1] = line[:, 1]
        target[:, :, 2] = round_[:, 1:2] * line[:, 0]
    numbers = np.arange(shape[0] * shape[1]).reshape(shape[:2])
    return Shape(grid.reshape(-1, 3), normals.reshape(-1, 3), _quads(numbers, flip=True))


def ball(radius: Vector, sides: int = 14, rings: int = 8) -> Shape:
    """Make an ellipsoid."""
    angles = [math.pi * (n / rings - 0.5) for n in range(rings + 1)]
    unit = lathe([(round(math.cos(a), 9), round(math.sin(a), 9)) for a in angles], sides)
    stretch = np.array(radius)
    return Shape(unit.positions * stretch, _unit(unit.positions / stretch), unit.triangles)


def tube(points: Sequence[Vector], radius: float, sides: int = 8) -> Shape:
    """Lay a tube along points, closed at its ends by what it is stuck into."""
    path = np.array(points, dtype=np.float64)
    ahead = _unit(np.gradient(path, axis=0))
    aside = np.array([0.0, 0.0, 1.0]) if abs(ahead[0][2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    rows = []
    out = []
    for place, way in zip(path, ahead, strict=True):
        aside = _unit((aside - way * float((aside * way).sum()))[None])[0]
        third = _cross(way[None], aside[None])[0]
        angles = [2 * math.pi * n / sides for n in range(sides + 1)]
        round_ = np.array([aside * round(math.cos(a), 9) + third * round(math.sin(a), 9) for a in angles])
        rows.append(place + round_ * radius)
        out.append(round_)
    numbers = np.arange(len(path) * (sides + 1)).reshape(len(path), sides + 1)
    return Shape(np.concatenate(rows), np.concatenate(out), _quads(numbers, flip=True))


def fan(outline: Sequence[tuple[float, float]]) -> Shape:
    """Fill a convex outline in the X-Y plane, counter-clockwise, that faces +Z."""
    positions = np.array([(x, y, 0.0) for x, y in outline])
    triangles = np.array([(0, n, n + 1) for n in range(1, len(outline) - 1)])
    return Shape(positions, np.tile(np.array([0.0, 0.0, 1.0]), (len(outline), 1)), triangles)


def arc(radius: float, start: float, end: float, steps: int) -> list[tuple[float, float]]:
    """Give points of an arc, angles in degrees counter-clockwise from +X."""
    angles = [math.radians(start + (end - start) * n / steps) for n in range(steps + 1)]
    return [(round(radius * math.cos(a), 6), round(radius * math.sin(a), 6)) for a in angles]


def _cross(a: Floats, b: Floats) -> Floats:
    return np.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )


def _unit(vectors: Floats) -> Floats:
    length = np.sqrt(vectors[..., 0] ** 2 + vectors[..., 1] ** 2 + vectors[..., 2] ** 2)
    return vectors / np.where(length > 0, length, 1)[..., None]
