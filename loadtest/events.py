"""Reads the number of an event message and whom it tells of, checking each different body once.

A room tells the same event to all in it; the messages differ in their number alone. Checking the body a thousand times
would cost more than everything else a bot does.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from protocol.codec import decode_server
from protocol.errors import MalformedMessage
from protocol.ids import Kind
from protocol.messages import Event

_START: Final = bytes([Kind.EVENT, 0x84, 0xA5]) + b"event"
_WIDTHS: Final = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
"""msgpack's unsigned integers by their first byte."""
_REMEMBERED: Final = 256
_EntityId = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]


class _Person(Struct):
    entity: _EntityId


class _Roster(Struct):
    people: tuple[_Person, ...]


class _Changed(Struct):
    joined: tuple[_Person, ...]
    left: tuple[_EntityId, ...]


class Told(NamedTuple):
    """What a bot needs of an event."""

    number: int
    entities: tuple[int, ...] = ()
    """Those that `presence` tells of."""


class EventReader:
    """Remembers the bodies it has checked, with the entities in them."""

    def __init__(self) -> None:
        self._checked: dict[bytes, tuple[int, ...]] = {}

    def read(self, data: bytes) -> Told:
        """Read an event message. Raises MalformedMessage, also for what is no event of `presence` but says so."""
        number, body = self._split(data)
        if body is not None and (entities := self._checked.get(body)) is not None:
            return Told(number, entities)
        message = decode_server(data)
        if not isinstance(message, Event):
            raise MalformedMessage(f"{type(message).__name__} instead of an event")
        entities = _entities(message.type, message.body) if message.feature == "presence" else ()
        if body is not None:
            self._remember(body, entities)
        return Told(message.event, entities)

    def _remember(self, body: bytes, entities: tuple[int, ...]) -> None:
        if len(self._checked) >= _REMEMBERED:
            del self._checked[next(iter(self._checked))]
        self._checked[body] = entities

    @staticmethod
    def _split(data: bytes) -> tuple[int, bytes | None]:
        """Return number and the rest of a message whose number comes first; the rest is None of any other."""
        start = len(_START)
        if not data.startswith(_START) or len(data) <= start:
            return 0, None
        first = data[start]
        width = _WIDTHS.get(first, 0)
        if width == 0 and first > 0x7F:  # noqa: PLR2004 - msgpack's greatest one-byte integer
            return 0, None
        end = start + 1 + width
        number = int.from_bytes(data[start + 1 : end], "big") if width else first
        # Zero or a number cut short is for the decoder to refuse.
        return (number, data[end:]) if number >= 1 and end < len(data) else (0, None)


def _entities(what: str, body: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the entities in the roster or in a change of it (SPEC.md section 6.1)."""
    try:
        if what == "roster":
            return tuple(person.entity for person in msgspec.convert(body, _Roster).people)
        changed = msgspec.convert(body, _Changed)
    except msgspec.ValidationError as error:
        raise MalformedMessage(f"presence {what}: {error}") from None
    return (*(person.entity for person in changed.joined), *changed.left)
