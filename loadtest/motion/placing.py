"""Where people stand and sit: the cast of the motion model for one room."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from loadtest.motion.model import Cast

if TYPE_CHECKING:
    from loadtest.motion.rows import Floats

Box = tuple[int, int, int, int, int, int]
"""mm, least x y z then greatest."""
Gathering = Literal["groups", "corner", "seats"]

_PARTY: Final = 6
"""People in a group, about."""
_WALL: Final = 0.6
"""Metres kept from the walls."""
_CORNER_METRES: Final = 4.0
_SEAT_PITCH: Final = (0.6, 1.0)
"""Metres from seat to seat: beside, and from row to row."""


@dataclass(frozen=True)
class Stage:
    """A room as motion sees it."""

    bounds: Box
    gathering: Gathering = "groups"
    walkers: float = 0.4
    seated: float = 0.0

    @property
    def floor(self) -> float:
        """Height of the floor, m: the ground when the room reaches it, else its lowest plane."""
        low, high = self.bounds[1] / 1000, self.bounds[4] / 1000
        return 0.0 if low <= 0.0 <= high else low

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Least x z, greatest x z where people may be, m."""
        x0, _, z0, x1, _, z1 = (side / 1000 for side in self.bounds)
        # Half of a room that is narrower than its two margins.
        wall_x, wall_z = min(_WALL, (x1 - x0) / 4), min(_WALL, (z1 - z0) / 4)
        x0, z0, x1, z1 = x0 + wall_x, z0 + wall_z, x1 - wall_x, z1 - wall_z
        if self.gathering == "corner":
            x1, z1 = min(x1, x0 + _CORNER_METRES), min(z1, z0 + _CORNER_METRES)
        return x0, z0, x1, z1


def cast_rooms(stage: Stage, parties: Sequence[int], seed: int) -> Cast:
    """Cast the avatars of several rooms alike, `parties` in each; rooms do not share groups."""
    random = np.random.default_rng(seed)
    casts = [_seats(stage, count) if stage.gathering == "seats" else _groups(stage, count, random) for count in parties]
    groups = np.cumsum([0, *(len(cast.centres) for cast in casts)])
    return Cast(
        group=np.concatenate([cast.group + first for cast, first in zip(casts, groups, strict=False)]),
        spot=np.concatenate([cast.spot for cast in casts]),
        floor=np.concatenate([cast.floor for cast in casts]),
        seated=np.concatenate([cast.seated for cast in casts]),
        walks=np.concatenate([cast.walks for cast in casts]),
        first_group=np.concatenate([cast.first_group + first for cast, first in zip(casts, groups, strict=False)]),
        group_count=np.concatenate([cast.group_count for cast in casts]),
        least=np.concatenate([cast.least for cast in casts]),
        greatest=np.concatenate([cast.greatest for cast in casts]),
        centres=np.concatenate([cast.centres for cast in casts]),
        speaker=np.concatenate(
            [
                np.where(cast.speaker >= 0, cast.speaker + first, -1)
                for cast, first in zip(casts, np.cumsum([0, *parties]), strict=False)
            ]
        ),
    )


def _groups(stage: Stage, count: int, random: np.random.Generator) -> Cast:
    x0, z0, x1, z1 = stage.area
    least, greatest = np.array([x0, z0]), np.array([x1, z1])
    groups = max(1, round(count / _PARTY))
    centres = random.uniform(least, greatest, (groups, 2)) if groups > 1 else (least + greatest)[None] / 2
    group = np.arange(count) % groups
    place = np.arange(count) // groups
    party = math.ceil(count / groups)
    radius = max(0.7, party * 0.7 / (2 * math.pi)) * random.uniform(0.9, 1.2, count)
    angle = place / party * 2 * math.pi + random.uniform(-0.2, 0.2, count)
    spot = centres[group] + np.stack([np.sin(angle), np.cos(angle)], axis=1) * radius[:, None]
    seated = random.random(count) < stage.seated
    return Cast(
        group=group,
        spot=np.clip(spot, least, greatest),
        floor=np.full(count, stage.floor),
        seated=seated,
        walks=~seated & (random.random(count) < stage.walkers),
        first_group=np.zeros(count, np.int64),
        group_count=np.full(count, groups),
        least=np.broadcast_to(least, (count, 2)),
        greatest=np.broadcast_to(greatest, (count, 2)),
        centres=centres,
        speaker=np.full(groups, -1),
    )


def _seats(stage: Stage, count: int) -> Cast:
    """Rows of seats that look along -Z to one who stands and speaks."""
    x0, z0, x1, z1 = stage.area
    beside, rows_apart = _SEAT_PITCH
    columns = max(1, int((x1 - x0) / beside))
    rows = math.ceil(max(count - 1, 1) / columns)
    # A hall that is too small for the rows has them closer.
    rows_apart = min(rows_apart, (z1 - z0) * 0.8 / rows)
    columns = min(columns, max(count - 1, 1))
    seat = np.arange(count) - 1
    middle = (x0 + x1) / 2
    spot = np.stack(
        [
            middle + (seat % columns - (columns - 1) / 2) * beside,
            z0 + 0.2 * (z1 - z0) + seat // columns * rows_apart,
        ],
        axis=1,
    )
    spot[0] = middle, z0 + 0.05 * (z1 - z0)
    least, greatest = np.array([x0, z0]), np.array([x1, z1])
    sits = np.arange(count) > 0
    centre: Floats = np.array([[middle, z0 + 0.3 * (z1 - z0)]])
    return Cast(
        group=np.zeros(count, np.int64),
        spot=np.clip(spot, least, greatest),
        floor=np.full(count, stage.floor),
        seated=sits,
        walks=np.zeros(count, bool),
        first_group=np.zeros(count, np.int64),
        group_count=np.ones(count, np.int64),
        least=np.broadcast_to(least, (count, 2)),
        greatest=np.broadcast_to(greatest, (count, 2)),
        centres=centre,
        speaker=np.zeros(1, np.int64),
    )
