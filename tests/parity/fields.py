"""An avatar state as the extensions tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.snapshot import AvatarState, TrackedPart

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
