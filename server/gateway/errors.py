"""Why a connection or its session ends: the part of the server's errors that a client's socket alone can cause."""

from protocol.ids import ERRORS_MAX, ERRORS_SECONDS, MESSAGES_PER_SECOND, CloseCode
from server.errors import PolyclinicError


class SessionError(PolyclinicError):
    """A session broke a rule of the wire: it costs that session its connection and nobody else anything."""

    code = "malformed"
    http_status = 400
    close_code = CloseCode.MALFORMED


class VersionMismatch(SessionError):
    """The client speaks another version or schema of the wire."""

    code = "version"
    close_code = CloseCode.VERSION


class HelloTimeout(SessionError):
    """Nothing came within the time for a first message."""

    code = "authentication_timeout"
    close_code = CloseCode.AUTHENTICATION_TIMEOUT
    words = "the first message did not come in time"


class SessionLocked(SessionError):
    """A session that is locked, and no ticket that opens it."""

    code = "locked"
    http_status = 401
    close_code = CloseCode.LOCKED
    words = "this session is locked; come back with a fresh ticket"


class ResumeRefused(SessionError):
    """A resume token that is unknown, used, or of a session that ended."""

    code = "replayed"
    close_code = CloseCode.REPLAYED


class RateLimited(SessionError):
    """More messages than the wire allows."""

    code = "rate_limited"
    http_status = 429
    close_code = CloseCode.RATE_LIMITED
    words = f"more than {MESSAGES_PER_SECOND} messages a second"


class TooManyErrors(SessionError):
    """Too many malformed or refused operations."""

    code = "too_many_errors"
    close_code = CloseCode.TOO_MANY_ERRORS
    words = f"more than {ERRORS_MAX} malformed or refused operations in {ERRORS_SECONDS:g} s"
