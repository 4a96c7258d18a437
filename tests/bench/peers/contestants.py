"""Who takes part: a server in one kind of room, and how a round of so many avatars is played against it."""

import math
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from tests.bench.peers.colyseus import Variant, colyseus_round
from tests.bench.peers.course import Course
from tests.bench.peers.styly import STYLY_HZ, styly_round
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.rounds import Say, server_round
from tests.bench.support.swarm import Measured, RefusedRound

ROOM: Final = 50
"""People in a room where everyone sees everyone."""
VISIBLE: Final = 32
"""How many each sees in the open room: the nearest."""
_FAR: Final = 1000.0
_EVERYTHING: Final = (_FAR, _FAR)
"""Polyclinic's tiers: head and hands of all who are visible, however far."""

ALL_SEE_ALL: Final = Variant("float32")
VIEWS: Final = Variant("float32", VISIBLE)
VIEWS_INT16: Final = Variant("int16", VISIBLE)
"""Colyseus' state, one for each kind of room and one with 16-bit fields."""

Play = Callable[[int, Course, Say], Measured]


@dataclass(frozen=True)
class Contestant:
    """A server in one kind of room. Its rounds raise `RefusedRound` when it did not keep up."""

    name: str
    play: Play
    hz: int
    shown: int
    """Avatars in each frame."""
    moderate: int = 100
    """So many are no burden to it: where bytes and CPU are taken."""
    unit: int = 1
    """What the numbers of avatars it is asked to carry are multiples of."""
    first: int | None = None
    """Where the search begins; None for what its CPU under the moderate load suggests."""


def rooms_of(avatars: int) -> Halls:
    """Enough equal rooms for so many; each sees all others of its room."""
    return Halls(avatars, rooms=math.ceil(avatars / ROOM), visible=ROOM, tiers=_EVERYTHING)


def open_room(avatars: int) -> Halls:
    """One room for all, of constant density; each sees the nearest."""
    return Halls(avatars, visible=VISIBLE, tiers=_EVERYTHING)


def _polyclinic(halls: Callable[[int], Halls]) -> Play:
    def play(avatars: int, course: Course, say: Say) -> Measured:
        return server_round(halls(avatars), course.timing, course.traces, say).measured

    return _sound(play, TICK_HZ)


def _colyseus(halls: Callable[[int], Halls], variant: Variant) -> Play:
    def play(avatars: int, course: Course, say: Say) -> Measured:
        return colyseus_round(halls(avatars), variant, course, say)

    return _sound(play, TICK_HZ)


def _styly(lifted: bool) -> Play:
    def play(avatars: int, course: Course, say: Say) -> Measured:
        # At half the rate: as many frames as the others send in their window, so that one more or less weighs the same.
        timing = msgspec.structs.replace(course.timing, window=course.timing.window * TICK_HZ / STYLY_HZ)
        return styly_round(rooms_of(avatars), lifted, replace(course, timing=timing), say)

    return _sound(play, STYLY_HZ)


def _sound(play: Play, hz: int) -> Play:
    def checked(avatars: int, course: Course, say: Say) -> Measured:
        try:
            measured = play(avatars, course, say)
        except subprocess.CalledProcessError as error:
            # A server that is so late that it takes no connections, or hangs up on them, ends the load client.
            raise RefusedRound(f"the load client ended with {error.returncode}") from error
        measured.refuse_unless_sound(hz)
        return measured

    return checked


POLYCLINIC_ROOMS: Final = Contestant("Polyclinic, rooms", _polyclinic(rooms_of), TICK_HZ, ROOM - 1, unit=ROOM)
COLYSEUS_ROOMS: Final = Contestant(
    # The one patch of a room holds the receiver's own avatar too.
    "Colyseus, rooms",
    _colyseus(rooms_of, ALL_SEE_ALL),
    TICK_HZ,
    ROOM,
    unit=ROOM,
)
POLYCLINIC_OPEN: Final = Contestant("Polyclinic, open", _polyclinic(open_room), TICK_HZ, VISIBLE, unit=20)
COLYSEUS_OPEN: Final = Contestant("Colyseus, open, float32", _colyseus(open_room, VIEWS), TICK_HZ, VISIBLE, unit=5)
COLYSEUS_OPEN_INT16: Final = Contestant(
    "Colyseus, open, int16", _colyseus(open_room, VIEWS_INT16), TICK_HZ, VISIBLE, unit=5
)
STYLY_ROOMS: Final = Contestant("STYLY-NetSync, rooms", _styly(lifted=False), STYLY_HZ, ROOM, unit=5, first=175)
STYLY_LIFTED: Final = Contestant("STYLY-NetSync, unlimited", _styly(lifted=True), STYLY_HZ, ROOM, unit=ROOM)
