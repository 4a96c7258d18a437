"""What can be wrong with bytes of this wire. Each class carries the close code its sender gets."""

import re
from typing import ClassVar, Final

from protocol.ids import CloseCode

DETAIL_CHARACTERS_MAX: Final = 200
"""Of what is wrong, so much is told."""


_QUOTES: Final = (
    (
        re.compile(r"\AObject contains unknown field `.*?`(?P<at> - at `\$[^`]*`)?\Z", re.DOTALL),
        "Object contains an unknown field",
    ),
    (re.compile(r"\AInvalid enum value .*?(?P<at> - at `\$[^`]*`)?\Z", re.DOTALL), "Invalid enum value"),
)
"""What msgspec says with what was sent in it."""


def fault_words(error: Exception) -> str:
    """Say what a decoder found wrong, and where, without what was sent: a key or a value may be somebody's name."""
    told = str(error)
    for pattern, words in _QUOTES:
        if found := pattern.match(told):
            return words + (found["at"] or "")
    return told


class WireError(ValueError):
    """Root of this layer: bytes or values that SPEC.md does not allow. `str()` says what, for a log line."""

    close_code: ClassVar[CloseCode] = CloseCode.MALFORMED

    def __init__(self, detail: str = "") -> None:
        # It quotes nothing of what was sent, but it is kept: in the answers of a session, in a close reason.
        super().__init__(detail[:DETAIL_CHARACTERS_MAX])


class MalformedMessage(WireError):
    """A message that breaks section 1.1 (kind) or section 3 (msgpack bodies)."""


class MalformedRotation(WireError):
    """Four bytes that are no rotation of section 4."""


class MalformedPose(WireError):
    """A pose that breaks section 5.1."""


class MalformedFrame(WireError):
    """A snapshot that breaks section 5.2 or 5.3: an error of the server, so the client drops the socket."""
