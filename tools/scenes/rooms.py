"""The rooms of the sample facility, furnished. Their sizes are the bounds that its facility file gives them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from tools.scenes.furniture import (
    bed,
    bench,
    chair,
    couch,
    counter,
    cupboard,
    curtain,
    desk,
    display,
    glass_screen,
    kiosk,
    low_table,
    monitor,
    plant,
    rug,
    sink,
    sofa,
    trolley,
)
from tools.scenes.pieces import Scene, standing

if TYPE_CHECKING:
    from collections.abc import Callable


def lobby() -> Scene:
    """Furnish the lobby, 24 x 18 m: reception in the north, the entrance in the south, seats in islands."""
    scene = Scene("lobby", 24.0, 18.0)
    scene.wall("north", [("gap", -9.0, 2.0), ("gap", 9.0, 2.0)])
    scene.wall("east", [("window", -5.0, 4.0), ("window", 5.0, 4.0)])
    scene.wall("south", [("window", -7.5, 4.0), ("door", 0.0, 3.0), ("window", 7.5, 4.0)])
    scene.wall("west", [("window", -5.0, 4.0), ("window", 5.0, 4.0)])
    scene.put("rug", rug(3.2, 2.0, "rug-dark"), 0.0, 7.8)
    scene.put("counter", counter(6.0), 0.0, -6.0)
    for x in (-1.5, 1.5):
        scene.put("chair", chair("navy"), x, -6.95, 180.0)
    scene.put("display", display(3.0), 0.0, -8.9)
    for x in (-6.8, 6.8):
        scene.put("rug", rug(5.2, 4.4), x, 1.0)
        scene.put("sofa", sofa(3), x, 2.7)
        scene.put("sofa", sofa(3), x, -0.7, 180.0)
        scene.put("low-table", low_table(1.4, 0.8), x, 1.0)
        scene.put("chair", chair("sand", 0.7), x - 2.1, 1.0, 270.0)
        scene.put("chair", chair("sand", 0.7), x + 2.1, 1.0, 90.0)
    for x in (-3.2, 3.2):
        scene.put("kiosk", kiosk(), x, 5.2, 0.0)
    for x, z in (
        (-11.2, -8.2),
        (11.2, -8.2),
        (-11.2, 8.2),
        (11.2, 8.2),
        (-3.9, -6.3),
        (3.9, -6.3),
        (-2.6, 8.3),
        (2.6, 8.3),
    ):
        scene.put("plant", plant(0.9), x, z)
    for z in (-5.6, -4.6, -3.6):
        scene.put("chair", chair("sage"), -11.4, z, 270.0)
        scene.put("chair", chair("sage"), 11.4, z, 90.0)
    return scene


def waiting() -> Scene:
    """Furnish the waiting area, 12 x 10 m: rows of chairs and a corner for children."""
    scene = Scene("waiting", 12.0, 10.0)
    scene.wall("north", [("gap", 0.0, 1.6)])
    scene.wall("east")
    scene.wall("south", [("window", -3.0, 3.0), ("window", 3.0, 3.0)])
    scene.wall("west", [("gap", -2.0, 1.6)])
    for row, z in enumerate((-1.2, 1.0)):
        for seat in range(6):
            scene.put("chair", chair("teal" if row else "sage"), -2.6 + seat * 0.68, z, 180.0 * (1 - row))
    for seat in range(5):
        scene.put("chair", chair("sand"), 5.5, -3.2 + seat * 0.7, 90.0)
    scene.put("low-table", low_table(1.6, 0.6), -0.9, -0.1)
    scene.put("rug", rug(3.2, 2.8, "rug-dark"), 4.0, 3.3)
    scene.put("low-table", low_table(0.9, 0.9), 4.0, 3.3)
    for x, z, yaw in ((3.2, 3.3, 270.0), (4.8, 3.3, 90.0), (4.0, 4.1, 0.0)):
        scene.put("chair", chair("coral", 0.36), x, z, yaw)
    scene.put("cupboard", cupboard(1.8, 0.4, 0.9), -4.8, 4.75, 0.0)
    scene.put("display", display(1.6), 3.4, -4.9)
    for x, z in ((-5.4, -4.4), (5.4, -4.4), (-5.4, 2.4), (1.6, 4.4)):
        scene.put("plant", plant(), x, z)
    return scene


def consult() -> Scene:
    """Furnish a consultation room, 6 x 5 m: a desk, three chairs, and a couch behind a curtain in the north-east."""
    scene = Scene("consult", 6.0, 5.0, "floor-oak")
    scene.wall("north", [("window", -1.4, 1.8)])
    scene.wall("east")
    scene.wall("south", [("door", -1.6, 1.1)])
    scene.wall("west")
    scene.put("rug", rug(2.4, 2.2), -1.5, -0.1)
    scene.put("desk", desk(), -1.7, -1.0, 180.0)
    scene.put("chair", chair("navy"), -1.7, -1.75, 180.0)
    scene.put("chair", chair("sand"), -2.2, 0.15)
    scene.put("chair", chair("sand"), -1.2, 0.15)
    scene.put("couch", couch(), 2.3, -1.3, 180.0)
    scene.put("curtain", curtain(2.4), 1.2, -1.3, 90.0)
    scene.put("trolley", trolley(), 1.62, -2.15)
    scene.put("sink", sink(), 2.7, 1.0, 90.0)
    scene.put("cupboard", cupboard(), 2.1, 2.25)
    scene.put("plant", plant(0.55), -2.6, 2.0)
    return scene


def ward() -> Scene:
    """Furnish the ward, 16 x 10 m: three bays on either side with curtains between them, a nurses' desk between."""
    scene = Scene("ward", 16.0, 10.0)
    scene.wall("north", [("window", x, 2.4) for x in (-5.0, 0.0, 5.0)])
    scene.wall("east")
    scene.wall("south", [("window", x, 2.4) for x in (-5.0, 0.0, 5.0)])
    scene.wall("west", [("door", 0.0, 1.8)])
    for z, yaw, inward in ((-3.9, 180.0, 1.0), (3.9, 0.0, -1.0)):
        for x in (-5.2, 0.0, 5.2):
            scene.put("bed", bed(), x, z, yaw)
            scene.put("monitor", monitor(), x - 1.0, z - 0.6 * inward, yaw)
            scene.put("chair", chair("sand"), x + 1.2, z + 0.2 * inward, 90.0)
            scene.put("cupboard", cupboard(0.5, 0.45, 0.7), x + 1.0, z - 0.75 * inward, yaw)
        for x in (-2.6, 2.6):
            scene.put("curtain", curtain(3.0), x, z - 0.5 * inward + 0.9 * inward, 90.0)
    scene.put("desk", desk(2.2), 6.2, 0.0, 90.0)
    scene.put("chair", chair("navy"), 7.0, 0.0, 90.0)
    scene.put("trolley", trolley(), 3.0, 0.0)
    scene.put("sink", sink(), -7.7, -2.0, 270.0)
    scene.put("plant", plant(), -7.5, 2.0)
    return scene


