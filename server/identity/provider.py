"""The OpenID provider's keys: found by discovery, kept, and asked for again when a token names one that is new."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from server.identity.refusals import IdentityUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

Key = RSAKey | ECKey | OKPKey

FETCH_SECONDS: Final = 5.0
"""For each of the two documents."""

DOCUMENT_BYTES_MAX: Final = 256 * 1024

FRESH_SECONDS: Final = 600.0
"""A key that the provider has taken back is believed for about as long."""

RSA_BITS_LEAST: Final = 2048
"""RFC 7518 section 3.3."""

KINDS: Final = {
    "RS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""The key type and curve that each algorithm takes."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")


class _Metadata(msgspec.Struct, frozen=True):
    """What is read of a discovery document (OpenID Connect Discovery 1.0 section 3)."""

    issuer: str
    jwks_uri: str


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class ProviderKeys:
    """The public keys of one issuer. What cannot be fetched leaves those that are known in force."""

    def __init__(self, issuer: str, refetch_seconds: float, clock: Callable[[], float]) -> None:
        """`clock` gives seconds, of any beginning; the provider is asked at most every `refetch_seconds`."""
        self._issuer = issuer
        self._refetch_seconds = refetch_seconds
        self._clock = clock
        self._keys: list[Key] | None = None
        self._fetched_at = 0.0
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None
        self.fetches = 0
        """How often the provider was asked."""

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        """Find the key of that id that signs so; without an id, the only one that does.

        Raises `IdentityUnavailable` while no keys are known at all.
        """
        if self._keys is None:
            await self.refetch()
        elif self._clock() - self._fetched_at >= FRESH_SECONDS:
            self._refresh()
        if self._keys is None:
            raise IdentityUnavailable
        found = _find(self._keys, kid, algorithm)
        if found is None:
            await self.refetch()
            found = _find(self._keys, kid, algorithm)
        return found

    async def refetch(self) -> None:
        """Ask the provider, unless it was asked a moment ago."""
        async with self._asking:
            now = self._clock()
            if self._asked_at is not None and now - self._asked_at < self._refetch_seconds:
                return
            self._asked_at = now
            self.fetches += 1
            try:
                keys = await _fetch(self._issuer)
            except _FAULTS as error:
                _log.warning("identity_keys_not_fetched", reason=type(error).__name__)
                return
            self._keys = keys
            self._fetched_at = now
            _log.info("identity_keys_fetched", count=len(keys))

    def begin(self) -> None:
        """Ask for the keys, so that they are there when the first token comes; nothing waits for them."""
        self._refresh()

    async def close(self) -> None:
        """Ask for nothing any more."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    def _refresh(self) -> None:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.get_running_loop().create_task(self.refetch(), name="identity keys")


class ProviderUnreadable(Exception):
    """Why its keys cannot be read: what came back, in one line for the operator."""

    def __init__(self, answered: str, asked: str, to_check: str) -> None:
        super().__init__(answered)
        self.asked = asked
        """The address that was asked last."""
        self.to_check = to_check
        """What to look at, in words."""


class _WrongDocument(Exception):
    """What the provider answered is not what it should be."""

    def __init__(self, words: str, to_check: str) -> None:
        super().__init__(words)
        self.to_check = to_check


_FAULTS: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    TimeoutError,
    msgspec.MsgspecError,
    # What is no UTF-8 or no address in a document, and one that is nested without an end.
    ValueError,
    RecursionError,
    _WrongDocument,
)

_CHECK_ADDRESS: Final = (
    "`issuer` in [identity]: the provider's own name for itself, with its realm or tenant"
    " (https://id.example/realms/clinic), not the page on which people sign in"
)
_CHECK_WAY: Final = (
    "whether this machine reaches that host (its name, a firewall, the proxy in https_proxy) and trusts its certificate"
    " (for one of the clinic's own authority, SSL_CERT_FILE): try the address with curl"
)


async def count_keys(issuer: str) -> dict[str, int]:
    """Ask a provider once how many of its keys sign by each algorithm there is. Raises `ProviderUnreadable`."""
    asked: list[str] = []
    try:
        keys = await _fetch(issuer, asked.append)
    except _FAULTS as error:
        raise ProviderUnreadable(_why(error), asked[-1] if asked else issuer, _what_to_check(error)) from None
    return {algorithm: sum(_fits(key, algorithm) for key in keys) for algorithm in KINDS}


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"no answer within {FETCH_SECONDS:g} s"
    if isinstance(error, msgspec.MsgspecError | ValueError | RecursionError):
        return f"what it answers is no discovery document or no set of keys ({error})"
    if isinstance(error, _WrongDocument):
        return str(error)
    return f"it cannot be asked ({str(error) or type(error).__name__})"


def _what_to_check(error: Exception) -> str:
    if isinstance(error, _WrongDocument):
        return error.to_check
    return _CHECK_WAY if isinstance(error, httpx.HTTPError | TimeoutError) else _CHECK_ADDRESS


def _find(keys: list[Key], kid: str | None, algorithm: str) -> Key | None:
    fitting = [key for key in keys if _fits(key, algorithm) and (kid is None or key.kid == kid)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(key: Key, algorithm: str) -> bool:
    kind, curve = KINDS[algorithm]
    said = key.get("alg")
    return key.key_type == kind and (curve is None or key.get("crv") == curve) and said in {None, algorithm}


async def _fetch(issuer: str, asking: Callable[[str], None] = lambda _: None) -> list[Key]:
    """Ask for the keys; `asking` is told each address before it is asked."""
    # A redirect would lead to an address that the facility's file does not name.
    async with httpx.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=False) as client:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        asking(address)
        metadata = msgspec.json.decode(await _get(client, address), type=_Metadata)
        if metadata.issuer != issuer:
            raise _WrongDocument(
                f"its discovery document is that of {metadata.issuer!r}: name it so, letter for letter",
                f"`issuer` in [identity]: say {metadata.issuer!r}, if that is the clinic's; a slash at the end counts",
            )
        if urlsplit(metadata.jwks_uri).scheme != "https" and urlsplit(issuer).scheme == "https":
            raise _WrongDocument(
                f"its keys are at {metadata.jwks_uri!r}, over an unprotected connection",
                "at the provider, which address it believes to have: behind a proxy it has to be told that it is https",
            )
        asking(metadata.jwks_uri)
        key_set = msgspec.json.decode(await _get(client, metadata.jwks_uri), type=_KeySet)
    return [key for told in key_set.keys if (key := _read_key(told)) is not None]


async def _get(client: httpx.AsyncClient, address: str) -> bytes:
    data = bytearray()
    async with asyncio.timeout(FETCH_SECONDS), client.stream("GET", address) as answer:
        if answer.status_code != httpx.codes.OK:
            raise _WrongDocument(f"{address} answers with status {answer.status_code}", _CHECK_ADDRESS)
        async for chunk in answer.aiter_bytes():
            data += chunk
            if len(data) > DOCUMENT_BYTES_MAX:
                words = f"{address} answers with more than {DOCUMENT_BYTES_MAX} bytes"
                raise _WrongDocument(words, _CHECK_ADDRESS)
    return bytes(data)


def _read_key(told: dict[str, Any]) -> Key | None:
    """Read a key that can check signatures; None for one that is for something else or too weak."""
    kinds: dict[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    kind = kinds.get(str(told.get("kty")))
    if kind is None or told.get("use", "sig") != "sig":
        return None
    if kind is RSAKey and len(str(told.get("n", ""))) * 6 < RSA_BITS_LEAST - 8:
        return None
    try:
        return kind.import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
