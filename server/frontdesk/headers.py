"""Headers that every answer carries, so that no browser does with it what was not meant."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import NOT_MODIFIED
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page."""

POWERS: Final = ", ".join(
    (
        # What the client uses.
        "microphone=(self)",
        "xr-spatial-tracking=(self)",
        # What a browser would let any page ask for that it does not forbid itself. Chromium knows `bluetooth` where it
        # has Web Bluetooth; where it has none, it complains of the word in the console, and no more.
        *(f"{power}=()" for power in ("camera", "display-capture", "geolocation", "midi", "payment", "serial", "usb")),
        *(f"{power}=()" for power in ("accelerometer", "gyroscope", "magnetometer", "bluetooth", "hid")),
    )
)
"""The page's Permissions-Policy."""

OPENER_POLICY: Final = "same-origin-allow-popups"
"""The page's Cross-Origin-Opener-Policy: no window of another site holds the page, by having opened it.

Not `same-origin`: the page sends a window that it opened to the provider, and closes it where that fails. The answer
comes by a BroadcastChannel, which needs no opener.
"""

TLS_ONLY: Final = "max-age=31536000"
"""Strict-Transport-Security (RFC 6797): for a year this host, its subdomains apart, is asked by TLS alone."""

_NAMEABLE: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.?")
"""A host as the grammar of CSP has it (host-part), which an IPv6 address or a name with an underscore is not."""


def page_policy(world: str | None, issuer: str | None = None) -> str:
    """Make the policy of the web client: its own files and the world, nothing inline and nobody else's.

    `world` is the WebSocket's address, None if there is none for whoever asks. Where one signs in, the origin of the
    `issuer` may be asked too, and that alone.
    """
    socket = "" if world is None else f" {world_source(world)}"
    provider = "" if issuer is None else f" {origin(issuer)}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # Pictures inside a scene or an avatar are unpacked into blobs, which three.js loads again.
            "img-src 'self' data: blob:",
            f"connect-src 'self' blob:{socket}{provider}",
            "media-src 'self' blob:",
            "base-uri 'none'",
            f"form-action 'self'{provider}",
            "frame-ancestors 'none'",
        )
    )


def origin(address: str) -> str:
    """Give the origin of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def world_source(world: str) -> str:
    """Name the origin of the WebSocket for a policy; only its scheme where a policy has no word for its host."""
    parts = urlsplit(world)
    return origin(world) if _NAMEABLE.fullmatch(parts.hostname or "") else f"{parts.scheme}:"


@dataclass(frozen=True, slots=True)
class PageRules:
    """What depends on the facility."""

    world: Callable[[str | None], str | None]
    """The WebSocket's address by the Host header of a request; None where that is no host."""
    issuer: str | None = None
    """That of the provider where people sign in, if there is one."""
    tls_only: bool = False
    """Whether browsers shall ask by TLS alone from now on."""


class SafeHeaders:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, rules: PageRules | None = None) -> None:
        """Without `rules` there is no page."""
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with the headers added to the start of its answer."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _add_headers(headers)
                self._add_policy(headers, scope, message["status"])
            await send(message)

        await self._app(scope, receive, send_safely)

    def _add_policy(self, headers: MutableHeaders, scope: Scope, status: int) -> None:
        rules = self._rules
        is_page = headers.get("content-type", "").startswith("text/html")
        if status == NOT_MODIFIED:
            # A browser takes the headers of a 304 for those of what it kept, and this one has no content type to go
            # by. Of the page the policy is sent anew: it may be another one since a provider was named, or the world
            # went to another port.
            is_page = scope["path"].endswith(("/", ".html"))
        if is_page and rules is not None:
            world = rules.world(Headers(scope=scope).get("host"))
            headers["Content-Security-Policy"] = page_policy(world, rules.issuer)
            headers["Permissions-Policy"] = POWERS
            headers["Cross-Origin-Opener-Policy"] = OPENER_POLICY
        elif status != NOT_MODIFIED:
            headers["Content-Security-Policy"] = DATA_POLICY
        if rules is not None and rules.tls_only:
            headers["Strict-Transport-Security"] = TLS_ONLY


def _add_headers(headers: MutableHeaders) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