def simulation() -> Scene:
    """Furnish the simulation lab, 10 x 8 m: one bed in the middle, and a control room behind glass in the north."""
    scene = Scene("simulation", 10.0, 8.0)
    scene.wall("north")
    scene.wall("east", [("door", 1.5, 1.6)])
    scene.wall("south", [("window", 0.0, 5.0)])
    scene.wall("west")
    scene.put("rug", rug(4.4, 4.0, "rug-dark"), 0.0, 0.9)
    scene.put("bed", bed(), 0.0, 0.9)
    for x in (-1.3, 1.3):
        scene.put("monitor", monitor(), x, 1.7)
        scene.put("trolley", trolley(), x * 1.6, 0.2, 90.0)
    scene.put("glass-screen", glass_screen(6.4), -1.8, -2.1)
    for x in (-3.2, -0.8):
        scene.put("desk", desk(1.8), x, -2.75, 180.0)
        scene.put("chair", chair("navy"), x, -3.4, 180.0)
    for x in (-3.8, 3.8):
        for z in (0.2, 1.2, 2.2):
            scene.put("chair", chair("sage"), x, z, 270.0 if x < 0 else 90.0)
    scene.put("cupboard", cupboard(1.8), 3.4, -3.75, 180.0)
    scene.put("sink", sink(), -4.7, 3.4, 270.0)
    scene.put("display", display(1.8), -4.9, 1.2, 270.0)
    return scene


HALF_SEATED: Final = 27.6  # metres of the auditorium's width that benches may fill, either side


def auditorium() -> Scene:
    """Furnish the auditorium, 60 x 60 m: a stage in the north and rows of benches in arcs around it."""
    scene = Scene("auditorium", 60.0, 60.0, "floor-oak")
    scene.wall("north")
    scene.wall("east", [("gap", 0.0, 3.0), ("gap", 20.0, 3.0)])
    scene.wall("south", [("door", -12.0, 4.0), ("door", 12.0, 4.0)])
    scene.wall("west", [("gap", -20.0, 3.0), ("gap", 0.0, 3.0)])
    stage = [
        standing("boards", "oak", 0.0, 0.0, (24.0, 0.3, 7.0)),
        standing("step", "oak", 0.0, 3.8, (8.0, 0.15, 0.6)),
        standing("curtain-left", "navy", -11.2, -3.1, (1.6, 2.4, 0.3), on=0.3),
        standing("curtain-right", "navy", 11.2, -3.1, (1.6, 2.4, 0.3), on=0.3),
        standing("lectern", "white", -4.0, 1.6, (0.9, 1.1, 0.55), on=0.3),
        standing("table", "white", 3.6, 0.8, (3.4, 0.75, 0.8), on=0.3),
        standing("screen", "screen", 0.0, -3.3, (12.0, 2.2, 0.15), on=0.5),
    ]
    scene.put("stage", stage, 0.0, -26.0)
    scene.put("rug", rug(3.0, 44.0, "rug-dark"), 0.0, 6.0)
    focus = -30.0
    for row in range(26):
        radius = 14.0 + row * 1.6
        pitch = 5.4 / radius
        reach = math.asin(HALF_SEATED / radius) if radius > HALF_SEATED else 1.1
        places = max(1, int((reach - 1.7 / radius) / pitch))
        for place in range(places):
            angle = 1.7 / radius + (place + 0.5) * pitch
            for turn in (-angle, angle):
                x, z = math.sin(turn) * radius, focus + math.cos(turn) * radius
                scene.put("bench", bench(5.0, row), x, z, math.degrees(turn))
    for x in (-28.8, 28.8):
        for z in (-28.0, 28.0):
            scene.put("plant", plant(1.2), x, z)
    return scene


ROOMS: Final[tuple[Callable[[], Scene], ...]] = (lobby, waiting, consult, ward, simulation, auditorium)
