"""An event encoded once for all who receive it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.codec import pack
from protocol.ids import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from msgspec import Struct

_MAP_OF_FOUR = b"\x84"
_HEAD = bytes((Kind.EVENT,)) + _MAP_OF_FOUR + pack("event")
_FEATURE = pack("feature")
_TYPE = pack("type")
_BODY = pack("body")


class EncodedEvent:
    """Feature, type and body as msgpack, shared by every receiver; each session puts its own number before them."""

    __slots__ = ("_tail",)

    def __init__(self, feature: str, type_: str, body: bytes) -> None:
        """Take a body that is one msgpack map already."""
        self._tail = b"".join((_FEATURE, pack(feature), _TYPE, pack(type_), _BODY, body))

    @classmethod
    def of(cls, feature: str, type_: str, body: Mapping[str, object] | Struct) -> EncodedEvent:
        """Encode a body: a map of plain values, or a struct."""
        return cls(feature, type_, pack(body))

    @property
    def size(self) -> int:
        """Bytes shared by all receivers; a message has at most 17 more."""
        return len(self._tail)

    def message(self, number: int) -> bytes:
        """Give the whole `event` message of the session for which this is event `number`."""
        return b"".join((_HEAD, pack(number), self._tail))
