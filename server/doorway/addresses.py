"""Where somebody comes from, as far as limits count it.

An IPv4 address is one place, and so is the /64 of an IPv6 one: whoever has one such address has all of them (RFC 6177).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

UNTOLD: Final = "untold"
"""All those together of whom a proxy does not say where they come from."""

IPV6_PREFIX: Final = 64

_WITH_PORT: Final = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d{1,5})?|(?P<v4>[0-9.]+):\d{1,5}")
"""As some proxies write an address."""


class Addresses:
    """Who counts as from where."""

    def __init__(self, *, behind_proxy: bool = False, loopback: bool = False) -> None:
        """`loopback`: whether this machine's own programs count, too."""
        self.behind_proxy = behind_proxy
        self._loopback = loopback

    def of_peer(self, peer: str) -> str | None:
        """Say where a connection comes from before it has said anything.

        None if it counts for nobody: this machine's own programs, and a proxy, whose connections are many people's.
        """
        if self.behind_proxy:
            return None
        found = _read(peer)
        if found is None:
            return UNTOLD
        return None if found.is_loopback and not self._loopback else _place(found)

    def of_request(self, peer: str, forwarded: Sequence[str]) -> str | None:
        """Say where a request comes from, given all its X-Forwarded-For headers; None if it counts for nobody.

        They are believed behind a proxy alone, and of them the last entry, which is the proxy's own: what stands before
        it, a client may have written.
        """
        if not self.behind_proxy:
            return self.of_peer(peer)
        told = _read(forwarded[-1].rpartition(",")[2].strip()) if forwarded else None
        return UNTOLD if told is None else _place(told)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    match = _WITH_PORT.fullmatch(address)
    bare = (match["v6"] or match["v4"]) if match else address
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    # A socket for both families shows IPv4 peers so (RFC 4291 section 2.5.5.2).
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return found if mapped is None else mapped


def _place(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
