"""How fast and how often: the same table for recorded traces and for the model.

Speeds are taken over a window of about 1/30 s (the next sample at least 30 ms later): what a 30 Hz sender sees, and
free of the timestamp jitter of 90 Hz recordings. Windows longer than 0.2 s are left out, moves of more than 1 m in one
window (teleports) counted apart.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np

from loadtest.motion.rows import Floats
from loadtest.motion.traces import DEVICES, Trace

WINDOW_SECONDS: Final = 0.030
GAP_SECONDS: Final = 0.2
TELEPORT_METRES: Final = 1.0
STILL_SPEED: Final = 0.02
STILL_TURN: Final = 0.05


class Quantiles(msgspec.Struct, frozen=True):
    """Of a distribution."""

    p50: float
    p95: float
    p99: float
    max: float


class DeviceStatistics(msgspec.Struct, frozen=True):
    """How one device of a set of motions moves."""

    device: str
    seconds: float
    linear: Quantiles | None
    """Speed in m/s; None when no window had positions."""
    angular: Quantiles | None
    """Turning in rad/s."""
    still: float
    """Share of windows slower than 20 mm/s."""
    still_turning: float
    """Share of windows turning slower than 0.05 rad/s."""
    teleports: int


class SpeedSamples(msgspec.Struct, frozen=True):
    """Every window of a device, for the plots."""

    linear: Floats
    angular: Floats
    seconds: float
    teleports: int


def rotation_angles(first: Floats, second: Floats) -> Floats:
    """Return angles in rad between quaternions (n, 4), precise when small."""
    first = first / np.linalg.norm(first, axis=1, keepdims=True)
    second = second / np.linalg.norm(second, axis=1, keepdims=True)
    sign = np.where((first * second).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    angles: Floats = 4 * np.arcsin(np.clip(np.linalg.norm(second * sign - first, axis=1) / 2, 0, 1))
    return angles


def speeds(t: Floats, poses: Floats) -> SpeedSamples:
    """Take the speeds of one device (n, 7) of one recording."""
    sound = np.isfinite(poses).all(axis=1)
    t, poses = t[sound], poses[sound]
    empty = np.zeros(0)
    if len(t) < 2:  # noqa: PLR2004 - a window has two ends
        return SpeedSamples(empty, empty, 0.0, 0)
    ends = np.searchsorted(t, t + WINDOW_SECONDS)
    starts = np.flatnonzero(ends < len(t))
    ends = ends[starts]
    spans = t[ends] - t[starts]
    near = spans < GAP_SECONDS
    starts, ends, spans = starts[near], ends[near], spans[near]
    moves = np.linalg.norm(poses[ends, :3] - poses[starts, :3], axis=1)
    jumps = moves > TELEPORT_METRES
    teleports = int(np.count_nonzero(np.diff(jumps.astype(np.int8), prepend=0) == 1))
    steps = np.diff(t)
    turns = rotation_angles(poses[starts, 3:], poses[ends, 3:])
    return SpeedSamples(
        (moves / spans)[~jumps], (turns / spans)[~jumps], float(steps[steps < GAP_SECONDS].sum()), teleports
    )


def gather(motions: Iterable[Trace], device: str) -> SpeedSamples:
    """Take the speeds of one device over a set of motions."""
    parts = [speeds(motion.t, getattr(motion, device)) for motion in motions]
    return SpeedSamples(
        np.concatenate([np.zeros(0), *(part.linear for part in parts)]),
        np.concatenate([np.zeros(0), *(part.angular for part in parts)]),
        sum(part.seconds for part in parts),
        sum(part.teleports for part in parts),
    )


def quantiles(values: Floats) -> Quantiles | None:
    """Return the quantiles, or None of nothing."""
    if len(values) == 0:
        return None
    p50, p95, p99, most = (round(float(value), 4) for value in np.percentile(values, (50, 95, 99, 100)))
    return Quantiles(p50, p95, p99, most)


def describe(device: str, samples: SpeedSamples) -> DeviceStatistics:
    """Sum up the windows of a device."""
    return DeviceStatistics(
        device=device,
        seconds=round(samples.seconds, 3),
        linear=quantiles(samples.linear),
        angular=quantiles(samples.angular),
        still=_share(samples.linear < STILL_SPEED),
        still_turning=_share(samples.angular < STILL_TURN),
        teleports=samples.teleports,
    )


def _share(which: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    return round(float(which.mean()), 4) if len(which) else 0.0


def table(motions: list[Trace]) -> list[DeviceStatistics]:
    """Describe head, left and right of a set of motions."""
    return [describe(device, gather(motions, device)) for device in DEVICES]
