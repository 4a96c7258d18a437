"""What a clinic has that other houses have not; each piece at its own origin, facing -Z."""

from __future__ import annotations

import math

import numpy as np

from tools.scenes.furniture import screen
from tools.scenes.palette import linear
from tools.scenes.piece import Piece
from tools.scenes.shapes import fan, panel, surface, turn_of


def bed(blanket: str = "teal", *, flat: bool = False) -> Piece:
    """Make a hospital bed, its back raised a little unless it is `flat` and bare: the head is at +Z."""
    piece = Piece()
    for x in (-0.4, 0.4):
        for z in (-0.85, 0.85):
            piece.lathe(
                [(0.0, 0.0), (0.055, 0.01), (0.06, 0.06), (0.055, 0.11), (0.0, 0.12)], (x, 0.0, z), "rubber", 10
            )
            piece.box((0.04, 0.24, 0.04), (x, 0.1, z), "steel")
    piece.box((0.7, 0.1, 1.7), (0.0, 0.28, 0.0), "steel-dark")
    piece.box((0.92, 0.06, 2.0), (0.0, 0.42, 0.0), "linen")
    _mattress(piece, blanket, flat=flat)
    piece.box((0.96, 0.62, 0.05), (0.0, 0.4, 1.05), "oak-light", bevel=0.02, split=0.3)
    piece.box((0.96, 0.42, 0.05), (0.0, 0.4, -1.03), "oak-light", bevel=0.02, split=0.3)
    for x in (-0.49, 0.49):
        for y in (0.68, 0.8):
            piece.tube([(x, y, -0.1), (x, y, 0.62)], 0.014, "steel")
        for z in (-0.1, 0.26, 0.62):
            piece.tube([(x, 0.46, z), (x, 0.81, z)], 0.012, "steel")
    piece.box((0.24, 0.16, 0.02), (0.2, 0.6, -1.065), "white", bevel=0.004)
    return piece


def _mattress(piece: Piece, blanket: str, *, flat: bool) -> None:
    if flat:
        piece.box((0.9, 0.17, 2.0), (0.0, 0.48, 0.0), "white", bevel=0.05, split=0.3)
        piece.box((0.91, 0.03, 1.0), (0.0, 0.63, -0.3), blanket, bevel=0.01, split=0.3)
        piece.box((0.5, 0.06, 0.3), (0.0, 0.64, 0.78), "linen", bevel=0.03, split=0.15)
        return
    piece.box((0.9, 0.15, 1.3), (0.0, 0.48, -0.35), "white", bevel=0.05, split=0.3)
    piece.box((0.9, 0.15, 0.78), (0.0, 0.6, 0.62), "white", bevel=0.05, split=0.3, turn=turn_of(pitch=-22.0))
    piece.box((0.96, 0.07, 1.16), (0.0, 0.6, -0.4), blanket, bevel=0.03, split=0.25)
    piece.box((0.965, 0.08, 0.22), (0.0, 0.6, 0.18), "cream", bevel=0.03, split=0.25)
    piece.box((0.58, 0.13, 0.36), (0.0, 0.79, 0.72), "white", bevel=0.06, split=0.15, turn=turn_of(pitch=-20.0))


def couch() -> Piece:
    """Make an examination couch with its roll of paper: the head is at +Z."""
    piece = Piece()
    piece.box((0.56, 0.46, 1.5), (0.0, 0.04, -0.05), "oak-light", split=0.4)
    for n in range(3):
        piece.box((0.02, 0.36, 0.44), (-0.285, 0.09, -0.54 + 0.49 * n), "linen", bevel=0.006)
        piece.box((0.02, 0.02, 0.12), (-0.3, 0.36, -0.54 + 0.49 * n), "steel", bevel=0.005)
    piece.box((0.68, 0.13, 1.2), (0.0, 0.52, -0.38), "teal", bevel=0.045, split=0.3)
    piece.box((0.68, 0.13, 0.78), (0.0, 0.64, 0.53), "teal", bevel=0.045, split=0.3, turn=turn_of(pitch=-24.0))
    piece.box((0.48, 0.012, 1.19), (0.0, 0.648, -0.385), "white", bevel=0.004, split=0.3)
    piece.box((0.48, 0.012, 0.76), (0.0, 0.768, 0.5), "white", bevel=0.004, split=0.3, turn=turn_of(pitch=-24.0))
    piece.box((0.44, 0.1, 0.28), (0.0, 0.84, 0.72), "linen", bevel=0.045, split=0.15, turn=turn_of(pitch=-24.0))
    piece.tube([(-0.26, 0.86, 0.93), (0.26, 0.86, 0.93)], 0.055, "white", 12)
    piece.box((0.4, 0.2, 0.3), (-0.55, 0.0, -0.3), "oak", bevel=0.012)
    return piece


