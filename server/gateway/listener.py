"""The WebSocket's listening socket: who is let in, by HTTP. Only this module of the server knows picows.

picows answers the upgrade; the socket behind it is then handed to a port, which reads and writes it by itself.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from picows import WSListener, WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

from core_ext import Poller
from protocol.ids import HELLO_SECONDS, MESSAGE_BYTES_MAX, SUBPROTOCOL, WORLD_PATH, CloseCode
from server.errors import OriginRefused, PortInUse
from server.gateway.sockets import SocketTurns
from server.gateway.tls_pump import TlsPump

if TYPE_CHECKING:
    from collections.abc import Callable
    from ssl import SSLContext

    from picows import WSFrame, WSTransport, WSUpgradeRequest

    from core_ext import WebSocket
    from server.identity.origins import Origins

RECEIVE_BUFFER_BYTES: Final = 65_536
"""SO_RCVBUF of every connection: what the kernel keeps of somebody who floods."""

SEND_BUFFER_BYTES: Final = 65_536
"""SO_SNDBUF of every connection: the kernel keeps no long backlog for a client that does not read. Linux doubles it for
its bookkeeping."""

UNSENT_BYTES: Final = 16_384
"""TCP_NOTSENT_LOWAT: of those, at most so many that have not even been sent once. What is in flight does not count, so
a long way to the client costs no throughput."""

_TCP_NOTSENT_LOWAT: Final = 25
"""Linux's number; the socket module names it from Python 3.12 on."""

READ_BUFFER_BYTES: Final = 4_096
"""What picows reads a request into."""

BACKLOG: Final = 1_024
"""A lecture begins: hundreds come within a second."""

_TLS_OPTIONS: Final = {"ssl_shutdown_timeout": 1.0, "use_aiofastnet": False}
"""A client that says no goodbye is not waited for; the event loop's own TLS lets its protocol be replaced."""

_SILENT: Final = logging.CRITICAL + 1


class Listener:
    """Turns HTTP upgrades on `/world` into ports."""

    def __init__(self, new_port: Callable[[str], WebSocket], origins: Origins) -> None:
        """`new_port` is given the origin of whoever is let in."""
        self._new_port = new_port
        self._origins = origins
        self._server: asyncio.Server | None = None
        self._turns: SocketTurns | None = None

    async def open(self, host: str, port: int, tls: SSLContext | None = None) -> int:
        """Listen, on a free port if `port` is 0, in TLS if there is a context for it; the port. Raises `PortInUse`."""
        options: dict[str, Any] = (
            {} if tls is None else {"ssl": tls, "ssl_handshake_timeout": HELLO_SECONDS, **_TLS_OPTIONS}
        )
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
                enable_auto_pong=False,
                backlog=BACKLOG,
                **options,
            )
        except OSError as error:
            raise PortInUse(host, port, error.strerror or str(error)) from error
        for listening in self._server.sockets:
            # Connections inherit it.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self._turns = SocketTurns(Poller(), asyncio.get_running_loop())
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    def close(self) -> None:
        """Let nobody in any more; connections stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def stop(self) -> None:
        """Read and write no connection any more: all are gone."""
        if self._turns is not None:
            self._turns.stop()
            self._turns = None

    def admit(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        """Answer an upgrade request.

        404 for another path, 403 for a page of another origin, 426 for another version, 400 without the subprotocol.
        """
        if request.path != WORLD_PATH.encode():
            return _refusal(HTTPStatus.NOT_FOUND, f"the world is at {WORLD_PATH}")
        try:
            origin = self._origins.check(request.headers.getall("Origin", ()))
        except OriginRefused as refused:
            return _refusal(HTTPStatus.FORBIDDEN, refused.detail)
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
        return WSUpgradeResponseWithListener(accepted, _Arrival(self._new_port(origin), self._attach))

    def _attach(self, port: WebSocket, transport: WSTransport) -> None:
        under = transport.underlying_transport
        if not transport.is_secure:
            under.pause_reading()
        connection = under.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if sys.platform == "linux":
            connection.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        if self._turns is None:
            raise RuntimeError("a connection arrived before the listener was open")
        if not transport.is_secure:
            port.attach(self._turns.poller, connection.fileno(), under.abort, self._turns.loop)
            return
        pump = TlsPump(under, self._turns.loop)
        port.attach(self._turns.poller, pump.fileno(), partial(pump.let_go, port.detached), self._turns.loop)


class _Arrival(WSListener):
    """What picows tells of one connection: that it is there, and that it is gone."""

    def __init__(self, port: WebSocket, attach: Callable[[WebSocket, WSTransport], None]) -> None:
        self._port = port
        self._attach = attach

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Hand the socket over."""
        self._attach(self._port, transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002 - picows calls it so
        """Refuse what came together with the request: RFC 6455 section 4.1 has a client wait for the answer."""
        self._port.close(CloseCode.PROTOCOL_ERROR, "sent before the upgrade was answered")

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 - picows calls it so
        """Tell the port that its socket is gone."""
        self._port.detached()


def _entries(request: WSUpgradeRequest, header: str) -> list[str]:
    """Read a header that is a comma-separated list, over all its lines (RFC 9110 section 5.3)."""
    return [entry.strip() for line in request.headers.getall(header, ()) for entry in line.split(",")]


def _refusal(status: HTTPStatus, words: str, headers: dict[str, str] | None = None) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(
        WSUpgradeResponse.create_error_response(status, f"{words}\n".encode(), headers), None
    )
