"""Why an invitation, a pass or a short code opens nothing, and why the key they are signed with cannot be used."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from protocol.ids import CloseCode
from server.errors import RequestError, StartError

if TYPE_CHECKING:
    from collections.abc import Mapping


class KeyUnusable(StartError):
    """The key beside the store is none, or others may read it."""

    code = "key_unusable"

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


class InvitationError(RequestError):
    """An invitation that opens nothing."""

    code = "invitation_invalid"
    http_status = 403
    close_code = CloseCode.AUTHENTICATION_INVALID


class Forged(InvitationError):
    """Not signed here, or not as this."""

    words = "this invitation was not made by this facility; ask whoever sent it for another"


class Foreign(InvitationError):
    """Signed by another facility, as far as it says itself."""

    code = "invitation_foreign"
    words = "this invitation is for another facility, or older than this one's key"


class InvitationExpired(InvitationError):
    """A good one, too late."""

    code = "invitation_expired"
    http_status = 410
    words = "this invitation has expired; ask whoever sent it for another"


class InvitationUsed(InvitationError):
    """A good one, and everybody it was for has come."""

    code = "invitation_used"
    http_status = 409
    words = "this invitation was used already; ask whoever sent it for another"


class InvitationRevoked(InvitationError):
    """Taken back by who sent it or by the operator, or not known to the store any more."""

    code = "invitation_revoked"
    words = "this invitation was taken back; ask whoever sent it"


class InvitationUnknown(RequestError):
    """No invitation of that id, or none that is this person's to see."""

    code = "invitation_unknown"
    http_status = 404
    words = "there is no such invitation"


class TooManyInvitations(RequestError):
    """As many are open as the facility keeps."""

    code = "too_many_invitations"
    http_status = 429
    close_code = CloseCode.RATE_LIMITED
    words = "too many invitations are open; some have to expire or be taken back first"
    headers: Mapping[str, str] = MappingProxyType({"Retry-After": "3600"})
