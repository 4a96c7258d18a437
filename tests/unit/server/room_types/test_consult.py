"""The consultation."""

from server.room_types import find_room_type
from server.room_types.consult import CONSULT


def test_a_consultation_is_small_fast_and_shows_everybody() -> None:
    assert CONSULT.tick_hz == 60
    assert CONSULT.visible >= CONSULT.capacity
    assert CONSULT.tiers[0] > 7.8


def test_it_is_found_by_its_name_and_has_the_first_features() -> None:
    assert find_room_type("consult") is CONSULT
    assert [feature.name for feature in CONSULT.features] == [
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
    assert CONSULT.tiers[0] <= CONSULT.tiers[1] <= CONSULT.radius
    assert CONSULT.visible <= 255
