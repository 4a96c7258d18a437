"""The compiled core and its references side by side, driven by one program; every step compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_ext import EntityTable, Grid, Interest, SnapshotEncoder, TableFull
from protocol.ids import EntityKind, Tier
from protocol.snapshot import AvatarState, TrackedPart, show_in_tier
from tests.parity.explanation import compare_explanation
from tests.parity.eyes import Eyes
from tests.parity.fields import fields
from tests.parity.guarded import Guarded
from tests.parity.reference import ReferenceTable
from tests.parity.reference_encoder import ReferenceEncoder
from tests.parity.reference_interest import Observer, ReferenceInterest
from tests.parity.tape import EndOfTape, Tape, next_state, pose_message, read_point, read_rules, turned, with_damage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.reference import Box, Entity

BOUNDS: Box = (-6000, -500, -4000, 6000, 3000, 9000)
OBSERVERS_MAX = 5
CLOCKS = (0, 1_000_000, 0xFFFFFFFF - 400)
"""Where the server clock may start; the last one wraps soon."""
TIES_MAX = 8


class World(Guarded):
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
            reserved=self.rules.reserved,
            detailed=self.rules.detailed,
            refresh=self.rules.refresh,
            tick_hz=self.rules.tick_hz,
        )
        self.encoder = SnapshotEncoder(self.table, self.interest)
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
        (14, "turn"),
        (3, "damaged_pose"),
        (4, "place"),
        (2, "declare_zones"),
        (4, "weigh"),
        (3, "tell_anew"),
        (4, "carry"),
        *Guarded.STEPS,
        (2, "tie"),
        (1, "untie"),
        (2, "strain"),
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

    def turn(self) -> None:
        entity = self.pick()
        if entity is not None:
            state = turned(self.tape, entity.state, entity.position)
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

    def weigh(self) -> None:
        entity = self.pick()
        if entity is not None:
            entity.weight = self.tape.choose(1, 4, 6, 8, 8, 64)
            self.table.set_weight(entity.slot, entity.weight / 4)

    def tell_anew(self) -> None:
        entity = self.pick()
        if entity is not None:
            facts = bytes(self.tape.byte() % 40)
            self.reference.set_facts(entity.slot, facts)
            self.table.set_facts(entity.slot, facts)

    def carry(self) -> None:
        thing, by = self.pick(), self.pick()
        if thing is None or by is None or not self.reference.may_carry(thing.slot, by.slot):
            return
        right = self.tape.byte() % 2 > 0
        self.reference.carry(thing.slot, by.slot, right=right)
        self.table.carry(thing.slot, by.slot, right)
        self.compare_entity(thing)

    def compare_carried(self) -> None:
        for entity in self.reference.entities.values():
            expected = -1 if entity.carrier is None else entity.carrier.slot
            assert self.table.carrier(entity.slot) == expected
            if entity.carrier is not None:
                self.compare_entity(entity)

    def compare_entity(self, entity: Entity) -> None:
        assert self.table.state(entity.slot) == fields(entity.state)
        self.compare_masked(entity)
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
            self.eyes.append(Eyes(Observer(entity, granted, number)))
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
        eyes.reference.forget()
        # Forgetting the interest set forgets what was sent; what was sent may also be forgotten alone.
        if self.tape.byte() % 3:
            self.interest.clear(eyes.number)
            eyes.reference.members.clear()
            eyes.reference.updated_tick = None
        else:
            self.encoder.forget(eyes.number)
        eyes.begin_anew()

    def tie(self) -> None:
        eyes, entity = self.pick_eyes(), self.pick()
        if eyes is None or entity is None:
            return
        ties = eyes.reference.ties
        ties[:] = [tied for tied in ties if self.reference.entities.get(tied.slot) is tied]
        if entity not in ties and len(ties) == TIES_MAX:
            return
        self.interest.tie(eyes.number, entity.slot)
        if entity not in ties:
            ties.append(entity)

    def untie(self) -> None:
        eyes = self.pick_eyes()
        if eyes is not None and eyes.reference.ties:
            entity = eyes.reference.ties.pop(self.tape.byte() % len(eyes.reference.ties))
            self.interest.untie(eyes.number, entity.slot)

    def strain(self) -> None:
        self.interest.strain = self.reference_interest.strain = self.tape.choose(0, 0, 1, 3)

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
        self.compare_carried()
        self.interest.step()
        self.reference_interest.step([eyes.reference for eyes in self.eyes])
        skipped = self.tape.byte() & self.tape.byte()
        for index, eyes in enumerate(self.eyes):
            self.compare_members(eyes)
            if not skipped >> index & 1:
                self.send_frame(eyes, newest=True)

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
        assert self.interest.update(eyes.number) == len(eyes.reference.members)
        self.compare_members(eyes)

    def compare_members(self, eyes: Eyes) -> None:
        members = eyes.reference.members
        expected = [(member.entity.slot, member.alias, member.shown.tier) for member in members]
        assert self.interest.members(eyes.number) == expected
        there = [member for member in members if self.reference.entities.get(member.entity.slot) is member.entity]
        there.sort(key=lambda member: self.reference_interest.importance(eyes.reference, member))
        for rank, member in enumerate(there, 1):
            told = self.interest.explain(eyes.number, member.entity.slot)
            compare_explanation(told, self.reference_interest, eyes.reference, member, rank)

    def send_frame(self, eyes: Eyes, *, newest: bool = False) -> None:
        expected = self.reference_encoder.frame(eyes.reference, ages=eyes.ages)
        frame = self.encoder.frame(eyes.number, eyes.ages)
        assert frame == expected
        self.frames += 1
        eyes.sent.append(frame)
        changes = eyes.view.apply(frame)
        assert eyes.decoder.apply(frame) == len(changes.updated)
        assert (changes.tick, changes.time) == (self.tick_number, self.now_ms)
        assert (eyes.decoder.tick, eyes.decoder.time_ms) == (changes.tick, changes.time)
        for update in changes.updated:
            assert eyes.decoder.age_ms(update.held.alias) == update.age_ms
        self.compare_view(eyes, newest=newest)

    def compare_view(self, eyes: Eyes, *, newest: bool) -> None:
        """What the client now holds: decoded alike by both, only what it may perceive, and the stored integers.

        `newest`: the tick had just begun, so that those shown at every tick are as they are stored now."""
        held = eyes.view.entities
        assert eyes.decoder.entities() == [(alias, held[alias].entity) for alias in sorted(held)]
        in_room = {entity.entity_id: entity for entity in self.reference.entities.values()}
        shown = {member.entity.entity_id: member.shown for member in eyes.reference.members}
        masked = {member.entity.entity_id for member in eyes.reference.members if member.masked}
        for alias, entity in held.items():
            assert eyes.decoder.state(alias) == fields(entity.state)
            assert eyes.decoder.facts(alias) == entity.facts == in_room[entity.entity].facts
            assert self.reference_interest.may_perceive(eyes.reference, in_room[entity.entity])
            if newest and shown[entity.entity].period == 1:
                state = in_room[entity.entity].state
                if entity.entity in masked:
                    state = self.reference.masked(in_room[entity.entity])
                assert entity.state == show_in_tier(state, Tier(shown[entity.entity].tier))

    # --- the grid ---

    def query(self) -> None:
        x, z, radius = 60 * self.tape.signed(), 500 + 70 * self.tape.signed(), 50 * self.tape.byte()
        found = [
            entity.slot
            for entity, position in self.reference_interest.grid
            if (position[0] - x) ** 2 + (position[2] - z) ** 2 <= radius**2
        ]
        assert self.grid.query(x, z, radius) == sorted(found)
