"""The compiled records equal protocol's, bit for bit, over motion of every kind and over bytes that nobody wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core_ext import RecordCodec
from protocol.ids import HAND_POSITION_MAX, HEAD_POSITION_MAX, ROTATION_MAX, StateFlag, Tier
from protocol.record import NOTHING_HELD, RecordState, apply_record, delta_record, first_held, full_record
from protocol.snapshot import AvatarState, MalformedFrame, Pose, TrackedPart, encode_pose, mask_for_tier, show_in_tier
from tests.parity.conftest import STEPS_PROPERTY
from tests.parity.fields import fields
from tests.parity.programs import run_programs
from tests.parity.tape import EndOfTape, Tape, next_state, with_damage

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS_RECORDS = 15_000
STEPS_BYTES = 15_000


def expectations(held: RecordState) -> object:
    """What `RecordCodec.expects` says of the same."""
    trends = tuple(
        tuple((trend.steps, trend.spread) for trend in (part.position, part.rotation)) for part in held.trends
    )
    return held.tier, trends, held.spreads


def compare(codec: RecordCodec, held: RecordState) -> None:
    assert codec.state() == fields(held.state)
    assert codec.expects() == expectations(held)
    assert codec.full() == full_record(held)


def leap(tape: Tape) -> AvatarState:
    """Everything anywhere, mostly at an end of its range: rests and steps come from `next_state`."""

    def part(most: int) -> TrackedPart:
        x, y, z = (tape.choose(-most, most, most // 2 + tape.byte(), tape.signed()) for _ in range(3))
        turns = (tape.choose(-ROTATION_MAX, ROTATION_MAX, tape.signed()) for _ in range(3))
        a, b, c = turns
        return TrackedPart(x, y, z, tape.byte() % 4, a, b, c)

    flags = tape.byte() | tape.choose(0, 0xFF, 0x07)
    flags &= ~(0 if flags & StateFlag.LEFT else StateFlag.LEFT_FINGERS)
    flags &= ~(0 if flags & StateFlag.RIGHT else StateFlag.RIGHT_FINGERS)
    head, left, right = (part(most) for most in (HEAD_POSITION_MAX, HAND_POSITION_MAX, HAND_POSITION_MAX))
    one, other, face = (bytes([tape.byte()] * count) for count in (20, 20, 52))
    return mask_for_tier(AvatarState(flags, tape.byte(), head, left, right, one, other, face), Tier.FULL)


def goes_on(tape: Tape, last: AvatarState, before: AvatarState) -> AvatarState:
    """What `last` becomes when its head moves on as it did since `before`, nearly."""
    x, y, z = (
        max(-HEAD_POSITION_MAX, min(HEAD_POSITION_MAX, 2 * now - then + tape.signed() // 40))
        for now, then in zip(last.head.position, before.head.position, strict=True)
    )
    return replace(last, head=replace(last.head, x=x, y=y, z=z)) if last.flags & StateFlag.HEAD else last


def step_motion(program: bytes) -> int:
    """Steps one entity in one tier: written by both, read by both, and by one who joins on the way."""
    tape, steps = Tape(program), 0
    tier = Tier(tape.byte() % 4)
    before = state = AvatarState()
    held, writer = first_held(state, tier), RecordCodec()
    writer.begin(encode_pose(Pose(state, 0, 0)), tier)
    reader, late, joined = RecordCodec(), RecordCodec(), False
    reader.apply(writer.full())
    try:
        while True:
            kind = tape.byte() % 8
            after = leap(tape) if kind == 0 else goes_on(tape, state, before) if kind < 4 else next_state(tape, state)
            before, state = state, after
            written = delta_record(held, show_in_tier(state, tier))
            record = writer.delta(encode_pose(Pose(state, 0, 0)))
            assert record == (None if written is None else written[0])
            if written is not None:
                assert apply_record(held, written[0]) == (written[1], len(written[0]))
                held = written[1]
                reader.apply(written[0])
                if joined:
                    late.apply(written[0])
            if not joined and tape.byte() % 8 == 0:
                late.apply(full_record(held))
                joined = True
            for codec in (writer, reader, late) if joined else (writer, reader):
                compare(codec, held)
            steps += 1
    except EndOfTape:
        return steps


def test_records_of_any_motion_are_alike(record_property: Callable[[str, object], None]) -> None:
    steps = run_programs(step_motion, size=1500, examples=400)
    record_property(STEPS_PROPERTY, steps)
    assert steps >= STEPS_RECORDS


def damaged(tape: Tape, held: RecordState, state: AvatarState) -> bytes:
    """A record that leads from what is held to a state, or noise, mostly with some bytes spoilt."""
    kind = tape.byte() % 8
    if kind == 0:
        return bytes(tape.byte() for _ in range(tape.byte() % 60))
    if kind == 1:
        return full_record(first_held(state, Tier(tape.byte() % 4)))
    written = delta_record(held, show_in_tier(state, held.tier))
    record = full_record(held) if written is None or kind == 2 else written[0]
    return with_damage(tape, record) if kind < 7 else record


def step_bytes(program: bytes) -> int:
    """Reads records that may be spoilt: both take them for the same, or both refuse them."""
    tape, steps = Tape(program), 0
    held, codec = NOTHING_HELD, RecordCodec()
    try:
        while True:
            state = leap(tape) if tape.byte() % 4 == 0 else next_state(tape, held.state)
            record = damaged(tape, held, state)
            try:
                after, end = apply_record(held, record)
            except MalformedFrame:
                refused = RecordCodec()
                refused.apply(full_record(held))
                try:
                    refused.apply(record)
                except MalformedFrame:
                    steps += 1
                    continue
                raise AssertionError(f"taken: {record.hex()}") from None
            codec.apply(record[:end])
            held = after
            compare(codec, held)
            steps += 1
    except EndOfTape:
        return steps


def test_spoilt_records_are_taken_or_refused_alike(record_property: Callable[[str, object], None]) -> None:
    steps = run_programs(step_bytes, size=1500, examples=400)
    record_property(STEPS_PROPERTY, steps)
    assert steps >= STEPS_BYTES
