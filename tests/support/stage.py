"""A small room of the real core with one who looks on, stepped by hand, and the records that its frames should have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core_ext import EntityTable, Grid, Interest, SnapshotEncoder
from protocol.ids import Tier
from protocol.snapshot import (
    AvatarState,
    FrameChanges,
    ObserverView,
    Pose,
    TrackedPart,
    decode_frame,
    delta_record,
    encode_pose,
    first_held,
    full_record,
    mask_for_tier,
    show_in_tier,
)

UPRIGHT = (3, 0, 0, 0)
EASTWARD = (3, 0, -400, 0)
ROOM = (-50_000, 0, -50_000, 50_000, 3000, 50_000)
CURTAIN = (10_000, 0, -1000, 12_000, 3000, 1000)


class Stage:
    """One who looks along +X from the origin (slot 0) and what its client makes of it.

    The nearest tier is the whole way out, so that all are shown at each tick, unless told otherwise."""

    def __init__(self, *xs: int, **rules: Any) -> None:
        self.table = EntityTable(300, ROOM)
        self.grid = Grid(2000)
        settings: dict[str, Any] = {
            "radius_mm": 20_000,
            "hysteresis_mm": 0,
            "cap": 8,
            "tier_mm": (20_000, 20_000),
        } | rules
        self.interest = Interest(self.table, self.grid, **settings)
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.now_ms = self.tick = 0
        for x in (0, *xs):
            self.enter(x)
        self.table.place(0, 0, 1600, 0, EASTWARD)
        self.eye = self.interest.add_observer(0, 0)
        self.view = ObserverView()

    def enter(self, x: int) -> int:
        slot = self.table.add(100_000 + x, 0, b"facts of %d" % x, self.now_ms)
        self.table.place(slot, x, 0, 0, UPRIGHT)
        return slot

    def show(self, slot: int, state: AvatarState) -> None:
        sampled_at = self.now_ms & 0xFFFFFFFF
        assert self.table.apply_pose(slot, encode_pose(Pose(state, 0, sampled_at)), sampled_at) >= 0

    def begin_tick(self, *, ticks: int = 1) -> None:
        self.tick = (self.tick + ticks) & 0xFFFFFFFF
        self.now_ms = (self.now_ms + 50) & 0xFFFFFFFF
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(self.tick, self.now_ms)

    def frame(self, eye: int | None = None, *, ages: bool = False) -> bytes:
        eye = self.eye if eye is None else eye
        self.interest.update(eye)
        return self.encoder.frame(eye, ages)

    def step(self) -> FrameChanges:
        self.begin_tick()
        changes = self.view.apply(self.frame())
        assert (changes.tick, changes.time) == (self.tick, self.now_ms)
        return changes


def records(frame: bytes, view: ObserverView) -> list[bytes]:
    """The records of a frame that `view` is about to apply."""
    decoded, _ = decode_frame(frame, {alias: held.record for alias, held in view.entities.items()}, view.last)
    view.apply(frame)
    return [record.data for record in decoded.records]


def avatar(x: int, **more: Any) -> AvatarState:
    full = AvatarState(
        flags=0x7F,
        voice=9,
        head=TrackedPart(x, 1600, 0, *UPRIGHT),
        left=TrackedPart(-300, -400, -100, 1, 5, 6, 7),
        right=TrackedPart(300, -400, -100, 2, -5, 6, 7),
        left_fingers=bytes(range(20)),
        right_fingers=bytes(range(40, 60)),
        face=bytes(range(52)),
    )
    return mask_for_tier(replace(full, **more), Tier.FULL)


def full(state: AvatarState, tier: Tier = Tier.FULL) -> bytes:
    """The record of an entity never told of before."""
    return full_record(first_held(state, tier))


def delta(before: AvatarState, after: AvatarState, tier: Tier = Tier.FULL) -> bytes:
    """The first record after that."""
    written = delta_record(first_held(before, tier), show_in_tier(after, tier))
    assert written is not None
    return written[0]
