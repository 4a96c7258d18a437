"""The motion that is measured: recordings by what people do in them, or the project's own model without any."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from loadtest.motion.model import record
from loadtest.motion.placing import Stage, cast_rooms
from loadtest.motion.rows import Floats, Rows, quantise_rows
from loadtest.motion.traces import Trace, read_traces, resample, squeeze_pauses

HZ: Final = 20
"""Samples a second: the rate of a room."""
OWN_SECONDS: Final = 30.0
_OWN_STAGE: Final = Stage((-8000, 0, -8000, 8000, 4000, 8000), walkers=0.3, seated=0.4)
_OWN_AVATARS: Final = 24


@dataclass(frozen=True)
class Motion:
    """One person at `HZ`: what was recorded, and the integers a client makes of it."""

    name: str
    parts: tuple[Floats, Floats, Floats]
    """Head, left and right (n, 7): metres in the room and unit quaternions; NaN where not tracked."""
    rows: Rows


@dataclass(frozen=True)
class Family:
    """Recordings of one kind."""

    name: str
    folder: str
    bytes_max: float | None = None
    """What an update of head and hands may cost; None where nothing is asked."""


FAMILIES: Final = (
    Family("dialogue, seated", "vr-dialogue-fraga", 10.0),
    Family("standing, talking", "vr-hubs-bot"),
    Family("manipulation", "vr-manipulate-super-hands", 13.0),
    Family("painting, walking", "vr-paint-a-painter", 13.0),
    Family("building", "vr-build-superframe"),
    Family("bare hands", "vr-quest-iwer-capture"),
    Family("dance", "vr-dance-saturday-night"),
    Family("fast swords", "vr-fast-beatsaber", 19.0),
)
OWN: Final = Family("the project's own model", "", 10.2)
"""Standing, sitting, talking and walking more than a dialogue does: the limit keeps what it has come down to."""


def motions_of(family: Family, recordings: Path | None) -> list[Motion]:
    """Everybody in the recordings of a family, or in the model's room."""
    if family is OWN or recordings is None:
        return own_motions()
    return [motion_from(trace) for trace in read_traces(recordings / family.folder)]


def own_motions(seconds: float = OWN_SECONDS, avatars: int = _OWN_AVATARS, seed: int = 1) -> list[Motion]:
    """People of the project's own model."""
    cast = cast_rooms(_OWN_STAGE, [avatars], seed)
    return [motion_from(trace) for trace in record(cast, hz=HZ, seconds=seconds, seed=seed)]


def motion_from(trace: Trace, times: Floats | None = None) -> Motion:
    """Resample a trace around the middle of its head's path, pauses cut out unless the times are given."""
    t = trace.t
    if times is None:
        t = squeeze_pauses(t, 1 / HZ)
        times = np.arange(0.0, max(t[-1], 1 / HZ), 1 / HZ)
    head, left, right = (resample(t, poses, times) for poses in (trace.head, trace.left, trace.right))
    # Whole metres: a room's origin has nothing to do with anybody's motion, and rounds nothing.
    middle = np.round(np.nanmedian(head[:, :3], axis=0)) * (1.0, 0.0, 1.0)
    for device in (head, left, right):
        device[:, :3] -= middle
        device[:, 3:] /= np.linalg.norm(device[:, 3:], axis=1, keepdims=True)
    return Motion(trace.name, (head, left, right), quantise_rows(head, left, right))


def seconds_of(motions: Sequence[Motion]) -> float:
    """How long all of them move."""
    return sum(len(motion.rows) for motion in motions) / HZ
