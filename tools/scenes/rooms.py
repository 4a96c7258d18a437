"""The rooms of the sample facility, furnished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tools.scenes.auditorium import auditorium
from tools.scenes.clinic import (
    bed,
    bedside,
    couch,
    counter,
    cross_sign,
    cupboard,
    curtain,
    drip_stand,
    head_panel,
    kiosk,
    monitor_stand,
    pendant,
    rail_hanger,
    trolley,
    vitals,
    wall_cupboard,
    whiteboard,
    worktop,
)
from tools.scenes.furniture import (
    armchair,
    chair,
    desk,
    low_table,
    picture,
    planter,
    pot_plant,
    round_table,
    rug,
    sofa,
    task_chair,
    tree,
)
from tools.scenes.piece import Piece
from tools.scenes.room import Looks, Room, hang_ceiling, lay_floor
from tools.scenes.shapes import panel, turn_of
from tools.scenes.walls import build_wall, door, entrance, window

if TYPE_CHECKING:
    from collections.abc import Callable


def lobby() -> Room:
    """Build the lobby, 24 x 18 m: reception in the north, the entrance in the south, seats in islands."""
    looks = Looks(ceiling=3.4, lamp_step=(3.6, 3.6), sun=(0.62, 0.55, 0.5), split=0.5)
    room = Room("lobby", 24.0, 18.0, looks)
    lay_floor(room)
    hang_ceiling(room)
    build_wall(room, "north", [door(-8.0, 1.6), door(8.0, 1.8)])
    build_wall(room, "east", [window(-5.5, 5.0, 0.5, 2.9), door(0.0, 1.6), window(5.5, 5.0, 0.5, 2.9)])
    build_wall(room, "south", [window(-7.5, 6.0, 0.5, 2.9), entrance(0.0, 4.0), window(7.5, 6.0, 0.5, 2.9)])
    build_wall(room, "west", [window(-5.5, 5.0, 0.5, 2.9), door(0.0, 1.6), window(5.5, 5.0, 0.5, 2.9)])
    _reception(room)
    for x in (-6.8, 6.8):
        _island(room, x, 2.4)
    room.put("planter", planter(), 0.0, -0.6)
    _ring_light(room, 0.0, -0.6)
    for x in (-2.9, 2.9):
        room.put("kiosk", kiosk(), x, 4.9, 180.0)
    room.hang(rug(4.2, 2.4, "charcoal", "steel-dark"), 0.0, 7.6)
    for x, z in ((-11.2, -8.2), (11.2, -8.2), (-11.2, 8.2), (11.2, 8.2), (-2.9, 8.3), (2.9, 8.3)):
        room.put("tree", tree(2.3), x, z)
    for x, z in ((-11.4, 1.7), (-11.4, -1.7), (11.4, 1.7), (11.4, -1.7)):
        room.put("plant", pot_plant(1.1), x, z)
    for n, z in enumerate((-7.4, -6.7, -6.0, -5.3, -4.6, -3.9)):
        room.put("chair", chair(("sage-deep", "clay")[n % 2]), -11.45, z, 270.0)
        room.put("chair", chair(("clay", "sage-deep")[n % 2]), 11.45, z, 90.0)
    room.zone("Reception", (-4.0, -9.0), (4.0, -5.0))
    room.spawn((-11.0, 1.6, 3.5), (11.0, 1.7, 8.0))
    room.spawn((-10.5, 1.6, -3.5), (-9.5, 1.7, 3.0), -90.0)
    room.spawn((9.5, 1.6, -3.5), (10.5, 1.7, 3.0), 90.0)
    return room


def _reception(room: Room) -> None:
    """Put the counter before a wall of oak slats with the clinic's sign on it."""
    wall = Piece()
    for n in range(66):
        shade = "oak" if n % 7 else "oak-dark"
        wall.box((0.075, 2.9, 0.04), (-4.2 + n * 0.129, 0.1, 0.0), shade, bevel=0.01, split=0.5)
    wall.add(panel(8.6, 3.0, 0.5), "walnut", (0.0, 1.6, 0.03), turn_of(180.0))
    room.hang(wall, 0.0, -8.93, 180.0)
    room.hang(cross_sign(0.95), 0.0, -8.88, 180.0, on=2.25)
    for x in (-2.9, 2.9):
        room.hang(picture(1.1, 0.8, 0 if x < 0 else 2), x, -8.88, 180.0, on=2.0)
    room.put("counter", counter(6.0), 0.0, -6.0)
    for n in range(30):
        baffle = Piece()
        baffle.box((0.05, 0.2, 3.9), (0.0, 0.0, 0.0), "oak" if n % 5 else "oak-light", split=0.8)
        room.hang(baffle, -4.2 + n * 0.29, -6.9, on=3.12)
    for x in (-1.5, 1.5):
        room.put("task-chair", task_chair("teal"), x, -6.95, 180.0)
    for x in (-2.4, -0.8, 0.8, 2.4):
        room.hang(pendant(0.75, "teal"), x, -5.75, on=3.2)
    for x in (-3.9, 3.9):
        room.put("plant", pot_plant(1.25, pot="pot-clay"), x, -6.1)
    room.put("cupboard", cupboard(2.4, 0.4, 0.9, "sage"), 0.0, -8.55, 180.0)
    room.hang(pot_plant(0.45), -0.9, -8.55, on=0.9)


