"""What a room's table says of motion privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.server.test_config import changed, failure, folder, load

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]


def test_everything_may_be_left_to_the_rooms_type(folder: Path) -> None:
    room = load(folder, changed("rooms.0.capacity", 8)).settings.rooms[0]
    assert (room.fidelity, room.masked_fingers) == (None, None)


@pytest.mark.parametrize(("key", "wrong"), [("fidelity", "clear"), ("masked_fingers", 1)])
def test_what_is_no_setting_is_an_error(folder: Path, key: str, wrong: object) -> None:
    assert failure(folder, changed(f"rooms.0.{key}", wrong)).startswith(f"rooms[0].{key}: expected")
