"""The server's errors: one tree, each class with its stable code, its HTTP status and its WebSocket close code.

An error is raised where the fault is seen and handled once, at the boundary it crosses: the front desk turns it into a
problem document by `code` and `http_status`, the gateway into a close by `close_code`, the command line into one line
on stderr by `exit_status`. A class carries all of them because one fault, a full room say, may reach any of the three.

What a class always says is its `words`, and it is raised without any; only what depends on the fault is an argument.
Here are those that more than one package raises. `identity/refusals.py` and `gateway/errors.py` have the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from protocol.ids import CloseCode

if TYPE_CHECKING:
    from collections.abc import Mapping


class PolyclinicError(Exception):
    """The root: something the server can say in words a person understands."""

    code: ClassVar[str] = "internal"
    """Stable, for programs: the `code` of a problem document or of a log line."""
    http_status: ClassVar[int] = 500
    """What the front desk answers."""
    close_code: ClassVar[CloseCode] = CloseCode.INTERNAL_ERROR
    """What the gateway closes with."""
    exit_status: ClassVar[int] = 1
    """What the process ends with when this stops it from starting."""

    words: ClassVar[str] = ""
    """What is said where nothing else is given."""

    retry_after: int = 0
    """Seconds until it is worth asking again, as the front desk tells it; 0: nobody knows."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What the front desk's answer carries besides."""
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}

    def __str__(self) -> str:
        return super().__str__() or self.words

    @property
    def detail(self) -> str:
        """The words for people."""
        return str(self)

    @property
    def told(self) -> str:
        """The words for whoever asks the front desk, who need not be the operator."""
        return self.detail


# Starting -------------------------------------------------------------------------------------------------------------


class StartError(PolyclinicError):
    """The process cannot start; its words are one line for the operator."""

    code = "cannot_start"


class ConfigError(StartError):
    """The configuration is wrong: `file: key: expected X, got Y`."""

    code = "config"
    exit_status = 2

    def __init__(self, file: str, key: str, expected: str, got: str) -> None:
        super().__init__(f"{file}: {key}: expected {expected}, got {got}")
        self.file = file
        self.key = key
        self.expected = expected
        self.got = got


class PortInUse(StartError):
    """A listening port is taken, or may not be had."""

    code = "port_in_use"

    def __init__(self, host: str, port: int, reason: str, number: int | None = None) -> None:
        """Keep `number`, the system's own (errno), where it was the system that said no."""
        super().__init__(f"cannot listen on {host}:{port}: {reason}")
        self.host = host
        self.port = port
        self.reason = reason
        self.number = number


class AuditStartError(StartError):
    """The audit log cannot be gone on with: tampered with, without its key, or another process's."""

    code = "audit_unavailable"


class AuditTaken(AuditStartError):
    """Another process writes the audit log."""


class PlainOffLoopback(StartError):
    """The ports would speak in the clear where other machines reach them."""

    code = "plain_off_loopback"
    exit_status = 2

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is reached from other machines, and nothing of a patient goes there in the clear: give --tls-cert "
            "and --tls-key, or --tls-self-signed for a first try, or --behind-proxy if a proxy speaks TLS before it"
        )


class FileUnusable(StartError):
    """A file of secrets is none, or others may read it."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


class CertificateUnusable(FileUnusable):
    """No certificate and key can be had from the files that were named."""

    code = "certificate"
    exit_status = 2


class KeyUnusable(FileUnusable):
    """The key beside the store is none, or others may read it."""

    code = "key_unusable"


# Asking ---------------------------------------------------------------------------------------------------------------


class RequestError(PolyclinicError):
    """What was asked for cannot be had: the caller's to mend or to accept."""

    code = "invalid_request"
    http_status = 422
    close_code = CloseCode.FORBIDDEN


class InvalidRequest(RequestError):
    """The request is not one the server understands."""


class RoomUnknown(RequestError):
    """No room of that id has ever been open, as far as the one who asks may know: forbidden rooms are unknown, too."""

    code = "room_unknown"
    http_status = 404
    words = "there is no such room"


class RoomClosed(RequestError):
    """The room was open once and is not any more."""

    code = "room_closed"
    http_status = 410
    words = "this room is closed"


class RoomFull(RequestError):
    """Every place in the room is taken (a suspended session keeps its place)."""

    code = "room_full"
    http_status = 409
    close_code = CloseCode.OVERLOADED

    def __init__(self, capacity: int) -> None:
        super().__init__(f"this room is full: all of its {capacity} places are taken")
        self.capacity = capacity