def _ring_light(room: Room, x: float, z: float) -> None:
    """Hang a ring of light over the middle of the lobby."""
    ring = Piece()
    ring.lathe(
        [(1.5, 0.0), (1.55, 0.03), (1.55, 0.12), (1.3, 0.12), (1.3, 0.03), (1.35, 0.0)], (0.0, 0.0, 0.0), "oak", 48
    )
    glow = Piece()
    glow.lathe([(1.36, 0.0), (1.49, 0.0)], (0.0, 0.0, 0.0), "lamp", 48)
    for part in glow.parts:
        ring.add(part.shape.both_sides(), "lamp", (0.0, 0.002, 0.0), glows=True)
    for n in range(3):
        angle = turn_of(n * 120.0)
        ring.tube([(float(angle[0, 2]) * 1.42, 0.1, float(angle[2, 2]) * 1.42), (0.0, 0.75, 0.0)], 0.005, "charcoal", 6)
    room.hang(ring, x, z, on=2.65)
    room.lamp((x, 2.6, z), (0.0, -1.0, 0.0), np.array([1.0, 0.93, 0.8]) * 0.9, 1.5)


def _island(room: Room, x: float, z: float) -> None:
    """Put two sofas and two armchairs about a table on a rug."""
    room.hang(rug(5.4, 4.2), x, z)
    room.put("sofa", sofa(3, "teal"), x, z + 1.6, 0.0)
    room.put("sofa", sofa(3, "sage-deep"), x, z - 1.6, 180.0)
    room.put("table", low_table(1.5, 0.8), x, z)
    room.hang(pendant(0.95, "clay"), x, z, on=3.4)
    for side in (-1, 1):
        room.put("armchair", armchair("clay"), x + side * 2.1, z, 90.0 * side)
    room.put("table", round_table(), x + 1.75, z + 1.75)


