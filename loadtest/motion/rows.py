"""Motion in metres and quaternions, quantised once into the integer rows that ports send.

A row is what SPEC.md section 4 calls a state, as int32: flags, voice, then x y z largest a b c of the head, the left
and the right hand; hands relative to the quantised head.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from protocol.ids import HAND_POSITION_MAX, HAND_REACH_MM, HEAD_POSITION_MAX, POSITION_SCALE, ROTATION_MAX, StateFlag

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]
Tracked = NDArray[np.bool_]

ROW_COLUMNS: Final = 23
FLAGS: Final = 0
VOICE: Final = 1
HEAD: Final = slice(2, 9)
LEFT: Final = slice(9, 16)
RIGHT: Final = slice(16, 23)
_LENGTH_MIN: Final = 1e-6
"""A shorter quaternion has no direction."""
_REACH_MM: Final = HAND_REACH_MM - 50
"""Nearer than the server's own limit, so that rounding never decides."""


def _round(values: Floats, scale: float) -> NDArray[np.int64]:
    return np.floor(values * scale + 0.5).astype(np.int64)


def pack_rotations(quaternions: Floats) -> NDArray[np.int64]:
    """Quantise quaternions (..., 4) to three over the largest (..., 4): largest a b c; what is none as identity."""
    lengths = np.linalg.norm(quaternions, axis=-1, keepdims=True)
    sound = np.isfinite(lengths) & (lengths > _LENGTH_MIN)
    rotations = np.where(sound, quaternions, np.array([0.0, 0.0, 0.0, 1.0]))
    largest = np.argmax(np.abs(rotations), axis=-1)[..., None]
    rest = np.take_along_axis(rotations, _REST[largest[..., 0]], axis=-1)
    three = _round(rest / np.take_along_axis(rotations, largest, axis=-1), ROTATION_MAX)
    return np.concatenate([largest, three], axis=-1)


_REST: Final[NDArray[np.int64]] = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
"""For each index of the largest component, the other three."""


def quantise_rows(
    head: Floats, left: Floats, right: Floats, *, voice: NDArray[Any] | int = 0, seated: NDArray[Any] | bool = False
) -> Rows:
    """Turn poses (..., 7) in metres and x y z w into rows (..., 23).

    A device whose values are not finite is not tracked; without a head no hand is either, since hands are told
    relative to it; nor is a hand that is out of reach.
    """
    rows = np.zeros((*head.shape[:-1], ROW_COLUMNS), np.int32)
    head_tracked: Tracked = np.asarray(np.isfinite(head).all(axis=-1))
    place = np.clip(_round(np.nan_to_num(head[..., :3]), POSITION_SCALE), -HEAD_POSITION_MAX, HEAD_POSITION_MAX)
    flags = np.where(head_tracked, int(StateFlag.HEAD), 0) | np.where(seated, int(StateFlag.SEATED), 0)
    rows[..., HEAD] = np.concatenate([place, pack_rotations(head[..., 3:])], axis=-1)
    for columns, hand, flag in ((LEFT, left, StateFlag.LEFT), (RIGHT, right, StateFlag.RIGHT)):
        reach = _round(np.nan_to_num(hand[..., :3]), POSITION_SCALE) - place
        near = (reach * reach).sum(axis=-1) <= _REACH_MM**2
        tracked: Tracked = np.logical_and.reduce([head_tracked, np.isfinite(hand).all(axis=-1), near])
        reach = np.clip(reach, -HAND_POSITION_MAX, HAND_POSITION_MAX)
        rows[..., columns] = np.concatenate([reach, pack_rotations(hand[..., 3:])], axis=-1)
        rows[..., columns] *= tracked[..., None]
        flags = flags | np.where(tracked, int(flag), 0)
    rows[..., HEAD] *= head_tracked[..., None]
    rows[..., FLAGS] = flags
    rows[..., VOICE] = voice
    return rows
