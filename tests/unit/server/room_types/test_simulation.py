"""The simulation lab."""

from server.room_types import find_room_type
from server.room_types.simulation import SIMULATION


def test_hands_at_work_are_shown_at_once() -> None:
    assert SIMULATION.tick_hz == 60
    assert SIMULATION.tiers[0] >= 5


def test_it_is_found_by_its_name_and_has_the_first_features() -> None:
    assert find_room_type("simulation") is SIMULATION
    assert [feature.name for feature in SIMULATION.features] == [
        "presence",
        "chat",
        "props",
        "panels",
        "consent",
        "access",
        "emergency",
        "moderation",
        "safety",
    ]
    assert SIMULATION.tiers[0] <= SIMULATION.tiers[1] <= SIMULATION.radius
    assert SIMULATION.visible <= 255
