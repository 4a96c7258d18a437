"""Which rooms are open."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from server.config import FacilitySettings, VisitSettings
from server.errors import InvalidRequest, RoomClosed, RoomUnknown
from server.world import directory as directory_module
from server.world.directory import Directory
from server.world.member import Participant
from tests.support.rights import SMALL
from tests.support.rooms import HALL, Inbox, hall_settings

if TYPE_CHECKING:
    from server.world.room import Room

VISIT = VisitSettings(
    type="hall",
    scene="hall.gltf",
    bounds=hall_settings().bounds,
    spawns=hall_settings().spawns,
    open_max=3,
    linger_seconds=60.0,
)


class Listener:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, float]] = []

    def room_opened(self, room: Room, now: float) -> None:
        self.told.append(("opened", room.id, now))

    def room_closed(self, room: Room, now: float) -> None:
        self.told.append(("closed", room.id, now))


@pytest.fixture
def directory() -> Directory:
    settings = FacilitySettings(name="Clinic", rights=SMALL, rooms=(hall_settings(),), visits=(VISIT,))
    return Directory(settings, {"hall": HALL}.__getitem__, Random(5))


def join(room: Room, now: float) -> tuple[Room, Participant]:
    participant = Participant(room.new_entity(), "Ann", "patient", "robot", "s")
    room.join(participant, Inbox(), now)
    return room, participant


def test_the_facilitys_rooms_are_opened_by_name(directory: Directory) -> None:
    directory.open_named(1.0)
    room = directory.find("hall")
    assert (room.id, room.name, room.type) == ("hall", "Hall", HALL)
    assert room.settings.named_id == "hall"


def test_a_room_that_never_was_is_unknown(directory: Directory) -> None:
    with pytest.raises(RoomUnknown):
        directory.find("spa")


def test_a_visit_is_opened_under_an_id_nobody_guesses(directory: Directory) -> None:
    first, second = directory.open_visit("hall", "Visit 1", 1.0), directory.open_visit("hall", "Visit 2", 1.0)
    assert first.id != second.id
    assert first.id.startswith("hall-")
    assert len(first.id) == len("hall-") + 16
    assert directory.find(first.id) is first
    assert first.settings.named_id == ""
    assert directory.visit_types == ("hall",)


def test_only_types_of_the_facilitys_visits_open_on_demand(directory: Directory) -> None:
    with pytest.raises(InvalidRequest, match="hall"):
        directory.open_visit("auditorium", "Visit", 1.0)


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_visits_name_has_bounds(directory: Directory, name: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 64"):
        directory.open_visit("hall", name, 1.0)


def test_no_more_visits_open_than_the_facility_allows(directory: Directory) -> None:
    for number in range(3):
        directory.open_visit("hall", f"Visit {number}", 1.0)
    with pytest.raises(InvalidRequest, match="no more"):
        directory.open_visit("hall", "One too many", 1.0)
    directory.close_empty(100.0)
    directory.open_visit("hall", "Again", 100.0)


def test_an_empty_visit_closes_after_it_has_lingered(directory: Directory) -> None:
    directory.open_named(0.0)
    visit = directory.open_visit("hall", "Visit", 10.0)
    assert directory.close_empty(69.9) == []
    assert directory.close_empty(70.0) == [visit]
    with pytest.raises(RoomClosed):
        directory.find(visit.id)


def test_named_rooms_stay_open_when_empty(directory: Directory) -> None:
    directory.open_named(0.0)
    assert directory.close_empty(1e9) == []
    assert directory.find("hall").id == "hall"


def test_a_visit_with_somebody_in_it_stays_open(directory: Directory) -> None:
    visit = directory.open_visit("hall", "Visit", 0.0)
    _, participant = join(visit, 5.0)
    assert directory.close_empty(1e6) == []
    visit.leave(visit.members[participant.entity], 1e6)
    assert directory.close_empty(1e6 + 59.0) == []
    assert directory.close_empty(1e6 + 60.0) == [visit]


def test_listeners_are_told_of_every_room(directory: Directory) -> None:
    listener = Listener()
    directory.subscribe(listener)
    directory.open_named(0.0)
    visit = directory.open_visit("hall", "Visit", 1.0)
    directory.close_empty(61.0)
    assert listener.told == [("opened", "hall", 0.0), ("opened", visit.id, 1.0), ("closed", visit.id, 61.0)]


def test_a_visit_is_reopened_under_its_old_id(directory: Directory) -> None:
    room = directory.reopen_visit("hall-0123456789abcdef", "hall", "Visit 9", 2.0)
    assert directory.find("hall-0123456789abcdef") is room
    assert room.name == "Visit 9"
    assert directory.close_empty(62.0) == [room]


def test_a_visit_is_not_reopened_twice_or_of_a_type_that_is_gone(directory: Directory) -> None:
    directory.reopen_visit("hall-1", "hall", "Visit", 2.0)
    with pytest.raises(InvalidRequest, match="already"):
        directory.reopen_visit("hall-1", "hall", "Visit", 2.0)
    with pytest.raises(InvalidRequest):
        directory.reopen_visit("spa-1", "spa", "Visit", 2.0)


def test_closed_rooms_are_remembered_up_to_a_bound(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory_module, "CLOSED_KEPT", 2)
    for number in range(3):
        directory.remember_closed(f"hall-{number}")
    with pytest.raises(RoomUnknown):
        directory.find("hall-0")
    with pytest.raises(RoomClosed):
        directory.find("hall-2")


def test_a_facility_without_visits_says_so(directory: Directory) -> None:
    settings = FacilitySettings(name="Clinic", rights=SMALL, rooms=(hall_settings(),))
    with pytest.raises(InvalidRequest, match="none"):
        Directory(settings, {"hall": HALL}.__getitem__, Random(5)).open_visit("hall", "Visit", 0.0)
