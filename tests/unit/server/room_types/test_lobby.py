"""The lobby."""

from server.room_types import find_room_type
from server.room_types.lobby import LOBBY


def test_a_lobby_holds_hundreds_and_shows_the_nearest() -> None:
    assert LOBBY.tick_hz == 30
    assert LOBBY.capacity >= 400
    assert LOBBY.visible == 64


def test_it_is_found_by_its_name_and_has_the_first_features() -> None:
    assert find_room_type("lobby") is LOBBY
    assert [feature.name for feature in LOBBY.features] == [
        "presence",
        "chat",
        "props",
        "panels",
        "access",
        "moderation",
        "safety",
    ]
    assert LOBBY.tiers[0] <= LOBBY.tiers[1] <= LOBBY.radius
    assert LOBBY.visible <= 255
