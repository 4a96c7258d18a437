"""The zones of a room, as the compiled core takes them, and who may perceive into which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.fields import quantise
from protocol.ids import POSITION_SCALE
from protocol.messages import ZoneDescription

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from server.config import Box, Point, ZoneSettings

BoxMillimetres = tuple[int, int, int, int, int, int]
"""Least x y z, then greatest x y z."""

AT_LARGE = -1
"""The zone of what is in none."""


def to_millimetres(point: Point) -> tuple[int, int, int]:
    """Put a point in metres on the wire's grid."""
    x, y, z = point
    return quantise(x, POSITION_SCALE), quantise(y, POSITION_SCALE), quantise(z, POSITION_SCALE)


def box_to_millimetres(box: Box) -> BoxMillimetres:
    """Put a box in metres on the wire's grid."""
    return (*to_millimetres(box[0]), *to_millimetres(box[1]))


class Zones:
    """All zones of one room. A zone's number is its place in the list, and its bit in a mask."""

    def __init__(self, settings: Sequence[ZoneSettings]) -> None:
        self._settings = tuple(settings)
        self.boxes: tuple[BoxMillimetres, ...] = tuple(box_to_millimetres(zone.box) for zone in settings)
        self.private_mask = sum(1 << number for number, zone in enumerate(settings) if zone.private)

    def at(self, position: tuple[int, int, int]) -> int:
        """Find the number of the first zone that contains a place, mm; `AT_LARGE` for none."""
        for number, box in enumerate(self.boxes):
            if all(low <= value <= high for low, value, high in zip(box[:3], position, box[3:], strict=True)):
                return number
        return AT_LARGE

    def mask(self, names: Collection[str]) -> int:
        """Mask of the private zones of these names."""
        return sum(1 << number for number, zone in enumerate(self._settings) if zone.private and zone.name in names)

    def is_private(self, number: int) -> bool:
        """Whether a zone is private; the room at large is not."""
        return number != AT_LARGE and bool(self.private_mask >> number & 1)

    def perceived(self, zone: int, granted: int, own: int) -> bool:
        """Whether a zone is perceived by somebody in the zone `own` who is granted the zones of a mask."""
        return not self.is_private(zone) or bool(granted >> zone & 1) or own == zone

    def describe(self) -> tuple[ZoneDescription, ...]:
        """Say what `welcome.room` says of them."""
        return tuple(ZoneDescription(name=zone.name, box=zone.box, private=zone.private) for zone in self._settings)