class NotAllowed(RequestError):
    """The role may not do this. For what may be known to be there; a room that may not be joined is `RoomUnknown`."""

    code = "forbidden"
    http_status = 403


class Removed(RequestError):
    """Who asks was shown out of the room, and not long enough ago."""

    code = "removed"
    http_status = 403
    close_code = CloseCode.REMOVED
    words = "you were shown out of this room; ask who is in charge of it"


class InvitationPaused(RequestError):
    """Nobody new comes by an invitation, because somebody who came by it was shown out. The words do not say so."""

    code = "invitation_paused"
    http_status = 403
    words = "nobody new comes in by this invitation for the moment; ask whoever sent it"


class RoleUnknown(RequestError):
    """The facility has no such role."""

    code = "role_unknown"
    words = "this facility has no such role"


class AvatarUnknown(RequestError):
    """A look that is a file of the facility's, and is not among those it offers. The words do not repeat its name."""

    code = "avatar_unknown"
    words = "this facility offers no such look; GET /v1/avatars tells those that it does"


class EntityUnknown(RequestError):
    """Nobody and nothing has that id or name. The words repeat neither."""

    code = "entity_unknown"
    http_status = 404

    def __init__(self, part: str) -> None:
        super().__init__(f"{part}: nobody and nothing here has this id or name")


class NameAmbiguous(RequestError):
    """More than one has that name. The words do not say who or where."""

    code = "name_ambiguous"
    http_status = 409

    def __init__(self, part: str) -> None:
        super().__init__(f"{part}: more than one has this name; give the entity id, or the room")


class NotTogether(RequestError):
    """Observer and subject are in different rooms, and nothing of one room is ever sent to another."""

    code = "not_together"
    http_status = 409
    words = "observer and subject are in different rooms"


class NotFromHere(RequestError):
    """No program of this machine asks for itself: another machine, a proxy, a page in a browser, or by another name."""

    code = "forbidden"
    http_status = 403


class OriginRefused(RequestError):
    """A page of an origin that is not on the facility's list. The words do not repeat it."""

    code = "origin_refused"
    http_status = 403
    words = "pages of this origin may not join here"


class Stopping(RequestError):
    """The server is going away and lets nobody in."""

    code = "stopping"
    http_status = 503
    close_code = CloseCode.SERVICE_RESTART
    words = "the server is stopping; come back in a moment"


class Overloaded(RequestError):
    """The front desk has as many connections as it takes."""

    code = "overloaded"
    http_status = 503
    close_code = CloseCode.OVERLOADED
    words = "too many connections are open; come back in a moment"


# Keeping --------------------------------------------------------------------------------------------------------------


class StoreError(PolyclinicError):
    """What must be kept cannot be kept. Its words name files and quote SQLite: they are the operator's alone."""

    code = "store_unavailable"
    http_status = 503
    close_code = CloseCode.DURABILITY_UNAVAILABLE

    def __init__(self, detail: str, *, passing: bool = False) -> None:
        super().__init__(detail)
        self.passing = passing
        """Whether it will pass by itself: nothing was written and what is written next may well be kept."""

    @property
    def told(self) -> str:
        """Say as much as a stranger may know."""
        return "this cannot be kept just now; try again soon" if self.passing else "this cannot be kept"


class AuditUnavailable(PolyclinicError):
    """The audit log cannot be written, so what must stand in it is not done."""

    code = "audit_unavailable"
    http_status = 503
    close_code = CloseCode.DURABILITY_UNAVAILABLE
    words = "this is not done while the audit log cannot be written; the operator has been told"


# Operations -----------------------------------------------------------------------------------------------------------


class OperationRefused(PolyclinicError):
    """A feature says no to an operation: answered by a `result` with this code, the session lives on.

    Codes are those of SPEC section 6 and of the feature (6.1). `body` is what a client needs to know for its next try.
    """

    http_status = 422

    def __init__(
        self, result_code: str, detail: str, body: Mapping[str, object] | None = None, *, blameless: bool = False
    ) -> None:
        super().__init__(detail)
        self.result_code = result_code
        self.body = body or {}
        self.blameless = blameless
        """Whether it was fair to ask, and others, the time or the server stood against it: then it is no error of the
        client's."""
