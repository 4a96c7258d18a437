"""What one sits on, works at and looks at in any room; each piece at its own origin, facing -Z."""

from __future__ import annotations

import math

import numpy as np

from tools.scenes.palette import linear
from tools.scenes.piece import Piece
from tools.scenes.room import jitter
from tools.scenes.shapes import fan, panel, surface, turn_of


def chair(colour: str = "teal", width: float = 0.54, *, arms: bool = False) -> Piece:
    """Make a padded chair on oak legs."""
    piece = Piece()
    half = width / 2 - 0.05
    for x in (-half, half):
        piece.box((0.035, 0.42, 0.035), (x, 0.0, -0.2), "oak", turn=turn_of(pitch=-4.0))
        piece.box((0.035, 0.44, 0.035), (x, 0.0, 0.22), "oak", turn=turn_of(pitch=8.0))
        if arms:
            piece.box((0.04, 0.2, 0.04), (x * 1.16, 0.44, -0.16), "oak")
            piece.box((0.055, 0.03, 0.46), (x * 1.16, 0.64, 0.02), "oak")
    piece.box((width - 0.06, 0.05, 0.46), (0.0, 0.375, 0.0), "oak-dark")
    piece.box((width, 0.085, 0.52), (0.0, 0.41, -0.01), colour, bevel=0.035, split=0.28)
    piece.box((width, 0.46, 0.075), (0.0, 0.5, 0.25), colour, bevel=0.035, split=0.28, turn=turn_of(pitch=11.0))
    piece.seats.append(((0.0, 0.495, 0.2), 0.0))
    return piece


def task_chair(colour: str = "navy") -> Piece:
    """Make a chair that turns and rolls, for a desk."""
    piece = Piece()
    for n in range(5):
        angle = n * 72.0
        x, z = math.sin(math.radians(angle)) * 0.15, math.cos(math.radians(angle)) * 0.15
        piece.box((0.05, 0.035, 0.3), (x, 0.06, z), "rubber", turn=turn_of(angle))
        piece.ball((0.03, 0.03, 0.03), (x * 1.9, 0.03, z * 1.9), "charcoal", sides=8, rings=5)
    piece.pole(0.028, 0.36, (0.0, 0.07, 0.0), "steel")
    piece.box((0.5, 0.09, 0.48), (0.0, 0.43, 0.0), colour, bevel=0.04, split=0.25)
    piece.box((0.05, 0.3, 0.03), (0.0, 0.44, 0.27), "rubber")
    piece.box((0.46, 0.5, 0.07), (0.0, 0.62, 0.25), colour, bevel=0.035, split=0.25, turn=turn_of(pitch=6.0))
    for x in (-0.28, 0.28):
        piece.box((0.05, 0.03, 0.26), (x, 0.66, 0.02), "rubber")
        piece.box((0.03, 0.2, 0.04), (x, 0.47, 0.05), "rubber")
    piece.seats.append(((0.0, 0.52, 0.2), 0.0))
    return piece


def sofa(seats: int, colour: str = "teal") -> Piece:
    """Make a sofa with a cushion a seat."""
    piece = Piece()
    width = seats * 0.68
    for x in (-width / 2 + 0.05, width / 2 - 0.05):
        for z in (-0.32, 0.32):
            piece.box((0.05, 0.14, 0.05), (x, 0.0, z), "oak")
    piece.box((width + 0.26, 0.2, 0.84), (0.0, 0.13, 0.0), colour, bevel=0.04, split=0.4)
    piece.box((width + 0.26, 0.5, 0.2), (0.0, 0.3, 0.33), colour, bevel=0.06, split=0.35, turn=turn_of(pitch=6.0))
    for sign in (-1, 1):
        piece.box((0.17, 0.36, 0.84), (sign * (width / 2 + 0.07), 0.26, 0.0), colour, bevel=0.055, split=0.4)
    for n in range(seats):
        x = (n - (seats - 1) / 2) * 0.68
        piece.box((0.655, 0.15, 0.66), (x, 0.32, -0.08), colour, bevel=0.05, split=0.3)
        piece.seats.append(((x, 0.46, 0.2), 0.0))
    pillow = "honey" if colour != "honey" else "cream"
    turn = turn_of(yaw=14.0, pitch=22.0)
    piece.box((0.42, 0.42, 0.13), (-width / 2 + 0.3, 0.46, 0.1), pillow, bevel=0.055, split=0.2, turn=turn)
    return piece


