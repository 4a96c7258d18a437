"""The server with a guard removed, for checks that prove themselves: what is said in one room reaches all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.main import app
from server.world.room import Room

if TYPE_CHECKING:
    from server.world.member import Member

_rooms: list[Room] = []
_build = Room.__init__


def _remembered(room: Room, *values: object, **more: object) -> None:
    _build(room, *values, **more)  # type: ignore[arg-type]  # whatever a room is made of
    _rooms.append(room)


def _everybody(room: Room, member: Member) -> list[Member]:
    return [other for each in _rooms for other in each.members.values()]


if __name__ == "__main__":
    setattr(Room, "__init__", _remembered)  # noqa: B010 - a method of a class that is not ours to change
    setattr(Room, "perceivers", _everybody)  # noqa: B010 - the same
    app()
