"""Who is seen as they are, and who is recorded, in the facility file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.facility_files import GOOD, changed, failure, folder, load

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]


def test_what_a_room_does_not_say_is_left_to_its_type(folder: Path) -> None:
    lobby = load(folder, GOOD).settings.rooms[0]
    assert (lobby.fidelity, lobby.recordings, lobby.masked_fingers) == (None, None, None)


@pytest.mark.parametrize("fidelity", ["care", "group", "sim"])
def test_a_room_may_say_who_is_seen_as_they_are(folder: Path, fidelity: str) -> None:
    settings = load(folder, changed("rooms.0.fidelity", fidelity)).settings
    assert settings.rooms[0].fidelity == fidelity
    assert settings.rooms[1].fidelity is None


@pytest.mark.parametrize(
    ("key", "value"), [("fidelity", "gym"), ("fidelity", ""), ("recordings", ""), ("masked_fingers", "yes")]
)
def test_what_is_no_setting_of_privacy_is_told(folder: Path, key: str, value: str) -> None:
    assert failure(folder, changed(f"rooms.0.{key}", value)).startswith(f"rooms[0].{key}: expected ")


def test_visits_have_their_own(folder: Path) -> None:
    tree = changed("visits.0.recordings", "recordings")
    tree["visits"][0]["masked_fingers"] = True
    visit = load(folder, tree).settings.visits[0]
    assert (visit.recordings, visit.masked_fingers) == ("recordings", True)
