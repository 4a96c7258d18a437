"""The tables of rooms in the facility file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.facility_files import changed, failure, folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]


@pytest.mark.parametrize("scene", ["../lobby.gltf", "lobby.txt", "a/b.gltf"])
def test_a_scene_is_a_plain_file_name(folder: Path, scene: str) -> None:
    assert failure(folder, changed("rooms.0.scene", scene)).startswith("rooms[0].scene: expected the name of a .glb")
