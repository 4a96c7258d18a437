"""The looks of things that are handled and read: small, with the origin where a hand takes hold of them.

They stand wherever somebody puts them, so that their light is the client's; a model has its colours alone. What lies on
a table has its lowest point about 45 mm below its origin.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.scenes.clinic import drip_stand, trolley, vitals
from tools.scenes.furniture import page
from tools.scenes.piece import Piece
from tools.scenes.shapes import ball, panel, turn_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.scenes.shapes import Vector

LOW: Final = -0.045
"""m; where what lies on a table touches it."""


def _bent(points: list[Vector], steps: int = 5) -> list[Vector]:
    """Draw a smooth line through points (Catmull and Rom's)."""
    line = [points[0], *points, points[-1]]
    found: list[Vector] = []
    for n in range(1, len(line) - 2):
        p0, p1, p2, p3 = (np.array(line[n + k]) for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            at = 0.5 * (
                2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
            x, y, z = (round(float(v), 6) for v in at)
            found.append((x, y, z))
    return [*found, points[-1]]


def stethoscope() -> Piece:
    """Lay a stethoscope in a loop."""
    piece = Piece()
    y = LOW + 0.006
    tubing: list[Vector] = [
        (0.1, y, 0.06),
        (0.06, y, 0.11),
        (-0.04, y, 0.11),
        (-0.09, y + 0.004, 0.04),
        (-0.05, y + 0.008, -0.03),
        (0.0, y + 0.01, -0.05),
    ]
    piece.tube(_bent(tubing), 0.0055, "teal", 9)
    for side in (-1, 1):
        fork: list[Vector] = [(0.0, y + 0.01, -0.05), (side * 0.03, y + 0.008, -0.09), (side * 0.055, y + 0.004, -0.15)]
        piece.tube(_bent(fork), 0.0045, "teal", 8)
        ear: list[Vector] = [
            (side * 0.055, y + 0.004, -0.15),
            (side * 0.065, y + 0.004, -0.21),
            (side * 0.045, y + 0.006, -0.255),
        ]
        piece.tube(_bent(ear), 0.0032, "steel", 8)
        piece.ball((0.008, 0.008, 0.01), (side * 0.044, y + 0.006, -0.26), "charcoal", sides=10, rings=6)
    piece.lathe(
        [(0.0, 0.0), (0.021, 0.0), (0.024, 0.003), (0.024, 0.007), (0.012, 0.012), (0.009, 0.022), (0.0, 0.023)],
        (0.115, LOW, 0.04),
        "steel",
        24,
    )
    return piece


def tablet() -> Piece:
    """Prop a tablet up on its cover, its screen to whoever stands at -Z of it."""
    piece = Piece()
    lean = turn_of(pitch=62.0)
    slab = Piece()
    slab.box((0.25, 0.175, 0.009), (0.0, -0.0875, 0.0), "charcoal", bevel=0.004)
    page(slab, 0.234, 0.16, (0.0, 0.0, -0.0052), "#eef4f2", ("teal", "sage", "sky"))
    for part in slab.parts:
        piece.add(part.shape, part.colour, (0.0, 0.0, 0.0), lean, glows=part.glows)
    piece.box((0.25, 0.006, 0.1), (0.0, LOW, 0.06), "clay", bevel=0.003)
    piece.box((0.25, 0.06, 0.005), (0.0, LOW, 0.07), "clay", bevel=0.002, turn=turn_of(pitch=-30.0))
    return piece


def clipboard() -> Piece:
    """Make a clipboard with a form on it, lying."""
    piece = Piece()
    piece.box((0.235, 0.006, 0.32), (0.0, -0.006, 0.0), "oak", bevel=0.002)
    piece.box((0.21, 0.002, 0.285), (0.0, 0.0, 0.008), "white", bevel=0.0)
    piece.box((0.11, 0.014, 0.03), (0.0, 0.0, -0.145), "steel", bevel=0.005)
    flat = turn_of(pitch=-90.0)
    piece.add(panel(0.17, 0.02, 1.0), "teal", (0.0, 0.0026, -0.1), flat)
    for n in range(8):
        width = (0.17, 0.14, 0.16, 0.1, 0.17, 0.12, 0.15, 0.09)[n]
        piece.add(panel(width, 0.005, 1.0), "steel-dark", (-0.085 + width / 2, 0.0026, -0.06 + 0.024 * n), flat)
    piece.tube([(0.09, 0.01, -0.05), (0.1, 0.01, 0.1)], 0.004, "navy", 8)
    return piece


def syringe(piece: Piece, x: float, z: float, yaw: float, y: float, colour: str) -> None:
    """Lay a syringe."""
    whole = Piece()
    whole.tube([(0.0, 0.0, 0.0), (0.0, 0.0, 0.07)], 0.007, "linen", 12)
    whole.tube([(0.0, 0.0, 0.01), (0.0, 0.0, 0.05)], 0.0073, colour, 12)
    whole.tube([(0.0, 0.0, 0.07), (0.0, 0.0, 0.1)], 0.003, "white", 8)
    whole.tube([(0.0, 0.0, -0.03), (0.0, 0.0, 0.0)], 0.0012, "steel", 6)
    whole.box((0.022, 0.014, 0.003), (0.0, -0.007, 0.07), "white", bevel=0.001)
    whole.box((0.014, 0.014, 0.003), (0.0, -0.007, 0.1), "white", bevel=0.001)
    piece.put(whole, x, z, yaw, on=y)


def syringe_tray() -> Piece:
    """Make a tray with three syringes, a vial and swabs."""
    piece = Piece()
    low = -0.02
    piece.box((0.3, 0.006, 0.2), (0.0, low, 0.0), "steel", bevel=0.002)
    for x, z, wide, deep in (
        (-0.148, 0.0, 0.006, 0.2),
        (0.148, 0.0, 0.006, 0.2),
        (0.0, -0.098, 0.3, 0.006),
        (0.0, 0.098, 0.3, 0.006),
    ):
        piece.box((wide, 0.03, deep), (x, low, z), "steel", bevel=0.002)
    piece.box((0.27, 0.004, 0.17), (0.0, low + 0.006, 0.0), "sky", bevel=0.001)
    for n, colour in enumerate(("coral", "honey", "leaf-light")):
        syringe(piece, -0.09 + 0.045 * n, -0.02, 8.0 - 6 * n, low + 0.018, colour)
    piece.lathe(
        [(0.0, 0.0), (0.014, 0.0), (0.014, 0.03), (0.008, 0.036), (0.008, 0.044), (0.0, 0.044)],
        (0.07, low + 0.01, 0.03),
        "white",
        14,
    )
    for n in range(3):
        piece.box(
            (0.04, 0.004, 0.04), (0.09, low + 0.01 + 0.004 * n, -0.04), "white", bevel=0.0015, turn=turn_of(8.0 * n)
        )
    return piece


def pill_bottle() -> Piece:
    """Make an amber pill bottle with its label and white lid."""
    piece = Piece()
    profile = [(0.0, 0.0), (0.022, 0.0), (0.0245, 0.003), (0.0245, 0.06), (0.019, 0.066), (0.0, 0.066)]
    piece.lathe(profile, (0.0, LOW, 0.0), "#d98a34", 28)
    piece.lathe([(0.0249, 0.0), (0.0249, 0.036)], (0.0, LOW + 0.013, 0.0), "white", 28)
    piece.lathe([(0.02495, 0.0), (0.02495, 0.007)], (0.0, LOW + 0.038, 0.0), "teal", 28)
    piece.lathe(
        [(0.0, 0.0), (0.024, 0.0), (0.025, 0.003), (0.025, 0.019), (0.022, 0.023), (0.0, 0.023)],
        (0.0, LOW + 0.064, 0.0),
        "white",
        28,
    )
    return piece


def heart() -> Piece:
    """Make a model of a heart on its foot."""
    piece = Piece()
    piece.lathe(
        [(0.0, 0.0), (0.045, 0.0), (0.048, 0.006), (0.02, 0.014), (0.0, 0.014)], (0.0, LOW, 0.0), "oak-dark", 24
    )
    piece.tube([(0.0, LOW + 0.01, 0.0), (0.0, 0.02, 0.0)], 0.004, "steel", 8)
    lean = turn_of(roll=22.0)
    muscle = ball((0.046, 0.062, 0.04), 26, 16)
    pull = np.clip(-muscle.positions[:, 1:2] / 0.062, 0, 1)
    muscle.positions[:, 0:1] *= 1 - 0.45 * pull
    muscle.positions[:, 2:3] *= 1 - 0.35 * pull
    piece.add(muscle, "#b5423f", (0.0, 0.06, 0.0), lean)
    piece.ball((0.026, 0.03, 0.028), (-0.03, 0.095, -0.004), "#c65a50", sides=18, rings=10)
    piece.ball((0.022, 0.024, 0.024), (0.03, 0.1, 0.008), "#c65a50", sides=18, rings=10)
    aorta: list[Vector] = [
        (0.0, 0.09, 0.0),
        (-0.004, 0.14, 0.0),
        (0.018, 0.162, 0.006),
        (0.042, 0.15, 0.014),
        (0.046, 0.11, 0.02),
    ]
    piece.tube(_bent(aorta), 0.0125, "#cf4a45", 14)
    lung: list[Vector] = [(0.012, 0.09, -0.02), (0.004, 0.125, -0.024), (-0.03, 0.14, -0.01), (-0.06, 0.138, 0.0)]
    piece.tube(_bent(lung), 0.0105, "#5277a8", 12)
    piece.tube(_bent([(-0.034, 0.09, 0.0), (-0.036, 0.13, 0.0), (-0.034, 0.165, 0.0)]), 0.011, "#5277a8", 12)
    for turn in (-0.5, 0.1, 0.7):
        vessel: list[Vector] = [
            (
                round(math.sin(turn) * 0.047 * s + 0.012 * (1 - y * 8), 5),
                round(0.06 + 0.4 * y, 5),
                round(-math.cos(turn) * 0.042 * s, 5),
            )
            for y, s in ((0.06, 0.97), (0.0, 1.0), (-0.06, 0.86))
        ]
        piece.tube(_bent(vessel), 0.0026, "#e2b65c" if turn == 0.1 else "#8f2f33", 7)
    return piece


def spine() -> Piece:
    """Make a model of the lower spine on its foot: five vertebrae, their discs, and the sacrum."""
    piece = Piece()
    piece.lathe([(0.0, 0.0), (0.07, 0.0), (0.074, 0.008), (0.02, 0.018), (0.0, 0.018)], (0.0, LOW, 0.0), "oak-dark", 28)
    piece.tube([(0.0, LOW + 0.01, 0.03), (0.0, 0.3, 0.03)], 0.004, "steel", 8)
    sacrum = ball((0.045, 0.05, 0.022), 18, 10)
    piece.add(sacrum, "#e6d6b8", (0.0, 0.02, 0.012), turn_of(pitch=-24.0))
    for n in range(5):
        y, z = 0.085 + 0.046 * n, round(-0.012 * math.sin(n / 4 * math.pi), 5)
        body = [(0.0, 0.0), (0.024, 0.0), (0.026, 0.004), (0.021, 0.014), (0.026, 0.026), (0.024, 0.03), (0.0, 0.03)]
        piece.lathe(body, (0.0, y, z), "#efe2c8", 20)
        piece.lathe(
            [(0.0, 0.0), (0.023, 0.0), (0.025, 0.005), (0.023, 0.014), (0.0, 0.014)], (0.0, y - 0.015, z), "sky", 18
        )
        for side in (-1, 1):
            piece.tube([(side * 0.01, y + 0.016, z + 0.022), (side * 0.05, y + 0.02, z + 0.03)], 0.006, "#e6d6b8", 8)
            piece.ball((0.009, 0.008, 0.008), (side * 0.05, y + 0.02, z + 0.03), "#e6d6b8", sides=8, rings=6)
        piece.box((0.01, 0.026, 0.045), (0.0, y, z + 0.048), "#e6d6b8", bevel=0.004, turn=turn_of(pitch=16.0))
    return piece


def teddy() -> Piece:
    """Make a bear that sits."""
    piece = Piece()
    fur, light = "#b98352", "#e6c79a"
    piece.ball((0.075, 0.09, 0.068), (0.0, 0.0, 0.0), fur, sides=20, rings=12)
    piece.ball((0.05, 0.06, 0.03), (0.0, -0.005, -0.048), light, sides=16, rings=10)
    piece.ball((0.066, 0.06, 0.06), (0.0, 0.13, -0.006), fur, sides=20, rings=12)
    piece.ball((0.03, 0.024, 0.024), (0.0, 0.115, -0.058), light, sides=14, rings=8)
    piece.ball((0.011, 0.008, 0.007), (0.0, 0.124, -0.081), "black", sides=10, rings=6)
    for side in (-1, 1):
        piece.ball((0.0075, 0.009, 0.006), (side * 0.026, 0.148, -0.058), "black", sides=10, rings=6)
        piece.ball((0.024, 0.024, 0.014), (side * 0.052, 0.182, 0.0), fur, sides=14, rings=8)
        piece.ball((0.014, 0.014, 0.006), (side * 0.052, 0.181, -0.012), light, sides=10, rings=6)
        piece.add(
            ball((0.026, 0.06, 0.028), 14, 10), fur, (side * 0.085, 0.015, -0.02), turn_of(roll=side * 32.0, pitch=18.0)
        )
        piece.add(ball((0.032, 0.034, 0.066), 14, 10), fur, (side * 0.055, -0.066, -0.06), turn_of(yaw=-side * 16.0))
        piece.ball((0.024, 0.026, 0.01), (side * 0.074, -0.064, -0.12), light, sides=12, rings=8)
    piece.box((0.05, 0.03, 0.014), (0.0, 0.065, -0.066), "teal", bevel=0.006)
    for side in (-1, 1):
        piece.ball((0.026, 0.018, 0.01), (side * 0.03, 0.078, -0.068), "teal", sides=10, rings=6)
    return piece


def drip() -> Piece:
    """Make a drip stand, held at its pole."""
    piece = Piece()
    piece.put(drip_stand(), on=-1.05)
    return piece


def frame() -> Piece:
    """Make the frame of a panel of 1.6 by 0.9 m; its face is in the plane of its origin, seen from -Z."""
    piece = Piece()
    piece.box((1.72, 1.02, 0.03), (0.0, -0.51, 0.02), "oak", bevel=0.012)
    piece.add(panel(1.6, 0.9, 2.0), "screen", (0.0, 0.0, 0.002), turn_of(180.0), glows=True)
    return piece


def monitor() -> Piece:
    """Make a patient monitor, held at its middle."""
    piece = Piece()
    piece.put(vitals(0.44), on=-0.165)
    piece.tube(
        _bent([(-0.16, 0.16, 0.02), (-0.14, 0.21, 0.02), (0.14, 0.21, 0.02), (0.16, 0.16, 0.02)]),
        0.011,
        "steel-dark",
        8,
    )
    return piece


def manikin() -> Piece:
    """Lay a manikin on its back, its head at +Z."""
    piece = Piece()
    skin, gown = "#e3b797", "sky"
    low = -0.12
    piece.ball((0.09, 0.1, 0.115), (0.0, low + 0.1, 0.76), skin, sides=16, rings=10)
    piece.ball((0.096, 0.085, 0.1), (0.0, low + 0.085, 0.785), "#5a4334", sides=16, rings=8)
    piece.ball((0.014, 0.02, 0.018), (0.0, low + 0.2, 0.75), skin, sides=10, rings=6)
    for side in (-1, 1):
        piece.ball((0.012, 0.006, 0.006), (side * 0.034, low + 0.191, 0.785), "black", sides=8, rings=5)
    piece.tube([(0.0, low + 0.09, 0.58), (0.0, low + 0.09, 0.7)], 0.05, skin, 14)
    piece.ball((0.21, 0.115, 0.27), (0.0, low + 0.11, 0.38), gown, sides=16, rings=9)
    piece.ball((0.185, 0.105, 0.24), (0.0, low + 0.1, 0.1), gown, sides=16, rings=9)
    for side in (-1, 1):
        piece.ball((0.075, 0.075, 0.09), (side * 0.2, low + 0.1, 0.5), gown, sides=10, rings=7)
        piece.tube(
            _bent([(side * 0.22, low + 0.1, 0.5), (side * 0.27, low + 0.07, 0.24), (side * 0.28, low + 0.06, -0.02)]),
            0.045,
            skin,
            12,
        )
        piece.ball((0.042, 0.025, 0.075), (side * 0.28, low + 0.05, -0.08), skin, sides=10, rings=7)
        piece.tube(
            _bent([(side * 0.1, low + 0.1, 0.0), (side * 0.11, low + 0.09, -0.4), (side * 0.11, low + 0.07, -0.8)]),
            0.068,
            skin,
            14,
        )
        piece.ball((0.08, 0.08, 0.26), (side * 0.1, low + 0.1, -0.1), gown, sides=10, rings=7)
        piece.ball((0.045, 0.1, 0.05), (side * 0.11, low + 0.1, -0.85), skin, sides=10, rings=7)
    return piece


def crash_cart() -> Piece:
    """Make the cart for emergencies: red drawers, a defibrillator."""
    piece = Piece()
    cart = trolley("red")
    piece.put(cart, on=0.09)
    piece.box((0.2, 0.13, 0.17), (-0.16, 0.955, 0.1), "honey", bevel=0.025)
    piece.add(panel(0.13, 0.06, 1.0), "#62e08a", (-0.16, 1.03, 0.014), turn_of(180.0), glows=True)
    for x in (-0.26, 0.26):
        for z in (-0.18, 0.18):
            piece.lathe(
                [(0.0, 0.0), (0.045, 0.005), (0.05, 0.05), (0.045, 0.095), (0.0, 0.1)], (x, 0.0, z), "rubber", 12
            )
    return piece


MODELS: Final[dict[str, Callable[[], Piece]]] = {
    "stethoscope": stethoscope,
    "tablet": tablet,
    "clipboard": clipboard,
    "syringe-tray": syringe_tray,
    "pill-bottle": pill_bottle,
    "heart": heart,
    "spine": spine,
    "teddy": teddy,
    "drip": drip,
    "panel-frame": frame,
    "monitor-vitals": monitor,
    "manikin-adult": manikin,
    "crash-cart": crash_cart,
}
"""The look of each model that the sample facility names, and some more."""
