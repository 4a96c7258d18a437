"""The WebSocket's listening socket: who is let in, by HTTP. Only this module of the server knows picows."""

from __future__ import annotations

import logging
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from picows import WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

from protocol.ids import HELLO_SECONDS, MESSAGE_BYTES_MAX, SUBPROTOCOL, WORLD_PATH
from server.errors import PortInUse

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from picows import WSUpgradeRequest

    from core_ext import WorldPort

RECEIVE_BUFFER_BYTES: Final = 65_536
"""SO_RCVBUF of every connection: picows doubles its read buffer whenever one read fills it, and this bounds a read."""

READ_BUFFER_BYTES: Final = 4_096
"""What a connection reads into at first: a pose has 150 bytes, and most clients never send anything larger."""

BACKLOG: Final = 1_024
"""A lecture begins: hundreds come within a second."""

_SILENT: Final = logging.CRITICAL + 1


class Listener:
    """Turns HTTP upgrades on `/world` into ports."""

    def __init__(self, new_port: Callable[[], WorldPort]) -> None:
        self._new_port = new_port
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen, on a free port if `port` is 0; the port. Raises `PortInUse`."""
        # picows calls a peer's fault an error and quotes it. We count such faults, and log no payload.
        logging.getLogger("picows.server").setLevel(_SILENT)
        try:
            self._server = await ws_create_server(
                self.admit,
                host,
                port,
                websocket_handshake_timeout=HELLO_SECONDS,
                max_frame_size=MESSAGE_BYTES_MAX,
                read_buffer_init_size=READ_BUFFER_BYTES,
                # The port answers pings itself: for a peer that does not read, picows would queue pongs without end.
                enable_auto_pong=False,
                backlog=BACKLOG,
            )
        except OSError as error:
            raise PortInUse(host, port, error.strerror or str(error)) from error
        for listening in self._server.sockets:
            # Connections inherit it.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    def close(self) -> None:
        """Let nobody in any more; connections stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def admit(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        """Answer an upgrade request: 404 for another path, 426 for another version, 400 without the subprotocol."""
        if request.path != WORLD_PATH.encode():
            return _refusal(HTTPStatus.NOT_FOUND, f"the world is at {WORLD_PATH}")
        if request.headers.get("Sec-WebSocket-Version") != "13":
            return _refusal(
                HTTPStatus.UPGRADE_REQUIRED, "this is a WebSocket of version 13", {"Sec-WebSocket-Version": "13"}
            )
        if SUBPROTOCOL not in _entries(request, "Sec-WebSocket-Protocol"):
            return _refusal(HTTPStatus.BAD_REQUEST, f"offer the subprotocol {SUBPROTOCOL}")
        # Firefox says `Connection: keep-alive, Upgrade`; picows wants the one word alone.
        if any(entry.lower() == "upgrade" for entry in _entries(request, "Connection")):
            request.headers["Connection"] = "Upgrade"
        accepted = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Protocol": SUBPROTOCOL})
        return WSUpgradeResponseWithListener(accepted, self._new_port())


def _entries(request: WSUpgradeRequest, header: str) -> list[str]:
    """Read a header that is a comma-separated list, over all its lines (RFC 9110 section 5.3)."""
    return [entry.strip() for line in request.headers.getall(header, ()) for entry in line.split(",")]


def _refusal(status: HTTPStatus, words: str, headers: dict[str, str] | None = None) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(
        WSUpgradeResponse.create_error_response(status, f"{words}\n".encode(), headers), None
    )
