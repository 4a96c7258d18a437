"""Changes that wait to be read: of state the newest, of events every one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from polyclinic_client.changes import Corrected, Entered, Handled, Left, Moved, RosterChanged

if TYPE_CHECKING:
    from collections.abc import Hashable

    from polyclinic_client.changes import Change
    from polyclinic_client.errors import ClientError

EVENTS_MAX: Final = 1024


class Backlog:
    """A bounded queue between the socket and whoever reads the changes.

    Moves of one entity become one; an entity that came and went unread leaves no trace; roster changes become one. What
    is left, the events, is never dropped: past `EVENTS_MAX` of them the client stops reading the socket, and the server
    closes a client that stays behind with 4001. Only while nobody has asked for changes yet does the oldest event give
    way, so that a client that never asks can live on.
    """

    def __init__(self, events_max: int = EVENTS_MAX) -> None:
        self._waiting: dict[Hashable, Change] = {}
        self._events: dict[int, None] = {}
        self._events_max = events_max
        self._next = 0
        self._readable = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._listened = False
        self._ended = False
        self._error: ClientError | None = None

    def listen(self) -> None:
        """Note that somebody reads from now on."""
        self._listened = True
        self._mark()

    def put(self, change: Change) -> None:
        """Queue a change, or merge it with what waits."""
        match change:
            case Moved(entity=entity):
                self._waiting["moved", entity.id] = change
            case Handled(entity=entity):
                self._waiting["handled", entity.id] = change
            case Entered(entity=entity):
                self._waiting["entered", entity.id] = change
            case Left(entity=entity):
                self._put_left(change, entity.id)
            case RosterChanged():
                self._put_roster(change)
            case Corrected():
                self._waiting["corrected"] = change
            case _:
                self._put_event(change)
        self._mark()

    def _put_left(self, change: Left, entity: int) -> None:
        self._waiting.pop(("moved", entity), None)
        self._waiting.pop(("handled", entity), None)
        if self._waiting.pop(("entered", entity), None) is None:
            self._waiting["left", entity] = change

    def _put_roster(self, change: RosterChanged) -> None:
        waiting = self._waiting.pop("roster", None)
        if isinstance(waiting, RosterChanged):
            joined = {person.entity: person for person in (*waiting.joined, *change.joined)}
            gone = {person.entity for person in (*waiting.left, *change.left)}
            change = replace(
                change,
                joined=tuple(person for person in joined.values() if person.entity not in gone),
                left=tuple(person for person in (*waiting.left, *change.left) if person.entity not in joined),
            )
        self._waiting["roster"] = change

    def _put_event(self, change: Change) -> None:
        self._next += 1
        self._waiting[self._next] = change
        self._events[self._next] = None
        if not self._listened and len(self._events) > self._events_max:
            oldest = next(iter(self._events))
            del self._events[oldest], self._waiting[oldest]

    def end(self, error: ClientError | None = None) -> None:
        """Let readers have what waits, then `error`, or a quiet end."""
        self._ended = True
        self._error = error
        self._mark()

    async def room(self) -> None:
        """Wait until fewer events wait than may."""
        await self._has_room.wait()

    async def get(self) -> Change | None:
        """Take the oldest change; None at the quiet end. Raises what the session ended with."""
        await self._readable.wait()
        if not self._waiting:
            if self._error is not None:
                raise self._error
            return None
        key = next(iter(self._waiting))
        change = self._waiting.pop(key)
        if isinstance(key, int):
            del self._events[key]
        self._mark()
        return change

    def _mark(self) -> None:
        _set(self._readable, on=bool(self._waiting) or self._ended)
        _set(self._has_room, on=self._ended or not self._listened or len(self._events) < self._events_max)


def _set(event: asyncio.Event, *, on: bool) -> None:
    if on:
        event.set()
    else:
        event.clear()
