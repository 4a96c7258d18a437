"""What can be wrong with bytes of this wire. Each class carries the close code its sender gets."""

from typing import ClassVar

from protocol.ids import CloseCode


class WireError(ValueError):
    """Root of this layer: bytes or values that SPEC.md does not allow. `str()` says what, for a log line."""

    close_code: ClassVar[CloseCode] = CloseCode.MALFORMED


class MalformedMessage(WireError):
    """A message that breaks section 1.1 (kind) or section 3 (msgpack bodies)."""


class MalformedRotation(WireError):
    """Five bytes that are no rotation of section 4."""


class MalformedPose(WireError):
    """A pose that breaks section 5.1."""


class MalformedFrame(WireError):
    """A snapshot that breaks section 5.2 or 5.3: an error of the server, so the client drops the socket."""