def waiting() -> Room:
    """Build the waiting area, 12 x 10 m: rows of chairs, and a corner for children."""
    looks = Looks(ceiling=3.0, floor_colour="oak-light", band="sage", sun=(-0.62, 0.5, 0.3), wall="plaster")
    room = Room("waiting", 12.0, 10.0, looks)
    lay_floor(room)
    hang_ceiling(room)
    build_wall(room, "north", [door(-2.5), door(2.5)])
    build_wall(room, "east")
    build_wall(room, "south", [door(3.0, 1.6)])
    build_wall(room, "west", [window(-2.4, 3.4), window(2.4, 3.4)])
    room.hang(rug(5.0, 3.4, "sage", "rug-light"), -0.6, -0.1)
    for row, z in enumerate((-1.7, 1.5)):
        for seat in range(6):
            colour = ("teal", "clay", "teal", "sage-deep", "teal", "honey")[(seat + 2 * row) % 6]
            room.put("chair", chair(colour, arms=seat % 2 == 0), -2.4 + seat * 0.72, z, 180.0 * (1 - row))
    room.put("table", low_table(1.8, 0.7), -0.6, -0.1)
    for seat in range(4):
        room.put("chair", chair(("sage-deep", "honey")[seat % 2]), 5.55, -3.0 + seat * 0.72, 90.0)
    _childrens_corner(room)
    room.put("cupboard", cupboard(1.8, 0.4, 0.9, "sage"), -4.6, 4.7, 0.0)
    room.hang(pot_plant(0.5, pot="pot-clay"), -4.1, 4.7, on=0.9)
    room.hang(picture(1.2, 0.85, 2), -4.6, 4.97, 0.0, on=1.75)
    for n, x in enumerate((-4.8, 0.0, 4.8)):
        room.hang(picture(0.9, 1.1, n), x, -4.97, 180.0, on=1.75)
    for x, z in ((-5.4, -4.4), (5.4, -4.4), (-5.5, 0.0), (1.4, 4.5)):
        room.put("tree" if z else "plant", tree(2.0) if z else pot_plant(1.0), x, z)
    room.zone("Children's corner", (2.4, 1.9), (5.8, 4.8))
    room.spawn((-5.0, 1.6, 2.2), (1.0, 1.7, 4.0))
    return room


def _childrens_corner(room: Room) -> None:
    room.hang(rug(3.0, 2.5, "sky", "honey"), 4.2, 3.4)
    room.put("play-table", round_table(0.42, 0.4), 4.0, 3.3)
    for n, (x, z, yaw) in enumerate(((3.3, 3.3, 270.0), (4.7, 3.3, 90.0), (4.0, 4.0, 0.0))):
        room.put("small-chair", chair(("coral", "honey", "sky")[n], 0.36), x, z, yaw)
    blocks = Piece()
    for n, (x, y, z) in enumerate(
        ((0, 0, 0), (0.17, 0, 0.04), (0.34, 0, -0.02), (0.09, 0.15, 0.02), (0.25, 0.15, 0.01), (0.17, 0.3, 0.02))
    ):
        colour = ("coral", "sky", "honey", "leaf", "teal", "red")[n]
        blocks.box((0.15, 0.15, 0.15), (x, y, z), colour, bevel=0.015, turn=turn_of(n * 9.0))
    room.hang(blocks, 4.9, 2.5, 30.0)
    room.put("shelf", cupboard(1.3, 0.32, 0.7, "honey"), 5.75, 4.2, 90.0)
    room.hang(picture(0.8, 0.6, 0), 5.97, 3.4, 90.0, on=1.6)


