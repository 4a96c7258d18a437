"""What a crowded lobby may cost for each avatar one sees and each tick, frames whole: counts, no clock."""

import math
from pathlib import Path

import pytest

from loadtest.motion.placing import Box
from protocol.ids import Tier
from server.config import SAMPLE_FACILITY, load_facility
from server.room_types import ROOM_TYPES
from server.room_types.lobby import LOBBY
from tests.bench.bytes import lobby
from tests.bench.bytes.lobby import LobbyCost, lobby_cost, parts_of
from tests.bench.support.show import recordings

RECORDINGS = recordings(None)
AVATARS = 150
OWN_BYTES_MAX = 6.4
RECORDED_BYTES_MAX = 6.1
"""A smaller crowd is a smaller sample of the recordings."""


def hall_for(avatars: int) -> Box:
    """As crowded as the whole lobby with 400."""
    x0, y0, z0, x1, y1, z1 = lobby.HALL
    share = math.sqrt(avatars / lobby.AVATARS)
    return round(x0 * share), y0, round(z0 * share), round(x1 * share), y1, round(z1 * share)


def cost_of(folder: Path | None) -> LobbyCost:
    hall = hall_for(AVATARS)
    source = lobby.OWN if folder is None else lobby.RECORDED
    return lobby_cost(source, parts_of(folder, hall, AVATARS), hall)


def test_a_crowded_lobby_keeps_its_bytes_on_our_own_motion() -> None:
    cost = cost_of(None)
    assert cost.visible == LOBBY.visible
    assert cost.per_seen <= OWN_BYTES_MAX


@pytest.mark.skipif(RECORDINGS is None, reason="the motion traces are not part of the repository")
def test_a_crowded_lobby_keeps_its_bytes_on_recorded_motion() -> None:
    cost = cost_of(RECORDINGS)
    assert cost.visible == LOBBY.visible
    assert cost.per_seen <= RECORDED_BYTES_MAX
    # As many in full as the lobby asks for, about: cheap frames that show nobody would be no saving.
    full = cost.share((Tier.FULL, 1)) * cost.visible
    assert LOBBY.detailed * 0.7 <= full <= LOBBY.detailed * 1.3


def test_the_lobby_that_is_measured_is_that_of_the_sample_facility() -> None:
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    room = next(room for room in facility.settings.rooms if room.type == "lobby")
    low, high = room.bounds
    assert tuple(round(side * 1000) for side in (*low, *high)) == lobby.HALL
    assert (room.capacity, room.visible) == (lobby.AVATARS, LOBBY.visible)
    assert (room.radius, room.hysteresis, room.tiers) == (LOBBY.radius, LOBBY.hysteresis, LOBBY.tiers)
    assert (room.detailed, room.reserved) == (LOBBY.detailed, LOBBY.reserved)
