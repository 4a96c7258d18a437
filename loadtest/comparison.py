"""Recordings against the model: the same table and the same figure for both."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from loadtest.motion.model import record
from loadtest.motion.placing import Stage, cast_rooms
from loadtest.motion.rows import HEAD, LEFT, RIGHT, Floats, Rows
from loadtest.motion.statistics import DeviceStatistics, SpeedSamples, describe, gather
from loadtest.motion.supply import Part
from loadtest.motion.traces import DEVICES, Trace, read_traces
from loadtest.page import motion_table, page, panel
from loadtest.plots import motion_figure, svg
from protocol.fields import POSITION_SCALE
from protocol.ids import ROTATION_MAX, StateFlag

_HALL: Final = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)
_PEOPLE: Final = 24
_MODEL_SECONDS: Final = 60.0
_MODEL_HZ: Final = 30.0
_MEASURED_AVATARS: Final = 24
"""As many tell how all moved."""


@dataclass(frozen=True)
class MotionSet:
    """A named set of motions, measured."""

    name: str
    speeds: dict[str, SpeedSamples]

    @property
    def statistics(self) -> list[DeviceStatistics]:
        """The table of the set."""
        return [describe(device, self.speeds[device]) for device in DEVICES]


def measure(name: str, motions: list[Trace]) -> MotionSet:
    """Measure a set of motions."""
    return MotionSet(name, {device: gather(motions, device) for device in DEVICES})


def model_sets(seed: int = 1) -> list[MotionSet]:
    """Measure the model: people who sit in talk, people who stand in talk, and a lobby in which some walk."""
    stages = {
        "model, seated": Stage(_HALL, walkers=0.0, seated=1.0),
        "model, standing": Stage(_HALL, walkers=0.0),
        "model, lobby": Stage(_HALL, walkers=0.4),
    }
    return [
        measure(name, record(cast_rooms(stage, [_PEOPLE], seed), hz=_MODEL_HZ, seconds=_MODEL_SECONDS, seed=seed))
        for name, stage in stages.items()
    ]


def recorded_sets(folder: Path) -> list[MotionSet]:
    """Measure the recordings below `folder`, a set for each folder that has some. Raises NoTraces."""
    by_folder: dict[str, list[Trace]] = {}
    for trace in read_traces(folder):
        by_folder.setdefault(trace.folder, []).append(trace)
    return [measure(name, traces) for name, traces in sorted(by_folder.items())]


def moved(parts: list[Part], hz: float) -> MotionSet:
    """Measure what the avatars of a test send, from the integers that go over the wire."""
    return measure("this test", [trace_of(part.rows, hz) for part in parts[:_MEASURED_AVATARS]])


def trace_of(rows: Rows, hz: float) -> Trace:
    """Turn rows back into metres and quaternions."""
    head = _poses(rows, HEAD, StateFlag.HEAD)
    hands = [_poses(rows, LEFT, StateFlag.LEFT), _poses(rows, RIGHT, StateFlag.RIGHT)]
    for hand in hands:
        hand[:, :3] += head[:, :3]
    return Trace("rows", np.arange(len(rows)) / hz, head, hands[0], hands[1])


def _poses(rows: Rows, columns: slice, flag: StateFlag) -> Floats:
    part = rows[:, columns].astype(np.float64)
    three = part[:, 4:] / ROTATION_MAX
    greatest = 1.0 / np.sqrt(1.0 + (three * three).sum(axis=1))
    three *= greatest[:, None]
    quaternions = np.empty((len(rows), 4))
    for largest in range(4):
        which = part[:, 3] == largest
        quaternions[which] = np.insert(three[which], largest, greatest[which], axis=1)
    poses = np.concatenate([part[:, :3] / POSITION_SCALE, quaternions], axis=1)
    poses[(rows[:, 0] & flag) == 0] = np.nan
    return poses


def figure(title: str, sets: list[MotionSet]) -> Figure:
    """Draw sets into one figure."""
    return motion_figure(title, [(each.name, each.speeds) for each in sets])


def comparison_page(folder: Path, seed: int = 1) -> str:
    """Return the page that compares the recordings below `folder` with the model. Raises NoTraces."""
    recorded, modelled = recorded_sets(folder), model_sets(seed)
    together = measure("all recordings", read_traces(folder))
    # The model is fitted to people in talk: those folders are drawn by name, the rest only counts in the whole.
    talk = [each for each in recorded if any(word in each.name for word in _TALK)]
    tables = [(each.name, each.statistics) for each in (*modelled, together, *recorded)]
    body = [
        "<h1>The motion model and the recordings</h1>",
        '<p class="sub">Speed over windows of about 1/30 s, teleports of more than 1 m left out.</p>',
        panel(
            svg(figure("Share of time in which head and hands are faster", [*modelled[:2], *(talk[:2] or [together])]))
        ),
        "<h2>Numbers</h2>",
        panel(motion_table(tables)),
    ]
    return page("Motion: model and recordings", "\n".join(body))


_TALK: Final = ("dialogue", "hubs")
"""In the names of the folders the model is fitted to."""
