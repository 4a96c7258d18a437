"""A generated program is a run of bytes; a tape reads it. One draw an example: hypothesis spends no time on structure,
and shortening the bytes or making them smaller still makes the program simpler."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protocol.fields import clamp
from protocol.ids import (
    FACE_VALUES,
    FINGER_VALUES,
    HAND_POSITION_MAX,
    HEAD_POSITION_MAX,
    ROTATION_MAX,
    StateFlag,
    Tier,
)
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose, mask_for_tier
from tests.parity.reference_interest import Rules

if TYPE_CHECKING:
    from tests.parity.reference import Point

STEPS_MM = (0, 1, 40, 400)
"""What a step of a hand or a head is multiplied with: nothing, some millimetres, a quick move, far."""


class EndOfTape(Exception):
    """The program is over."""


class Tape:
    """Reads the bytes of a program one after another."""

    def __init__(self, program: bytes) -> None:
        self.program = program
        self.offset = 0

    def byte(self) -> int:
        if self.offset == len(self.program):
            raise EndOfTape
        self.offset += 1
        return self.program[self.offset - 1]

    def signed(self) -> int:
        return self.byte() - 128

    def choose(self, *options: int) -> int:
        return options[self.byte() % len(options)]


def next_state(tape: Tape, state: AvatarState) -> AvatarState:
    """A state that follows another: some flags toggled, some parts moved a little or far, some values changed."""
    plan = tape.byte()
    flags = state.flags
    if plan & 3 == 0:
        flags ^= 1 << tape.byte() % 8
        flags |= tape.choose(0, 0x3F, 0x3F)
    flags &= ~(0 if flags & StateFlag.LEFT else StateFlag.LEFT_FINGERS)
    flags &= ~(0 if flags & StateFlag.RIGHT else StateFlag.RIGHT_FINGERS)
    changed = replace(state, flags=flags)
    if plan & 4:
        changed = replace(changed, voice=tape.byte())
    if plan & 8:
        changed = replace(changed, head=moved(tape, state.head, HEAD_POSITION_MAX))
    if plan & 16:
        changed = replace(changed, left=moved(tape, state.left, HAND_POSITION_MAX))
    if plan & 32:
        changed = replace(changed, right=moved(tape, state.right, HAND_POSITION_MAX))
    if plan & 64:
        changed = replace(changed, left_fingers=with_changes(tape, state.left_fingers, FINGER_VALUES))
        changed = replace(changed, right_fingers=with_changes(tape, state.right_fingers, FINGER_VALUES))
    if plan & 128:
        changed = replace(changed, face=with_changes(tape, state.face, FACE_VALUES))
    return mask_for_tier(changed, Tier.FULL)


def moved(tape: Tape, part: TrackedPart, most: int) -> TrackedPart:
    step = tape.choose(*STEPS_MM)
    turn = tape.choose(0, 1, 4)
    x, y, z = (clamp(value + step * (tape.signed() // 16), -most, most) for value in part.position)
    a, b, c = (
        clamp(value + turn * tape.signed(), -ROTATION_MAX, ROTATION_MAX) if turn else value
        for value in part.rotation[1:]
    )
    largest = (part.largest + (turn == 4 and tape.byte() % 8 == 0)) % 4
    return TrackedPart(x, y, z, largest, a, b, c)


def with_changes(tape: Tape, values: bytes, count: int) -> bytes:
    changed = bytearray(values)
    for _ in range(tape.byte() % 4):
        changed[tape.byte() % count] = tape.byte()
    return bytes(changed)


def with_damage(tape: Tape, message: bytes) -> bytes:
    """A message with a few bytes changed, cut off or added; it may still be a valid one."""
    damaged = bytearray(message)
    for _ in range(1 + tape.byte() % 2):
        kind, place = tape.byte() % 6, tape.byte()
        if kind == 0:
            del damaged[place % (len(damaged) + 1) :]
        elif kind == 1:
            damaged.insert(place % (len(damaged) + 1), tape.byte())
        elif damaged:
            # Frames are longer than a byte counts: reach every place of them.
            place = (place * 7 + tape.byte()) % len(damaged)
            damaged[place] = tape.byte() if kind == 2 else damaged[place] ^ 1 << tape.byte() % 8
    return bytes(damaged)


def pose_message(tape: Tape, state: AvatarState, now_ms: int) -> bytes:
    sampled_at = (now_ms + tape.choose(0, -4, -30, -900, -1001, -40_000, 5)) & 0xFFFFFFFF
    return encode_pose(Pose(state, tape.byte() * 257, sampled_at))


def read_rules(tape: Tape) -> Rules:
    cap = tape.choose(1, 2, 3, 5, 8, 8, 300)
    return Rules(
        radius=tape.choose(1500, 3000, 6000, 40_000),
        hysteresis=tape.choose(0, 300, 2000),
        cap=cap,
        tiers=(tape.choose(0, 1000, 3000), tape.choose(3000, 5000)),
        reserved=tape.choose(0, 1, 1, 2) % (cap + 1),
        detailed=tape.choose(1, 2, 4, 400),
        refresh=tape.choose(1, 1, 3, 15),
        tick_hz=tape.choose(4, 20, 60),
    )


def read_point(tape: Tape) -> Point:
    """A place in the room, or a little outside: often one that another entity has already had."""
    if tape.byte() % 4 == 0:
        return (500, 1600, 500)
    return 60 * tape.signed(), 1600 + tape.choose(0, 0, 300), 500 + 70 * tape.signed()


def turned(tape: Tape, state: AvatarState, position: Point) -> AvatarState:
    """A state with the head turned about the vertical to any side; its owner may speak or sign meanwhile."""
    sine = 4 * tape.signed() * ROTATION_MAX // 512
    rotation = ((3, 0, sine, 0), (1, 0, 0, sine))[tape.byte() % 2]
    flags = (state.flags | StateFlag.HEAD) & ~StateFlag.SIGNING | tape.choose(0, 0, StateFlag.SIGNING)
    voice = tape.choose(0, 23, 24, 200)
    return replace(state, flags=flags, voice=voice, head=TrackedPart(*position, *rotation))