def armchair(colour: str = "clay") -> Piece:
    """Make a round-backed armchair."""
    piece = Piece()
    piece.pole(0.3, 0.04, (0.0, 0.0, 0.0), "oak-dark", 20)
    piece.pole(0.05, 0.28, (0.0, 0.02, 0.0), "steel")
    piece.lathe(
        [(0.26, 0.0), (0.36, 0.05), (0.38, 0.13), (0.34, 0.19), (0.0, 0.2)], (0.0, 0.27, 0.0), colour, 24, shades=True
    )
    rows = []
    for n in range(19):
        angle = math.radians(-30 + n * 240 / 18)
        x, z = math.cos(angle), math.sin(angle)
        tall = 0.74 + 0.1 * math.sin(angle)
        rows.append(
            [
                (x * r, y, z * r)
                for r, y in (
                    (0.33, 0.42),
                    (0.345, tall - 0.03),
                    (0.375, tall),
                    (0.405, tall - 0.03),
                    (0.41, 0.36),
                    (0.36, 0.29),
                )
            ]
        )
    piece.add(surface(np.round(np.array(rows[::-1]), 5)), colour, shades=False)
    piece.box((0.6, 0.4, 0.06), (0.0, 0.4, 0.36), colour)
    piece.parts.pop()
    piece.seats.append(((0.0, 0.47, 0.2), 0.0))
    return piece


def low_table(width: float = 1.0, depth: float = 0.6) -> Piece:
    """Make a low table with magazines and a little plant."""
    piece = Piece()
    for x in (-width / 2 + 0.09, width / 2 - 0.09):
        for z in (-depth / 2 + 0.09, depth / 2 - 0.09):
            piece.pole(0.02, 0.38, (x, 0.0, z), "oak")
    piece.box((width, 0.045, depth), (0.0, 0.38, 0.0), "oak", bevel=0.018, split=0.3)
    piece.box((width - 0.2, 0.02, depth - 0.2), (0.0, 0.16, 0.0), "oak-dark")
    for n, (colour, yaw) in enumerate((("sky", 8.0), ("clay", -12.0), ("cream", 20.0))):
        piece.box((0.21, 0.008, 0.28), (width * 0.22, 0.426 + 0.008 * n, 0.0), colour, bevel=0.002, turn=turn_of(yaw))
    piece.put(pot_plant(0.32), -width * 0.25, 0.0, on=0.425)
    return piece


def round_table(radius: float = 0.35, height: float = 0.5, *, cups: bool = True) -> Piece:
    """Make a side table with a cup on it."""
    piece = Piece()
    piece.lathe(
        [(radius * 0.6, 0.0), (radius * 0.6, 0.015), (0.03, 0.03), (0.025, height - 0.03)], (0, 0, 0), "steel-dark", 20
    )
    piece.lathe(
        [(0.0, 0.0), (radius - 0.02, 0.0), (radius, 0.015), (radius - 0.01, 0.035), (0.0, 0.035)],
        (0, height - 0.035, 0),
        "oak",
        24,
        shades=True,
    )
    if cups:
        piece.put(cup(), radius * 0.35, -radius * 0.2, on=height)
    return piece


def cup(colour: str = "white") -> Piece:
    """Make a cup."""
    piece = Piece()
    piece.lathe(
        [(0.0, 0.0), (0.028, 0.0), (0.038, 0.08), (0.034, 0.08), (0.03, 0.066), (0.0, 0.066)], (0, 0, 0), colour, 14
    )
    return piece


def leaf(
    piece: Piece, length: float, width: float, yaw: float, rise: float, at: tuple[float, float, float], colour: str
) -> None:
    """Grow a leaf: an arc that bends under its weight, folded along its middle."""
    steps = 5
    rows = []
    for n in range(steps + 1):
        t = n / steps
        out, up = length * t, math.sin(rise) * length * t * (1.25 - 0.85 * t * t)
        half = width / 2 * math.sin(math.pi * min(0.06 + t, 1.0)) ** 0.8 if t < 1 else 0.002
        rows.append([(half, up + half * 0.3, -out), (0.0, up, -out), (-half, up + half * 0.3, -out)])
    shape = surface(np.round(np.array(rows), 5)).both_sides()
    tint = np.clip(0.78 + 0.3 * np.abs(shape.positions[:, 2:3]) / length, 0, 1.1)
    piece.add(shape, linear(colour) * tint, at, turn_of(yaw))


