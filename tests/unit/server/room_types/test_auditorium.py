"""The auditorium."""

from server.room_types import find_room_type
from server.room_types.auditorium import AUDITORIUM


def test_an_auditorium_holds_thousands_and_shows_a_few() -> None:
    assert (AUDITORIUM.tick_hz, AUDITORIUM.capacity, AUDITORIUM.visible) == (20, 5000, 32)


def test_it_is_found_by_its_name_and_has_the_first_features() -> None:
    assert find_room_type("auditorium") is AUDITORIUM
    assert [feature.name for feature in AUDITORIUM.features] == ["presence", "chat", "moderation", "safety"]
    assert AUDITORIUM.tiers[0] <= AUDITORIUM.tiers[1] <= AUDITORIUM.radius
    assert AUDITORIUM.visible <= 255
