"""What a frame may cost: bytes for each avatar update on the project's own motion, and no Python objects."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from core_ext import POSE_STORED, EntityTable, Grid, Interest, SnapshotEncoder
from loadtest.motion.placing import Box, Stage
from loadtest.motion.supply import from_model
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 6.0
TURN = (3, 0, 0, 0)


@dataclass(frozen=True)
class Scene:
    """A room with its avatars moving; what one update of an avatar may cost, in bytes with the frames' own."""

    stage: Stage
    avatars: int
    hz: int
    rules: dict[str, Any]
    bytes_max: float


HALL: Box = (-10_000, 0, -10_000, 10_000, 4000, 10_000)
OFFICE: Box = (-2500, 0, -2500, 2500, 3000, 2500)
AUDITORIUM: Box = (-40_000, 0, -40_000, 40_000, 9000, 40_000)
COURT: Box = (-7071, 0, -7071, 7071, 4000, 7071)
"""A square metre for each of 200."""
WHOLE: dict[str, Any] = {"radius_mm": 60_000, "hysteresis_mm": 2000, "tier_mm": (60_000, 60_000)}
"""Whoever is seen is seen in full, at each tick."""
SCENES = {
    "gathering": Scene(Stage(HALL), 50, 20, {**WHOLE, "cap": 64}, 10.6),
    "crowd": Scene(Stage(COURT), 200, 20, {**WHOLE, "cap": 32}, 10.8),
    "crowd_in_tiers": Scene(Stage(COURT), 200, 20, {**WHOLE, "cap": 32, "tier_mm": (4000, 10_000)}, 11.0),
    "lobby": Scene(
        Stage(HALL), 60, 30, {"radius_mm": 25_000, "hysteresis_mm": 2000, "cap": 64, "tier_mm": (4000, 10_000)}, 8.0
    ),
    "consultation": Scene(
        Stage(OFFICE, walkers=0.0, seated=0.7),
        4,
        60,
        {"radius_mm": 25_000, "hysteresis_mm": 2000, "cap": 8, "tier_mm": (8000, 10_000)},
        7.2,
    ),
    "lecture": Scene(
        Stage(AUDITORIUM, gathering="seats", walkers=0.0, seated=1.0),
        300,
        20,
        {"radius_mm": 40_000, "hysteresis_mm": 4000, "cap": 32, "tier_mm": (4000, 10_000)},
        6.3,
    ),
}


def pose_messages(rows: Sequence[Sequence[int]]) -> list[bytes]:
    """The poses of one avatar's rows, see `loadtest.motion.rows`."""
    return [
        encode_pose(
            Pose(
                AvatarState(row[0], row[1], TrackedPart(*row[2:9]), TrackedPart(*row[9:16]), TrackedPart(*row[16:23])),
                index & 0xFFFF,
                0,
            )
        )
        for index, row in enumerate(rows)
    ]


class Room:
    """A scene that is stepped."""

    def __init__(self, scene: Scene) -> None:
        parts = from_model(scene.stage, [scene.avatars], hz=scene.hz, seconds=SECONDS, seed=5)
        self.poses = [pose_messages(part.rows.tolist()) for part in parts]
        self.step_ms = 1000 // scene.hz
        self.table = EntityTable(scene.avatars, scene.stage.bounds)
        self.grid = Grid(2000)
        self.interest = Interest(self.table, self.grid, **scene.rules)
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.slots = [self.table.add(n + 1, 0, bytes(60), 0) for n in range(scene.avatars)]
        for slot, part in zip(self.slots, parts, strict=True):
            x, y, z = (int(value) for value in part.rows[0][2:5])
            self.table.place(slot, x, y, z, TURN)
        self.observers = [self.interest.add_observer(slot, 0) for slot in self.slots]
        self.length = len(self.poses[0])
        self.tick = 0

    def step(self) -> None:
        """One pose of everybody, one frame to everybody; there and back again over the motion."""
        self.tick += 1
        now_ms = self.tick * self.step_ms
        turn = self.tick % (2 * self.length - 2)
        at = turn if turn < self.length else 2 * self.length - 2 - turn
        for slot, poses in zip(self.slots, self.poses, strict=True):
            if self.table.apply_pose(slot, poses[at], now_ms) != POSE_STORED:
                raise AssertionError(f"the model moved avatar {slot} as nobody moves: {self.table.take_corrections()}")
        self.table.assign_zones()
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(self.tick, now_ms)
        for observer in self.observers:
            self.interest.update(observer)
            self.encoder.frame(observer, False)


@pytest.mark.parametrize("name", SCENES)
def test_an_avatar_update_costs_few_bytes(name: str) -> None:
    scene = SCENES[name]
    room = Room(scene)
    room.step()
    encoder = room.encoder
    records, sent = encoder.records_written, encoder.bytes_written
    for _ in range(room.length - 2):
        room.step()
    updates = encoder.records_written - records
    assert updates > room.length * scene.avatars
    assert (encoder.bytes_written - sent) / updates <= scene.bytes_max


def blocks_kept(room: Room, ticks: int) -> int:
    """Python's memory blocks that are in use after this many ticks and were not before."""
    before = sys.getallocatedblocks()
    for _ in range(ticks):
        room.step()
    return sys.getallocatedblocks() - before


def test_a_thousand_ticks_leave_no_python_object_behind() -> None:
    room = Room(SCENES["consultation"])
    gc.collect()
    gc.disable()
    try:
        # The interpreter itself settles during the first thousand.
        blocks_kept(room, 1000)
        kept = blocks_kept(room, 1000)
    finally:
        gc.enable()
    # The tick and the count of blocks are integers of this test.
    assert kept <= 2


def test_a_frame_makes_one_python_object_however_much_is_in_it() -> None:
    room = Room(SCENES["lobby"])
    # Nobody has been sent anything: everybody's first frame holds everybody else.
    room.grid.rebuild(room.table)
    room.encoder.begin_tick(1, 0)
    observers = room.observers
    encoder = room.encoder
    frames = [b""] * len(observers)
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        for index, observer in enumerate(observers):
            room.interest.update(observer)
            frames[index] = encoder.frame(observer, True)
        made = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    assert min(len(frame) for frame in frames) > 20 * len(observers)
    # Frames, and the loop's own integers.
    assert made <= len(observers) + 4