def curtain(length: float, height: float = 2.15, colour: str = "sage", *, gathered: float = 1.0) -> Piece:
    """Hang a curtain along X from a rail; `gathered` is the share of the rail that it covers, from the left."""
    piece = Piece()
    piece.tube([(-length / 2, height + 0.04, 0.0), (length / 2, height + 0.04, 0.0)], 0.018, "steel", 8)
    wide = length * gathered
    folds = max(4, round(length * 3.2))
    columns = folds * 6
    grid = np.zeros((columns + 1, 4, 3))
    for n in range(columns + 1):
        t = n / columns
        swing = math.sin(2 * math.pi * folds * t)
        for m, y in enumerate((0.28, 0.9, 1.6, height)):
            grid[n, m] = (
                -length / 2 + wide * t,
                y,
                round((0.055 - 0.008 * m) * swing + 0.006 * math.sin(9 * t + m), 5),
            )
    shape = surface(np.round(grid, 5))
    depth = np.clip(0.86 + 2.4 * shape.positions[:, 2:3], 0.7, 1.05)
    both = shape.both_sides()
    paint = np.concatenate([linear(colour) * depth, linear(colour) * (1.72 - depth)])
    piece.add(both, paint)
    hem = height - 0.28
    piece.box((wide, hem, 0.07), (-length / 2 + wide / 2, 0.28, 0.0), colour)
    piece.parts.pop()
    for n in range(folds + 1):
        x = -length / 2 + wide * n / folds
        piece.box((0.012, 0.05, 0.012), (x, height - 0.01, 0.0), "steel", bevel=0.003)
    return piece


def rail_hanger(drop: float, height: float = 2.19) -> Piece:
    """Hold a curtain rail from the ceiling."""
    piece = Piece()
    piece.tube([(0.0, height, 0.0), (0.0, height + drop, 0.0)], 0.01, "steel", 6)
    return piece


def vitals(width: float = 0.42) -> Piece:
    """Make a patient monitor's display with its traces, seen from -Z."""
    piece = Piece()
    tall = width * 0.76
    piece.box((width, tall, 0.11), (0.0, 0.0, 0.0), "linen", bevel=0.02)
    back = turn_of(180.0)
    face = -0.057
    piece.add(panel(width - 0.05, tall - 0.06, 4.0), "screen", (0.0, tall / 2 + 0.01, face), back, glows=True)
    for row, (colour, beat) in enumerate((("#62e08a", 0), ("#5fc7f0", 1), ("#f2d35e", 2))):
        y = tall * (0.76 - 0.21 * row)
        _trace(piece, width * 0.56, y, face - 0.002, colour, beat, width * 0.16)
        for digit in range(2):
            at = (-width * (0.27 + 0.075 * digit), y + 0.005, face - 0.002)
            piece.add(panel(width * 0.05, tall * 0.13, 4.0), colour, at, back, glows=True)
    return piece


def _trace(piece: Piece, length: float, y: float, z: float, colour: str, kind: int, left: float) -> None:
    """Draw a curve of a monitor."""
    rows = []
    for n in range(41):
        t = n / 40
        wave = (4 * t) % 1.0
        if kind == 0:
            up = 0.034 * (
                1 if 0.36 < wave < 0.44 else -0.4 if 0.46 < wave < 0.54 else 0.12 if 0.66 < wave < 0.84 else 0
            )
        else:
            up = 0.014 * math.sin(2 * math.pi * (wave if kind == 1 else 2 * t))
        x = left + length / 2 - length * t
        rows.append([(x, y + up, z), (x, y + up + 0.0045, z)])
    piece.add(surface(np.round(np.array(rows), 5)), colour, glows=True)


