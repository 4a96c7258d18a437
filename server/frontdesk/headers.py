"""Headers that every answer carries, so that no browser does with it what was not meant."""

from http.client import NOT_MODIFIED
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page."""


def page_policy(issuer: str | None = None) -> str:
    """Make the policy of the web client: its own files and the world, nothing inline and nobody else's.

    Where one signs in, the origin of the `issuer` may be asked too, and that alone.
    """
    provider = "" if issuer is None else f" {issuer_origin(issuer)}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # Pictures inside a scene or an avatar are unpacked into blobs, which three.js loads again.
            "img-src 'self' data: blob:",
            # The WebSocket listens on another port, or wherever the facility's world_url says.
            f"connect-src 'self' ws: wss: blob:{provider}",
            "media-src 'self' blob:",
            "base-uri 'none'",
            f"form-action 'self'{provider}",
            "frame-ancestors 'none'",
        )
    )


def issuer_origin(issuer: str) -> str:
    """Give the origin of an issuer identifier."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"


class SafeHeaders:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, issuer: str | None = None) -> None:
        """`issuer` is that of the provider where people sign in, if there is one."""
        self._app = app
        self._page_policy = page_policy(issuer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with the headers added to the start of its answer."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _add_headers(headers, self._policy(scope["path"], message["status"], headers))
            await send(message)

        await self._app(scope, receive, send_safely)

    def _policy(self, path: str, status: int, headers: MutableHeaders) -> str | None:
        if status == NOT_MODIFIED:
            # A browser takes the headers of a 304 for those of what it kept, and this one has no content type to go
            # by. Of the page the policy is sent anew: it may be another one since a provider was named.
            return self._page_policy if path.endswith(("/", ".html")) else None
        is_page = headers.get("content-type", "").startswith("text/html")
        return self._page_policy if is_page else DATA_POLICY


def _add_headers(headers: MutableHeaders, policy: str | None) -> None:
    if policy is not None:
        headers["Content-Security-Policy"] = policy
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
