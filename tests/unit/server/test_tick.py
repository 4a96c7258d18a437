"""The clock by which rooms tick."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import pytest
import structlog.testing

from server.tick import BATCH_SECONDS, EARLY_SECONDS, Clock, Scheduler

if TYPE_CHECKING:
    from server.world.room import Room


@dataclass
class HandClock:
    """A clock that tests wind."""

    time: float = 0.0

    def read(self) -> float:
        return self.time


@dataclass
class StubType:
    name: str = "consult"


@dataclass
class StubRoom:
    """The part of a room that the scheduler knows."""

    id: str
    tick_hz: int
    clock: HandClock
    type: StubType = field(default_factory=StubType)
    takes: float = 0.0
    raises: bool = False
    steps: list[tuple[int, float]] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    durations: list[tuple[float, float]] = field(default_factory=list)
    members: dict[int, str] = field(default_factory=lambda: {1: "somebody"})

    def step(self, tick: int, now: float) -> None:
        self.steps.append((tick, now))
        self.clock.time += self.takes
        if self.raises:
            raise ValueError("the room is on fire")

    def tell(self, now: float) -> None:
        self.told.append(now)

    def took(self, seconds: float, now: float) -> None:
        self.durations.append((seconds, now))

    @property
    def as_room(self) -> Room:
        return cast("Room", self)


@dataclass
class Recorder:
    ticks: list[tuple[str, float, float]] = field(default_factory=list)

    def record_tick(self, room_type: str, lateness: float, duration: float) -> None:
        self.ticks.append((room_type, lateness, duration))


@dataclass
class World:
    hand: HandClock = field(default_factory=HandClock)
    recorder: Recorder = field(default_factory=Recorder)
    broadcasts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(self.hand.read)
        self.scheduler = Scheduler(self.clock, lambda room, _now: self.broadcasts.append(room.id), self.recorder)

    def open(self, room_id: str, tick_hz: int = 50, *, takes: float = 0.0, raises: bool = False) -> StubRoom:
        room = StubRoom(room_id, tick_hz, self.hand, takes=takes, raises=raises)
        self.scheduler.room_opened(room.as_room, self.clock.now())
        return room

    def run_until(self, end: float) -> None:
        """Come exactly when the scheduler says."""
        due = self.scheduler.run_due()
        while due is not None and due <= end:
            self.hand.time = max(self.hand.time, due)
            due = self.scheduler.run_due()
        self.hand.time = max(self.hand.time, end)


@pytest.fixture
def world() -> World:
    return World()


def test_the_clock_begins_at_zero_and_follows_its_source() -> None:
    hand = HandClock(1234.5)
    clock = Clock(hand.read)
    assert clock.now() == 0.0
    hand.time += 2.25
    assert clock.now() == 2.25


def test_the_clock_is_real_unless_told_otherwise() -> None:
    clock = Clock()
    assert 0.0 <= clock.now() <= clock.now() < 60.0


def test_a_room_ticks_at_its_rate_with_numbers_that_count_up_by_one(world: World) -> None:
    room = world.open("r", 50)
    world.run_until(1.999)
    assert [tick for tick, _ in room.steps] == list(range(1, 101))
    assert world.broadcasts == ["r"] * 100
    assert room.told == [now for _, now in room.steps]


def test_due_times_do_not_drift_over_an_hour(world: World) -> None:
    room = world.open("r", 60)
    world.run_until(3600.0)
    tick, now = room.steps[-1]
    assert now == pytest.approx((tick - 1) / 60, abs=1e-6)
    assert len(room.steps) == tick


def test_rooms_of_each_rate_keep_their_own(world: World) -> None:
    slow, fast = world.open("slow", 20), world.open("fast", 60)
    world.run_until(0.999)
    assert (len(slow.steps), len(fast.steps)) == (20, 60)


def test_a_hundred_rooms_are_spread_over_the_tick(world: World) -> None:
    rooms = [world.open(str(number), 60) for number in range(100)]
    world.run_until(1 / 60)
    begun = sorted(room.steps[0][1] for room in rooms)
    gaps = [after - before for before, after in pairwise(begun)]
    # The golden ratio leaves no gap wider than about twice the even one; early turns bunch up to what is done at once.
    assert max(gaps) < 3 * (1 / 60) / 100 + EARLY_SECONDS


def test_an_empty_room_stands_still_and_is_back_on_its_beat_with_the_first_who_comes(world: World) -> None:
    room = world.open("visit", 50)
    somebody = dict(room.members)
    room.members.clear()
    world.run_until(0.999)
    assert room.steps == []
    room.members.update(somebody)
    world.run_until(1.999)
    assert [tick for tick, _ in room.steps] == list(range(51, 101))
    assert len(world.recorder.ticks) == len(room.steps)


def test_a_late_room_skips_the_ticks_it_missed_instead_of_bursting(world: World) -> None:
    room = world.open("r", 50)
    world.run_until(0.1)
    before = room.steps[-1][0]
    world.hand.time = 0.4501
    world.scheduler.run_due()
    world.scheduler.run_due()
    missed = 0.4501 - 0.12
    assert [tick for tick, _ in room.steps if tick > before] == [before + 1 + int(missed / 0.02)]


def test_lateness_counts_from_the_first_tick_that_was_missed(world: World) -> None:
    world.open("r", 50)
    world.run_until(0.1)
    world.recorder.ticks.clear()
    world.hand.time = 0.15
    world.scheduler.run_due()
    ((room_type, lateness, duration),) = world.recorder.ticks
    assert room_type == "consult"
    assert lateness == pytest.approx(0.03)
    assert duration == 0.0


def test_duration_is_that_of_step_and_broadcast(world: World) -> None:
    world.open("r", 50, takes=0.004)
    world.scheduler.run_due()
    ((_, lateness, duration),) = world.recorder.ticks
    assert lateness == 0.0
    assert duration == pytest.approx(0.004)


def test_a_room_is_told_how_long_after_it_was_due_its_tick_was_done(world: World) -> None:
    room = world.open("r", 50, takes=0.004)
    world.scheduler.run_due()
    world.hand.time = 0.029
    world.scheduler.run_due()
    seconds, ended = zip(*room.durations, strict=True)
    assert seconds == pytest.approx((0.004, 0.013))
    assert ended == pytest.approx((0.004, 0.033))


def test_after_a_skip_the_room_is_back_on_its_beat(world: World) -> None:
    room = world.open("r", 50)
    world.run_until(0.1)
    world.hand.time = 0.455
    world.scheduler.run_due()
    world.run_until(0.6)
    tick, now = room.steps[-1]
    assert now == pytest.approx((tick - 1) * 0.02)


def test_what_is_due_within_the_timers_grain_runs_now(world: World) -> None:
    room = world.open("r", 50)
    world.scheduler.run_due()
    world.hand.time = 0.02 - EARLY_SECONDS / 2
    world.scheduler.run_due()
    assert [tick for tick, _ in room.steps] == [1, 2]
    assert world.recorder.ticks[-1][1] == 0.0


def test_nothing_is_due_when_nothing_is_open(world: World) -> None:
    assert world.scheduler.run_due() is None


def test_a_closed_room_ticks_no_more(world: World) -> None:
    room, other = world.open("r"), world.open("other")
    world.run_until(0.1)
    count = len(room.steps)
    world.scheduler.room_closed(room.as_room, world.clock.now())
    world.run_until(0.5)
    assert len(room.steps) == count
    assert len(other.steps) > count


def test_a_room_that_raises_is_logged_by_name_and_stops_no_other(world: World) -> None:
    bad, good = world.open("bad", raises=True), world.open("good")
    with structlog.testing.capture_logs() as logs:
        world.run_until(0.495)
    assert len(good.steps) == len(bad.steps) == 25
    assert [(log["event"], log["room"]) for log in logs] == [("tick_raised", "bad")]
    assert isinstance(logs[0]["exc_info"], ValueError)
    assert world.scheduler.faults == 25


def test_a_room_that_keeps_raising_is_logged_once_a_second(world: World) -> None:
    world.open("bad", raises=True)
    with structlog.testing.capture_logs() as logs:
        world.run_until(3.5)
    assert len(logs) == 4


def test_a_long_batch_lets_the_loop_at_its_sockets(world: World) -> None:
    rooms = [world.open(str(number), takes=0.002) for number in range(10)]
    world.hand.time = 1.0
    due = world.scheduler.run_due()
    ran = sum(len(room.steps) for room in rooms)
    assert ran == int(BATCH_SECONDS / 0.002) + 1
    assert due is not None
    assert due <= world.hand.time
    for _ in range(5):
        world.scheduler.run_due()
    assert all(room.steps for room in rooms)


def test_tick_numbers_wrap_as_the_wire_does(world: World) -> None:
    room = world.open("r", 50)
    world.hand.time = 2**32 / 50 + 1.0
    world.scheduler.run_due()
    assert room.steps[-1][0] < 100


def test_chores_run_at_their_time_and_are_not_counted_as_ticks(world: World) -> None:
    times: list[float] = []
    world.scheduler.every(1.0, "sweep", times.append)
    world.run_until(3.5)
    assert times == pytest.approx([1.0, 2.0, 3.0])
    assert world.recorder.ticks == []


async def test_on_a_loop_a_room_that_opens_later_is_served_in_time() -> None:
    clock, recorder = Clock(), Recorder()
    ticked = asyncio.Event()
    scheduler = Scheduler(clock, lambda _room, _now: ticked.set(), recorder)
    chores: list[float] = []
    scheduler.every(30.0, "later", chores.append)
    scheduler.start(asyncio.get_running_loop())
    room = StubRoom("r", 100, HandClock())
    scheduler.room_opened(room.as_room, clock.now())
    await asyncio.wait_for(ticked.wait(), 5.0)
    scheduler.stop()
    ticked.clear()
    await asyncio.sleep(0.03)
    assert not ticked.is_set()
    assert recorder.ticks
    assert chores == []


async def test_a_scheduler_with_nothing_to_do_wakes_when_something_comes() -> None:
    clock = Clock()
    scheduler = Scheduler(clock, lambda _room, _now: None, Recorder())
    scheduler.start(asyncio.get_running_loop())
    done = asyncio.Event()
    scheduler.every(0.001, "chore", lambda _now: done.set())
    await asyncio.wait_for(done.wait(), 5.0)
    scheduler.stop()
