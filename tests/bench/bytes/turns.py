"""Quaternions x y z w by the array: the few operations that studies of hands need."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from loadtest.motion.rows import Floats

IDENTITY: Final[Floats] = np.array([0.0, 0.0, 0.0, 1.0])
_CONJUGATE: Final = np.array([-1.0, -1.0, -1.0, 1.0])
MIRROR: Final = np.array([1.0, -1.0, -1.0, 1.0])
"""Times a rotation: the other hand's."""


def times(first: ArrayLike, second: ArrayLike) -> Floats:
    """The rotation that `second`, then `first` make; shapes (..., 4) broadcast."""
    ax, ay, az, aw = np.moveaxis(np.asarray(first, np.float64), -1, 0)
    bx, by, bz, bw = np.moveaxis(np.asarray(second, np.float64), -1, 0)
    return np.stack(
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ],
        axis=-1,
    )


def back(rotation: Floats) -> Floats:
    """The opposite of unit quaternions."""
    opposite: Floats = rotation * _CONJUGATE
    return opposite


def about(axis: int, radians: ArrayLike) -> Floats:
    """Turns about x (0), y (1) or z (2)."""
    half = np.asarray(radians, np.float64) / 2
    turn = np.zeros((*half.shape, 4))
    turn[..., axis], turn[..., 3] = np.sin(half), np.cos(half)
    return turn


def in_degrees(x: float, y: float, z: float) -> Floats:
    """A turn about X, then the turned Y, then the turned Z."""
    return times(times(about(0, np.radians(x)), about(1, np.radians(y))), about(2, np.radians(z)))


def to_degrees(rotation: Floats) -> list[float]:
    """Undo `in_degrees`, to a tenth."""
    x, y, z, w = rotation
    first = np.arctan2(2 * (w * x - y * z), 1 - 2 * (x * x + y * y))
    second = np.arcsin(np.clip(2 * (x * z + w * y), -1.0, 1.0))
    third = np.arctan2(2 * (w * z - x * y), 1 - 2 * (y * y + z * z))
    return [round(float(angle), 1) for angle in np.degrees([first, second, third])]


def turned(rotation: Floats, vector: ArrayLike) -> Floats:
    """Turn vectors (..., 3)."""
    given = np.asarray(vector, np.float64)
    pure = np.concatenate([given, np.zeros((*given.shape[:-1], 1))], axis=-1)
    moved: Floats = times(times(rotation, pure), back(rotation))[..., :3]
    return moved


def degrees_between(first: Floats, second: Floats) -> Floats:
    """Angles, precise when small."""
    apart = times(back(first), second)
    angle: Floats = np.degrees(2 * np.arctan2(np.linalg.norm(apart[..., :3], axis=-1), np.abs(apart[..., 3])))
    return angle


def middle(rotations: Floats) -> Floats:
    """The rotation nearest to all of (n, 4), by least squares of the components."""
    _, vectors = np.linalg.eigh(rotations.T @ rotations)
    nearest: Floats = vectors[:, -1]
    return nearest


def wrapped(radians: Floats) -> Floats:
    """Into -pi to pi."""
    inside: Floats = (radians + np.pi) % (2 * np.pi) - np.pi
    return inside
