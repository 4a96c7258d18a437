"""Reads the number of an event message, checking each different body once.

A room tells the same event to all in it; the messages differ in their number alone. Checking the body a thousand times
would cost more than everything else a bot does.
"""

from typing import Final

from protocol.codec import decode_server
from protocol.errors import MalformedMessage
from protocol.ids import Kind
from protocol.messages import Event

_START: Final = bytes([Kind.EVENT, 0x84, 0xA5]) + b"event"
_WIDTHS: Final = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
"""msgpack's unsigned integers by their first byte."""
_REMEMBERED: Final = 256


class EventReader:
    """Remembers the bodies it has checked."""

    def __init__(self) -> None:
        self._checked: dict[bytes, None] = {}

    def number(self, data: bytes) -> int:
        """Return the number of an event message. Raises MalformedMessage."""
        number, body = self._split(data)
        if body is not None and body in self._checked:
            return number
        message = decode_server(data)
        if not isinstance(message, Event):
            raise MalformedMessage(f"{type(message).__name__} instead of an event")
        if body is not None:
            self._remember(body)
        return message.event

    def _remember(self, body: bytes) -> None:
        if len(self._checked) >= _REMEMBERED:
            del self._checked[next(iter(self._checked))]
        self._checked[body] = None

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
