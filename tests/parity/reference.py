"""What the compiled core has to equal, written to be read: brute force, Python integers, protocol's own encoder.

An entity is an object here, so that slot and generation need no thought; what follows the rules of SPEC.md 5.1, 5.2 and
7 and of the docstrings of `core_ext` is written out step by step, with nothing cached or pruned. This is the table;
`reference_interest` and `reference_encoder` build on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isqrt
from typing import TYPE_CHECKING

from protocol.ids import (
    HAND_REACH_MM,
    JUMP_REFILL_MS,
    JUMPS_MAX,
    MOVEMENT_BUDGET_MM,
    MOVEMENT_SPEED_MM_S,
    ROTATION_MAX,
    SAMPLE_AGE_MAX_MS,
    VOICE_HEARD,
    StateFlag,
    Tier,
)
from protocol.masking import Mask, mask_state
from protocol.snapshot import AvatarState, MalformedPose, TrackedPart, decode_pose, mask_for_tier

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[int, int, int]
Box = tuple[int, int, int, int, int, int]
CORRECTED_BOUNDS, CORRECTED_SPEED = 1, 2
"""Of a voice level: what is lower is breath."""


def signed_difference(later: int, earlier: int) -> int:
    """Milliseconds between two readings of the server clock, which wraps at 2**32."""
    elapsed = (later - earlier) & 0xFFFFFFFF
    return elapsed - (1 << 32) if elapsed >> 31 else elapsed


def root_rounded_up(value: int) -> int:
    root = isqrt(value)
    return root if root * root == value else root + 1


def distance_squared(one: Point, other: Point) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def nearest_inside(point: Point, box: Box) -> Point:
    x, y, z = (max(low, min(high, value)) for value, low, high in zip(point, box[:3], box[3:], strict=True))
    return x, y, z


def facing(head: TrackedPart) -> tuple[int, int]:
    """The head's -Z axis turned by its rotation, seen from above, times the square of the quaternion's length."""
    rest = iter(head.rotation[1:])
    x, y, z, w = (ROTATION_MAX if index == head.largest else next(rest) for index in range(4))
    return -2 * (x * z + w * y), x * x + y * y - z * z - w * w


@dataclass
class Movement:
    """What is left of an avatar's freedom to move: micrometres, and milliseconds towards free jumps."""

    updated_ms: int
    budget_um: int = MOVEMENT_BUDGET_MM * 1000
    jump_credit_ms: int = JUMPS_MAX * JUMP_REFILL_MS

    def pay(self, length_squared: int, now_ms: int) -> bool:
        elapsed = max(0, signed_difference(now_ms, self.updated_ms))
        self.updated_ms = now_ms
        self.budget_um = min(MOVEMENT_BUDGET_MM * 1000, self.budget_um + elapsed * MOVEMENT_SPEED_MM_S)
        self.jump_credit_ms = min(JUMPS_MAX * JUMP_REFILL_MS, self.jump_credit_ms + elapsed)
        cost_um = root_rounded_up(length_squared * 1_000_000)
        if cost_um <= self.budget_um:
            self.budget_um -= cost_um
            return True
        if self.jump_credit_ms >= JUMP_REFILL_MS:
            self.jump_credit_ms -= JUMP_REFILL_MS
            return True
        return False


@dataclass(eq=False)
class Entity:
    slot: int
    entity_id: int
    facts: bytes
    position: Point
    sampled_at: int
    movement: Movement
    state: AvatarState = field(default_factory=AvatarState)
    present: bool = True
    corrections: int = 0
    facing: tuple[int, int] = (0, -1)
    """Where the head last looked, x and z of any length."""
    weight: int = 4
    """In quarters."""
    heard_at: int | None = None
    facts_version: int = 0
    carrier: Entity | None = None
    circle: int = 1
    """Whose clearance has a bit of it sees the entity as it is."""
    scales: tuple[int, int] = (1024, 1024)
    withdrawn: int = 0
    """The purposes for which nobody may perceive it, a mask."""
    right: bool = False
    """In which hand of its carrier it is."""

    @property
    def signing(self) -> bool:
        return bool(self.state.flags & StateFlag.SIGNING)

    def heard_within(self, milliseconds: int, now_ms: int) -> bool:
        return self.heard_at is not None and signed_difference(now_ms, self.heard_at) <= milliseconds

    def show(self, state: AvatarState) -> None:
        self.state = state
        if state.flags & StateFlag.HEAD:
            self.facing = facing(state.head)