def monitor_stand() -> Piece:
    """Make a stand that rolls, for a monitor 1.5 m above the floor."""
    piece = Piece()
    for n in range(5):
        a = math.radians(n * 72)
        piece.tube([(0.0, 0.07, 0.0), (0.26 * math.sin(a), 0.06, 0.26 * math.cos(a))], 0.018, "steel-dark", 6)
        piece.ball((0.028, 0.028, 0.028), (0.26 * math.sin(a), 0.03, 0.26 * math.cos(a)), "rubber", sides=8, rings=5)
    piece.pole(0.022, 1.2, (0.0, 0.06, 0.0), "steel")
    piece.box((0.3, 0.1, 0.22), (0.0, 0.75, 0.06), "steel", bevel=0.01)
    piece.box((0.2, 0.03, 0.14), (0.0, 1.26, 0.02), "steel-dark", bevel=0.01)
    piece.tube([(0.18, 1.3, 0.0), (0.28, 1.15, -0.05), (0.26, 0.9, 0.0), (0.12, 0.86, 0.04)], 0.006, "teal", 6)
    return piece


def drip_stand() -> Piece:
    """Make a drip stand with a bag."""
    piece = Piece()
    for n in range(5):
        a = math.radians(n * 72)
        piece.tube([(0.0, 0.06, 0.0), (0.28 * math.sin(a), 0.045, 0.28 * math.cos(a))], 0.014, "steel", 6)
        piece.ball((0.024, 0.024, 0.024), (0.28 * math.sin(a), 0.024, 0.28 * math.cos(a)), "rubber", sides=8, rings=5)
    piece.pole(0.014, 1.95, (0.0, 0.04, 0.0), "steel", 8)
    for sign in (-1, 1):
        piece.tube([(0.0, 1.9, 0.0), (sign * 0.1, 1.97, 0.0), (sign * 0.14, 1.94, 0.0)], 0.007, "steel", 6)
    piece.box((0.13, 0.2, 0.05), (0.13, 1.7, 0.0), "#dfeef2", bevel=0.022)
    piece.box((0.09, 0.08, 0.052), (0.13, 1.77, 0.0), "sky", bevel=0.01)
    piece.tube(
        [(0.13, 1.7, 0.0), (0.13, 1.55, 0.0), (0.08, 1.25, -0.04), (0.1, 0.95, 0.02), (0.02, 0.8, 0.03)],
        0.004,
        "white",
        6,
    )
    piece.box((0.13, 0.2, 0.11), (0.0, 1.05, -0.07), "white", bevel=0.02)
    piece.add(panel(0.09, 0.05, 1.0), "#62e08a", (0.0, 1.18, -0.127), turn_of(180.0), glows=True)
    return piece


def cupboard(width: float = 1.2, depth: float = 0.45, height: float = 1.95, colour: str = "white") -> Piece:
    """Make a cupboard; its doors open to -Z."""
    piece = Piece()
    piece.box((width - 0.04, 0.08, depth - 0.06), (0.0, 0.0, 0.02), "charcoal")
    piece.box((width, height - 0.08, depth), (0.0, 0.08, 0.0), "oak-light", split=0.4)
    count = max(2, round(width / 0.6))
    for n in range(count):
        x = (n + 0.5) * width / count - width / 2
        piece.box(
            (width / count - 0.012, height - 0.13, 0.022), (x, 0.105, -depth / 2 - 0.01), colour, bevel=0.006, split=0.5
        )
        grip = x + (width / count / 2 - 0.06) * (1 if n % 2 == 0 else -1)
        piece.box((0.014, 0.18, 0.02), (grip, height * 0.52, -depth / 2 - 0.03), "steel", bevel=0.005)
    return piece


