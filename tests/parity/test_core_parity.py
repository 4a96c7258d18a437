"""The compiled core equals its references over at least 100,000 generated steps, the same ones in every run."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from core_ext import EntityTable, FrameDecoder, Grid
from protocol.ids import StateFlag
from protocol.snapshot import AvatarState, MalformedFrame, ObserverView, TrackedPart
from tests.parity.conftest import STEPS_PROPERTY
from tests.parity.fields import fields
from tests.parity.programs import run_programs
from tests.parity.reference import ReferenceTable
from tests.parity.tape import EndOfTape, Tape, pose_message, with_damage
from tests.parity.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.reference import Box

STEPS_WORLD = 70_000
STEPS_GRID = 20_000
STEPS_MOVEMENT = 20_000
STEPS_DECODER = 20_000


def test_a_room_equals_its_reference_step_by_step(record_property: Callable[[str, object], None]) -> None:
    steps = run_programs(lambda program: World(Tape(program)).run(), size=2000, examples=400)
    record_property(STEPS_PROPERTY, steps)
    assert steps >= STEPS_WORLD


FIELD: Box = (-500_000, 0, -500_000, 500_000, 3000, 500_000)


def step_movement(program: bytes) -> int:
    """Heads that go as far as their budget lets them, a little less or a little more; a step is a pose."""
    tape = Tape(program)
    now_ms = tape.choose(0, 0xFFFFFFFF - 3000)
    table, reference = EntityTable(1, FIELD), ReferenceTable(1, FIELD)
    slot = table.add(1, 0, b"", now_ms)
    entity = reference.add(1, b"", now_ms)
    assert entity is not None
    steps = 0
    try:
        while True:
            now_ms = (now_ms + tape.choose(0, 1, 7, 11, 50, 333, 2000, -20)) & 0xFFFFFFFF
            length = tape.choose(0, 1, 2, 2) * entity.movement.budget_um // 2000 + tape.choose(-1, 0, 0, 1, 10_000)
            across = tape.byte() * length // 512
            along = isqrt(max(0, length * length - across * across)) + tape.choose(0, 0, 1)
            x, y, z = entity.position
            head = TrackedPart(x + (along if x < 0 else -along), y, z + (across if z < 0 else -across), 3, 0, 0, 0)
            message = pose_message(tape, AvatarState(flags=StateFlag.HEAD, head=head), now_ms)
            expected = reference.apply_pose(slot, message, now_ms)
            assert table.apply_pose(slot, message, now_ms) == expected
            assert table.position(slot) == entity.position
            assert table.take_corrections() == reference.take_corrections()
            steps += 1
    except EndOfTape:
        return steps


def test_movement_is_paid_for_alike(record_property: Callable[[str, object], None]) -> None:
    steps = run_programs(step_movement, size=1000, examples=200)
    record_property(STEPS_PROPERTY, steps)
    assert steps >= STEPS_MOVEMENT


LARGEST = 8_388_607
ROOMS: tuple[Box, ...] = (
    (-6000, 0, -4000, 6000, 3000, 9000),
    (-LARGEST, -LARGEST, -LARGEST, LARGEST, LARGEST, LARGEST),
    (100, 0, 100, 101, 0, 5000),
    (-3, 0, 7, -3, 0, 7),
)


def step_grid(program: bytes) -> int:
    """A table and its grid; a step is a query of the grid that is compared with every entity."""
    tape = Tape(program)
    bounds = ROOMS[tape.byte() % len(ROOMS)]
    table = EntityTable(40, bounds)
    grid = Grid(tape.choose(1, 333, 4000, 1 << 24))
    absent: set[int] = set()
    steps = 0
    # Twice beyond the bounds: the grid has to keep what was placed there.
    scale = min(LARGEST, 2 * max(abs(edge) for edge in bounds)) // 128 + 1
    try:
        while True:
            for _ in range(tape.byte() % 12):
                x, z = scale * tape.signed() // 2, scale * tape.signed() // 2
                slot = tape.byte() % 40
                while slot >= table.count:
                    table.add(1, 0, b"", 0)
                table.place(slot, x, 0, z, (3, 0, 0, 0))
                if slot % 7 == 0:
                    absent.add(slot)
                    table.set_present(slot, False)
            grid.rebuild(table)
            present = {slot: table.position(slot) for slot in range(table.count) if slot not in absent}
            for _ in range(8):
                x, z, radius = scale * tape.signed() // 2, scale * tape.signed() // 2, scale * tape.byte() // 3
                expected = [slot for slot, (px, _, pz) in present.items() if (px - x) ** 2 + (pz - z) ** 2 <= radius**2]
                assert grid.query(x, z, radius) == expected
                steps += 1
    except EndOfTape:
        return steps


def test_the_grid_finds_exactly_what_is_near(record_property: Callable[[str, object], None]) -> None:
    steps = run_programs(step_grid, size=1000, examples=800)
    record_property(STEPS_PROPERTY, steps)
    assert steps >= STEPS_GRID


def verdict(data: bytes, view: ObserverView) -> ObserverView | None:
    try:
        view.apply(data)
    except MalformedFrame:
        return None
    return view


def step_decoder(program: bytes) -> int:
    """A session of frames, each also applied with damage: both decoders refuse it, or both hold the same after it."""
    world = World(Tape(program))
    world.run()
    sent = max((eyes.sent for eyes in world.eyes), key=len, default=[])
    tape = Tape(program[::-1])
    view = ObserverView()
    steps = 0
    try:
        for index, frame in enumerate(sent):
            for _ in range(24):
                damaged = with_damage(tape, frame)
                decoder = FrameDecoder()
                for earlier in sent[:index]:
                    decoder.apply(earlier)
                compare_verdicts(damaged, decoder, ObserverView(dict(view.entities), view.last))
                steps += 1
            view.apply(frame)
    except EndOfTape:
        pass
    return steps


def compare_verdicts(data: bytes, decoder: FrameDecoder, view: ObserverView) -> None:
    expected = verdict(data, view)
    try:
        decoder.apply(data)
    except MalformedFrame:
        assert expected is None, f"refused: {data.hex()}"
        return
    assert expected is not None, f"accepted: {data.hex()}"
    assert decoder.entities() == [(alias, expected.entities[alias].entity) for alias in sorted(expected.entities)]
    for alias, held in expected.entities.items():
        assert decoder.state(alias) == fields(held.state)


def test_both_decoders_judge_damaged_frames_alike(record_property: Callable[[str, object], None]) -> None:
    steps = run_programs(step_decoder, size=1600, examples=150)
    record_property(STEPS_PROPERTY, steps)
    assert steps >= STEPS_DECODER