def pot_plant(size: float = 1.0, *, pot: str = "pot", leaves: int = 0) -> Piece:
    """Make a plant in its pot; `size` is about its height."""
    piece = Piece()
    tall, wide = size * 0.34, size * 0.17
    profile = [
        (0.0, 0.0),
        (wide * 0.72, 0.0),
        (wide * 0.78, 0.01),
        (wide, tall - 0.012),
        (wide, tall),
        (wide * 0.9, tall),
        (wide * 0.88, tall * 0.9),
        (0.0, tall * 0.9),
    ]
    piece.lathe(profile, (0.0, 0.0, 0.0), pot, 20, shades=True)
    piece.add(fan([(x, z) for x, z in _ring(wide * 0.89, 14)]), "soil", (0.0, tall * 0.91, 0.0), turn_of(pitch=-90.0))
    count = leaves or (22 if size > 0.7 else 12)
    for n in range(count):
        spread = n / count
        yaw = n * 137.5
        rise = 1.25 - 0.95 * spread + 0.12 * jitter(n, 2)
        length = size * (0.46 + 0.2 * spread + 0.08 * jitter(n, 5))
        colour = ("leaf", "leaf-dark", "leaf-light")[n % 3]
        leaf(piece, length, size * 0.15, yaw, rise, (0.0, tall * 0.92 + size * 0.24 * (1 - spread), 0.0), colour)
    piece.pole(size * 0.016, size * 0.3, (0.0, tall * 0.88, 0.0), "oak-dark", 7)
    return piece


def _ring(radius: float, sides: int) -> list[tuple[float, float]]:
    return [
        (round(radius * math.cos(2 * math.pi * n / sides), 5), round(radius * math.sin(2 * math.pi * n / sides), 5))
        for n in range(sides)
    ]


def tree(height: float = 2.1, pot: str = "pot") -> Piece:
    """Make a fig tree in a large pot."""
    piece = Piece()
    tall, wide = 0.48, 0.27
    profile = [
        (0.0, 0.0),
        (wide * 0.8, 0.0),
        (wide * 0.85, 0.015),
        (wide, tall - 0.02),
        (wide, tall),
        (wide * 0.9, tall),
        (wide * 0.88, tall * 0.93),
        (0.0, tall * 0.93),
    ]
    piece.lathe(profile, (0.0, 0.0, 0.0), pot, 24, shades=True)
    piece.add(fan(_ring(wide * 0.89, 16)), "soil", (0.0, tall * 0.94, 0.0), turn_of(pitch=-90.0))
    piece.tube(
        [(0.0, tall * 0.9, 0.0), (0.02, height * 0.45, 0.01), (-0.01, height * 0.62, 0.02), (0.0, height * 0.8, 0.0)],
        0.022,
        "walnut",
    )
    for n in range(56):
        spread = n / 56
        yaw, up = n * 137.5, height * (0.46 + 0.46 * spread)
        reach = 0.11 + 0.2 * math.sin(math.pi * min(spread + 0.12, 1.0))
        x, z = -math.sin(math.radians(yaw)) * reach, -math.cos(math.radians(yaw)) * reach
        colour = ("leaf-dark", "leaf", "leaf-light")[(n * 7) % 3]
        leaf(piece, 0.3 + 0.06 * jitter(n, 1), 0.17, yaw, 0.5 + 0.4 * jitter(n, 4), (x * 0.6, up, z * 0.6), colour)
    return piece


def desk(width: float = 1.6, *, top: str = "oak-light", bare: bool = False) -> Piece:
    """Make a desk with a screen, a keyboard and papers, or a `bare` one with its screen aside; its user sits at +Z."""
    piece = Piece()
    for x in (-width / 2 + 0.06, width / 2 - 0.06):
        piece.box((0.05, 0.7, 0.05), (x, 0.0, -0.3), "steel-dark")
        piece.box((0.05, 0.7, 0.05), (x, 0.0, 0.3), "steel-dark")
        piece.box((0.05, 0.04, 0.62), (x, 0.66, 0.0), "steel-dark")
    piece.box((width, 0.035, 0.8), (0.0, 0.7, 0.0), top, split=0.25)
    piece.box((width - 0.2, 0.34, 0.02), (0.0, 0.34, -0.3), "mist")
    piece.box((0.4, 0.55, 0.55), (-width / 2 + 0.32, 0.06, 0.05), "white")
    for n in range(3):
        piece.box((0.36, 0.15, 0.02), (-width / 2 + 0.32, 0.1 + 0.17 * n, 0.33), "linen")
    if bare:
        piece.put(screen(0.5), width / 2 - 0.3, -0.22, 170.0, on=0.735)
        piece.put(pot_plant(0.28, pot="pot-clay"), width / 2 - 0.12, 0.24, on=0.735)
        return piece
    piece.put(screen(), 0.12, -0.2, 180.0, on=0.735)
    piece.box((0.42, 0.018, 0.14), (0.12, 0.735, 0.12), "linen", bevel=0.006)
    piece.box((0.06, 0.02, 0.1), (0.44, 0.735, 0.12), "linen", bevel=0.01)
    piece.box((0.21, 0.012, 0.3), (-0.3, 0.735, 0.1), "white", bevel=0.002, turn=turn_of(9.0))
    piece.put(cup("clay"), -0.5, -0.15, on=0.735)
    return piece