def consult() -> Room:
    """Build a consultation room, 6 x 5 m: a desk, chairs, and a couch behind a curtain in the north-east."""
    looks = Looks(ceiling=2.8, band=None, wall="plaster", sun=(-0.35, 0.62, -0.62), split=0.3, lamp_step=(3.0, 2.4))
    room = Room("consult", 6.0, 5.0, looks)
    lay_floor(room)
    hang_ceiling(room)
    build_wall(room, "north", [window(-1.3, 2.4)])
    build_wall(room, "east")
    build_wall(room, "south", [door(1.6, 1.1)])
    build_wall(room, "west")
    room.hang(rug(2.4, 2.0, "sage", "rug-light"), -1.5, 0.3)
    room.put("desk", desk(1.9, bare=True), -1.7, -0.9, 180.0)
    room.put("task-chair", task_chair("teal"), -1.6, -1.65, 180.0)
    room.put("chair", chair("clay", arms=True), -2.3, 0.5, -12.0)
    room.put("chair", chair("honey", arms=True), -1.4, 0.6, 14.0)
    room.put("couch", couch(), 2.3, -1.25, 180.0)
    room.hang(curtain(2.3, gathered=0.42), 1.2, -1.3, -90.0)
    room.hang(curtain(1.75, gathered=0.3), 2.1, -0.12, 180.0)
    room.put("trolley", trolley(), 1.62, -2.1, 180.0)
    room.put("worktop", worktop(2.2, basin=0.3), 2.7, 1.2, 90.0)
    room.hang(wall_cupboard(2.0, "white"), 2.8, 1.2, 90.0, on=1.6)
    room.put("plant", tree(1.8), -2.55, -2.1)
    room.put("cupboard", cupboard(1.3, 0.42, 1.95, "sage"), 0.6, 2.27, 0.0)
    room.hang(picture(0.7, 0.95, 1), -2.97, -0.2, 270.0, on=1.65)
    room.hang(picture(0.7, 0.95, 2), -2.97, 0.8, 270.0, on=1.65)
    room.hang(picture(0.9, 0.65, 0), 2.97, -1.3, 90.0, on=1.75)
    room.hang(whiteboard(1.2, 0.8), -0.9, 2.47, 0.0, on=1.3)
    room.zone("Couch", (1.2, -2.5), (3.0, -0.1))
    room.spawn((-2.5, 1.5, 1.2), (0.4, 1.7, 2.0))
    return room


def ward() -> Room:
    """Build the ward, 16 x 10 m: six bays with curtains on either side of the middle."""
    looks = Looks(ceiling=3.0, floor="vinyl", floor_colour="vinyl", band="mist", split=0.45, sun=(0.3, 0.55, 0.7))
    room = Room("ward", 16.0, 10.0, looks)
    lay_floor(room)
    room.hang(rug(15.2, 2.4, "vinyl-blue", "sage"), 0.0, 0.0)
    hang_ceiling(room)
    build_wall(room, "north", [window(x, 2.3, 1.5, 2.6) for x in (-5.2, 0.0, 5.2)])
    build_wall(room, "east", [door(0.0, 1.6)])
    build_wall(room, "south", [window(x, 2.3, 1.5, 2.6) for x in (-5.2, 0.0, 5.2)])
    build_wall(room, "west", [window(0.0, 3.0)])
    for number in range(6):
        _bay(room, number)
    room.put("trolley", trolley("sky"), -7.3, -1.2, 270.0)
    room.put("worktop", worktop(1.6), 7.7, -1.75, 90.0)
    room.put("plant", tree(1.9), -7.5, 1.3)
    room.put("table", round_table(0.34, 0.772, cups=False), 6.2, 0.0)
    room.spawn((-7.0, 1.6, -1.4), (5.0, 1.7, 1.4), -90.0)
    return room


def _bay(room: Room, number: int) -> None:
    """Put a bed behind its curtain, with all that stands about a bed."""
    x, side = (-5.2, 0.0, 5.2)[number % 3], -1 if number < 3 else 1
    yaw = 180.0 if side < 0 else 0.0
    wall = side * 5.0
    blanket = ("teal", "sage-deep", "clay")[number % 3]
    room.put("bed", bed(blanket), x, side * 3.75, yaw)
    room.hang(head_panel(), x, wall - side * 0.04, yaw, on=1.05)
    room.put("bedside", bedside(), x + 0.85, side * 4.7, yaw)
    room.put("drip", drip_stand(), x - 0.8, side * 4.5, yaw)
    room.hang(vitals(0.36), x - 1.55, wall - side * 0.1, yaw, on=1.5)
    room.put("chair", chair("honey", arms=True), x - 1.65, side * 3.7, -90.0)
    front = curtain(
        4.9, gathered=(0.3, 0.55, 0.22, 0.42, 0.25, 0.62)[number], colour=("sage", "sand", "sage")[number % 3]
    )
    room.hang(front, x, side * 2.05, yaw)
    for away in (-2.45, 0.0, 2.45):
        room.hang(rail_hanger(0.8), x + away, side * 2.05)
    if number % 3 < 2:
        room.hang(curtain(2.8, gathered=0.7, colour="sage"), x + 2.6, side * 3.5, 90.0 * side)
    room.zone(f"Bed {number + 1}", *_bay_box(x, side))