def worktop(width: float = 2.4, *, basin: float | None = 0.0, colour: str = "sage") -> Piece:
    """Make a run of low cupboards with a worktop, a basin and its tap, and shelves above; one stands at -Z."""
    piece = Piece()
    piece.put(cupboard(width, 0.55, 0.86, colour))
    piece.box((width + 0.02, 0.04, 0.6), (0.0, 0.86, -0.01), "linen", split=0.3)
    piece.box((width + 0.02, 0.5, 0.02), (0.0, 0.9, 0.28), "white", split=0.4)
    if basin is not None:
        piece.box((0.52, 0.008, 0.38), (basin, 0.897, -0.03), "steel-dark", bevel=0.003)
        piece.box((0.46, 0.006, 0.32), (basin, 0.903, -0.03), "steel", bevel=0.003)
        piece.tube(
            [(basin, 0.9, 0.2), (basin, 1.16, 0.2), (basin, 1.2, 0.14), (basin, 1.19, 0.04), (basin, 1.15, 0.02)],
            0.016,
            "steel",
            8,
        )
        piece.box((0.11, 0.2, 0.1), (basin + 0.4, 1.15, 0.23), "white", bevel=0.015)
        piece.box((0.26, 0.3, 0.12), (basin - 0.5, 1.2, 0.22), "white", bevel=0.015)
    for n, (x, high, shade) in enumerate(
        ((0.36, 0.16, "sky"), (0.42, 0.12, "coral"), (-0.42, 0.2, "white"), (-0.36, 0.13, "honey"))
    ):
        piece.lathe(
            [(0.0, 0.0), (0.035, 0.0), (0.04, high * 0.7), (0.018, high * 0.82), (0.018, high), (0.0, high)],
            (x * width, 0.9, 0.08 - 0.03 * n),
            shade,
            12,
        )
    return piece


def wall_cupboard(width: float = 1.6, colour: str = "white") -> Piece:
    """Make a cupboard that hangs on a wall at +Z."""
    piece = Piece()
    piece.box((width, 0.62, 0.34), (0.0, 0.0, 0.0), "oak-light", split=0.4)
    count = max(2, round(width / 0.5))
    for n in range(count):
        x = (n + 0.5) * width / count - width / 2
        piece.box((width / count - 0.012, 0.58, 0.02), (x, 0.02, -0.175), colour, bevel=0.006)
    return piece


def trolley(top: str = "coral") -> Piece:
    """Make an instrument trolley with drawers and a tray."""
    piece = Piece()
    for x in (-0.26, 0.26):
        for z in (-0.18, 0.18):
            piece.ball((0.035, 0.035, 0.035), (x, 0.035, z), "rubber", sides=8, rings=5)
            piece.pole(0.014, 0.86, (x, 0.05, z), "steel", 8)
    piece.box((0.56, 0.66, 0.4), (0.0, 0.14, 0.0), "linen")
    for n, high in enumerate((0.24, 0.16, 0.1)):
        y = (0.17, 0.43, 0.61)[n]
        piece.box((0.5, high, 0.02), (0.0, y, -0.205), ("teal", top, top)[n], bevel=0.006)
        piece.box((0.16, 0.014, 0.02), (0.0, y + high - 0.03, -0.225), "steel", bevel=0.004)
    piece.box((0.62, 0.025, 0.46), (0.0, 0.84, 0.0), "steel", bevel=0.01)
    piece.box((0.22, 0.05, 0.16), (-0.14, 0.865, 0.05), "white", bevel=0.012)
    piece.lathe(
        [(0.0, 0.0), (0.05, 0.0), (0.07, 0.035), (0.062, 0.035), (0.045, 0.01), (0.0, 0.01)],
        (0.14, 0.865, -0.06),
        "steel",
        14,
    )
    piece.lathe(
        [(0.0, 0.0), (0.03, 0.0), (0.03, 0.1), (0.014, 0.12), (0.014, 0.14), (0.0, 0.14)], (0.2, 0.865, 0.12), "sky", 10
    )
    return piece


