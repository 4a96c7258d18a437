"""What can go wrong for a client, one tree; each says what a person can do about it."""

from http import HTTPStatus
from typing import Final

from protocol.ids import CloseCode

CLOSE_WORDS: Final[dict[int, str]] = {
    CloseCode.ABNORMAL: "the connection was lost",
    CloseCode.SERVICE_RESTART: "the server restarts",
    CloseCode.SLOW: "this client did not take what it was sent",
    CloseCode.NO_PONG: "the server heard nothing for too long",
    CloseCode.OVERLOADED: "the room is full",
    CloseCode.RATE_LIMITED: "this client sent too much",
    CloseCode.DURABILITY_UNAVAILABLE: "the server cannot keep what is done",
    CloseCode.AUTHENTICATION_INVALID: "the ticket is not valid",
    CloseCode.MALFORMED: "the server did not understand this client",
    CloseCode.REMOVED: "removed from the room",
    CloseCode.CONNECTION_LIMIT: "you are connected too many times",
    CloseCode.VERSION: "client and server speak different versions",
    CloseCode.FORBIDDEN: "not allowed in this room",
    CloseCode.REPLAYED: "the ticket was used before",
    CloseCode.SUPERSEDED: "this session goes on in another connection",
    CloseCode.MOVEMENT_ABUSE: "the avatar moved in impossible ways",
    CloseCode.TOO_MANY_ERRORS: "too many requests were wrong",
}


class ClientError(Exception):
    """Root of what this client raises."""


class JoinRefused(ClientError):
    """The front desk gave no ticket.

    `code` is stable: those of SPEC.md section 10, or `unreachable` (no answer) and `unexpected` (no front desk there).
    `status` is HTTP's, 0 where no answer came.
    """

    def __init__(self, code: str, detail: str, status: int = 0) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status

    @property
    def temporary(self) -> bool:
        """Whether asking again later may help, by the rule of SPEC.md section 10."""
        if self.code in {"unreachable", "room_full"} or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        return self.status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class Disconnected(ClientError):
    """The session is over and was not, or could not be, continued. `close_code` is of SPEC.md section 9."""

    def __init__(self, close_code: int, reason: str = "") -> None:
        words = reason or CLOSE_WORDS.get(close_code, "the connection was closed")
        super().__init__(f"{words} ({close_code})")
        self.close_code = close_code
        self.reason = reason


class ClientFailed(ClientError):
    """The client failed for a fault of its own, which is the cause (`__cause__`); the session is over."""


class OperationLost(ClientError):
    """The session ended before the operation was answered: whether it took effect is not known."""


class BrokenWorld(ClientError):
    """The server broke the protocol. The client drops that session and joins anew."""
