"""Recorded motion, resampled to the rate at which bots send.

Two kinds of files: `.npz` with t, head, left, right, and the web client's own `.motion.jsonl` (`recorded.py`).

Right-handed, +Y up, -Z forward, metres, quaternions x y z w; NaN where a device is missing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from loadtest.errors import NoTraces
from loadtest.motion.recorded import SUFFIX, poses_of_rows, read_recording
from loadtest.motion.rows import FLAGS, HEAD, Floats, Rows, quantise_rows
from protocol.ids import StateFlag

DEVICES: Final = ("head", "left", "right")
GAP_SECONDS: Final = 0.5
"""A longer gap between samples is a pause of the recording: cut out, for an avatar has no use for it."""
_HEAD_HEIGHTS: Final = (0.5, 2.3)
"""A median head height outside these was not counted from the floor."""
_SEATED_HEIGHT: Final = 1.2
_POSITION_LIMIT: Final = 8000.0
"""Metres from the origin past which a value is a fault of the recording, not a place."""


@dataclass(frozen=True)
class Trace:
    """One recording: sample times (n,) in s and poses (n, 7) of each device."""

    name: str
    t: Floats
    head: Floats
    left: Floats
    right: Floats
    folder: str = ""
    """Name of the folder it came from."""

    @property
    def seconds(self) -> float:
        """From the first sample to the last."""
        return float(self.t[-1] - self.t[0])


@dataclass(frozen=True)
class Clip:
    """A recording as rows, its head's middle above the origin, heights from the floor."""

    name: str
    rows: Rows
    least: tuple[int, int, int]
    """The least head position, mm."""
    greatest: tuple[int, int, int]
    """The greatest head position, mm."""

    def offset_at(self, place: tuple[int, int, int], bounds: tuple[int, int, int, int, int, int]) -> tuple[int, ...]:
        """Return the offset (mm) that brings the clip to `place`, or as near as its whole path fits into the bounds."""
        offset = []
        for axis in range(3):
            low, high = bounds[axis] - self.least[axis], bounds[axis + 3] - self.greatest[axis]
            # A path longer than the room is centred; the port keeps it inside.
            offset.append(min(max(place[axis], low), high) if low <= high else (low + high) // 2)
        return tuple(offset)


def read_traces(folder: Path) -> list[Trace]:
    """Read every trace below `folder` that tracks a head, in the order of their paths. Raises NoTraces."""
    if not folder.is_dir():
        raise NoTraces(f"{folder}: no such directory; --traces wants one with .npz or {SUFFIX} motion traces")
    paths = sorted([*folder.rglob("*.npz"), *folder.rglob(f"*{SUFFIX}")])
    traces = [trace for path in paths if (trace := _read_trace(path)) is not None]
    if not traces:
        raise NoTraces(
            f"{folder}: no motion trace in it; --traces wants .npz files with t, head, left and right, or {SUFFIX}"
        )
    return traces


def _read_trace(path: Path) -> Trace | None:
    """Read one file; None when it is no motion trace or nothing in it can be followed."""
    if path.name.endswith(SUFFIX):
        return _trace_of_recording(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            if not {"t", "head"} <= set(file.files):
                return None
            t = file["t"].astype(np.float64)
            empty = np.full((len(t), 7), np.nan)
            devices = [file[name].astype(np.float64) if name in file.files else empty for name in DEVICES]
            if t.ndim != 1:
                return None
    except Exception as error:
        # NumPy tells what it cannot read in a dozen ways, MemoryError and TokenError among them.
        raise NoTraces(f"{path}: not a readable .npz file: {error}") from error
    if any(device.shape != (len(t), 7) for device in devices):
        return None
    head, left, right = devices
    return clean_trace(path.stem, t, head, left, right, path.parent.name)


def _trace_of_recording(path: Path) -> Trace | None:
    recording = read_recording(path)
    if len(recording.rows) == 0:
        return None
    t = np.array(recording.milliseconds, np.float64) / 1000
    return clean_trace(path.name.removesuffix(SUFFIX), t, *poses_of_rows(recording.rows), path.parent.name)


def clean_trace(  # noqa: PLR0917 - what a recording holds, in its order
    name: str, t: Floats, head: Floats, left: Floats, right: Floats, folder: str = ""
) -> Trace | None:
    """Mend what recordings get wrong; None when fewer than 2 samples of a head remain.

    A head without any position (rotation alone was recorded) stands at the origin; values that no room could hold
    count as missing; samples that do not come later than the one before are dropped.
    """
    timed = np.isfinite(t)
    t, head, left, right = t[timed], head[timed], left[timed], right[timed]
    if len(t) < 2:  # noqa: PLR2004 - two samples make a motion
        return None
    if np.isnan(head[:, :3]).all():
        head[np.isfinite(head[:, 3:]).all(axis=1), :3] = (0.0, 1.6, 0.0)
    for device in (head, left, right):
        lost = ~np.isfinite(device).all(axis=1) | (np.abs(np.nan_to_num(device[:, :3])) > _POSITION_LIMIT).any(axis=1)
        device[lost] = np.nan
    later = np.append(True, np.diff(np.maximum.accumulate(t)) > 0)
    if np.count_nonzero(np.isfinite(head[later, 0])) < 2:  # noqa: PLR2004 - two samples make a motion
        return None
    return Trace(name, t[later] - t[0], head[later], left[later], right[later], folder)


def squeeze_pauses(t: Floats, step: float) -> Floats:
    """Return the times with every gap longer than `GAP_SECONDS` shortened to `step`."""
    gaps = np.diff(t, prepend=t[0])
    return np.cumsum(np.where(gaps > GAP_SECONDS, step, gaps))


def resample(t: Floats, poses: Floats, times: Floats) -> Floats:
    """Interpolate poses (n, 7) at `times`; NaN where the sample on either side is missing."""
    after = np.clip(np.searchsorted(t, times, side="right"), 1, len(t) - 1)
    before = after - 1
    share = np.clip((times - t[before]) / (t[after] - t[before]), 0.0, 1.0)[:, None]
    first, second = poses[before], poses[after]
    same_side = np.where((first[:, 3:] * second[:, 3:]).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    second = np.concatenate([second[:, :3], second[:, 3:] * same_side], axis=1)
    mixed: Floats = first * (1 - share) + second * share
    return mixed


def clip_from(trace: Trace, hz: float) -> Clip:
    """Resample a trace to `hz`, put its middle over the origin and its feet on the floor, and quantise it."""
    t = squeeze_pauses(trace.t, 1 / hz)
    times = np.arange(0.0, max(t[-1], 1 / hz), 1 / hz)
    devices = [resample(t, poses, times) for poses in (trace.head, trace.left, trace.right)]
    middle = np.nanmedian(devices[0][:, :3], axis=0) if np.isfinite(devices[0][:, 0]).any() else np.zeros(3)
    low, high = _HEAD_HEIGHTS
    middle[1] = 0.0 if low <= middle[1] <= high else middle[1] - _SEATED_HEIGHT
    for device in devices:
        device[:, :3] -= middle
    rows = quantise_rows(*devices)
    places = rows[(rows[:, FLAGS] & StateFlag.HEAD) != 0][:, HEAD][:, :3]
    if len(places) == 0:
        places = np.zeros((1, 3), np.int32)
    return Clip(trace.name, rows, _corner(places.min(axis=0)), _corner(places.max(axis=0)))


def _corner(values: NDArray[np.int32]) -> tuple[int, int, int]:
    x, y, z = (int(value) for value in values)
    return x, y, z
