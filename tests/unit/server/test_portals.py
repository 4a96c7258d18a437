"""Doors between rooms."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.room_types import ROOM_TYPES
from tests.support.facility_files import GOOD, failure, folder, load
from tools.scenes.rooms import ROOMS

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]

THERE = {"to": "quiet", "position": [0, 0, -5], "yaw": 0}
BACK = {"to": "lobby", "name": "To the lobby", "position": [0, 0, 5], "yaw": 180, "width": 2}


def doors(*portals: list[dict[str, Any]]) -> dict[str, Any]:
    tree = copy.deepcopy(GOOD)
    for room, told in zip([*tree["rooms"], *tree["visits"]], portals, strict=False):
        room["portals"] = told
    return tree


def test_a_door_and_the_one_that_leads_back_are_read(folder: Path) -> None:
    lobby, quiet = load(folder, doors([THERE], [BACK])).settings.rooms
    (there,), (back,) = lobby.portals, quiet.portals
    assert (there.to, there.name, there.position, there.width) == ("quiet", None, (0.0, 0.0, -5.0), 1.2)
    assert (back.to, back.name, back.yaw, back.width) == ("lobby", "To the lobby", 180.0, 2.0)


def test_a_visit_may_have_a_way_out(folder: Path) -> None:
    (visit,) = load(folder, doors([], [], [BACK])).settings.visits
    assert visit.portals[0].to == "lobby"


@pytest.mark.parametrize(
    ("portals", "line"),
    [
        (([THERE],), "rooms[0].portals[0].to: expected a room with a portal back to 'lobby', got 'quiet'"),
        (([THERE | {"to": "spa"}],), "rooms[0].portals[0].to: expected another room (quiet), got 'spa'"),
        (([THERE | {"to": "lobby"}],), "rooms[0].portals[0].to: expected another room (quiet), got 'lobby'"),
        (([THERE, THERE], [BACK]), "rooms[0].portals[1].to: expected one portal to a room, got 'quiet'"),
        (([], [], [BACK | {"to": "spa"}]), "visits[0].portals[0].to: expected a room (lobby, quiet), got 'spa'"),
        (([THERE | {"width": 0.2}], [BACK]), "rooms[0].portals[0].width: expected float >= 0.6, got 0.2"),
        (
            ([THERE | {"position": [0, 0, -6]}], [BACK]),
            "rooms[0].portals[0].position: expected a place inside the room's bounds "
            "[[-5.0, 0.0, -5.0], [5.0, 3.0, 5.0]], got [0.0, 0.0, -6.0]",
        ),
    ],
)
def test_a_door_that_leads_nowhere_is_told(folder: Path, portals: tuple[list[dict[str, Any]], ...], line: str) -> None:
    assert failure(folder, doors(*portals)) == line


def test_doors_of_the_sample_stand_where_its_scenes_have_an_opening() -> None:
    settings = load_facility(SAMPLE_FACILITY, ROOM_TYPES).settings
    for room in (*settings.rooms, *settings.visits):
        built = ROOMS[room.scene.removesuffix(".glb")]().doors
        told = sorted((portal.position, portal.yaw) for portal in room.portals)
        assert sorted((place, yaw) for _, place, yaw in built) == told, room.scene


def test_every_room_of_the_sample_is_reached_from_its_lobby() -> None:
    ways = {
        room.id: [portal.to for portal in room.portals]
        for room in load_facility(SAMPLE_FACILITY, ROOM_TYPES).settings.rooms
    }
    reached, waiting = {"lobby"}, ["lobby"]
    while waiting:
        new = set(ways[waiting.pop()]) - reached
        reached |= new
        waiting.extend(new)
    assert reached == set(ways)
