"""Join tickets: JSON Web Tokens for one use within a minute, signed with a key that lives as long as the process.

Time is an argument, in seconds of the server's own clock, and so are the times inside a ticket: the clock never jumps,
and a ticket cannot outlive the key that signed it, so no clock of another machine ever has to agree.
"""

import secrets
from collections import deque
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from protocol.ids import TICKET_SECONDS_MAX
from server.identity.origins import NATIVE
from server.identity.refusals import TicketExpired, TicketInvalid, TicketLocked, TicketRevoked, TicketUsed

LIFETIME_MAX_SECONDS: Final = float(TICKET_SECONDS_MAX)
"""SPEC section 10: no ticket is good for longer."""

TICKET_CHARS_MAX: Final = 2048
"""SPEC section 3.1: what fits the ticket of a `hello`."""

KEY_BYTES: Final = 32
"""HS256 takes a key of the size of its hash (RFC 7518 section 3.2)."""

_ALGORITHM: Final = "HS256"


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a ticket says: who comes, as what, into which room."""

    room: str
    """The id of the room it opens."""
    subject: str
    """Who it was given to, as the server knows them; not shown to others."""
    name: str
    """The display name."""
    role: str
    """One of the facility's roles."""
    avatar: str
    """The look."""
    origin: str = NATIVE
    """The origin of the page it was given to."""
    scopes: tuple[str, ...] | None = None
    """What the person's token may be used for; None where it does not say."""
    expires: float | None = None
    """Server clock; until when the person's token is good. None for who has none."""
    mfa: bool = False
    """Whether the person was signed in with more than one factor."""
    invitation: str | None = None
    """The id of what they came by, if they were invited."""
    refreshing: bool = False
    """Whether it serves a `refresh` alone, and lets nobody in."""


class _SignedClaims(Claims, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A ticket's whole payload: the claims, its own id, and when it ends."""

    jti: str
    exp: float


class TicketDesk:
    """Signs tickets and takes each of them back once.

    Ids of redeemed tickets are kept until the ticket would have expired anyway, so memory is bounded by the tickets
    redeemed within one lifetime.
    """

    def __init__(self, lifetime: float = LIFETIME_MAX_SECONDS, key: bytes | None = None) -> None:
        """`lifetime` in seconds, above 0 and at most 60; `key` (32 bytes) is made here unless a test gives one."""
        if not 0.0 < lifetime <= LIFETIME_MAX_SECONDS:
            raise ValueError(f"a ticket's lifetime is above 0 and at most {LIFETIME_MAX_SECONDS:g} s, got {lifetime!r}")
        self.lifetime: Final = lifetime
        self._key = OctKey.import_key(key if key is not None else secrets.token_bytes(KEY_BYTES))
        self._used: set[str] = set()
        self._forget: deque[tuple[float, str]] = deque()
        self._revoked: dict[str, float] = {}
        self._locked: dict[str, float] = {}
        self.issued = 0
        self.redeemed = 0

    @property
    def remembered(self) -> int:
        """How many redeemed tickets are still kept in mind."""
        return len(self._used)

    def issue(self, claims: Claims, since: float) -> str:
        """Sign a ticket that is good until `since + lifetime`, and void if access was taken back since.

        `since` is from before it was looked who asks: what is waited for after that makes no ticket younger.
        """
        payload = msgspec.to_builtins(claims) | {"jti": secrets.token_urlsafe(16), "exp": since + self.lifetime}
        self.issued += 1
        return jwt.encode({"alg": _ALGORITHM}, payload, self._key)

    def revoke(self, subject: str, now: float) -> None:
        """Take no ticket back any more that was issued to a subject up to now."""
        self._void(self._revoked, subject, now)

    def lock(self, subject: str, now: float) -> None:
        """Let nobody in any more by a ticket that was issued to a subject up to now; it refreshes what is live."""
        self._void(self._locked, subject, now)

    def redeem(self, ticket: str, now: float, origin: str = NATIVE, *, refreshing: bool = False) -> Claims:
        """Take a ticket back from a connection of `origin`, for a `refresh` or to let somebody in.

        Raises `TicketInvalid` (not signed here, for another origin, or for a refresh alone), `TicketExpired`,
        `TicketRevoked`, `TicketLocked` or `TicketUsed`, checked in this order, as SPEC section 2 has it; each carries
        its close code.
        """
        signed = self._read(ticket)
        if signed.origin != origin:
            raise TicketInvalid("this join ticket was given to a page of another origin")
        if signed.refreshing and not refreshing:
            raise TicketInvalid("this ticket serves a session that is there, and lets nobody in")
        if now >= signed.exp:
            raise TicketExpired
        since = signed.exp - self.lifetime
        if since <= self._revoked.get(signed.subject, float("-inf")):
            raise TicketRevoked
        if not refreshing and since <= self._locked.get(signed.subject, float("-inf")):
            raise TicketLocked
        self._forget_expired(now)
        if signed.jti in self._used:
            raise TicketUsed
        self._used.add(signed.jti)
        # Redeeming comes in order of time and expiry does not; this is later than `exp`, and keeps the queue sorted.
        self._forget.append((now + self.lifetime, signed.jti))
        self.redeemed += 1
        return Claims(**{field: getattr(signed, field) for field in Claims.__struct_fields__})

    def _void(self, since: dict[str, float], subject: str, now: float) -> None:
        since.pop(subject, None)
        since[subject] = now
        # In order of time: of a thousand that come at once, each looks at the oldest alone.
        while now - next(iter(since.values())) > self.lifetime:
            del since[next(iter(since))]

    def _read(self, ticket: str) -> _SignedClaims:
        if len(ticket) > TICKET_CHARS_MAX or not ticket.isascii():
            raise TicketInvalid("this is not a join ticket")
        try:
            # The algorithm is ours to say, never the token's.
            token = jwt.decode(ticket, self._key, algorithms=[_ALGORITHM])
            return msgspec.convert(token.claims, _SignedClaims)
        except (JoseError, msgspec.ValidationError, ValueError, TypeError):
            # TypeError: a header may have anything, and the library takes what is in "crit" for names.
            raise TicketInvalid("this join ticket was not signed by this server's front desk") from None

    def _forget_expired(self, now: float) -> None:
        while self._forget and self._forget[0][0] <= now:
            self._used.discard(self._forget.popleft()[1])
