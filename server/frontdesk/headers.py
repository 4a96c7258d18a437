"""Headers that every answer carries, so that no browser does with it what was not meant."""

from http.client import NOT_MODIFIED
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page."""

PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Pictures inside a scene or an avatar are unpacked into blobs, which three.js loads again.
        "img-src 'self' data: blob:",
        # The WebSocket listens on another port, or wherever the facility's world_url says.
        "connect-src 'self' ws: wss: blob:",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""For the web client: its own files and the world, nothing inline and nobody else's."""


class SafeHeaders:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with the headers added to the start of its answer."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), message["status"])
            await send(message)

        await self._app(scope, receive, send_safely)


def _add_headers(headers: MutableHeaders, status: int) -> None:
    # A browser takes the headers of a 304 for those of what it kept, and this one has no content type to go by.
    if status != NOT_MODIFIED:
        is_page = headers.get("content-type", "").startswith("text/html")
        headers["Content-Security-Policy"] = PAGE_POLICY if is_page else DATA_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
