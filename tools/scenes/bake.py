"""Light, reckoned once for each vertex: what comes from all around, from lamps, from windows, and from the sun.

The same on every machine: fixed rays, arithmetic that IEEE 754 leaves no choice in, sums in 64 bits, and a result of 8
bits. Rays look for what is near alone; farther away a room is smooth enough to be reckoned without them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.scenes.palette import Floats
    from tools.scenes.piece import Block

RAYS: Final = 64
REACH: Final = 2.0
"""m; what is farther away shades nothing."""
LIFT: Final = 0.015
"""m; how far above its surface a vertex looks from."""
CORNER_SHADE: Final = 0.22
CORNER_REACH: Final = 0.45
CHUNK: Final = 4096


@dataclass(frozen=True)
class Lamp:
    """A flat light: where, which way it shines, and its light times its area."""

    place: tuple[float, float, float]
    facing: tuple[float, float, float]
    power: tuple[float, float, float]
    softness: float = 0.35
    """m2; keeps what is near from burning out."""


@dataclass(frozen=True)
class Opening:
    """A window as the sun sees it: a rectangle in the plane across one axis."""

    axis: int
    at: float
    least: tuple[float, float]
    greatest: tuple[float, float]


@dataclass(frozen=True)
class Light:
    """All the light of a room."""

    size: tuple[float, float, float]
    """Width, height and depth of the room, whose floor's middle is the origin."""
    up: tuple[float, float, float]
    """Light from the ceiling, from the walls, and from the floor."""
    around: tuple[float, float, float]
    down: tuple[float, float, float]
    lamps: Sequence[Lamp] = ()
    openings: Sequence[Opening] = ()
    sun: tuple[float, float, float] | None = None
    """The way to the sun."""
    sunlight: tuple[float, float, float] = (0.72, 0.64, 0.5)


def bake(light: Light, positions: Floats, normals: Floats, blocks: Sequence[Block]) -> Floats:
    """Give the light that falls on each vertex, red, green and blue."""
    rays = _rays()
    shade = np.empty((len(positions), 3))
    for first in range(0, len(positions), CHUNK):
        part = slice(first, first + CHUNK)
        shade[part] = _lit(light, positions[part], normals[part], rays, blocks)
    return shade


def _rays() -> Floats:
    """Spread rays over the half-sphere about +Z as thickly as a surface takes light from there."""
    turn = math.pi * (3 - math.sqrt(5))
    found = []
    for n in range(RAYS):
        flat = math.sqrt((n + 0.5) / RAYS)
        found.append((flat * math.cos(n * turn), flat * math.sin(n * turn), math.sqrt(1 - flat * flat)))
    return np.round(np.array(found), 6)


def _lit(light: Light, positions: Floats, normals: Floats, rays: Floats, blocks: Sequence[Block]) -> Floats:
    origins = positions + normals * LIFT
    ways = _about(normals, rays)
    free = _free(origins, ways, blocks)
    height = ways[:, :, 1]
    up, around, down = (np.array(colour) for colour in (light.up, light.around, light.down))
    above = np.clip(height, 0, 1)[..., None]
    below = np.clip(-height, 0, 1)[..., None]
    sky = up * above + down * below + around * (1 - above - below)
    # What is hidden is not black: it gives back some of what it gets.
    seen = free[..., None] * 0.86 + 0.14
    total = (sky * seen).sum(axis=1) / RAYS
    open_share = free.sum(axis=1) / RAYS
    weight = np.clip(height, 0, 1) + 1e-6
    open_up = (free * weight).sum(axis=1) / weight.sum(axis=1)
    corner = _corners(light, positions, normals)
    total *= corner[:, None]
    for lamp in light.lamps:
        hidden = open_up if lamp.facing[1] < -0.5 else open_share
        total += _from_lamp(lamp, origins, normals)[:, None] * hidden[:, None] * np.array(lamp.power)
    if light.sun is not None:
        total += _from_sun(light, light.sun, origins, normals, blocks)[:, None] * np.array(light.sunlight)
    return np.asarray(total)


def _about(normals: Floats, rays: Floats) -> Floats:
    """Turn the rays about each normal (Duff et al. 2017, a frame without branches)."""
    x, y, z = normals[:, 0], normals[:, 1], normals[:, 2]
    sign = np.where(z >= 0, 1.0, -1.0)
    a = -1.0 / (sign + z)
    b = x * y * a
    one = np.stack([1 + sign * x * x * a, sign * b, -sign * x], axis=1)
    other = np.stack([b, sign + y * y * a, -y], axis=1)
    return (
        one[:, None, :] * rays[None, :, 0:1]
        + other[:, None, :] * rays[None, :, 1:2]
        + normals[:, None, :] * rays[None, :, 2:3]
    )


