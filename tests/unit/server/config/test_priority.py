"""Weights and reserved places in the facility file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.room_types import ROOM_TYPES
from tests.support.facility_files import changed, failure, folder, load

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]


@pytest.mark.parametrize("weight", [0.0, 0.2, 0.3, 16.25, "2"])
def test_a_weight_is_some_quarters(folder: Path, weight: object) -> None:
    assert failure(folder, changed("rooms.0.weights", {"clinician": weight})).startswith("rooms[0].weights")
    settings = load(folder, changed("rooms.0.weights", {"clinician": 2.25})).settings
    assert settings.rooms[0].weights == {"clinician": 2.25}


def test_no_more_places_are_reserved_than_are_visible(folder: Path) -> None:
    tree = changed("rooms.0.visible", 8)
    tree["rooms"][0]["reserved"] = 9
    assert failure(folder, tree) == "rooms[0].reserved: expected no more places than are visible (8), got 9"
    tree["rooms"][0]["reserved"] = 8
    assert load(folder, tree).settings.rooms[0].reserved == 8


@pytest.mark.parametrize("kind", ["rooms.1", "visits.0"])
def test_no_more_places_are_reserved_than_the_type_makes_visible(folder: Path, kind: str) -> None:
    assert ROOM_TYPES["consult"].visible == 12
    load(folder, changed(f"{kind}.reserved", 12))
    key = kind.replace(".", "[") + "].reserved"
    expected = f"{key}: expected no more places than are visible (12), got 13"
    assert failure(folder, changed(f"{kind}.reserved", 13)) == expected


@pytest.mark.parametrize("reserved", [-1, 17, 1.5])
def test_sixteen_places_at_most_are_reserved(folder: Path, reserved: object) -> None:
    assert failure(folder, changed("rooms.0.reserved", reserved)).startswith("rooms[0].reserved: expected")
    assert load(folder, changed("rooms.0.reserved", 16)).settings.rooms[0].reserved == 16
