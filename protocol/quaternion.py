"""Rotations as quaternions x y z w: the few operations the hand model needs."""

import math
from typing import Final

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]

IDENTITY: Final[Quaternion] = (0.0, 0.0, 0.0, 1.0)


def multiply(first: Quaternion, second: Quaternion) -> Quaternion:
    """Return the rotation that `second`, then `first` make, both about fixed axes."""
    ax, ay, az, aw = first
    bx, by, bz, bw = second
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def conjugate(rotation: Quaternion) -> Quaternion:
    """Return the opposite of a unit quaternion."""
    x, y, z, w = rotation
    return -x, -y, -z, w


def rotate(rotation: Quaternion, vector: Vector) -> Vector:
    """Turn a vector by a unit quaternion."""
    x, y, z, _ = multiply(multiply(rotation, (*vector, 0.0)), conjugate(rotation))
    return x, y, z


def about_x(radians: float) -> Quaternion:
    """Return a turn about +X."""
    return math.sin(radians / 2), 0.0, 0.0, math.cos(radians / 2)


def about_y(radians: float) -> Quaternion:
    """Return a turn about +Y."""
    return 0.0, math.sin(radians / 2), 0.0, math.cos(radians / 2)


def about_z(radians: float) -> Quaternion:
    """Return a turn about +Z."""
    return 0.0, 0.0, math.sin(radians / 2), math.cos(radians / 2)


def from_degrees(x: float, y: float, z: float) -> Quaternion:
    """Return a turn about X, then the turned Y, then the turned Z, in degrees."""
    turns = multiply(about_x(math.radians(x)), about_y(math.radians(y)))
    return multiply(turns, about_z(math.radians(z)))


def from_axes(x: Vector, y: Vector, z: Vector) -> Quaternion:
    """Return the rotation that takes the axes of the frame to these orthonormal, right-handed ones."""
    squares = (1 + x[0] - y[1] - z[2], 1 - x[0] + y[1] - z[2], 1 - x[0] - y[1] + z[2], 1 + x[0] + y[1] + z[2])
    largest = squares.index(max(squares))
    # Four times the products of the quaternion's components, row by row: the largest row loses least to rounding.
    rows = (
        (squares[0], x[1] + y[0], x[2] + z[0], y[2] - z[1]),
        (x[1] + y[0], squares[1], y[2] + z[1], z[0] - x[2]),
        (x[2] + z[0], y[2] + z[1], squares[2], x[1] - y[0]),
        (y[2] - z[1], z[0] - x[2], x[1] - y[0], squares[3]),
    )
    length = math.sqrt(sum(value * value for value in rows[largest]))
    a, b, c, d = (value / length for value in rows[largest])
    return a, b, c, d


def normalised(vector: Vector) -> Vector:
    """Scale a vector to length 1. Raises ValueError for one without a direction."""
    length = math.sqrt(dot(vector, vector))
    if not math.isfinite(length) or length == 0.0:
        raise ValueError(f"no direction: {vector}")
    return vector[0] / length, vector[1] / length, vector[2] / length


def dot(first: Vector, second: Vector) -> float:
    """Return the scalar product."""
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def cross(first: Vector, second: Vector) -> Vector:
    """Return the vector product."""
    return (
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
    )


def add(first: Vector, second: Vector) -> Vector:
    """Return the sum."""
    return first[0] + second[0], first[1] + second[1], first[2] + second[2]


def subtract(first: Vector, second: Vector) -> Vector:
    """Return the difference."""
    return first[0] - second[0], first[1] - second[1], first[2] - second[2]
