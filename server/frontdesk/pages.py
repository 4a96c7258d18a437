"""Lets pages of known origins alone ask for what is more than reading."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import OriginRefused
from server.frontdesk.problems import problem_of
from server.identity.origins import Origins

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing. A page of another site may send them and reads no answer: none allows it to."""


class KnownPages:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it before anything looks at its address or its body."""
        if scope["method"] not in READING:
            try:
                self._origins.check(Headers(scope=scope).getlist("origin"))
            except OriginRefused as error:
                await problem_of(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
