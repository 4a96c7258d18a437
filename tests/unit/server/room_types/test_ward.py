"""The ward."""

from server.room_types import find_room_type
from server.room_types.ward import WARD


def test_a_ward_runs_at_the_pace_of_a_walk() -> None:
    assert WARD.tick_hz == 30
    assert WARD.capacity >= 30


def test_it_is_found_by_its_name_and_has_the_first_features() -> None:
    assert find_room_type("ward") is WARD
    assert [feature.name for feature in WARD.features] == [
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
    assert WARD.tiers[0] <= WARD.tiers[1] <= WARD.radius
    assert WARD.visible <= 255
