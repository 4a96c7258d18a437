"""Whether what a device reports moves as something worn does, or rests as on a table.

Measured at one look a second over ten: people's heads, calm listeners' too, went over at least 23 mm; a headset that
lay still wandered 1 mm and turned 0.04 degrees (recorded; 0.3 mm standard deviation and 0.25 degrees from frame to
frame at 99 %). Breathing alone moves a seated head by some millimetres, so the line is drawn close to the noise.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

from protocol.ids import ROTATION_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.state import PartNumbers

LOOKS: Final = 10
"""Looks, one a second, that are held against each other: two breaths."""

REST_MM: Final = 3
"""Over all looks, along any axis: a device at rest stays within it."""

REST_DEGREES: Final = 1.0
"""From the first look: a device at rest stays within it; the wire's rotations are good to 0.25 degrees."""

_REST_COSINE: Final = math.cos(math.radians(REST_DEGREES / 2.0))


class Stillness:
    """Follows one part."""

    __slots__ = ("_positions", "_rotations")

    def __init__(self) -> None:
        self._positions: deque[tuple[int, int, int]] = deque(maxlen=LOOKS)
        self._rotations: deque[tuple[float, float, float, float]] = deque(maxlen=LOOKS)

    def moved(self, part: PartNumbers) -> bool:
        """Take a look; whether the part has moved beyond what rests within the last looks.

        Then it begins anew with where it is now.
        """
        self._positions.append(part[:3])
        # The dearer of the two is worked out only for who has not moved from their place.
        if not self._strayed() and not self._turned(_unit(part[3:])):
            return False
        self.forget()
        self._positions.append(part[:3])
        return True

    def _strayed(self) -> bool:
        return any(max(axis) - min(axis) > REST_MM for axis in zip(*self._positions, strict=True))

    def _turned(self, rotation: tuple[float, float, float, float]) -> bool:
        self._rotations.append(rotation)
        return min(abs(_dot(self._rotations[0], other)) for other in self._rotations) < _REST_COSINE

    def forget(self) -> None:
        """Begin anew: what is not tracked has no place to compare with."""
        self._positions.clear()
        self._rotations.clear()


def _unit(packed: Sequence[int]) -> tuple[float, float, float, float]:
    largest, *others = packed
    components = [float(value) for value in others]
    components.insert(largest, ROTATION_MAX)
    length = math.sqrt(sum(value * value for value in components))
    x, y, z, w = (value / length for value in components)
    return x, y, z, w


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
