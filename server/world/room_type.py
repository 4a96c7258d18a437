"""What a kind of room is: a list of features and a set of defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.world.feature import Feature


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomType:
    """A kind of room. Each value but name, features and periods may be set otherwise by the facility file."""

    name: str
    features: tuple[type[Feature], ...]
    """In the order in which they are called."""
    tick_hz: int
    """Snapshots a second."""
    capacity: int
    """People at a time."""
    visible: int
    """Most entities one person is shown at a time."""
    radius: float
    """m; how far one perceives, from head to head."""
    hysteresis: float
    """m; how much farther than `radius` one who is perceived stays so."""
    tiers: tuple[float, float]
    """m; within the first everything is shown, within the second head and hands, beyond it the head."""
    periods: tuple[int, int, int, int] = (1, 1, 1, 1)
    """Ticks between two updates of an entity, by tier."""
