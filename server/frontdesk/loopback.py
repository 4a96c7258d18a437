"""Tells programs of the machine that the server runs on from all others.

Who asks is on the loopback address, but that a proxy, a tunnel or a browser on the same machine is, too. A proxy that
says of whom it asks for says so in a header, and most pass on the name that was asked for, or say their own. A browser
would take a page of any site to this machine: such a page's requests bear an Origin or say that they cross sites; and
one whose own name was pointed at 127.0.0.1 (DNS rebinding), which makes its requests same-origin, still sends that name
as the Host. A proxy or a tunnel that sends nothing of all that cannot be told from a program of this machine.
"""

import re
from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import NotFromHere
from server.frontdesk.problems import problem_of
from server.identity.local_names import is_loopback

_LOOPBACK: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
"""With any port: an operator may come through an SSH tunnel, whose near end has a port of its own."""

_FORWARDED: Final = re.compile(r"forwarded|via|x-forwarded-.*|x-real-ip")
"""What a proxy says of whom it asks for (RFC 7239), or that it is one (RFC 9110 section 7.6.3)."""


class LoopbackOnly:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it before anything looks at its address."""
        try:
            demand_from_here(HTTPConnection(scope))
        except NotFromHere as error:
            await problem_of(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def demand_from_here(asked: HTTPConnection) -> None:
    """Raise `NotFromHere` for what no program of this machine asked for itself, as far as that can be told."""
    if asked.client is None or not is_loopback(asked.client.host):
        raise NotFromHere("another machine asks")
    hosts = asked.headers.getlist("host")
    if len(hosts) != 1 or _LOOPBACK.fullmatch(hosts[0]) is None:
        raise NotFromHere("the Host header is not the loopback address")
    if any(_FORWARDED.fullmatch(name) for name in asked.headers):
        raise NotFromHere("a proxy asks for somebody else")
    if "origin" in asked.headers or asked.headers.get("sec-fetch-site", "none") != "none":
        raise NotFromHere("pages in a browser may not ask this")
