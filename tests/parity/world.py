"""The compiled core and its references side by side, driven by one program; every step compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_ext import EntityTable, FrameDecoder, Grid, Interest, SnapshotEncoder, TableFull
from protocol.ids import EntityKind, Tier
from protocol.snapshot import AvatarState, ObserverView, TrackedPart, show_in_tier
from tests.parity.reference import Observer, ReferenceEncoder, ReferenceInterest, ReferenceTable, Rules
from tests.parity.tape import EndOfTape, Tape, next_state, pose_message, with_damage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.reference import Box, Entity, Point

Fields = tuple[
    int,
    int,
    tuple[int, int, int, int, int, int, int],
    tuple[int, int, int, int, int, int, int],
    tuple[int, int, int, int, int, int, int],
    bytes,
    bytes,
    bytes,
]
BOUNDS: Box = (-6000, -500, -4000, 6000, 3000, 9000)
OBSERVERS_MAX = 5
CLOCKS = (0, 1_000_000, 0xFFFFFFFF - 400)
"""Where the server clock may start; the last one wraps soon."""
EVERY_TICK = (1, 1, 1, 1)


def part_fields(part: TrackedPart) -> tuple[int, int, int, int, int, int, int]:
    return part.x, part.y, part.z, part.largest, part.a, part.b, part.c


def fields(state: AvatarState) -> Fields:
    return (
        state.flags,
        state.voice,
        part_fields(state.head),
        part_fields(state.left),
        part_fields(state.right),
        state.left_fingers,
        state.right_fingers,
        state.face,
    )


def read_rules(tape: Tape) -> Rules:
    return Rules(
        radius=tape.choose(1500, 3000, 6000, 40_000),
        hysteresis=tape.choose(0, 300, 2000),
        cap=tape.choose(1, 2, 3, 5, 8, 8, 300),
        tiers=(tape.choose(0, 1000, 3000), tape.choose(3000, 5000)),
        periods=(1, tape.choose(1, 1, 2), tape.choose(1, 1, 3), 1),
    )


def read_point(tape: Tape) -> Point:
    """A place in the room, or a little outside: often one that another entity has already had."""
    if tape.byte() % 4 == 0:
        return (500, 1600, 500)
    return 60 * tape.signed(), 1600 + tape.choose(0, 0, 300), 500 + 70 * tape.signed()


class Eyes:
    """One observer in both worlds, and what its client decodes."""

    def __init__(self, number: int, reference: Observer) -> None:
        self.number = number
        self.reference = reference
        self.ages = True
        self.begin_anew()

    def begin_anew(self) -> None:
        self.decoder = FrameDecoder()
        self.view = ObserverView()
        self.sent: list[bytes] = []


class World:
    """A room that a program steps. `frames` counts frames compared besides."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.rules = read_rules(tape)
        capacity = tape.choose(5, 10, 16)
        self.now_ms = tape.choose(*CLOCKS)
        self.tick_number = tape.choose(0, 0xFFFFFFFE)
        self.table = EntityTable(capacity, BOUNDS)
        self.grid = Grid(tape.choose(700, 2000, 30_000))
        self.interest = Interest(
            self.table,
            self.grid,
            radius_mm=self.rules.radius,
            hysteresis_mm=self.rules.hysteresis,
            cap=self.rules.cap,
            tier_mm=self.rules.tiers,
        )
        self.encoder = SnapshotEncoder(self.table, self.interest, self.rules.periods)
        self.reference = ReferenceTable(capacity, BOUNDS)
        self.reference_interest = ReferenceInterest(self.reference, self.rules)
        self.reference_encoder = ReferenceEncoder(self.reference_interest)
        self.eyes: list[Eyes] = []
        self.entities_made = 0
        self.steps = 0
        self.frames = 0
        for _ in range(5):
            self.add()
        self.open_eyes()
        self.open_eyes()
        self.begin_tick()

    OPERATIONS: tuple[tuple[int, str], ...] = (
        (8, "add"),
        (2, "remove"),
        (2, "suspend"),
        (26, "pose"),
        (4, "roam"),
        (3, "damaged_pose"),
        (4, "place"),
        (2, "declare_zones"),
        (4, "open_eyes"),
        (1, "close_eyes"),
        (3, "grant"),
        (2, "resume"),
        (4, "frame_between"),
        (3, "update_between"),
        (3, "rebuild_between"),
        (4, "query"),
        (24, "tick"),
    )
    """How often each step comes, in relation to the others, and its name."""

    def run(self) -> int:
        """Step until the program ends; returns the number of steps."""
        deck: list[Callable[[], None]] = [
            getattr(self, name) for weight, name in self.OPERATIONS for _ in range(weight)
        ]
        try:
            while True:
                deck[self.tape.byte() % len(deck)]()
                self.steps += 1
        except EndOfTape:
            return self.steps

    # --- the population ---

    def pick(self) -> Entity | None:
        entities = self.reference.entities
        if not entities:
            return None
        return entities[sorted(entities)[self.tape.byte() % len(entities)]]

    def add(self) -> None:
        kind = self.tape.choose(*EntityKind)
        facts = bytes(self.tape.byte() % 40)
        self.entities_made += 1
        entity = self.reference.add(self.entities_made, facts, self.now_ms)
        if entity is None:
            try:
                self.table.add(self.entities_made, kind, facts, self.now_ms)
            except TableFull:
                return
            raise AssertionError("a full table took another entity")
        assert self.table.add(self.entities_made, kind, facts, self.now_ms) == entity.slot
        self.compare_entity(entity)

    def remove(self) -> None:
        entity = self.pick()
        if entity is not None:
            self.reference.remove(entity.slot)
            self.table.remove(entity.slot)
        assert self.table.count == len(self.reference.entities)

    def suspend(self) -> None:
        entity = self.pick()
        if entity is not None:
            entity.present = self.tape.byte() % 4 > 0
            self.table.set_present(entity.slot, entity.present)

    # --- movement ---

    def pose(self) -> None:
        entity = self.pick()
        if entity is not None:
            self.apply(entity, pose_message(self.tape, next_state(self.tape, entity.state), self.now_ms))

    def roam(self) -> None:
        """A head anywhere, which is too fast or out of bounds more often than not, and hands far from it."""
        entity = self.pick()
        if entity is not None:
            reach = 200 * self.tape.signed()
            state = AvatarState(
                flags=7,
                head=TrackedPart(*read_point(self.tape), 3, 0, 0, 0),
                left=TrackedPart(reach, 0, 0, 1, 5, -5, 9),
                right=TrackedPart(4000, 6928, self.tape.signed() // 64, 2, 0, 0, 0),
            )
            self.apply(entity, pose_message(self.tape, state, self.now_ms))

    def damaged_pose(self) -> None:
        entity = self.pick()
        if entity is not None:
            message = pose_message(self.tape, next_state(self.tape, entity.state), self.now_ms)
            self.apply(entity, with_damage(self.tape, message))

    def apply(self, entity: Entity, message: bytes) -> None:
        expected = self.reference.apply_pose(entity.slot, message, self.now_ms)
        assert self.table.apply_pose(entity.slot, message, self.now_ms) == expected
        self.compare_entity(entity)

    def place(self) -> None:
        entity = self.pick()
        if entity is not None:
            point, rotation = read_point(self.tape), (self.tape.byte() % 4, 5, -390, 7)
            self.reference.place(entity.slot, point, rotation)
            self.table.place(entity.slot, *point, rotation)
            self.compare_entity(entity)

    def compare_entity(self, entity: Entity) -> None:
        assert self.table.state(entity.slot) == fields(entity.state)
        assert self.table.position(entity.slot) == entity.position
        assert self.table.zone(entity.slot) == self.reference.zone(entity)
        assert self.table.corrections(entity.slot) == entity.corrections

    def declare_zones(self) -> None:
        boxes: list[Box] = []
        for _ in range(self.tape.byte() % 4):
            x, z, size = 60 * self.tape.signed(), 500 + 70 * self.tape.signed(), 1000 * (1 + self.tape.byte() % 6)
            boxes.append((x, -500, z, x + size, 3000, z + size))
        if boxes and self.tape.byte() % 8 == 0:
            boxes += [(0, 0, 0, 0, 0, 0)] * (63 - len(boxes)) + [(-8000, -500, -8000, 8000, 3000, 9000)]
        mask = self.tape.byte() & (1 << len(boxes)) - 1
        if len(boxes) == 64:
            mask |= 1 << 63
        self.reference.zones, self.reference.private_mask = boxes, mask
        self.table.set_zones(boxes, mask)
        for entity in self.reference.entities.values():
            self.compare_entity(entity)

    # --- observers ---

    def pick_eyes(self) -> Eyes | None:
        return self.eyes[self.tape.byte() % len(self.eyes)] if self.eyes else None

    def open_eyes(self) -> None:
        entity = self.pick()
        if entity is not None and len(self.eyes) < OBSERVERS_MAX:
            granted = self.tape.choose(0, 1, 3, 1 << 63)
            number = self.interest.add_observer(entity.slot, granted)
            self.eyes.append(Eyes(number, Observer(entity, granted)))
            self.eyes[-1].ages = self.tape.byte() % 4 > 0

    def close_eyes(self) -> None:
        eyes = self.pick_eyes()
        if eyes is not None:
            self.interest.remove_observer(eyes.number)
            self.eyes.remove(eyes)

    def grant(self) -> None:
        eyes = self.pick_eyes()
        if eyes is not None:
            eyes.reference.granted = self.tape.choose(0, 1, 2, 7, 1 << 63)
            self.interest.set_granted(eyes.number, eyes.reference.granted)

    def resume(self) -> None:
        eyes = self.pick_eyes()
        if eyes is None:
            return
        eyes.reference.held.clear()
        # Forgetting the interest set forgets what was sent; what was sent may also be forgotten alone.
        if self.tape.byte() % 3:
            self.interest.clear(eyes.number)
            eyes.reference.members.clear()
        else:
            self.encoder.forget(eyes.number)
        eyes.begin_anew()

    # --- ticks ---

    def begin_tick(self) -> None:
        self.now_ms = (self.now_ms + self.tape.choose(0, 11, 50, 50, 700)) & 0xFFFFFFFF
        self.tick_number = (self.tick_number + self.tape.choose(1, 1, 2)) & 0xFFFFFFFF
        self.encoder.begin_tick(self.tick_number, self.now_ms)
        self.reference_encoder.begin_tick(self.tick_number, self.now_ms)

    def tick(self) -> None:
        """A whole tick; some observers are skipped, as those whose socket is not drained."""
        self.begin_tick()
        assert self.table.take_corrections() == self.reference.take_corrections()
        self.rebuild()
        skipped = self.tape.byte() & self.tape.byte()
        for index, eyes in enumerate(self.eyes):
            if not skipped >> index & 1:
                self.update(eyes)
                self.send_frame(eyes, newest=self.rules.periods == EVERY_TICK)

    def rebuild(self) -> None:
        self.table.assign_zones()
        self.grid.rebuild(self.table)
        self.reference_interest.rebuild()
        assert self.grid.count == len(self.reference_interest.grid)

    def rebuild_between(self) -> None:
        """The grid of an earlier moment than the interest sets: entities may have moved, gone or changed since."""
        self.rebuild()

    def update_between(self) -> None:
        eyes = self.pick_eyes()
        if eyes is not None:
            self.update(eyes)

    def frame_between(self) -> None:
        """A frame of interest sets that are no longer true: who has gone or gone private must not be in it."""
        eyes = self.pick_eyes()
        if eyes is not None:
            self.send_frame(eyes)

    def update(self, eyes: Eyes) -> None:
        self.reference_interest.update(eyes.reference)
        expected = [(member.entity.slot, member.alias, member.tier) for member in eyes.reference.members]
        assert self.interest.update(eyes.number) == len(expected)
        assert self.interest.members(eyes.number) == expected

    def send_frame(self, eyes: Eyes, *, newest: bool = False) -> None:
        expected = self.reference_encoder.frame(eyes.reference, ages=eyes.ages)
        frame = self.encoder.frame(eyes.number, eyes.ages)
        assert frame == expected
        self.frames += 1
        eyes.sent.append(frame)
        changes = eyes.view.apply(frame)
        assert eyes.decoder.apply(frame) == len(changes.updated)
        assert (eyes.decoder.tick, eyes.decoder.time_ms) == (changes.tick, changes.time)
        for update in changes.updated:
            assert eyes.decoder.age_ms(update.held.alias) == update.age_ms
        self.compare_view(eyes, newest=newest)

    def compare_view(self, eyes: Eyes, *, newest: bool) -> None:
        """What the client now holds: decoded alike by both, only what it may perceive, and the stored integers.

        `newest`: the tick had just begun and every tier has its turn, so they are those stored now."""
        held = eyes.view.entities
        assert eyes.decoder.entities() == [(alias, held[alias].entity) for alias in sorted(held)]
        in_room = {entity.entity_id: entity for entity in self.reference.entities.values()}
        tiers = {member.entity.entity_id: member.tier for member in eyes.reference.members}
        for alias, entity in held.items():
            assert eyes.decoder.state(alias) == fields(entity.state)
            assert eyes.decoder.facts(alias) == entity.facts == in_room[entity.entity].facts
            assert self.reference_interest.may_perceive(eyes.reference, in_room[entity.entity])
            if newest:
                assert entity.state == show_in_tier(in_room[entity.entity].state, Tier(tiers[entity.entity]))

    # --- the grid ---

    def query(self) -> None:
        x, z, radius = 60 * self.tape.signed(), 500 + 70 * self.tape.signed(), 50 * self.tape.byte()
        found = [
            entity.slot
            for entity, position in self.reference_interest.grid
            if (position[0] - x) ** 2 + (position[2] - z) ** 2 <= radius**2
        ]
        assert self.grid.query(x, z, radius) == sorted(found)
