"""The rooms that are open: those the facility names, and those opened on demand for a visit."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from protocol.rights import Right
from server.errors import InvalidRequest, NotAllowed, RoomClosed, RoomUnknown
from server.world.keeping import NOTHING_KEPT
from server.world.rights import Newcomer, Rights
from server.world.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from server.config import FacilitySettings, RoomSettings, VisitSettings
    from server.store.motion_writer import MotionWriter
    from server.world.auditing import Auditor
    from server.world.keeping import Keeper, Recalled
    from server.world.room_type import RoomType

CLOSED_KEPT = 10_000
"""Ids of closed visits that are still told from ids that never were."""

VISIT_NAME_MAX = 64


@dataclass(frozen=True, slots=True)
class Door:
    """Who has a right to a room, worked out beforehand."""

    right: Right
    roles: frozenset[str]
    guest_roles: frozenset[str]
    """Of these, what the facility has guests as."""

    def is_open_to(self, newcomer: Newcomer) -> bool:
        """Whether somebody may. Who is refused costs what who asks for no room at all costs."""
        welcome = (self.roles, self.guest_roles)[newcomer.guest]
        return bool(newcomer.roles) & (newcomer.roles <= welcome) & (self.right in newcomer.scope)

    def is_open_to_one_of(self, newcomer: Newcomer) -> bool:
        """Whether somebody may in one of their roles, where none of them is chosen. It costs as much."""
        welcome = (self.roles, self.guest_roles)[newcomer.guest]
        return (not newcomer.roles.isdisjoint(welcome)) & (self.right in newcomer.scope)


@dataclass(frozen=True, slots=True)
class Doors:
    """Who has the rights to a room that are asked before one is inside."""

    join: Door
    invite: Door


_SHUT: Final = Doors(Door(Right.JOIN, frozenset(), frozenset()), Door(Right.INVITE, frozenset(), frozenset()))


class RoomListener(Protocol):
    """Who wants to know when rooms open and close: the scheduler, the store, the metrics."""

    def room_opened(self, room: Room, now: float) -> None:
        """Learn that a room is open."""

    def room_closed(self, room: Room, now: float) -> None:
        """Learn that a room is closed; it was empty."""


class Directory:
    """All rooms of this process."""

    def __init__(
        self,
        settings: FacilitySettings,
        find_room_type: Callable[[str], RoomType],
        random: Random,
        *,
        auditor: Auditor | None = None,
        keeper: Keeper | None = None,
        motion: MotionWriter | None = None,
    ) -> None:
        """`find_room_type` raises `KeyError` for a name that is no type's; `random` is the source of all ids."""
        self._auditor = auditor
        self._keeper = keeper
        self._motion = motion
        self._recalled: dict[str, Recalled] = {}
        self._settings = settings
        self._find_room_type = find_room_type
        self._random = random
        self._visit_settings: Mapping[str, VisitSettings] = {visit.type: visit for visit in settings.visits}
        self._visits: dict[str, VisitSettings] = {}
        self._closed: OrderedDict[str, Doors] = OrderedDict()
        """Who might have joined, and asked others in, by the id of a visit that is closed."""
        self._doors: dict[str, Doors] = {}
        """Who may join, and ask others in, by the id of an open room."""
        self._visit_doors: dict[str, Doors] = {}
        """The same of visits, by their type: many are opened and closed, and have this in common."""
        self._openers: dict[str, Door] = {}
        """Who may open visits, by their type."""
        self.rights = Rights(settings.rights)
        """What the facility lets each role do."""
        self._listeners: list[RoomListener] = []
        self.rooms: dict[str, Room] = {}

    @property
    def visit_types(self) -> tuple[str, ...]:
        """The types that rooms can be opened of."""
        return tuple(self._visit_settings)

    def subscribe(self, listener: RoomListener) -> None:
        """Tell a listener of every room opened or closed from now on."""
        self._listeners.append(listener)

    def recall(self, rooms: Mapping[str, Recalled]) -> None:
        """Learn what was kept of rooms, by id, before they are opened."""
        self._recalled.update(rooms)

    def open_named(self, now: float) -> None:
        """Open the rooms that the facility names."""
        for settings in self._settings.rooms:
            self._open(settings.id, settings.name, settings, now)

    def open_visit(self, type_name: str, name: str, now: float) -> Room:
        """Open a room on demand. Raises `InvalidRequest` if there is no such type of visit or no more may be opened."""
        settings = self._visit_of(type_name)
        open_now = sum(visit is settings for visit in self._visits.values())
        if open_now >= settings.open_max:
            raise InvalidRequest(f"{open_now} rooms of type {type_name!r} are open, and no more may be")
        if not 1 <= len(name) <= VISIT_NAME_MAX:
            raise InvalidRequest(f"a room's name has 1 to {VISIT_NAME_MAX} characters, this one {len(name)}")
        return self._open_visit(f"{type_name}-{self._random.getrandbits(64):016x}", settings, name, now)

    def demand_opener(self, type_name: str, newcomer: Newcomer) -> None:
        """Raise `NotAllowed` unless somebody may open rooms of a type on demand."""
        self._visit_of(type_name)
        if type_name not in self._openers:
            self._openers[type_name] = self._door(Right.OPEN, type_name)
        door = self._openers[type_name]
        if not door.is_open_to(newcomer):
            openers = ", ".join(sorted(door.roles)) or "none"
            raise NotAllowed(f"only these roles open rooms of type {type_name!r}: {openers}")

    def reopen_visit(self, room_id: str, type_name: str, name: str, now: float) -> Room:
        """Open a visit again under the id it had before the server was restarted.

        Raises `InvalidRequest` if the facility has no such visits any more or the id is taken.
        """
        settings = self._visit_of(type_name)
        if room_id in self.rooms:
            raise InvalidRequest(f"room {room_id!r} is open already")
        return self._open_visit(room_id, settings, name, now)

    def find(self, room_id: str) -> Room:
        """Find the open room of that id, for who may know of every room. Raises `RoomUnknown` or `RoomClosed`."""
        room = self.rooms.get(room_id)
        if room is not None:
            return room
        if room_id in self._closed:
            raise RoomClosed
        raise RoomUnknown

    def admit(self, room_id: str, newcomer: Newcomer) -> Room:
        """Find the open room of that id for somebody who may join it.

        Raises `RoomUnknown` for a room that is not there and for one that may not be joined, by the very same steps,
        so that neither the answer nor its time tells which; `RoomClosed` only to those who might have joined.
        """
        if self._doors.get(room_id, _SHUT).join.is_open_to(newcomer):
            return self.rooms[room_id]
        if self._closed.get(room_id, _SHUT).join.is_open_to(newcomer):
            raise RoomClosed
        raise RoomUnknown

    def admit_host(self, room_id: str, host: Newcomer) -> Room:
        """Find the open room of that id for somebody who may ask others into it in one of their roles.

        They need not be let in themselves. Raises `NotAllowed` to those who may join it, and else what `admit` does,
        by the very same steps for a room that is not there and for one that is not theirs.
        """
        doors, closed = self._doors.get(room_id, _SHUT), self._closed.get(room_id, _SHUT)
        if doors.invite.is_open_to_one_of(host):
            return self.rooms[room_id]
        if doors.join.is_open_to_one_of(host):
            raise NotAllowed("you may not ask others into this room")
        if closed.invite.is_open_to_one_of(host) or closed.join.is_open_to_one_of(host):
            raise RoomClosed
        raise RoomUnknown

    def listed(self, newcomer: Newcomer) -> list[Room]:
        """Give the rooms the facility names that somebody may join."""
        return [
            room
            for room in self.rooms.values()
            if room.id not in self._visits and self._doors[room.id].join.is_open_to(newcomer)
        ]

    def remember_closed(self, room_id: str) -> None:
        """Answer for a room that was closed before the server was restarted."""
        # The id of a visit begins with its type.
        self._closed[room_id] = self._doors_of_visits(room_id.rpartition("-")[0])
        while len(self._closed) > CLOSED_KEPT:
            self._closed.popitem(last=False)

    def close_empty(self, now: float) -> list[Room]:
        """Close the visits that have been empty for as long as their kind lingers; those closed."""
        over = [
            self.rooms[room_id]
            for room_id, settings in self._visits.items()
            if _empty_for(self.rooms[room_id], now) >= settings.linger_seconds
        ]
        for room in over:
            del self.rooms[room.id]
            del self._doors[room.id]
            del self._visits[room.id]
            self.remember_closed(room.id)
            for listener in self._listeners:
                listener.room_closed(room, now)
            room.features.close()
        return over

    def _visit_of(self, type_name: str) -> VisitSettings:
        settings = self._visit_settings.get(type_name)
        if settings is None:
            known = ", ".join(self._visit_settings) or "none"
            raise InvalidRequest(f"rooms of this type cannot be opened on demand; of these they can: {known}")
        return settings

    def _open_visit(self, room_id: str, settings: VisitSettings, name: str, now: float) -> Room:
        self._visits[room_id] = settings
        return self._open(room_id, name, settings, now)

    def _open(self, room_id: str, name: str, settings: RoomSettings, now: float) -> Room:
        room = Room(
            room_id,
            name,
            self._find_room_type(settings.type),
            settings,
            rights=self.rights,
            safety=self._settings.safety,
            random=self._random,
            now=now,
            auditor=self._auditor,
            keeper=self._keeper,
            motion=self._motion,
            recalled=self._recalled.pop(room_id, NOTHING_KEPT),
        )
        self.rooms[room.id] = room
        named, type_name = settings.named_id, room.type.name
        self._doors[room.id] = self._doors_of(type_name, named) if named else self._doors_of_visits(type_name)
        for listener in self._listeners:
            listener.room_opened(room, now)
        return room

    def _door(self, right: Right, room_type: str, room: str = "") -> Door:
        """Say who has a right that is asked before one is inside; `room` is the id of a named room."""
        holders = self.rights.holders(right, room_type, room)
        guests = self._settings.identity.guest_roles_in(self.rights.roles, room_type, room)
        return Door(right, holders, holders & guests)

    def _doors_of(self, room_type: str, room: str = "") -> Doors:
        return Doors(self._door(Right.JOIN, room_type, room), self._door(Right.INVITE, room_type, room))

    def _doors_of_visits(self, room_type: str) -> Doors:
        if room_type not in self._visit_doors:
            self._visit_doors[room_type] = self._doors_of(room_type)
        return self._visit_doors[room_type]


def _empty_for(room: Room, now: float) -> float:
    return -1.0 if room.empty_since is None else now - room.empty_since


class ClosedRooms:
    """What was counted in rooms that are closed: a counter never goes back."""

    def __init__(self) -> None:
        self.faults = 0
        self.operations: Counter[tuple[str, str, str]] = Counter()
        self.counts: Counter[tuple[str, str]] = Counter()

    def room_opened(self, room: Room, now: float) -> None:
        """Have nothing to note yet."""

    def room_closed(self, room: Room, now: float) -> None:  # noqa: ARG002 - a listener is told the time
        """Add what the room has counted."""
        self.faults += room.features.faults
        self.operations += room.features.operations
        self.counts += room.features.counts
