"""People and their sessions, as those see them who are cleared and those who are not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from loadtest.motion.model import record
from loadtest.motion.placing import Stage, cast_rooms
from loadtest.motion.rows import FLAGS, HEAD, LEFT, RIGHT, Rows
from loadtest.motion.traces import Trace, clip_from, read_traces
from protocol.masking import MASKED_HZ_MAX, SCALE_GREATEST, SCALE_KEPT, SCALE_LEAST, Mask, mask_state
from protocol.state import AvatarState, TrackedPart

HZ: Final = 30
"""Ticks a second."""
START_SECONDS: Final = 1.1
"""Cut off in front: the crowd's recordings begin with a second in which nobody moves."""
GAP_SECONDS: Final = 1.0
"""Cut out between the two sessions that one recording is made into."""
_LEAST_SECONDS: Final = 16.0
_SCALES: Final = [scale for scale in range(SCALE_LEAST, SCALE_GREATEST + 1) if scale not in SCALE_KEPT]
_STAGE: Final = Stage((-8000, 0, -8000, 8000, 4000, 8000), walkers=0.3, seated=0.4)
_MODEL_PEOPLE: Final = 40
_MODEL_SECONDS: Final = 30.0


RECORDED: Final = {
    "vr-crowd-beatsaber-30hz": ("fast game", "the worst case: everybody moves hard, alike, and in one place"),
    "vr-dialogue-fraga": ("seated dialogue", "the nearest to a consultation there is"),
}
"""Folders of recordings in which several people do the same: what the page calls each, and why it is there."""


@dataclass(frozen=True)
class Set:
    """People who did the same: each one's two sessions, as rows at `HZ`."""

    name: str
    about: str
    people: list[tuple[Rows, Rows]]


def recorded_sets(folder: Path) -> Iterator[Set]:
    """Read the sets in which several people do the same; those that are not there are left out."""
    for where, (name, about) in RECORDED.items():
        if (folder / where).is_dir():
            people = [halves for trace in read_traces(folder / where) if (halves := _halves(trace)) is not None]
            yield Set(name, about, people)


def model_set() -> Set:
    """Let the project's own motion model move people in two sessions."""
    cast = cast_rooms(_STAGE, [_MODEL_PEOPLE], 5)
    visits = [record(cast, hz=HZ, seconds=_MODEL_SECONDS, seed=seed) for seed in (1, 2)]
    people = [(clip_from(one, HZ).rows, clip_from(other, HZ).rows) for one, other in zip(*visits, strict=True)]
    return Set("own model", "people of the load tester's motion model", people)


def _halves(trace: Trace) -> tuple[Rows, Rows] | None:
    rows = clip_from(trace, HZ).rows[round(START_SECONDS * HZ) :]
    if len(rows) < _LEAST_SECONDS * HZ:
        return None
    middle, half_gap = len(rows) // 2, round(GAP_SECONDS * HZ / 2)
    return rows[: middle - half_gap], rows[middle + half_gap :]


def draw_mask(random: Random) -> Mask:
    """Draw a session's body, as a room does; fingers are not in these recordings."""
    return Mask(random.choice(_SCALES), random.choice(_SCALES), floor=0, ceiling=4000)


def masked(rows: Rows, mask: Mask) -> Rows:
    """What those see of a session who are not cleared: masked states, each until the next one is taken."""
    period = 1
    while HZ / period > MASKED_HZ_MAX:
        period *= 2
    shown = np.empty_like(rows)
    for start in range(0, len(rows), period):
        shown[start : start + period] = _row(mask_state(_state(rows[start]), mask))
    return shown


def _state(row: Rows) -> AvatarState:
    values = [int(value) for value in row]
    head, left, right = (TrackedPart(*values[part]) for part in (HEAD, LEFT, RIGHT))
    return AvatarState(flags=values[FLAGS], head=head, left=left, right=right)


def _row(state: AvatarState) -> list[int]:
    parts = (value for part in (state.head, state.left, state.right) for value in (*part.position, *part.rotation))
    return [state.flags, state.voice, *parts]
