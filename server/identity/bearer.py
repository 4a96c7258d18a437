"""Bearer tokens (RFC 6750): JSON Web Tokens of the facility's provider, checked against its keys."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Never

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning

from server.identity.refusals import Unauthenticated
from server.identity.revocations import KEPT_SECONDS
from server.legible import is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from server.config.identity import IdentitySettings
    from server.identity.provider import ProviderKeys

TOKEN_CHARS_MAX: Final = 8192
"""Tokens with many groups in them have some thousands."""

SUBJECT_CHARS_MAX: Final = 255
"""OpenID Connect Core 1.0 section 2."""

LAST_TIME: Final = 253_402_300_799
"""Of the year 9999, s since 1970. JSON has numbers that no float holds, and Python reads Infinity and NaN in it."""

_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What may say that it is a token of this kind (RFC 7519, RFC 9068): a logout token, say, is none."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says that was found good. Times are the provider's, seconds since 1970."""

    subject: str
    issued_at: float
    expires_at: float
    signed_in_at: float | None
    """When the person last showed who they are (`auth_time`): a token that is issued anew has the time of the old one.
    None where it does not say, or names a time that has not come."""
    claims: Mapping[str, Any]


class BearerTokens:
    """Reads the tokens of one issuer."""

    def __init__(self, settings: IdentitySettings, keys: ProviderKeys, wall_clock: Callable[[], float]) -> None:
        self._settings = settings
        self._keys = keys
        self._wall_clock = wall_clock

    async def read(self, token: str) -> Token:
        """Check a token. Raises `Unauthenticated` or `IdentityUnavailable`; the log has which check failed."""
        if len(token) > TOKEN_CHARS_MAX or not token.isascii():
            _refuse("form")
        algorithm, kid = self._read_header(token)
        key = await self._keys.find(kid, algorithm)
        if key is None:
            _refuse("key")
        try:
            with warnings.catch_warnings():
                # RFC 9864 calls the name EdDSA deprecated, which providers sign with all the same.
                warnings.simplefilter("ignore", SecurityWarning)
                claims = jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError):
            _refuse("signature")
        return self._read_claims(claims)

    def _read_header(self, token: str) -> tuple[str, str | None]:
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError, TypeError):
            _refuse("form")
        algorithm, kid = header.get("alg"), header.get("kid")
        # The algorithm is the facility's to say, never the token's; so is where its key comes from.
        if algorithm not in self._settings.algorithms:
            _refuse("algorithm")
        if kid is not None and not isinstance(kid, str):
            _refuse("form")
        if "crit" in header or str(header.get("typ", "JWT")).lower() not in _TYPES:
            _refuse("type")
        return str(algorithm), kid

    def _read_claims(self, claims: Mapping[str, Any]) -> Token:
        now, leeway = self._wall_clock(), self._settings.leeway_seconds
        if claims.get("iss") != self._settings.issuer:
            _refuse("issuer")
        audience = claims.get("aud")
        if self._settings.wanted_audience not in (audience if isinstance(audience, list) else [audience]):
            _refuse("audience")
        expires_at = _time(claims, "exp", math.nan)
        # Not a number is neither before nor after.
        if not now < expires_at + leeway:
            _refuse("expired")
        issued_at = _time(claims, "iat", 0.0)
        if not (issued_at <= now + leeway and _time(claims, "nbf", 0.0) <= now + leeway):
            _refuse("not_yet")
        if now - issued_at > KEPT_SECONDS:
            # Older than what is remembered of those who were revoked.
            _refuse("old")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_CHARS_MAX or not is_text(subject):
            _refuse("subject")
        signed_in_at = _time(claims, "auth_time", math.nan)
        return Token(
            subject=subject,
            issued_at=issued_at,
            expires_at=expires_at,
            signed_in_at=signed_in_at if signed_in_at <= now + leeway else None,
            claims=claims,
        )


def bearer_of(authorization: Sequence[str]) -> str | None:
    """Take the token out of a request's Authorization headers; None without any. Raises `Unauthenticated`."""
    if not authorization:
        return None
    scheme, _, token = authorization[0].partition(" ")
    if len(authorization) > 1 or scheme.lower() != "bearer" or not token.strip():
        _refuse("form")
    return token.strip()


def _time(claims: Mapping[str, Any], name: str, default: float) -> float:
    value = claims.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return math.nan
    # NaN is within no bounds.
    return float(value) if -LAST_TIME <= value <= LAST_TIME else math.nan


def _refuse(reason: str) -> Never:
    _log.info("token_refused", reason=reason)
    raise Unauthenticated(invalid=True)
