"""Walls with what is in them: doors to other rooms, windows, and the harbour outside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.scenes.bake import Opening
from tools.scenes.palette import linear, mixed
from tools.scenes.piece import Piece
from tools.scenes.shapes import fan, panel, surface, turn_of, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.scenes.room import Room

THICK: Final = 0.24
SIDES: Final = {"north": 0.0, "west": 90.0, "south": 180.0, "east": 270.0}
DOOR_HEIGHT: Final = 2.25
RECESS: Final = 1.3
FAR: Final = 9.0
"""m; how far behind a window its view stands."""


@dataclass(frozen=True)
class Gap:
    """An opening in a wall: what it is, its middle (left to right from inside), and its size."""

    kind: str
    """`door` leads to another room, `window` and `entrance` outside."""
    middle: float
    width: float
    low: float = 0.0
    high: float = DOOR_HEIGHT


def door(middle: float, width: float = 1.3) -> Gap:
    """Make a way to another room."""
    return Gap("door", middle, width)


def window(middle: float, width: float, low: float = 0.9, high: float = 2.5) -> Gap:
    """Make a window."""
    return Gap("window", middle, width, low, high)


def entrance(middle: float, width: float) -> Gap:
    """Make the glass doors to the street."""
    return Gap("entrance", middle, width, 0.0, 2.6)


def build_wall(room: Room, side: str, gaps: Sequence[Gap] = ()) -> None:
    """Put up a wall. In its frame it runs along X, its inner face at Z = 0 faces +Z."""
    yaw = SIDES[side]
    long, away = (room.width, room.depth) if side in {"north", "south"} else (room.depth, room.width)
    wall = Piece()
    _faces(wall, room, long, gaps)
    for gap in gaps:
        if gap.kind == "door":
            _door(wall, gap)
        else:
            _window(wall, gap)
    if any(gap.kind != "door" for gap in gaps):
        _outside(wall, long)
    turn = turn_of(yaw)
    place = turned(turn, np.array([[0.0, 0.0, -away / 2]]))[0]
    x, z = round(float(place[0]), 6) + 0.0, round(float(place[2]), 6) + 0.0
    room.hang(wall, x, z, yaw)
    for gap in gaps:
        middle = turned(turn, np.array([[gap.middle, 0.0, -away / 2]]))[0]
        if gap.kind == "door":
            at = (round(float(middle[0]), 4) + 0.0, 0.0, round(float(middle[2]), 4) + 0.0)
            room.doors.append((f"door-{len(room.doors) + 1}", at, yaw if yaw <= 180 else yaw - 360))
        else:
            _let_light_in(room, side, gap, away)


def _faces(wall: Piece, room: Room, long: float, gaps: Sequence[Gap]) -> None:
    looks = room.looks
    left = -long / 2
    for gap in [*sorted(gaps, key=lambda g: g.middle), Gap("end", long / 2, 0.0)]:
        right = gap.middle - gap.width / 2
        _rectangle(wall, room, left, right, 0.0, looks.ceiling)
        if gap.width:
            _rectangle(wall, room, right, right + gap.width, 0.0, gap.low)
            _rectangle(wall, room, right, right + gap.width, gap.high, looks.ceiling)
        if right - left > 0.1:
            wall.box((right - left, 0.11, 0.018), ((left + right) / 2, 0.0, 0.009), "white", bevel=0.006)
            if looks.band:
                at = ((left + right) / 2, looks.band_height, 0.012)
                wall.box((right - left, 0.05, 0.024), at, "oak", bevel=0.008)
        left = gap.middle + gap.width / 2


def _rectangle(wall: Piece, room: Room, left: float, right: float, low: float, high: float) -> None:
    looks = room.looks
    parts = [(low, high, looks.wall)]
    if looks.band:
        edge = min(max(looks.band_height, low), high)
        parts = [(low, edge, looks.band), (edge, high, looks.wall)]
    for start, end, colour in parts:
        if end - start > 1e-6 and right - left > 1e-6:
            wall.add(
                panel(right - left, end - start, looks.split, looks.split * 0.8),
                colour,
                ((left + right) / 2, (start + end) / 2, 0.0),
            )


def _reveal(wall: Piece, gap: Gap, depth: float, colour: str, *, floor: str | None = None) -> None:
    """Line an opening: its two cheeks, its head, and its sill or floor."""
    tall, middle = gap.high - gap.low, (gap.low + gap.high) / 2
    for sign in (-1, 1):
        cheek = panel(depth, tall, 0.4)
        wall.add(cheek, colour, (gap.middle + sign * gap.width / 2, middle, -depth / 2), turn_of(yaw=-90.0 * sign))
    wall.add(panel(gap.width, depth, 0.4), colour, (gap.middle, gap.high, -depth / 2), turn_of(pitch=90.0))
    wall.add(panel(gap.width, depth, 0.4), floor or colour, (gap.middle, gap.low, -depth / 2), turn_of(pitch=-90.0))


def _door(wall: Piece, gap: Gap) -> None:
    """Make an oak frame, and behind it the beginning of a corridor, lit from its end."""
    _reveal(wall, gap, RECESS, "cream", floor="oak-light")
    end = panel(gap.width, gap.high, 0.3)
    glow = np.clip(1 - np.abs(end.positions[:, 1:2]) / gap.high, 0, 1)
    paint = mixed("sand", "lamp", 0.55) * (0.55 + 0.45 * glow)
    wall.add(end, paint, (gap.middle, gap.high / 2, -RECESS), glows=True)
    _frame(wall, gap, 0.09, 0.06, "oak")
    wall.box((gap.width + 0.02, 0.012, 0.1), (gap.middle, 0.0, -0.04), "steel-dark", bevel=0.004)


def _frame(wall: Piece, gap: Gap, face: float, proud: float, colour: str) -> None:
    """Put a frame on the wall about an opening."""
    tall = gap.high - gap.low
    for sign in (-1, 1):
        x = gap.middle + sign * (gap.width / 2 + face / 2)
        wall.box((face, tall + face, proud), (x, gap.low, proud / 2 - 0.005), colour)
    wall.box((gap.width, face, proud), (gap.middle, gap.high, proud / 2 - 0.005), colour)


def _window(wall: Piece, gap: Gap) -> None:
    """Make a window: frame, mullions, a sill of oak, and its glass."""
    _reveal(wall, gap, THICK, "white", floor="oak" if gap.low else "steel")
    count = max(1, round(gap.width / 1.3))
    tall, bar = gap.high - gap.low, 0.06
    for n in range(count + 1):
        x = gap.middle - gap.width / 2 + bar / 2 + n * (gap.width - bar) / count
        wall.box((bar, tall, 0.06), (x, gap.low, -THICK + 0.05), "white" if gap.low else "charcoal")
    for y in (gap.low, gap.high - bar):
        wall.box((gap.width, bar, 0.06), (gap.middle, y, -THICK + 0.05), "white" if gap.low else "charcoal")
    if gap.low:
        wall.box((gap.width + 0.12, 0.035, 0.2), (gap.middle, gap.low - 0.035, 0.04), "oak")
    else:
        wall.box((gap.width, 0.04, 0.05), (gap.middle, 1.05, -THICK + 0.08), "steel")
    glass = panel(gap.width, tall, 4.0)
    wall.add(glass, "glass", (gap.middle, (gap.low + gap.high) / 2, -THICK + 0.04), glows=True, opacity=0.10)


def _let_light_in(room: Room, side: str, gap: Gap, away: float) -> None:
    """Make daylight of a window: cells of sky light, and what the sun sees of it."""
    turn = turn_of(SIDES[side])
    inward = turned(turn, np.array([[0.0, 0.0, 1.0]]))[0]
    facing = (round(float(inward[0])) + 0.0, 0.0, round(float(inward[2])) + 0.0)
    count = max(1, round(gap.width / 1.2))
    cell = gap.width / count
    for n in range(count):
        x = gap.middle - gap.width / 2 + (n + 0.5) * cell
        local = np.array([[x, (gap.low + gap.high) / 2, -away / 2 - 0.1]])
        place = turned(turn, local)[0]
        power = np.array([0.92, 0.99, 1.05]) * (0.42 * cell * (gap.high - gap.low))
        room.lamp((float(place[0]), float(place[1]), float(place[2])), facing, power, 0.8)
    axis = 2 if side in {"north", "south"} else 0
    ends = turned(turn, np.array([[gap.middle + s * gap.width / 2, 0.0, -away / 2] for s in (-1, 1)]))
    across = sorted(float(v) for v in ends[:, 0 if axis == 2 else 2])
    at = float(ends[0, axis])
    low, high = (across[0], gap.low), (across[1], gap.high)
    if axis == 0:
        low, high = (gap.low, across[0]), (gap.high, across[1])
    room.openings.append(Opening(axis, at, low, high))


def _outside(wall: Piece, long: float) -> None:
    """Paint what one sees out of the windows: morning over a harbour, with hills across the water."""
    reach = long + 4 * FAR
    sky_low, sky_high = mixed("#f6e3c8", "#ffffff", 0.25), linear("#8fc1e0")
    ys = [0.62, 1.0, 1.6, 2.4, 3.6, 5.5, 9.0]
    xs = np.linspace(-reach / 2, reach / 2, 13)
    grid = np.array([[(x, y, -FAR) for y in ys] for x in xs])
    sky = surface(grid)
    share = np.clip((sky.positions[:, 1:2] - 0.6) / 5, 0, 1)
    wall.add(sky, sky_low * (1 - share) + sky_high * share, glows=True)
    for z, base, swing, colour in ((-FAR + 0.1, 1.75, 0.34, "#a9c3cd"), (-FAR + 0.2, 1.35, 0.26, "#86ab9f")):
        line = np.linspace(-reach / 2, reach / 2, 61)
        top = [base + swing * (math.sin(0.43 * x + z) + 0.5 * math.sin(1.07 * x + 2 * z)) for x in line]
        hills = surface(np.array([[(x, 0.6, z), (x, round(float(y), 4), z)] for x, y in zip(line, top, strict=True)]))
        lift = np.clip((hills.positions[:, 1:2] - 0.6) / 1.6, 0, 1)
        wall.add(hills, linear(colour) * (1.0 - 0.12 * lift), glows=True)
    sea = surface(np.array([[(x, -1.6, -4.0), (x, 0.1, -FAR + 0.3), (x, 0.98, -FAR + 0.3)] for x in xs]))
    share = np.clip((sea.positions[:, 1:2] + 1.6) / 2.6, 0, 1)
    wall.add(sea, linear("#5f9db0") * (1 - share) + linear("#a9d0d8") * share, glows=True)
    for number, x in enumerate(np.arange(-reach / 2 + 2.0, reach / 2, 5.3)):
        _boat(wall, float(x) + 1.7 * math.sin(number * 2.1), 0.62 + 0.12 * (number % 3), 0.7 + 0.2 * (number % 2))
    _quay(wall, reach)


def _boat(wall: Piece, x: float, y: float, size: float) -> None:
    """Float a sailing boat on the water."""
    z = -FAR + 0.35
    hull = fan([(-0.4 * size, 0.1 * size), (-0.3 * size, 0.0), (0.26 * size, 0.0), (0.42 * size, 0.1 * size)])
    wall.add(hull, "white", (x, y, z), glows=True)
    wall.add(
        fan([(0.03 * size, 0.14), (0.36 * size, 0.14), (0.03 * size, 0.95 * size)]), "cream", (x, y, z), glows=True
    )
    wall.add(
        fan([(-0.02 * size, 0.14), (-0.02 * size, 0.8 * size), (-0.3 * size, 0.14)]), "clay", (x, y, z), glows=True
    )


def _quay(wall: Piece, reach: float) -> None:
    """Lay a lawn and a hedge before the water."""
    lawn = surface(
        np.array([[(x, -0.05, -THICK - 0.05), (x, -0.05, -4.2)] for x in np.linspace(-reach / 2, reach / 2, 9)])
    )
    wall.add(lawn, "#9bbf7d", glows=True)
    line = np.arange(-reach / 2, reach / 2, 0.5)
    top = [0.5 + 0.07 * math.sin(3.1 * n) + 0.05 * math.sin(7.7 * n) for n in range(len(line))]
    hedge = surface(np.array([[(x, -0.1, -4.2), (x, round(y, 4), -4.2)] for x, y in zip(line, top, strict=True)]))
    lift = np.clip(hedge.positions[:, 1:2] / 0.6, 0, 1)
    wall.add(hedge, linear("#5c8a58") * (0.7 + 0.45 * lift), glows=True)
