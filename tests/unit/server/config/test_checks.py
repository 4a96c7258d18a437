"""What does not fit together in a facility file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.facility_files import GOOD, changed, failure, folder, load

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("rooms.0.type", "spa", "rooms[0].type: expected one of consult, lobby, got 'spa'"),
        ("rooms.0.scene", "spa.gltf", "rooms[0].scene: expected a file in FOLDER/scenes, got 'spa.gltf'"),
        ("visits.0.scene", "spa.gltf", "visits[0].scene: expected a file in FOLDER/scenes, got 'spa.gltf'"),
        ("rooms.1.id", "lobby", "rooms[1].id: expected a value used once, got 'lobby'"),
        ("rooms.1.name", "Lobby", "rooms[1].name: expected a value used once, got 'Lobby'"),
        ("rights", [], "rights: expected at least one, got none"),
        ("rights.0.roles", [], "rights[0].roles: expected at least one, got none"),
        ("rights.0.room_types", ["spa"], "rights[0].room_types: expected one of consult, lobby, got 'spa'"),
        ("rights.0.rooms", ["spa"], "rights[0].rooms: expected one of lobby, quiet, got 'spa'"),
        ("rights.0.zones", ["Corner"], 'rights[0].zones: expected "see_private" among what they may, got join, speak'),
        ("rights.1.zones", ["Couch"], "rights[1].zones: expected private zones of those rooms (Corner), got 'Couch'"),
        ("rooms", [], "rooms: expected at least one, got none"),
        ("rooms.0.spawns", [], "rooms[0].spawns: expected at least one, got none"),
        (
            "rooms.0.bounds",
            [[5, 0, -5], [-5, 3, 5]],
            "rooms[0].bounds: expected the least corner first, then the greatest, "
            "got [[5.0, 0.0, -5.0], [-5.0, 3.0, 5.0]]",
        ),
        (
            "rooms.0.bounds",
            [[-5, 0, -5], [5, 0, 5]],
            "rooms[0].bounds: expected a box with an inside, got [[-5.0, 0.0, -5.0], [5.0, 0.0, 5.0]]",
        ),
        (
            "rooms.0.zones.0.box",
            [[2, 0, 2], [6, 3, 5]],
            "rooms[0].zones[0].box: expected a place inside the room's bounds [[-5.0, 0.0, -5.0], [5.0, 3.0, 5.0]], "
            "got [[2.0, 0.0, 2.0], [6.0, 3.0, 5.0]]",
        ),
        (
            "rooms.0.spawns.0.box",
            [[1, 1.6, 0], [-1, 1.6, 0]],
            "rooms[0].spawns[0].box: expected the least corner first, then the greatest, "
            "got [[1.0, 1.6, 0.0], [-1.0, 1.6, 0.0]]",
        ),
        (
            "rooms.0.objects.0.position",
            [0, 9, 0],
            "rooms[0].objects[0].position: expected a place inside the room's bounds "
            "[[-5.0, 0.0, -5.0], [5.0, 3.0, 5.0]], got [0.0, 9.0, 0.0]",
        ),
        (
            "rooms.0.weights",
            {"wizard": 2.0},
            "rooms[0].weights: expected roles of the facility (patient, clinician), got 'wizard'",
        ),
        ("rooms.0.tiers", [9, 3], "rooms[0].tiers: expected the nearer distance first, got [9.0, 3.0]"),
    ],
)
def test_what_does_not_fit_together_is_told(folder: Path, path: str, value: object, line: str) -> None:
    assert failure(folder, changed(path, value)) == line


def test_props_are_grabbable_and_panels_are_not(folder: Path) -> None:
    tree = changed("rooms.0.objects.0.grabbable", True)
    assert (
        failure(folder, tree)
        == "rooms[0].objects[0].grabbable: expected true of a \"prop\" only, got true of a 'panel'"
    )
    tree["rooms"][0]["objects"][0]["kind"] = "prop"
    assert load(folder, tree).settings.rooms[0].objects[0].grabbable


def test_zones_have_names_of_their_own(folder: Path) -> None:
    zone = GOOD["rooms"][0]["zones"][0]
    line = failure(folder, changed("rooms.0.zones", [zone, zone]))
    assert line == "rooms[0].zones[1].name: expected a value used once, got 'Corner'"


def test_a_room_has_at_most_64_zones(folder: Path) -> None:
    zones = [GOOD["rooms"][0]["zones"][0] | {"name": f"Corner {number}"} for number in range(65)]
    assert load(folder, changed("rooms.0.zones", zones[:64])).settings.rooms[0].zones[63].name == "Corner 63"
    assert failure(folder, changed("rooms.0.zones", zones)) == "rooms[0].zones: expected at most 64 zones, got 65"


def test_a_seat_is_inside_the_room(folder: Path) -> None:
    (seat,) = load(folder, changed("rooms.0.seats", [{"position": [0, 0.5, 4]}])).settings.rooms[0].seats
    assert (seat.position, seat.yaw) == ((0.0, 0.5, 4.0), 0.0)
    outside = changed("rooms.0.seats", [{"position": [0, 0.5, 6]}])
    assert failure(folder, outside).startswith("rooms[0].seats[0].position: expected a place inside the room's bounds")
    unknown = changed("rooms.0.seats", [{"position": [0, 0.5, 4], "soft": True}])
    assert failure(folder, unknown).startswith("rooms[0].seats[0].soft: expected")


def test_a_type_opens_visits_of_one_kind(folder: Path) -> None:
    visit = GOOD["visits"][0]
    assert failure(folder, changed("visits", [visit, visit])).startswith("visits[1].type: expected a value used once")
