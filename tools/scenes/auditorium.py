"""The auditorium: a stage in the north and rows of seats in arcs about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tools.scenes.furniture import leaf, tree
from tools.scenes.piece import Piece
from tools.scenes.room import Looks, Room, lay_floor
from tools.scenes.shapes import panel, turn_of
from tools.scenes.walls import build_wall, door

if TYPE_CHECKING:
    from tools.scenes.palette import Floats

HALF_SEATED = 27.0
"""m of the width that benches may fill, either side."""
FOCUS = -30.0


def auditorium() -> Room:
    """Build the auditorium, 60 x 60 m, for thousands."""
    looks = Looks(
        floor="sheet",
        floor_colour="carpet",
        wall="cream",
        band="oak",
        band_height=2.6,
        ceiling=10.0,
        split=1.5,
        up=0.62,
        around=0.6,
        down=0.95,
    )
    room = Room("auditorium", 60.0, 60.0, looks, height=12.0)
    lay_floor(room)
    _ceiling(room)
    build_wall(room, "north")
    build_wall(room, "east")
    build_wall(room, "south", [door(0.0, 2.4)])
    build_wall(room, "west")
    room.hang(_stage(), 0.0, -26.0)
    room.solids.append(("stage-table", ((1.9, 0.0, -25.6), (5.3, 1.1, -24.8))))
    room.solids.append(("lectern", ((-4.5, 0.0, -24.8), (-3.5, 1.5, -24.0))))
    for row in range(26):
        _row(room, row)
    for x in (-28.6, 28.6):
        for z in (-28.0, 28.0):
            room.put("tree", tree(2.6), x, z)
    room.zone("Stage", (-12.0, -29.6), (12.0, -22.4))
    room.spawn((-27.0, 1.2, -10.0), (27.0, 1.7, 28.0))
    return room


def _row(room: Room, row: int) -> None:
    """Set a row of benches: an aisle in the middle, others between the benches."""
    radius = 14.0 + row * 1.6
    pitch = 5.4 / radius
    reach = math.asin(HALF_SEATED / radius) if radius > HALF_SEATED else 1.1
    colour = ("teal", "teal-deep", "sage-deep", "teal")[row % 4]
    for place in range(max(1, int((reach - 1.7 / radius) / pitch))):
        angle = 1.7 / radius + (place + 0.5) * pitch
        for turn in (-angle, angle):
            x, z = math.sin(turn) * radius, FOCUS + math.cos(turn) * radius
            room.put("bench", bench(colour), round(x, 4), round(z, 4), round(math.degrees(turn), 4))


def bench(colour: str, places: int = 4) -> Piece:
    """Make a bench of an auditorium row, each of its cushions for two."""
    piece = Piece()
    pitch = 1.24
    width = places * pitch
    piece.box((width, 0.3, 0.36), (0.0, 0.06, 0.02), "oak-dark", split=9.0)
    piece.box((width, 0.86, 0.04), (0.0, 0.06, 0.3), "oak", split=2.5, turn=turn_of(pitch=8.0))
    shading = list(piece.blocks)
    for n in range(places):
        x = (n + 0.5) * pitch - width / 2
        piece.box((pitch - 0.04, 0.11, 0.46), (x, 0.36, 0.0), colour, bevel=0.03, split=9.0)
        for side in (-0.31, 0.31):
            piece.seats.append(((round(x + side, 4), 0.47, 0.18), 0.0))
    piece.box((width - 0.04, 0.4, 0.06), (0.0, 0.47, 0.24), colour, bevel=0.025, split=2.5, turn=turn_of(pitch=8.0))
    piece.blocks = shading
    return piece


def _stage() -> Piece:
    stage = Piece()
    stage.box((24.0, 0.3, 7.0), (0.0, 0.0, 0.0), "oak-light", split=0.8)
    stage.box((8.0, 0.15, 0.5), (0.0, 0.0, 3.75), "oak", split=0.8)
    for side in (-1, 1):
        stage.box((6.2, 5.5, 0.06), (side * 8.9, 0.3, -3.92), "walnut", split=1.4)
        for n in range(25):
            at = (side * (5.95 + n * 0.2505), 0.3, -3.85)
            stage.box((0.16, 5.6, 0.08), at, "oak" if n % 6 else "oak-dark", split=1.4)
    stage.box((11.6, 4.4, 0.12), (0.0, 1.1, -3.7), "charcoal", split=9.0)
    stage.add(panel(11.3, 4.1, 9.0), "#eef4f2", (0.0, 3.3, -3.6), glows=True)
    stage.add(panel(11.3, 0.7, 9.0), "teal", (0.0, 5.0, -3.52), glows=True)
    for n in range(4):
        width = (4.2, 3.4, 3.8, 2.6)[n]
        stage.add(panel(width, 0.16, 9.0), "#9fb3b5", (-4.9 + width / 2, 4.1 - 0.55 * n, -3.52), glows=True)
    for n in range(6):
        high = (0.9, 1.5, 1.2, 2.0, 1.7, 2.4)[n]
        colour = ("sage-deep", "clay", "honey")[n % 3]
        stage.add(panel(0.5, high, 9.0), colour, (0.9 + 0.75 * n, 1.6 + high / 2, -3.52), glows=True)
    stage.put(_lectern(), -4.0, 1.6)
    stage.box((3.2, 0.05, 0.8), (3.6, 1.0, 0.8), "white", split=0.5)
    stage.box((2.8, 0.7, 0.06), (3.6, 0.3, 1.0), "oak", split=0.5)
    for x in (-10.6, 10.6):
        plant = Piece()
        for n in range(26):
            leaf(
                plant,
                0.9 - 0.012 * n,
                0.22,
                n * 137.5,
                1.2 - 0.034 * n,
                (0.0, 0.5, 0.0),
                ("leaf", "leaf-dark", "leaf-light")[n % 3],
            )
        plant.lathe([(0.0, 0.0), (0.28, 0.0), (0.36, 0.5), (0.3, 0.5), (0.0, 0.46)], (0, 0, 0), "pot", 24, shades=True)
        stage.put(plant, x, 1.6, on=0.3)
    return stage


def _lectern() -> Piece:
    piece = Piece()
    piece.box((0.7, 0.05, 0.5), (0.0, 0.3, 0.0), "oak-dark")
    piece.box((0.5, 1.0, 0.3), (0.0, 0.35, 0.0), "oak", split=0.4)
    piece.box((0.72, 0.05, 0.5), (0.0, 1.33, 0.0), "oak-light", turn=turn_of(pitch=14.0))
    piece.box((0.3, 0.3, 0.01), (0.0, 0.75, 0.155), "teal")
    piece.tube([(0.2, 1.36, 0.05), (0.2, 1.5, 0.08), (0.16, 1.58, 0.0)], 0.008, "charcoal", 6)
    return piece


def _ceiling(room: Room) -> None:
    """Hang sails of oak under a high ceiling, with lights between them."""
    high = room.looks.ceiling
    overhead = turn_of(pitch=90.0)
    room.piece.add(panel(60.4, 60.4, 3.0), "cream", (0.0, high, 0.0), overhead)
    for row in range(10):
        z = -27.0 + row * 6.0
        for column in range(5):
            x = -24.0 + column * 12.0
            room.piece.box((10.6, 0.12, 3.6), (x, high - 0.9 - 0.1 * row, z), "oak-light", bevel=0.05, split=1.8)
            lamp = (x, high - 0.5, z + 3.0)
            room.piece.add(panel(8.0, 0.4, 9.0), "lamp", lamp, overhead, glows=True)
            room.lamp(lamp, (0.0, -1.0, 0.0), _power(22.0), 6.0)
    room.lamp((0.0, 8.0, -20.0), (0.0, -0.8, -0.6), _power(22.0), 4.0)


def _power(value: float) -> Floats:
    return np.array([1.0, 0.95, 0.86]) * value
