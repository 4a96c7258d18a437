"""Keeps one place from asking for more than it may, before anything else looks at a request."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.doorway.arrivals import Arrivals, Asking, TooManyRequests
from server.frontdesk.problems import problem_of


class Paced:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, arrivals: Arrivals, openings: Collection[str]) -> None:
        """Pace an application; `openings` are the paths to which one posts to open a room."""
        self._app = app
        self._arrivals = arrivals
        self._openings = openings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say when to ask again."""
        peer = scope["client"][0] if scope.get("client") else ""
        try:
            self._arrivals.ask(self._asking(scope), peer, Headers(scope=scope).getlist("x-forwarded-for"))
        except TooManyRequests as error:
            await problem_of(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _asking(self, scope: Scope) -> Asking:
        if scope["method"] != "POST":
            return Asking.OTHER
        return Asking.OPENING if scope["path"] in self._openings else Asking.TICKET
