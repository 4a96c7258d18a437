"""The sample clinic, run by the scheduler on a clock wound by hand."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
import structlog.testing

from server.config import SAMPLE_FACILITY, load_facility
from server.errors import RoomClosed
from server.room_types import ROOM_TYPES, find_room_type
from server.tick import Clock, Scheduler
from server.world.directory import Directory
from server.world.member import Participant
from tests.support.rooms import Inbox

if TYPE_CHECKING:
    from server.world.room import Room


class Clinic:
    """Directory and scheduler over a hand-wound clock; counts ticks by room."""

    def __init__(self) -> None:
        self.time = 0.0
        self.ticks: Counter[str] = Counter()
        self.late: list[float] = []
        clock = Clock(lambda: self.time)
        facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
        self.directory = Directory(facility.settings, find_room_type, Random(3))
        self.scheduler = Scheduler(clock, self.broadcast, self)
        self.directory.subscribe(self.scheduler)
        self.directory.open_named(0.0)
        self.scheduler.every(1.0, "close_empty", self.close_empty)

    def close_empty(self, now: float) -> None:
        self.directory.close_empty(now)

    def broadcast(self, room: Room, now: float) -> None:
        self.ticks[room.id] += 1

    def record_tick(self, room_type: str, lateness: float, duration: float) -> None:
        self.late.append(lateness)

    def run(self, seconds: float) -> None:
        end = self.time + seconds
        due = self.scheduler.run_due()
        while due is not None and due < end:
            self.time = max(self.time, due)
            due = self.scheduler.run_due()
        self.time = end

    def populate(self) -> None:
        """Put somebody into each room: one that is empty stands still."""
        for room in self.directory.rooms.values():
            self.join(room, "Ann")

    def join(self, room: Room, name: str, role: str = "patient") -> tuple[int, Inbox]:
        inbox = Inbox()
        room.join(Participant(room.new_entity(), name, role, "robot", name), inbox, self.time)
        return next(reversed(room.members)), inbox


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_each_room_ticks_at_its_own_rate(clinic: Clinic) -> None:
    clinic.populate()
    clinic.run(10.0)
    for room in clinic.directory.rooms.values():
        assert abs(clinic.ticks[room.id] - 10 * room.tick_hz) <= 1, room.id
    assert max(clinic.late) < 1e-6


def test_a_visit_opens_lives_and_closes_when_all_have_left(clinic: Clinic) -> None:
    visit = clinic.directory.open_visit("consult", "Visit 17", clinic.time)
    entity, _ = clinic.join(visit, "Ann")
    clinic.run(300.0)
    assert clinic.directory.find(visit.id) is visit
    assert abs(clinic.ticks[visit.id] - 300 * 60) <= 1
    visit.leave(visit.members[entity], clinic.time)
    clinic.run(119.0)
    assert clinic.directory.find(visit.id) is visit
    clinic.run(2.0)
    with pytest.raises(RoomClosed):
        clinic.directory.find(visit.id)
    ticked = clinic.ticks[visit.id]
    clinic.run(1.0)
    assert clinic.ticks[visit.id] == ticked


def test_rooms_know_nothing_of_each_other(clinic: Clinic) -> None:
    first, second = clinic.directory.find("consult-1"), clinic.directory.find("consult-2")
    _, ann = clinic.join(first, "Ann")
    clinic.run(1.0)
    told = len(ann.events)
    _, bo = clinic.join(second, "Bo")
    clinic.run(1.0)
    assert len(ann.events) == told
    assert {name for name, _ in bo.roster().values()} == {"Bo"}


def test_a_room_that_raises_does_not_stop_the_clinic(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(tick: int, now: float) -> None:
        raise RuntimeError("no power")

    clinic.populate()
    monkeypatch.setattr(clinic.directory.find("ward"), "step", broken)
    with structlog.testing.capture_logs() as logs:
        clinic.run(2.0)
    assert clinic.ticks["ward"] == 0
    assert all(clinic.ticks[room] >= 39 for room in ("lobby", "waiting", "simulation", "auditorium"))
    assert {log["room"] for log in logs} == {"ward"}


def test_a_stall_costs_the_ticks_it_lasted_and_no_burst_follows(clinic: Clinic) -> None:
    clinic.populate()
    clinic.run(5.0)
    before = clinic.ticks["lobby"]
    clinic.time += 1.0
    clinic.run(0.99)
    assert clinic.ticks["lobby"] - before <= 31
    assert clinic.directory.find("lobby").tick >= 30 * 6.9


def test_a_lecture_fills_with_people_apart_from_each_other(clinic: Clinic) -> None:
    auditorium = clinic.directory.find("auditorium")
    for number in range(300):
        clinic.join(auditorium, f"Student {number}", role="learner")
    positions = {auditorium.table.position(member.slot) for member in auditorium.members.values()}
    assert len(positions) == 300
    clinic.run(1.0)
    inbox = next(iter(auditorium.members.values())).outlet
    assert isinstance(inbox, Inbox)
    assert len(inbox.roster()) == 300
