"""The kinds of rooms there are: one file each, listed here by hand so that reading this list is knowing them all."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from server.room_types.auditorium import AUDITORIUM
from server.room_types.consult import CONSULT
from server.room_types.lobby import LOBBY
from server.room_types.simulation import SIMULATION
from server.room_types.waiting import WAITING
from server.room_types.ward import WARD
from server.world.room_type import RoomType

ROOM_TYPES: Final[Mapping[str, RoomType]] = MappingProxyType(
    {room_type.name: room_type for room_type in (LOBBY, WAITING, CONSULT, WARD, SIMULATION, AUDITORIUM)}
)
"""By name, as facility files write it."""


def find_room_type(name: str) -> RoomType:
    """Find a type by its name. Raises `KeyError` if there is none of it."""
    return ROOM_TYPES[name]


__all__ = ["ROOM_TYPES", "find_room_type"]
