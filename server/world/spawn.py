"""Where people appear."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from protocol.messages import Spawn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from server.config import SpawnSettings

_POINT_WEIGHT = 0.25
"""m2: a spawn point is as likely as an area of half a metre square, about what one person takes."""


class Spawns:
    """The spawn areas of a room: one is drawn by its floor area, then a place evenly from it.

    People thus spread over all areas evenly, and thousands can appear at once without standing in one another.
    """

    def __init__(self, settings: Sequence[SpawnSettings], random: Random) -> None:
        self._settings = tuple(settings)
        self._weights = tuple(_weight(spawn) for spawn in settings)
        self._random = random

    def draw(self) -> Spawn:
        """Draw a place and a direction."""
        (area,) = self._random.choices(self._settings, self._weights)
        least, greatest = area.box
        x, y, z = (self._random.uniform(low, high) for low, high in zip(least, greatest, strict=True))
        return Spawn(position=(x, y, z), yaw=math.radians(area.yaw))


def _weight(spawn: SpawnSettings) -> float:
    (x0, _, z0), (x1, _, z1) = spawn.box
    return max((x1 - x0) * (z1 - z0), _POINT_WEIGHT)