def screen(width: float = 0.56) -> Piece:
    """Make a screen on its foot, seen from -Z, with a page on it."""
    piece = Piece()
    piece.box((0.22, 0.012, 0.16), (0.0, 0.0, 0.02), "steel-dark", bevel=0.005)
    piece.box((0.035, 0.16, 0.025), (0.0, 0.0, 0.04), "steel-dark")
    tall = width * 0.6
    piece.box((width, tall, 0.028), (0.0, 0.1, 0.0), "charcoal", bevel=0.008)
    page(piece, width - 0.03, tall - 0.03, (0.0, 0.1 + tall / 2, -0.0155), "#e9f1f0", ("teal", "sage", "sky"))
    return piece


def page(
    piece: Piece, width: float, tall: float, at: tuple[float, float, float], ground: str, colours: tuple[str, ...]
) -> None:
    """Show a page that is lit by itself: a heading, lines and a chart; it faces -Z."""
    back = turn_of(180.0)
    x, y, z = at
    piece.add(panel(width, tall, 4.0), ground, at, back, glows=True)

    def strip(left: float, up: float, wide: float, high: float, colour: str) -> None:
        place = (x - (left - 0.5) * width - wide * width / 2 + 0.0, y + (up - 0.5) * tall, z - 0.002)
        piece.add(panel(wide * width, high * tall, 4.0), colour, place, back, glows=True)

    strip(0.0, 0.94, 1.0, 0.12, colours[0])
    for n in range(4):
        strip(0.06, 0.76 - 0.1 * n, (0.4, 0.34, 0.38, 0.24)[n], 0.035, "#9fb3b5")
    for n in range(5):
        high = (0.2, 0.32, 0.26, 0.42, 0.36)[n]
        strip(0.56 + 0.08 * n, 0.3 + high / 2, 0.05, high, colours[1 + n % (len(colours) - 1)])
    strip(0.06, 0.16, 0.88, 0.1, colours[-1])


def planter(radius: float = 1.5) -> Piece:
    """Make a round bench about a bed of plants."""
    piece = Piece()
    inner, deep = radius - 0.5, 40
    piece.lathe([(radius - 0.12, 0.0), (radius - 0.1, 0.34)], (0.0, 0.0, 0.0), "walnut", deep)
    seat = [(radius - 0.1, 0.34), (radius - 0.02, 0.345), (radius, 0.38), (radius - 0.02, 0.42), (inner + 0.02, 0.425)]
    piece.lathe([*seat, (inner, 0.425)], (0.0, 0.0, 0.0), "oak-light", deep)
    wall = [(inner, 0.42), (inner, 0.62), (inner - 0.02, 0.66), (inner - 0.09, 0.66), (inner - 0.1, 0.56), (0.0, 0.58)]
    piece.lathe(wall, (0.0, 0.0, 0.0), "pot", deep)
    piece.add(fan(_ring(inner - 0.1, 32)), "soil", (0.0, 0.6, 0.0), turn_of(pitch=-90.0))
    for n in range(8):
        a = math.radians(n * 45 + 10)
        piece.box(
            (0.5, 0.42, 0.7),
            (radius * 0.8 * math.sin(a), 0.0, radius * 0.8 * math.cos(a)),
            "oak",
            turn=turn_of(n * 45 + 10),
        )
        piece.parts.pop()
        x, z = math.sin(a) * (radius - 0.28), math.cos(a) * (radius - 0.28)
        piece.seats.append(((round(x, 4), 0.42, round(z, 4)), (n * 45 + 10 + 180) % 360 - 180.0 + 0.0))
    _bed_of_plants(piece, inner)
    return piece