class ReferenceTable:
    """The entities of a room by slot."""

    def __init__(self, capacity: int, bounds: Box) -> None:
        self.capacity = capacity
        self.bounds = bounds
        self.entities: dict[int, Entity] = {}
        self.zones: Sequence[Box] = ()
        self.private_mask = 0
        self.corrected: dict[int, tuple[int, Point, int]] = {}
        self.masked_fingers = False

    def masked(self, entity: Entity) -> AvatarState:
        """What those see who are not cleared."""
        height, span = entity.scales
        return mask_state(entity.state, Mask(height, span, self.bounds[1], self.bounds[4], self.masked_fingers))

    def add(self, entity_id: int, facts: bytes, now_ms: int) -> Entity | None:
        free = [slot for slot in range(self.capacity) if slot not in self.entities]
        if not free:
            return None
        start = nearest_inside((0, 0, 0), self.bounds)
        entity = Entity(free[0], entity_id, facts, start, now_ms, Movement(now_ms))
        self.entities[entity.slot] = entity
        return entity

    def remove(self, slot: int) -> None:
        gone = self.entities.pop(slot)
        self.corrected.pop(slot, None)
        for entity in self.entities.values():
            if entity.carrier is gone:
                entity.carrier = None

    def set_facts(self, slot: int, facts: bytes) -> None:
        entity = self.entities[slot]
        entity.facts = facts
        entity.facts_version += 1

    def may_carry(self, slot: int, carrier: int) -> bool:
        thing, by = self.entities[slot], self.entities[carrier]
        carries = any(entity.carrier is thing for entity in self.entities.values())
        return thing is not by and by.carrier is None and not carries

    def carry(self, slot: int, carrier: int, *, right: bool) -> None:
        thing = self.entities[slot]
        thing.carrier, thing.right = self.entities[carrier], right
        thing.show(AvatarState())
        self.bring_along()

    def bring_along(self) -> None:
        """Put all that is carried where the hand is, else the head, within the room."""
        for thing in self.entities.values():
            if thing.carrier is None:
                continue
            state = thing.carrier.state
            hand = state.right if thing.right else state.left
            tracked = bool(state.flags & (StateFlag.RIGHT if thing.right else StateFlag.LEFT))
            reach = hand.position if tracked else (0, 0, 0)
            x, y, z = (a + b for a, b in zip(thing.carrier.position, reach, strict=True))
            thing.position = nearest_inside((x, y, z), self.bounds)

    def place(self, slot: int, position: Point, rotation: tuple[int, int, int, int]) -> None:
        entity = self.entities[slot]
        entity.position = position
        entity.carrier = None
        entity.show(AvatarState(flags=StateFlag.HEAD, head=TrackedPart(*position, *rotation)))
        self.bring_along()

    def apply_pose(self, slot: int, data: bytes, now_ms: int) -> int:
        entity = self.entities[slot]
        try:
            pose = decode_pose(data)
        except MalformedPose:
            return -1
        age = max(0, min(SAMPLE_AGE_MAX_MS, signed_difference(now_ms, pose.sampled_at)))
        entity.sampled_at = (now_ms - age) & 0xFFFFFFFF
        state = pose.state
        reason = 0
        if state.flags & StateFlag.HEAD:
            wanted = nearest_inside(state.head.position, self.bounds)
            reason = CORRECTED_BOUNDS if wanted != state.head.position else 0
            if entity.movement.pay(distance_squared(wanted, entity.position), now_ms):
                entity.position = wanted
            else:
                reason = CORRECTED_SPEED
            state = replace(state, head=TrackedPart(*entity.position, *state.head.rotation))
        entity.show(without_distant_hands(state))
        entity.carrier = None
        self.bring_along()
        if state.voice >= VOICE_HEARD:
            entity.heard_at = now_ms
        if reason:
            entity.corrections += 1
            # Only the newest counts, but in the order of the first.
            self.corrected[slot] = (pose.sequence, entity.position, reason)
        return 1 if reason else 0

    def take_corrections(self) -> list[tuple[int, int, int, int, int, int]]:
        taken = [(slot, sequence, *position, reason) for slot, (sequence, position, reason) in self.corrected.items()]
        self.corrected.clear()
        return taken

    def zone(self, entity: Entity) -> int:
        if entity.carrier is not None:
            return self.zone(entity.carrier)
        for index, box in enumerate(self.zones):
            if all(low <= value <= high for low, value, high in zip(box[:3], entity.position, box[3:], strict=True)):
                return index
        return -1

    def private_zone(self, entity: Entity) -> int | None:
        zone = self.zone(entity)
        return zone if zone >= 0 and self.private_mask >> zone & 1 else None

    def here(self, entity: Entity) -> bool:
        """Whether it is still in the room, and to be perceived at all."""
        return self.entities.get(entity.slot) is entity and entity.present


def without_distant_hands(state: AvatarState) -> AvatarState:
    flags = state.flags
    if distance_squared(state.left.position, (0, 0, 0)) > HAND_REACH_MM**2:
        flags &= ~(StateFlag.LEFT | StateFlag.LEFT_FINGERS)
    if distance_squared(state.right.position, (0, 0, 0)) > HAND_REACH_MM**2:
        flags &= ~(StateFlag.RIGHT | StateFlag.RIGHT_FINGERS)
    return mask_for_tier(replace(state, flags=flags), Tier.FULL)