def _bay_box(x: float, side: int) -> tuple[tuple[float, float], tuple[float, float]]:
    near, far = (-5.0, -2.0) if side < 0 else (2.0, 5.0)
    return (round(x - 2.6, 3), near), (round(x + 2.6, 3), far)


def simulation() -> Room:
    """Build the simulation lab, 10 x 8 m: a bed that one can go about, and a control room behind glass."""
    looks = Looks(ceiling=3.0, floor="vinyl", floor_colour="vinyl-blue", band="sage", split=0.35, lamp=1.1)
    room = Room("simulation", 10.0, 8.0, looks)
    lay_floor(room)
    room.hang(rug(4.8, 4.0, "mist", "teal"), 0.0, 0.9)
    hang_ceiling(room)
    build_wall(room, "north")
    build_wall(room, "east", [window(0.6, 3.6)])
    build_wall(room, "south", [])
    build_wall(room, "west", [door(-2.4)])
    room.put("bed", bed("sky", flat=True), 0.0, 0.9)
    room.put("monitor", monitor_stand(), -1.3, 1.7, 0.0)
    room.put("drip", drip_stand(), 0.9, 1.9, 0.0)
    room.put("trolley", trolley("honey"), -2.2, 0.3, 270.0)
    _control_room(room)
    for n, z in enumerate((1.0, 1.7, 2.4, 3.1)):
        room.put("chair", chair(("sage-deep", "honey")[n % 2]), 4.5, z, 90.0)
    room.put("worktop", worktop(2.4, basin=-0.5), 3.4, -3.68, 180.0)
    room.hang(wall_cupboard(2.2), 3.4, -3.8, 180.0, on=1.6)
    room.hang(whiteboard(2.4, 1.2), 0.0, 3.97, 0.0, on=1.0)
    room.put("plant", tree(1.9), -4.4, 3.4)
    room.put("plant", pot_plant(1.0), 4.4, 3.6)
    room.zone("Control room", (-5.0, -4.0), (1.4, -2.1))
    room.spawn((-4.0, 1.6, 2.6), (4.0, 1.7, 3.4))
    room.spawn((2.0, 1.6, -2.6), (4.0, 1.7, -0.5), 135.0)
    return room


def _control_room(room: Room) -> None:
    glass = Piece()
    glass.box((5.4, 0.9, 0.12), (0.0, 0.0, 0.0), "sage", split=0.4)
    glass.box((5.4, 0.05, 0.18), (0.0, 0.9, 0.0), "oak", bevel=0.012)
    for n in range(5):
        glass.box((0.06, 1.65, 0.08), (-2.67 + n * 1.335, 0.95, 0.0), "charcoal")
    glass.box((5.4, 0.08, 0.1), (0.0, 2.6, 0.0), "charcoal")
    glass.add(panel(5.4, 1.65, 4.0), "glass", (0.0, 1.77, 0.0), glows=True, opacity=0.16)
    room.put("glass-wall", glass, -2.3, -2.1)
    for x in (-3.6, -1.2):
        room.put("desk", desk(1.8, top="white"), x, -2.75, 180.0)
        room.put("task-chair", task_chair("navy"), x, -3.45, 180.0)


ROOMS: Final[dict[str, Callable[[], Room]]] = {
    "lobby": lobby,
    "waiting": waiting,
    "consult": consult,
    "ward": ward,
    "simulation": simulation,
    "auditorium": auditorium,
}