def _bed_of_plants(piece: Piece, inner: float) -> None:
    for n in range(9):
        a = math.radians(n * 40)
        for m in range(9):
            colour = ("leaf", "leaf-dark", "leaf-light")[(n + m) % 3]
            at = (math.sin(a) * (inner - 0.3), 0.6, math.cos(a) * (inner - 0.3))
            leaf(piece, 0.34 + 0.06 * jitter(n, m), 0.09, m * 137.5 + n * 40, 1.1 - 0.07 * m, at, colour)
    for n, (x, z, tall) in enumerate(((0.0, 0.05, 2.3), (-0.32, -0.2, 1.7), (0.34, -0.14, 1.9))):
        stem = tree(tall)
        stem.parts = stem.parts[2:]
        stem.blocks = []
        piece.put(stem, x, z, n * 110.0, on=0.2)


def rug(width: float, depth: float, colour: str = "rug", edge: str = "rug-light") -> Piece:
    """Make a rug with a border."""
    piece = Piece()
    flat = turn_of(pitch=-90.0)
    piece.add(panel(width, depth, 0.3), edge, (0.0, 0.006, 0.0), flat)
    piece.add(panel(width - 0.24, depth - 0.24, 0.3), colour, (0.0, 0.009, 0.0), flat)
    piece.add(panel(width - 0.5, depth - 0.5, 0.3), edge, (0.0, 0.0105, 0.0), flat)
    piece.add(panel(width - 0.56, depth - 0.56, 0.3), colour, (0.0, 0.012, 0.0), flat)
    return piece


def picture(width: float, height: float, kind: int = 0) -> Piece:
    """Frame a picture, seen from -Z: hills and a sun, leaves, or shapes at rest."""
    piece = Piece()
    piece.box((width, height, 0.03), (0.0, -height / 2, 0.0), "oak" if kind % 2 else "white", bevel=0.008)
    back = turn_of(180.0)
    w, h = width - 0.08, height - 0.08
    piece.add(panel(w, h, 0.4), "cream", (0.0, 0.0, -0.017), back)

    def patch(outline: list[tuple[float, float]], colour: str, layer: int) -> None:
        piece.add(fan([(x * w, y * h) for x, y in outline]), colour, (0.0, 0.0, -0.018 - 0.001 * layer), back)

    if kind % 3 == 0:
        patch(
            [
                (0.16 * math.cos(a / 9 * math.pi) + 0.14, 0.16 * w / h * math.sin(a / 9 * math.pi) + 0.16)
                for a in range(18)
            ],
            "honey",
            1,
        )
        patch([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.02), (0.2, 0.1), (-0.12, -0.02), (-0.5, 0.08)], "sage", 2)
        patch([(-0.5, -0.5), (0.5, -0.5), (0.5, -0.2), (0.1, -0.24), (-0.24, -0.1), (-0.5, -0.16)], "sage-deep", 3)
        patch([(-0.5, -0.5), (0.5, -0.5), (0.5, -0.34), (0.0, -0.4), (-0.5, -0.3)], "teal-deep", 4)
    elif kind % 3 == 1:
        for n in range(7):
            a = math.radians(30 + n * 20)
            x, y = math.cos(a), math.sin(a)
            patch(
                [
                    (0.0, -0.4),
                    (0.3 * x + 0.07 * y, 0.3 * y - 0.4 - 0.07 * x + 0.1),
                    (0.52 * x * 0.9, 0.78 * y - 0.4),
                    (0.3 * x - 0.07 * y, 0.3 * y - 0.4 + 0.07 * x + 0.1),
                ],
                ("sage-deep", "teal", "sage")[n % 3],
                1 + n,
            )
    else:
        patch(
            [
                (0.2 * math.cos(a / 12 * math.pi) - 0.1, 0.2 * w / h * math.sin(a / 12 * math.pi) + 0.12)
                for a in range(24)
            ],
            "clay",
            1,
        )
        patch(
            [
                (0.17 * math.cos(a / 12 * math.pi) + 0.12, 0.17 * w / h * math.sin(a / 12 * math.pi) - 0.02)
                for a in range(24)
            ],
            "sage-deep",
            2,
        )
        patch([(-0.4, -0.34), (0.4, -0.34), (0.4, -0.28), (-0.4, -0.28)], "navy", 3)
    return piece