def _free(origins: Floats, ways: Floats, blocks: Sequence[Block]) -> Floats:
    """Give for each ray how free it is: 0 where something touches, 1 where nothing is within reach."""
    nearest = np.full(ways.shape[:2], REACH, dtype=np.float32)
    least, greatest = origins.min(axis=0) - REACH, origins.max(axis=0) + REACH
    for block in blocks:
        radius = math.sqrt(float((block.half * block.half).sum()))
        if (block.centre + radius < least).any() or (block.centre - radius > greatest).any():
            continue
        away = origins - block.centre
        (near,) = np.nonzero((away * away).sum(axis=1) < (REACH + radius) ** 2)
        if len(near):
            start = _local(block, away[near]).astype(np.float32)
            inside = (np.abs(start) < block.half.astype(np.float32)).all(axis=1)
            near, start = near[~inside], start[~inside]
            if len(near):
                way = _local(block, ways[near].reshape(-1, 3)).astype(np.float32).reshape(len(near), -1, 3)
                hit = _distance(block, start[:, None, :], way)
                nearest[near] = np.minimum(nearest[near], hit)
    return nearest.astype(np.float64) / REACH


def _local(block: Block, vectors: Floats) -> Floats:
    x, y, z = vectors[:, 0:1], vectors[:, 1:2], vectors[:, 2:3]
    return np.asarray(x * block.turn[0] + y * block.turn[1] + z * block.turn[2])


def _distance(block: Block, start: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Give how far along each ray the box is; farther than anything where it is not."""
    half = block.half.astype(np.float32)
    safe = np.where(np.abs(way) < 1e-7, np.float32(1e-7), way)
    one, other = (-half - start) / safe, (half - start) / safe
    enter, leave = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
    return np.where((enter <= leave) & (enter > 0), enter, np.float32(1e9))


def _corners(light: Light, positions: Floats, normals: Floats) -> Floats:
    """Darken where walls, floor and ceiling meet."""
    width, height, depth = light.size
    shade = np.ones(len(positions))
    planes = ((0, -width / 2), (0, width / 2), (1, 0.0), (1, height), (2, -depth / 2), (2, depth / 2))
    for axis, at in planes:
        away = np.abs(positions[:, axis] - at) / CORNER_REACH
        # A surface of the plane itself is not shaded by it. The curve is a rational stand-in for an exponential.
        across = 1 - np.abs(normals[:, axis])
        shade *= 1 - CORNER_SHADE * across / (1 + away + away * away * 2)
    return shade


def _from_lamp(lamp: Lamp, origins: Floats, normals: Floats) -> Floats:
    to = np.array(lamp.place) - origins
    square = (to * to).sum(axis=1)
    length = np.sqrt(square)
    falls = np.clip((to * normals).sum(axis=1) / length, 0, 1)
    leaves = np.clip(-(to * np.array(lamp.facing)).sum(axis=1) / length, 0, 1)
    return np.asarray(falls * leaves / (square + lamp.softness))


SUN_SPREAD: Final = ((0.0, 0.0), (0.03, 0.01), (-0.03, -0.01), (0.01, -0.03), (-0.01, 0.03))


def _from_sun(
    light: Light, sun: tuple[float, float, float], origins: Floats, normals: Floats, blocks: Sequence[Block]
) -> Floats:
    total = np.zeros(len(origins))
    for spread_x, spread_y in SUN_SPREAD:
        way = np.array(sun) + np.array([spread_x, spread_y, -spread_x])
        way = way / math.sqrt(float((way * way).sum()))
        falls = np.clip((normals * way).sum(axis=1), 0, 1)
        through = np.zeros(len(origins), dtype=bool)
        for opening in light.openings:
            through |= _through(opening, origins, way)
        (rows,) = np.nonzero(through & (falls > 0))
        if len(rows):
            clear = _clear(origins[rows], way, blocks)
            total[rows] += falls[rows] * clear
    return total / len(SUN_SPREAD)


def _through(opening: Opening, origins: Floats, way: Floats) -> np.ndarray:
    axis = opening.axis
    along = (opening.at - origins[:, axis]) / way[axis]
    others = [n for n in range(3) if n != axis]
    passes = along > 0
    for n, low, high in zip(others, opening.least, opening.greatest, strict=True):
        crossing = origins[:, n] + way[n] * along
        passes &= (crossing > low) & (crossing < high)
    return np.asarray(passes)


def _clear(origins: Floats, way: Floats, blocks: Sequence[Block]) -> Floats:
    clear = np.ones(len(origins))
    for block in blocks:
        start = _local(block, origins - block.centre).astype(np.float32)
        local = _local(block, way[None]).astype(np.float32)
        inside = (np.abs(start) < block.half.astype(np.float32)).all(axis=1)
        hit = _distance(block, start, np.broadcast_to(local, start.shape))
        clear[(hit < 1e8) & ~inside] = 0.0
    return clear