def bedside() -> Piece:
    """Make a bedside cupboard with a lamp, a glass and flowers."""
    piece = Piece()
    piece.box((0.46, 0.66, 0.44), (0.0, 0.06, 0.0), "oak-light")
    for n in range(2):
        piece.box((0.42, 0.27, 0.02), (0.0, 0.1 + 0.3 * n, -0.225), "linen", bevel=0.006)
        piece.box((0.12, 0.014, 0.02), (0.0, 0.3 + 0.3 * n, -0.24), "steel", bevel=0.004)
    piece.box((0.5, 0.03, 0.48), (0.0, 0.72, 0.0), "oak", bevel=0.01)
    piece.lathe(
        [(0.0, 0.0), (0.03, 0.0), (0.035, 0.1), (0.03, 0.1), (0.026, 0.02), (0.0, 0.02)], (0.14, 0.75, -0.12), "sky", 12
    )
    piece.lathe([(0.0, 0.0), (0.06, 0.0), (0.06, 0.015), (0.012, 0.03), (0.012, 0.22)], (-0.1, 0.75, 0.08), "steel", 12)
    piece.parts.extend(_shade((-0.1, 0.95, 0.08)).parts)
    return piece


def _shade(at: tuple[float, float, float]) -> Piece:
    piece = Piece()
    shade = Piece()
    shade.lathe([(0.11, 0.0), (0.075, 0.15)], (0.0, 0.0, 0.0), "cream", 16)
    (part,) = shade.parts
    glow = linear("#ffe9c4") * np.ones_like(part.shape.positions)
    piece.add(part.shape, glow, at, glows=True)
    return piece


def head_panel(width: float = 2.0) -> Piece:
    """Make the panel above a bed: a light, sockets, oxygen and a call button; seen from -Z."""
    piece = Piece()
    piece.box((width, 0.26, 0.07), (0.0, 0.0, 0.0), "linen", bevel=0.02, split=0.4)
    piece.box((width, 0.035, 0.09), (0.0, 0.26, 0.0), "oak", bevel=0.01)
    piece.add(panel(width - 0.2, 0.045, 4.0), "lamp", (0.0, 0.2, -0.037), turn_of(180.0), glows=True)
    for n, colour in enumerate(("white", "white", "white", "green", "sky", "honey")):
        piece.box((0.09, 0.09, 0.012), (-0.55 + 0.2 * n, 0.05, -0.037), "white", bevel=0.004)
        piece.box((0.04, 0.04, 0.014), (-0.55 + 0.2 * n, 0.075, -0.042), "steel" if n < 3 else colour, bevel=0.008)
    return piece


def counter(width: float) -> Piece:
    """Make the reception: a long oak front that curves at its ends, a white ledge; visitors stand at +Z."""
    piece = Piece()
    slats = round(width / 0.12)
    piece.box((width, 1.02, 0.06), (0.0, 0.06, 0.3), "walnut", split=0.4)
    piece.box((width - 0.1, 0.07, 0.08), (0.0, 0.0, 0.28), "charcoal")
    for n in range(slats):
        x = (n + 0.5) * width / slats - width / 2
        piece.box((0.075, 0.98, 0.035), (x, 0.08, 0.345), "oak" if n % 5 else "oak-light", bevel=0.008, split=0.35)
    piece.box((width + 0.12, 0.05, 0.46), (0.0, 1.08, 0.22), "white", bevel=0.02, split=0.35)
    piece.box((width - 0.1, 0.035, 0.75), (0.0, 0.72, -0.15), "oak-light", split=0.4)
    for sign in (-1, 1):
        piece.box((0.1, 1.08, 1.1), (sign * (width / 2), 0.0, -0.2), "oak", split=0.35)
    for x in (-width / 4, width / 4):
        piece.put(screen(), x, 0.0, 180.0, on=0.755)
        piece.box((0.42, 0.018, 0.14), (x, 0.755, -0.3), "linen", bevel=0.006)
    piece.box((0.3, 0.03, 0.22), (0.3, 1.13, 0.25), "oak", bevel=0.006)
    piece.lathe([(0.0, 0.0), (0.05, 0.0), (0.055, 0.02), (0.02, 0.035), (0.0, 0.04)], (-0.35, 1.13, 0.25), "honey", 16)
    return piece


