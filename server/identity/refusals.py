"""Why somebody is not let in: what can be wrong with tickets, with who asks, with invitations and with headsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.ids import CloseCode
from server.errors import PolyclinicError, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Tickets --------------------------------------------------------------------------------------------------------------


class TicketError(PolyclinicError):
    """A join ticket that opens nothing."""

    code = "ticket_invalid"
    http_status = 401
    close_code = CloseCode.AUTHENTICATION_INVALID


class TicketInvalid(TicketError):
    """Not a ticket the front desk signed, or not one for this."""


class TicketExpired(TicketError):
    """A good ticket, too late."""

    code = "ticket_expired"
    words = "this join ticket has expired; ask the front desk for another"


class TicketUsed(TicketError):
    """A good ticket, for the second time."""

    code = "ticket_used"
    http_status = 409
    close_code = CloseCode.REPLAYED
    words = "this join ticket was used before; ask the front desk for another"


class TicketRevoked(TicketError):
    """A good ticket of somebody whose access was taken back meanwhile."""

    code = "revoked"
    http_status = 403
    close_code = CloseCode.REVOKED
    words = "this join ticket was given to somebody who may not come in any more"


class TicketLocked(TicketError):
    """A good ticket, from before a view of its person was locked."""

    code = "locked"
    close_code = CloseCode.LOCKED
    words = "this join ticket is from before the view was locked; ask the front desk for another"


# Who asks -------------------------------------------------------------------------------------------------------------


class Unauthenticated(RequestError):
    """Nobody knows who is asking, and it matters."""

    code = "unauthenticated"
    http_status = 401
    close_code = CloseCode.AUTHENTICATION_INVALID
    words = "this needs an account of the facility; sign in"

    def __init__(self, words: str = "", *, invalid: bool = False) -> None:
        """`invalid`: a token was shown that proves nothing."""
        proves_nothing = "this token proves nothing here, or not any more; sign in"
        super().__init__(words or (proves_nothing if invalid else self.words))
        self._invalid = invalid

    @property
    def headers(self) -> Mapping[str, str]:
        """Ask for a token."""
        # RFC 6750 section 3: without a token, no error is named.
        error = ', error="invalid_token"' if self._invalid else ""
        return {"WWW-Authenticate": f'Bearer realm="polyclinic"{error}'}


class NameMissing(Unauthenticated):
    """A good token without the name by which the facility has people called: they would be called what they type."""

    def __init__(self) -> None:
        words = "this sign-in does not say your name, by which people are called here; tell the facility's operator"
        super().__init__(words, invalid=True)


class ReauthenticationRequired(RequestError):
    """Somebody with an account whose view was locked, and who has not signed in since (RFC 9470)."""

    code = "reauthentication_required"
    http_status = 401
    close_code = CloseCode.LOCKED
    words = "a view of yours was locked since you signed in; sign in again"

    def __init__(self, max_age: float = 0.0, words: str = "") -> None:
        """`max_age`: the sign-in that is asked for is younger than so many seconds."""
        super().__init__(words or self.words)
        self._max_age = max(1, int(max_age))

    @property
    def headers(self) -> Mapping[str, str]:
        """Challenge as RFC 9470 section 3 has it."""
        error = 'error="insufficient_user_authentication", error_description="a more recent sign-in is needed"'
        return {"WWW-Authenticate": f'Bearer realm="polyclinic", {error}, max_age="{self._max_age}"'}


class AuthTimeMissing(ReauthenticationRequired):
    """The same, and a token that cannot show it, however fresh it is."""

    code = "auth_time_missing"
    words = "this token does not say when its person signed in: the provider has to put the claim auth_time into it"


class MfaRequired(RequestError):
    """A role of staff, and an account that was signed in to with one factor."""

    code = "mfa_required"
    http_status = 403
    words = "this role needs an account that was signed in to with more than one factor"


class RoleForbidden(RequestError):
    """A role of the facility that this person may not come in."""

    code = "forbidden"
    http_status = 403
    words = "you may not come in as that"


class InvitingForbidden(RoleForbidden):
    """Somebody without an account would ask others in, list invitations or take one back."""

    words = "only somebody with an account may ask others in; the operator may, by polyclinic invite"


class OpeningForbidden(RoleForbidden):
    """Somebody who was invited, into one room, would open another."""

    words = "who was invited opens no rooms"


class PairingForbidden(RoleForbidden):
    """Somebody whom nobody knows again would let a headset in."""

    words = "only somebody with an account, or who was invited, may let a headset in"


class PairedForbidden(RoleForbidden):
    """A headset that was let in would let in the next, and none would ever have to be let in again."""

    words = "a device that was let in lets no other in; use the device on which you signed in"


class IdentityUnavailable(RequestError):
    """The provider's keys are not known yet, so no token can be checked."""

    code = "identity_unavailable"
    http_status = 503
    close_code = CloseCode.OVERLOADED
    words = "accounts cannot be checked at the moment; try again soon"
    retry_after = 5


# Invitations ----------------------------------------------------------------------------------------------------------


class NotInvitable(RequestError):
    """A role that nobody is invited in, whoever asks."""

    code = "not_invitable"
    http_status = 403
    words = "nobody is invited in this role"


class InvitationError(RequestError):
    """An invitation that opens nothing."""

    code = "invitation_invalid"
    http_status = 403
    close_code = CloseCode.AUTHENTICATION_INVALID


class InvitationForged(InvitationError):
    """Not signed here, or not as this."""

    words = "this invitation was not made by this facility; ask whoever sent it for another"


class InvitationForeign(InvitationError):
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
    retry_after = 3600


# Headsets -------------------------------------------------------------------------------------------------------------


class PairingError(RequestError):
    """What a headset is told while it has to wait, or that it waits for nothing; the codes are RFC 8628's."""

    http_status = 400


class AuthorizationPending(PairingError):
    """Nobody has let the headset in yet."""

    code = "authorization_pending"
    words = "nobody has let this device in yet; ask again after the interval"


class SlowDown(PairingError):
    """It asks too often."""

    code = "slow_down"
    words = "this device asks too often; 5 seconds were added to the interval"


class AccessDenied(PairingError):
    """Somebody said no."""

    code = "access_denied"
    words = "somebody said no"


class ExpiredToken(PairingError):
    """Too late, used, or never known."""

    code = "expired_token"
    words = "this code is good no more; begin anew"


class CodeUnknown(RequestError):
    """A short code that is on no headset."""

    code = "code_unknown"
    http_status = 404
    words = "no device shows this code, or not any more"


class TooManyPairings(RequestError):
    """As many headsets wait as may."""

    code = "too_many_pairings"
    http_status = 429
    words = "too many devices wait to be let in; try again in a few minutes"
    retry_after = 60


class TooManyGuesses(RequestError):
    """Codes that were none, too many of them."""

    code = "too_many_guesses"
    http_status = 429
    words = "too many codes were wrong; wait five minutes, then begin anew on the device"
    retry_after = 300
