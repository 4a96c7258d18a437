"""Motion through the compiled codec: records written at one end and read at the other, bytes and what came out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core_ext import RecordCodec
from loadtest.motion.rows import FLAGS, HEAD, LEFT, RIGHT, VOICE, Floats, Rows
from protocol.ids import FACE_VALUES, FINGER_VALUES, POSITION_SCALE, ROTATION_MAX, StateFlag, Tier
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart

ALIAS_BYTES: Final = 1
"""Says whose record it is, in a frame of at most 255 avatars."""
Bytes = NDArray[np.uint8]
_NO_FINGERS: Final = bytes(FINGER_VALUES)
_NO_FACE: Final = bytes(FACE_VALUES)


@dataclass(frozen=True)
class Sent:
    """What one observer got of one avatar, by sample."""

    sizes: NDArray[np.int64]
    """Bytes, alias included; 0 where nothing had changed and no record was sent."""
    rows: Rows
    """What was read at the other end, see `loadtest.motion.rows`."""
    fingers: Bytes
    """(n, 2, 20): left, right."""
    face: Bytes
    """(n, 52)."""


def poses_of(rows: Rows, fingers: Bytes | None = None, face: Bytes | None = None) -> Iterator[bytes]:
    """Lay rows out as pose messages; fingers (n, 2, 20) go with the hands that are tracked."""
    for index, row in enumerate(rows.tolist()):
        flags = row[FLAGS]
        hands = (_NO_FINGERS, _NO_FINGERS)
        if fingers is not None:
            left, right = bool(flags & StateFlag.LEFT), bool(flags & StateFlag.RIGHT)
            flags |= StateFlag.LEFT_FINGERS * left | StateFlag.RIGHT_FINGERS * right
            told = [fingers[index, side].tobytes() for side in range(2)]
            hands = (told[0] if left else _NO_FINGERS, told[1] if right else _NO_FINGERS)
        if face is not None:
            flags |= StateFlag.FACE
        parts = [TrackedPart(*row[part]) for part in (HEAD, LEFT, RIGHT)]
        shape = _NO_FACE if face is None else face[index].tobytes()
        yield encode_pose(Pose(AvatarState(int(flags), row[VOICE], parts[0], parts[1], parts[2], *hands, shape), 0, 0))


def send(poses: Iterable[bytes]) -> Sent:
    """Send the poses of one avatar to one observer in the full tier who misses none."""
    writer, reader = RecordCodec(), RecordCodec()
    sizes: list[int] = []
    states: list[tuple[Any, ...]] = []
    for pose in poses:
        if sizes:
            told = writer.delta(pose)
        else:
            writer.begin(pose, Tier.FULL)
            told = writer.full()
        if told is not None:
            reader.apply(told)
        sizes.append(0 if told is None else len(told) + ALIAS_BYTES)
        states.append(reader.state())
    return Sent(np.array(sizes), *_columns(states))


def _columns(states: Sequence[tuple[Any, ...]]) -> tuple[Rows, Bytes, Bytes]:
    rows = np.array([(flags, voice, *head, *left, *right) for flags, voice, head, left, right, *_ in states], np.int32)
    values = np.frombuffer(b"".join(b"".join(state[5:]) for state in states), np.uint8).reshape(len(states), -1)
    fingers = values[:, : 2 * FINGER_VALUES].reshape(-1, 2, FINGER_VALUES)
    return rows, fingers, values[:, 2 * FINGER_VALUES :]


def rotations_of(part: NDArray[Any], counts: float = ROTATION_MAX) -> Floats:
    """Unit quaternions (n, 4) of largest a b c (n, 4)."""
    full: Floats = np.zeros((len(part), 4))
    rest = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])[part[:, 0]]
    np.put_along_axis(full, part[:, :1].astype(np.int64), counts, axis=1)
    np.put_along_axis(full, rest, part[:, 1:].astype(np.float64), axis=1)
    unit: Floats = full / np.linalg.norm(full, axis=1, keepdims=True)
    return unit


def places_of(rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Where head, left and right are in the room (n, 3), m: a hand is told relative to the head."""
    head = rows[:, HEAD][:, :3] / POSITION_SCALE
    return head, head + rows[:, LEFT][:, :3] / POSITION_SCALE, head + rows[:, RIGHT][:, :3] / POSITION_SCALE