def kiosk() -> Piece:
    """Make a check-in kiosk; one stands at -Z."""
    piece = Piece()
    piece.box((0.46, 0.03, 0.4), (0.0, 0.0, 0.0), "steel-dark", bevel=0.012)
    piece.box((0.3, 1.06, 0.12), (0.0, 0.03, 0.04), "white", bevel=0.03, split=0.4)
    tilt = turn_of(pitch=24.0)
    piece.box((0.46, 0.36, 0.05), (0.0, 1.02, -0.02), "charcoal", bevel=0.015, turn=tilt)
    face = turn_of(yaw=180.0)
    screen_turn = turn_of(pitch=24.0)
    turn = np.stack([screen_turn @ face[:, n] for n in range(3)], axis=1)
    piece.add(panel(0.41, 0.31, 1.0), "teal", (0.0, 1.2 + 0.011, -0.046), np.round(turn, 9), glows=True)
    piece.add(panel(0.2, 0.06, 1.0), "white", (0.0, 1.2 + 0.013, -0.05), np.round(turn, 9), glows=True)
    return piece


def whiteboard(width: float = 2.0, height: float = 1.1) -> Piece:
    """Make a whiteboard with a drawing on it, seen from -Z."""
    piece = Piece()
    piece.box((width, height, 0.025), (0.0, 0.0, 0.0), "steel", bevel=0.01)
    piece.add(panel(width - 0.06, height - 0.06, 0.4), "white", (0.0, height / 2, -0.014), turn_of(180.0))
    piece.box((width * 0.5, 0.02, 0.07), (0.0, -0.01, -0.04), "steel", bevel=0.006)
    for n, colour in enumerate(("red", "navy", "green")):
        piece.box((0.12, 0.015, 0.016), (-0.2 + 0.17 * n, 0.012, -0.05), colour, bevel=0.004)
    _trace(piece, width * 0.6, height * 0.62, -0.016, "teal", 0, -width * 0.1)
    _trace(piece, width * 0.6, height * 0.34, -0.016, "red", 1, -width * 0.1)
    return piece


def pendant(drop: float = 0.9, colour: str = "clay") -> Piece:
    """Hang a lamp from a ceiling at the height of its origin."""
    piece = Piece()
    piece.tube([(0.0, 0.0, 0.0), (0.0, -drop, 0.0)], 0.006, "charcoal", 6)
    piece.lathe(
        [(0.23, 0.0), (0.2, 0.1), (0.09, 0.19), (0.025, 0.22), (0.0, 0.22)], (0.0, -drop - 0.2, 0.0), colour, 24
    )
    glow = Piece()
    glow.lathe([(0.0, 0.0), (0.1, 0.015), (0.222, 0.004)], (0.0, 0.0, 0.0), "lamp", 24)
    for part in glow.parts:
        piece.add(part.shape, "#ffeccb", (0.0, -drop - 0.2, 0.0), glows=True)
    return piece


def cross_sign(size: float = 0.5) -> Piece:
    """Make the clinic's sign, seen from -Z: a leaf-green disc with a white cross."""
    piece = Piece()
    sides = 40
    ring = [
        (size / 2 * math.cos(2 * math.pi * n / sides), size / 2 * math.sin(2 * math.pi * n / sides))
        for n in range(sides)
    ]
    piece.add(fan([(round(x, 5), round(y, 5)) for x, y in ring]), "teal", (0.0, 0.0, -0.03), turn_of(180.0))
    piece.add(surface(np.round(np.array([[(x, y, 0.0), (x, y, -0.03)] for x, y in [*ring, ring[0]]]), 5)), "teal-deep")
    piece.box((size * 0.16, size * 0.56, 0.03), (0.0, -size * 0.28, -0.04), "white", bevel=0.006)
    piece.box((size * 0.56, size * 0.16, 0.03), (0.0, -size * 0.08, -0.04), "white", bevel=0.006)
    return piece
