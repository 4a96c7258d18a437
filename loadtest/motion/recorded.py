"""Recordings that people made of their own motion in the web client: `.motion.jsonl` files, read and checked.

Lines of JSON. The first is the header; each other one is a pose as it was sent: milliseconds since the start, flags,
voice, x y z i a b c of the head and of each tracked hand (SPEC.md section 4), 20 finger values of a hand in
hexadecimal. docs/howto/record-motion.md tells the format in full.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import numpy as np

from loadtest.errors import NoTraces
from loadtest.motion.rows import FLAGS, HEAD, LEFT, RIGHT, ROW_COLUMNS, VOICE, Floats, Rows
from protocol.fields import FINGER_VALUES
from protocol.ids import HAND_POSITION_MAX, HEAD_POSITION_MAX, POSITION_SCALE, ROTATION_MAX, StateFlag

SUFFIX: Final = ".motion.jsonl"
VERSION: Final = 1
OWN_RECORDINGS: Final = Path(__file__).parent / "recordings"
"""What is part of the project; load tests follow it where nothing else was asked for."""
_PART_NUMBERS: Final = 7
_LINES_MAX: Final = 200_000
"""Ten minutes at 90 Hz are 54,000."""
_MILLISECONDS_MAX: Final = 3600 * 1000
"""An hour: between lines far apart a clip has as many steps as between those of a headset."""
_PARTS: Final = ((StateFlag.HEAD, HEAD), (StateFlag.LEFT, LEFT), (StateFlag.RIGHT, RIGHT))
_FINGERS: Final = ((StateFlag.LEFT_FINGERS, StateFlag.LEFT), (StateFlag.RIGHT_FINGERS, StateFlag.RIGHT))
_KNOWN_FLAGS: Final = 0xFF & ~StateFlag.FACE


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line."""

    format: Literal["polyclinic-motion"]
    version: Annotated[int, msgspec.Meta(ge=1)]
    device: Literal["headset", "desktop", "touch", "text"]
    """What the wearer had on or before them."""
    research: bool | None = None
    """Whether the person allowed research while a server recorded them; None of who recorded themselves."""


class Recording(msgspec.Struct, frozen=True):
    """What a file holds: sample times in ms and rows as they were sent."""

    device: str
    research: bool | None
    milliseconds: list[int]
    rows: Rows


def read_recording(path: Path) -> Recording:
    """Read a file. Raises NoTraces, which says where the fault is."""
    try:
        with path.open("rb") as file:
            return parse_recording(file)
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise NoTraces(f"{path}: not a motion recording: {error}") from error


def parse_recording(lines: Iterator[bytes]) -> Recording:
    """Read the lines of a file. Raises ValueError or msgspec.DecodeError."""
    header = msgspec.json.decode(next(lines, b""), type=Header)
    if header.version != VERSION:
        raise ValueError(f"version {header.version}, and only {VERSION} is known")
    milliseconds: list[int] = []
    rows: list[list[int]] = []
    for number, line in enumerate(lines, 2):
        if number > _LINES_MAX:
            raise ValueError(f"more than {_LINES_MAX} lines")
        values = msgspec.json.decode(line, type=list[int | str])
        try:
            milliseconds.append(_time(values, milliseconds[-1] if milliseconds else 0))
            rows.append(_row(values))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    return Recording(header.device, header.research, milliseconds, np.array(rows, np.int32).reshape(-1, ROW_COLUMNS))


def poses_of_rows(rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Turn rows back into poses (n, 7) of head, left and right: metres, x y z w, NaN where not tracked."""
    poses: list[Floats] = []
    for flag, columns in _PARTS:
        part = rows[:, columns].astype(np.float64)
        pose = np.full((len(rows), _PART_NUMBERS), np.nan)
        place = part[:, :3] + (0 if flag is StateFlag.HEAD else rows[:, HEAD][:, :3])
        tracked = (rows[:, FLAGS] & flag) != 0
        pose[tracked, :3] = place[tracked] / POSITION_SCALE
        pose[tracked, 3:] = _quaternions(rows[tracked][:, columns][:, 3:])
        poses.append(pose)
    head, left, right = poses
    return head, left, right


def _quaternions(packed: Rows) -> Floats:
    """Return quaternions (n, 4) of three over the largest (n, 4)."""
    quaternions = np.full((len(packed), 4), float(ROTATION_MAX))
    for largest in range(4):
        which = packed[:, 0] == largest
        rest = [axis for axis in range(4) if axis != largest]
        quaternions[np.ix_(which, rest)] = packed[which, 1:]
    unit: Floats = quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)
    return unit


def _time(values: list[int | str], before: int) -> int:
    if len(values) == 0:
        raise ValueError("nothing in it")
    return _whole(values[0], before, _MILLISECONDS_MAX, "milliseconds")


def _row(values: list[int | str]) -> list[int]:
    flags = _whole(values[1] if len(values) > 1 else "", 0, _KNOWN_FLAGS, "flags")
    if flags & StateFlag.FACE:
        raise ValueError("flags of a face, which no recording has")
    row = [0] * ROW_COLUMNS
    taken = iter(values[2:])
    # Fingers are kept in the file for what will use them; the load tester's avatars send none.
    row[FLAGS] = flags & ~(StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS)
    row[VOICE] = _whole(next(taken, ""), 0, 255, "voice")
    for flag, columns in _PARTS:
        if flags & flag:
            row[columns] = _part([next(taken, "") for _ in range(_PART_NUMBERS)], flag)
    for fingers, hand in _FINGERS:
        if flags & fingers:
            if not flags & hand:
                raise ValueError("fingers without their hand")
            _finger_values(next(taken, ""))
    if next(taken, None) is not None:
        raise ValueError("more in it than its flags tell")
    return row


def _part(values: list[int | str], flag: StateFlag) -> list[int]:
    reach = HEAD_POSITION_MAX if flag is StateFlag.HEAD else HAND_POSITION_MAX
    place = [_whole(value, -reach, reach, "a position") for value in values[:3]]
    largest = _whole(values[3], 0, 3, "the largest component")
    return [*place, largest, *(_whole(value, -ROTATION_MAX, ROTATION_MAX, "a rotation") for value in values[4:])]


def _finger_values(value: int | str) -> bytes:
    values = bytes.fromhex(value) if isinstance(value, str) else b""
    if len(values) != FINGER_VALUES:
        raise ValueError(f"fingers that are not {FINGER_VALUES} values")
    return values


def _whole(value: int | str, least: int, greatest: int, what: str) -> int:
    if isinstance(value, str) or not least <= value <= greatest:
        raise ValueError(f"{what} missing or not within {least} to {greatest}")
    return value
