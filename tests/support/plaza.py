"""A large room of the real core, stepped by hand: people turn, speak, sign and walk, and one of them looks on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core_ext import EntityTable, Grid, Interest, SnapshotEncoder
from protocol.fields import pack_rotation
from protocol.ids import StateFlag
from protocol.snapshot import AvatarState, FrameChanges, ObserverView, Pose, TrackedPart, encode_pose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

ROOM = (-60_000, 0, -60_000, 60_000, 3000, 60_000)
SOCKET_HEADER_BYTES = 4
"""Of a WebSocket frame, as a budget counts it."""
SPEECH = 120
NOBODY = AvatarState()


def yawed(degrees: float) -> tuple[int, int, int, int]:
    """The packed rotation of a head that is turned about +Y from -Z, counterclockwise seen from above."""
    half = math.radians(degrees) / 2
    return pack_rotation((0.0, math.sin(half), 0.0, math.cos(half)))


def towards(x: float, z: float) -> float:
    """The yaw in degrees of who faces that way."""
    return math.degrees(math.atan2(-x, -z))


@dataclass
class Body:
    """What somebody does, and where."""

    x: float
    z: float
    yaw: float = 0.0
    state: AvatarState = NOBODY


class Plaza:
    """The eye is in slot 0, at the origin, and faces -Z; distances are in millimetres."""

    def __init__(self, *, tick_hz: int = 20, capacity: int = 80, **rules: Any) -> None:
        settings: dict[str, Any] = {
            "radius_mm": 20_000,
            "hysteresis_mm": 1000,
            "cap": 64,
            "tier_mm": (4000, 8000),
            "refresh": 1,
        } | rules
        self.tick_hz = tick_hz
        self.table = EntityTable(capacity, ROOM)
        self.grid = Grid(2000)
        self.interest = Interest(self.table, self.grid, tick_hz=tick_hz, **settings)
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.bodies: dict[int, Body] = {}
        self.view = ObserverView()
        self.sizes: list[int] = []
        """Bytes sent at each tick."""
        self.tick, self.now_ms = 0, 1000
        self.add(0, 0)
        self.eye = self.interest.add_observer(0, 0)
        self.begin_tick()

    # --- people ---

    def add(self, x: float, z: float, *, yaw: float = 0.0, weight: float = 1.0, facts: bytes = b"") -> int:
        """Let somebody in; returns the slot."""
        slot = self.table.add(1000 + len(self.bodies), 0, facts, self.now_ms)
        self.table.set_weight(slot, weight)
        self.bodies[slot] = Body(x, z, yaw)
        self.put(slot, x, z)
        return slot

    def put(self, slot: int, x: float, z: float) -> None:
        """Set somebody down anywhere."""
        body = self.bodies[slot]
        body.x, body.z = x, z
        self.table.place(slot, round(x), 1600, round(z), yawed(body.yaw))

    def act(self, slot: int, *, yaw: float | None = None, signing: bool = False, **more: Any) -> None:
        """Send a pose from where somebody stands; `more` are fields of the state."""
        body = self.bodies[slot]
        body.yaw = body.yaw if yaw is None else yaw
        head = TrackedPart(round(body.x), 1600, round(body.z), *yawed(body.yaw))
        flags = StateFlag.HEAD | (StateFlag.SIGNING if signing else 0) | more.pop("flags", 0)
        body.state = replace(NOBODY, flags=flags, head=head, **more)
        pose = encode_pose(Pose(body.state, 0, self.now_ms))
        assert self.table.apply_pose(slot, pose, self.now_ms) >= 0

    def speak(self, slot: int) -> None:
        self.act(slot, voice=SPEECH)

    # --- time ---

    def begin_tick(self) -> None:
        self.tick += 1
        self.now_ms += 1000 // self.tick_hz
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(self.tick, self.now_ms)

    def step(self) -> FrameChanges | None:
        """One tick and its frame; None when the budget leaves it nothing to say."""
        self.begin_tick()
        self.interest.step()
        frame = self.encoder.frame(self.eye, ages=False)
        self.sizes.append(len(frame) + SOCKET_HEADER_BYTES if frame else 0)
        if not frame:
            return None
        changes = self.view.apply(frame)
        assert (changes.tick, changes.time) == (self.tick, self.now_ms)
        return changes

    def look(self, updates: int = 1) -> None:
        """Update the eye's set, at so many ticks."""
        for _ in range(updates):
            self.begin_tick()
            self.interest.update(self.eye)

    def wait(self, milliseconds: int) -> None:
        self.now_ms += milliseconds

    # --- what the eye gets ---

    @property
    def seen(self) -> set[int]:
        return {slot for slot, _, _ in self.interest.members(self.eye)}

    def told(self, slot: int) -> Mapping[str, Any]:
        return self.interest.explain(self.eye, slot)

    def shown(self, slot: int) -> tuple[int, int]:
        """Tier, and ticks between two records."""
        tier, period = self.told(slot)["shown"]
        return tier, period


class Crowd:
    """People about the eye who talk with their hands, look about and walk on the spot: every value moves."""

    def __init__(self, plaza: Plaza, random: Random, count: int = 60) -> None:
        self.plaza = plaza
        self.random = random
        self.slots = []
        for place in range(count):
            angle, away = 2.4 * place, 1000 + 200 * place
            facts = b"the name and role of no. %03d" % place
            self.slots.append(plaza.add(away * math.sin(angle), -away * math.cos(angle), facts=facts))

    def move(self) -> None:
        for slot in self.slots:
            body = self.plaza.bodies[slot]
            body.x += self.random.uniform(-8, 8)
            body.z += self.random.uniform(-8, 8)
            self.plaza.act(
                slot,
                yaw=body.yaw + self.random.uniform(-4, 4),
                flags=0x3F,
                voice=self.random.randrange(60, 250),
                left=self.hand(-1),
                right=self.hand(1),
                left_fingers=self.random.randbytes(20),
                right_fingers=self.random.randbytes(20),
                face=bytes(self.random.randrange(256) if n < 9 else 0 for n in range(52)),
            )

    def hand(self, side: int) -> TrackedPart:
        x, y, z = (self.random.randrange(-30, 30) for _ in range(3))
        return TrackedPart(side * 250 + x, -400 + y, -300 + z, *yawed(self.random.uniform(-20, 20)))
