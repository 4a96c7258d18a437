"""Keeps the admin interface to programs of the machine it runs on.

It listens on the loopback address alone, but a browser on the same machine would take a page of any site there. Such a
page's requests bear an Origin or say that they cross sites; and one whose own name was pointed at 127.0.0.1 (DNS
rebinding), which makes its requests same-origin, still sends that name as the Host.
"""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import NotFromHere
from server.frontdesk.problems import problem_of

_LOOPBACK: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
"""With any port: an operator may come through an SSH tunnel, whose near end has a port of its own."""


class LoopbackOnly:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it before anything looks at its address."""
        try:
            _check(Headers(scope=scope))
        except NotFromHere as error:
            await problem_of(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _check(headers: Headers) -> None:
    hosts = headers.getlist("host")
    if len(hosts) != 1 or _LOOPBACK.fullmatch(hosts[0]) is None:
        raise NotFromHere("the Host header is not the loopback address")
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        raise NotFromHere("pages in a browser may not ask this")
