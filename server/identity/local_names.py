"""By which names and addresses this machine is reached, as far as it knows itself. Linux."""

from __future__ import annotations

import fcntl
import socket
import struct
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "::1")

EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to
"""Addresses to listen at that nobody can be sent to."""
_LOOPBACK_OF: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with
_ELSEWHERE: Final = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses that are nobody's (RFC 5737, RFC 3849)."""
_SIOCGIFADDR: Final = 0x8915
"""Of <linux/sockios.h>: an interface's IPv4 address."""
_IFREQ_BYTES: Final = 40
_ADDRESS_IN_IFREQ: Final = slice(20, 24)
"""struct ifreq has the name in 16 bytes, then a struct sockaddr_in with the address in its fifth to eighth."""
_IPV6_ADDRESSES: Final = Path("/proc/net/if_inet6")


def is_loopback(host: str) -> bool:
    """Say whether a name or an address is the loopback: there nobody but this machine's programs listens or asks."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def own_address(host: str) -> str:
    """Give the address at which this machine's own programs find what listens at `host`."""
    return _LOOPBACK_OF.get(host, host)


def network_addresses(host: str) -> tuple[str, ...]:
    """Give the addresses at which other machines find what listens everywhere, the likeliest first.

    For any other `host` there are none but itself, and nothing is given.
    """
    if host not in EVERYWHERE:
        return ()
    found = dict.fromkeys(_ipv6_addresses() if ":" in host else _ipv4_addresses())
    outward = _outward(host)
    return tuple(sorted((each for each in found if not is_loopback(each)), key=lambda each: each != outward))


def names_of(host: str) -> tuple[str, ...]:
    """Give the names and addresses by which what listens at `host` is reached, without brackets, each once.

    Names that only others have for this machine (a DNS record, a proxy's) are not among them.
    """
    names = [host, *LOOPBACK_NAMES] if host else list(LOOPBACK_NAMES)
    if not is_loopback(host):
        name = socket.gethostname().lower()
        names += [name, f"{name.partition('.')[0]}.local"]
    if host in EVERYWHERE:
        names += [*_ipv4_addresses(), *_ipv6_addresses()]
    return tuple(dict.fromkeys(names))


def in_address(name: str) -> str:
    """Write a name or an address as an address of a page has it (RFC 3986 section 3.2.2)."""
    return f"[{name}]" if ":" in name else name


def _outward(host: str) -> str:
    """Give the address from which this machine would reach others, "" if it knows no way; nothing is sent."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((_ELSEWHERE[family], 9))
            return str(asking.getsockname()[0])
    except OSError:
        return ""


def _ipv4_addresses() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, interface in socket.if_nameindex():
            request = struct.pack(f"{_IFREQ_BYTES}s", interface.encode()[:15])
            try:
                answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
            except OSError:
                # It has none.
                continue
            yield socket.inet_ntoa(answer[_ADDRESS_IN_IFREQ])


def _ipv6_addresses() -> Iterator[str]:
    try:
        lines = _IPV6_ADDRESSES.read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for line in lines:
        address = IPv6Address(bytes.fromhex(line.split()[0]))
        # A link-local address is of use with its interface's name only, which no address of a page can have.
        if not address.is_link_local:
            yield str(address)
