"""The waiting area."""

from server.room_types import find_room_type
from server.room_types.waiting import WAITING


def test_a_waiting_area_is_seen_whole() -> None:
    assert WAITING.tick_hz == 30
    assert WAITING.capacity >= 40
    assert WAITING.radius > 15


def test_it_is_found_by_its_name_and_has_the_first_features() -> None:
    assert find_room_type("waiting") is WAITING
    assert [feature.name for feature in WAITING.features] == [
        "presence",
        "chat",
        "props",
        "panels",
        "access",
        "emergency",
        "moderation",
        "safety",
    ]
    assert WAITING.tiers[0] <= WAITING.tiers[1] <= WAITING.radius
    assert WAITING.visible <= 255
