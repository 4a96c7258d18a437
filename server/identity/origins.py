"""Which pages may join: an exact list of origins (RFC 6454).

A browser lets any page of any site open a WebSocket anywhere and says in the header Origin whose page it is. What sends
none is no browser's page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from server.errors import OriginRefused
from server.identity.local_names import EVERYWHERE, in_address, names_of, network_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from server.config import ServerSettings

NATIVE: Final = ""
"""The origin of a client that is no page."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SCHEMES: Final = {"ws": "http", "wss": "https"}


class Origins:
    """The list. What is not on it, letter for letter, is refused."""

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._listed: frozenset[str] = frozenset()
        self.home = ""
        """The origin at which people are to find the front desk; "" before one is on the list."""
        self.allow(listed)

    def allow(self, more: Iterable[str]) -> None:
        """Put more on the list; the first that is ever put there is where people are to find the front desk."""
        origins = list(map(_as_browsers_say, more))
        self._listed |= frozenset(origins)
        found = (origin for origin in origins if urlsplit(origin).hostname not in EVERYWHERE)
        self.home = self.home or next(found, "")

    def allow_own(self, settings: ServerSettings, http_port: int, *, secure: bool) -> None:
        """Put a front desk's own origins on the list, unless its facility names a list."""
        if settings.origins is None:
            self.allow(own_origins(settings.host, http_port, secure=secure, world_url=settings.world_url))

    def check(self, sent: Sequence[str]) -> str:
        """Look at all Origin headers of a request; the origin, `NATIVE` if there is none. Raises `OriginRefused`."""
        if not sent:
            return NATIVE
        if len(sent) > 1 or sent[0] not in self._listed:
            raise OriginRefused
        return sent[0]


def own_origins(host: str, port: int, *, secure: bool, world_url: str | None = None) -> tuple[str, ...]:
    """Give the origins of a front desk: that of a proxy's `world_url`, then those of `host` and `port`.

    Of one that listens everywhere, first come those by which other machines find it.
    """
    own = []
    if world_url is not None:
        parts = urlsplit(world_url)
        own.append(f"{_SCHEMES[parts.scheme]}://{parts.netloc.lower()}")
    scheme = "https" if secure else "http"
    names = dict.fromkeys((*network_addresses(host), *names_of(host)))
    return (*own, *(f"{scheme}://{in_address(name)}:{port}" for name in names))


def _as_browsers_say(origin: str) -> str:
    """Leave out a port that goes without saying (RFC 6454 section 6.1)."""
    scheme, _, rest = origin.partition("://")
    return origin.removesuffix(f":{_DEFAULT_PORTS[scheme]}") if scheme in _DEFAULT_PORTS and rest else origin
