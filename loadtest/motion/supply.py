"""Gives every avatar of a test the rows it sends: from recordings, or from the model."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.motion.model import Cast, simulate
from loadtest.motion.placing import Box, Stage, cast_rooms
from loadtest.motion.recorded import OWN_RECORDINGS, SUFFIX
from loadtest.motion.rows import FLAGS, Rows
from loadtest.motion.traces import Clip, clip_from, read_traces
from protocol.ids import StateFlag

MODEL_SECONDS: Final = 30.0
"""How much motion of its own each avatar gets; longer tests go over it there and back again."""


RECORDED_EVERY: Final = 3
"""Of how many avatars one follows a recording of the project's own, where there are any."""


@dataclass(frozen=True)
class Part:
    """What one avatar sends: rows from `start` on, the head moved by `offset_mm`."""

    rows: Rows
    start: int
    offset_mm: tuple[int, ...]
    recorded: bool = False
    """Whether somebody moved like this; else it is the model's."""


def from_model(stage: Stage, parties: Sequence[int], *, hz: float, seconds: float, seed: int) -> list[Part]:
    """Let the model move the avatars of these rooms; in the order of the rooms."""
    cast = cast_rooms(stage, parties, seed)
    rows = simulate(cast, hz=hz, seconds=min(seconds, MODEL_SECONDS), seed=seed)
    return [Part(rows[index], 0, (0, 0, 0)) for index in range(cast.count)]


def by_default(
    stage: Stage,
    parties: Sequence[int],
    *,
    hz: float,
    seconds: float,
    seed: int,
    recordings: Path = OWN_RECORDINGS,
) -> list[Part]:
    """Let the model move the avatars, and beside it recordings that people made in the web client.

    Every third avatar follows one of these where there are any, unless it is seated, which who made them was not; it
    stays where the model would have placed it.
    """
    parts = from_model(stage, parties, hz=hz, seconds=seconds, seed=seed)
    if not any(recordings.glob(f"*{SUFFIX}")):
        return parts
    chosen = range(RECORDED_EVERY - 1, len(parts), RECORDED_EVERY)
    recorded = from_traces(recordings, stage, parties, hz=hz, seed=seed, every=RECORDED_EVERY)
    for index in chosen:
        if not int(parts[index].rows[0, FLAGS]) & StateFlag.SEATED:
            parts[index] = recorded[index]
    return parts


def from_traces(
    folder: Path, stage: Stage, parties: Sequence[int], *, hz: float, seed: int, every: int = 1
) -> list[Part]:
    """Let the avatars follow recordings, each from a moment of its own and at a place of its own.

    The next recording comes with each `every`th avatar: whoever takes only those still gets all recordings.
    Raises NoTraces when the folder has none.
    """
    clips = [clip_from(trace, hz) for trace in read_traces(folder)]
    cast = cast_rooms(stage, parties, seed)
    draw = random.Random(seed)  # noqa: S311 - where bots stand is no secret
    draw.shuffle(clips)
    return [_follow(clips[index // every % len(clips)], cast, index, stage.bounds, draw) for index in range(cast.count)]


def _follow(clip: Clip, cast: Cast, index: int, bounds: Box, draw: random.Random) -> Part:
    x, z = cast.spot[index]
    place = (round(x * 1000), round(cast.floor[index] * 1000), round(z * 1000))
    return Part(clip.rows, draw.randrange(len(clip.rows)), clip.offset_at(place, bounds), recorded=True)
