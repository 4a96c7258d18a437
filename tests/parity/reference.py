"""What the compiled core has to equal, written to be read: brute force, Python integers, protocol's own encoder.

An entity is an object here, so that slot and generation need no thought; what follows the rules of SPEC.md 5.1, 5.2 and
7 and of the docstrings of `core_ext` is written out step by step, with nothing cached or pruned.
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
    SAMPLE_AGE_MAX_MS,
    StateFlag,
    Tier,
)
from protocol.snapshot import (
    AvatarState,
    Enter,
    Frame,
    MalformedPose,
    Record,
    RecordState,
    TrackedPart,
    age_units,
    decode_pose,
    delta_record,
    encode_frame,
    first_held,
    full_record,
    mask_for_tier,
    show_in_tier,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[int, int, int]
Box = tuple[int, int, int, int, int, int]
CORRECTED_BOUNDS, CORRECTED_SPEED = 1, 2


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


class ReferenceTable:
    """The entities of a room by slot."""

    def __init__(self, capacity: int, bounds: Box) -> None:
        self.capacity = capacity
        self.bounds = bounds
        self.entities: dict[int, Entity] = {}
        self.zones: Sequence[Box] = ()
        self.private_mask = 0
        self.corrected: dict[int, tuple[int, Point, int]] = {}

    def add(self, entity_id: int, facts: bytes, now_ms: int) -> Entity | None:
        free = [slot for slot in range(self.capacity) if slot not in self.entities]
        if not free:
            return None
        start = nearest_inside((0, 0, 0), self.bounds)
        entity = Entity(free[0], entity_id, facts, start, now_ms, Movement(now_ms))
        self.entities[entity.slot] = entity
        return entity

    def remove(self, slot: int) -> None:
        del self.entities[slot]
        self.corrected.pop(slot, None)

    def place(self, slot: int, position: Point, rotation: tuple[int, int, int, int]) -> None:
        entity = self.entities[slot]
        entity.position = position
        entity.state = AvatarState(flags=StateFlag.HEAD, head=TrackedPart(*position, *rotation))

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
        entity.state = without_distant_hands(state)
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


@dataclass(frozen=True)
class Member:
    entity: Entity
    alias: int
    tier: int


@dataclass
class Observer:
    entity: Entity
    granted: int
    members: list[Member] = field(default_factory=list)
    held: dict[int, Held] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    radius: int
    hysteresis: int
    cap: int
    tiers: tuple[int, int]
    periods: tuple[int, int, int, int]


class ReferenceInterest:
    """Every entity of the room considered for every observer, sorted, cut off at the cap."""

    def __init__(self, table: ReferenceTable, rules: Rules) -> None:
        self.table = table
        self.rules = rules
        self.grid: list[tuple[Entity, Point]] = []

    def rebuild(self) -> None:
        self.grid = [(entity, entity.position) for entity in self.table.entities.values() if entity.present]

    def may_perceive(self, observer: Observer, entity: Entity) -> bool:
        if entity is observer.entity or not self.table.here(entity):
            return False
        zone = self.table.private_zone(entity)
        return zone is None or bool(observer.granted >> zone & 1) or zone == self.table.private_zone(observer.entity)

    def update(self, observer: Observer) -> None:
        if self.table.entities.get(observer.entity.slot) is not observer.entity:
            observer.members = []
            return
        eye = observer.entity.position
        held = {member.entity: member for member in observer.members}
        candidates = []
        for entity in held:
            distance = distance_squared(entity.position, eye)
            if distance <= (self.rules.radius + self.rules.hysteresis) ** 2:
                candidates.append((4 * distance, entity.slot, distance, entity))
        for entity, position in self.grid:
            distance = distance_squared(position, eye)
            if entity not in held and distance <= self.rules.radius**2:
                candidates.append((5 * distance, entity.slot, distance, entity))
        permitted = [candidate for candidate in candidates if self.may_perceive(observer, candidate[3])]
        chosen = sorted(permitted, key=lambda candidate: candidate[:2])[: self.rules.cap]
        taken = {held[entity].alias for *_, entity in chosen if entity in held}
        observer.members = []
        for _, _, distance, entity in chosen:
            member = held.get(entity)
            alias = member.alias if member else min(set(range(self.rules.cap)) - taken)
            taken.add(alias)
            observer.members.append(Member(entity, alias, self.tier(distance, member)))

    def tier(self, distance: int, member: Member | None) -> int:
        near, far = (edge**2 for edge in self.rules.tiers)
        natural = 0 if distance <= near else 1 if distance <= far else 2
        if member and member.tier < natural and distance * 100 <= (near, far)[member.tier] * 121:
            return member.tier
        return natural


@dataclass
class Baseline:
    """The values that one tier showed of an entity, oldest first."""

    history: list[RecordState]
    deltas: list[bytes]
    """What led from each to the next."""
    serial: int
    tick: int
    zone: int | None
    sampled_at: int


@dataclass
class Held:
    entity: Entity
    tier: int
    version: int


class ReferenceEncoder:
    """Frames of the tick in progress, made of protocol's records."""

    def __init__(self, interest: ReferenceInterest) -> None:
        self.interest = interest
        self.baselines: dict[tuple[Entity, int], Baseline] = {}
        self.tick = self.time = self.serial = 0

    def begin_tick(self, tick: int, now_ms: int) -> None:
        self.tick, self.time = tick, now_ms
        self.serial += 1

    def shown(self, entity: Entity, tier: int) -> Baseline:
        table, period = self.interest.table, self.interest.rules.periods[tier]
        zone = table.private_zone(entity)
        state = show_in_tier(entity.state, Tier(tier))
        baseline = self.baselines.get((entity, tier))
        if baseline is None:
            baseline = Baseline(
                [first_held(entity.state, Tier(tier))], [], self.serial, self.tick, zone, entity.sampled_at
            )
            self.baselines[entity, tier] = baseline
            return baseline
        turn = (self.tick + entity.slot) % period == 0 or (self.tick - baseline.tick) & 0xFFFFFFFF >= period
        if zone != baseline.zone or (turn and baseline.serial != self.serial):
            written = delta_record(baseline.history[-1], state)
            if written is not None:
                baseline.deltas.append(written[0])
                baseline.history.append(written[1])
            baseline.serial, baseline.tick = self.serial, self.tick
            baseline.zone, baseline.sampled_at = zone, entity.sampled_at
        return baseline

    def frame(self, observer: Observer, *, ages: bool) -> bytes:
        alive = self.interest.table.entities.get(observer.entity.slot) is observer.entity
        members = [
            member for member in observer.members if alive and self.interest.may_perceive(observer, member.entity)
        ]
        shown = {member.alias: member.entity for member in members}
        leaves = sorted(alias for alias, held in observer.held.items() if shown.get(alias) is not held.entity)
        for alias in leaves:
            del observer.held[alias]
        enters, records = [], []
        for member in members:
            if member.alias not in observer.held:
                enters.append(Enter(member.alias, member.entity.entity_id, member.entity.facts))
            record = self.record(observer, member)
            if record is not None:
                records.append(record)
        wide = self.interest.rules.cap > 255
        return encode_frame(
            Frame(self.tick, self.time, tuple(leaves), tuple(enters), tuple(records), wide=wide, ages=ages)
        )

    def record(self, observer: Observer, member: Member) -> Record | None:
        baseline = self.shown(member.entity, member.tier)
        newest = len(baseline.history) - 1
        held = observer.held.get(member.alias)
        observer.held[member.alias] = Held(member.entity, member.tier, newest)
        data = full_record(baseline.history[newest])
        if held is not None and held.tier == member.tier:
            if held.version == newest:
                return None
            if held.version == newest - 1:
                data = baseline.deltas[-1]
        return Record(member.alias, data, age_units(self.time, baseline.sampled_at))
