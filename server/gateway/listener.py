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
from typing import TYPE_CHECKING, Final

from picows import WSAutoPingStrategy, WSListener, WSUpgradeResponse, WSUpgradeResponseWithListener
from picows.picows import WSProtocol  # type: ignore[attr-defined]  # compiled against, so pinned, and not annotated

from core_ext import Poller
from protocol.ids import HELLO_SECONDS, MESSAGE_BYTES_MAX, SUBPROTOCOL, WORLD_PATH, CloseCode
from server.doorway.arrivals import Arrival, Arrivals, TooManyConnections, TooManyRequests
from server.doorway.doorway import Caller, Doorway
from server.doorway.problem_document import PROBLEM_TYPE, problem_document
from server.errors import OriginRefused
from server.gateway.sockets import SocketTurns
from server.gateway.tls_pump import TlsPump

if TYPE_CHECKING:
    from collections.abc import Callable
    from ssl import SSLContext

    from picows import WSFrame, WSTransport, WSUpgradeRequest

    from core_ext import WebSocket
    from server.errors import PolyclinicError
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

_PICOWS_LOG: Final = logging.getLogger("picows.server")
_SILENT: Final = logging.CRITICAL + 1
_PINGS: Final = (10.0, 10.0, WSAutoPingStrategy.PING_WHEN_IDLE)
"""What picows wants to be told even where it does not ping."""


class Listener:
    """Turns HTTP upgrades on `/world` into ports."""

    def __init__(
        self, new_port: Callable[[str, Arrival], WebSocket], origins: Origins, arrivals: Arrivals | None = None
    ) -> None:
        """`new_port` is given the origin of whoever is let in, and their arrival; `arrivals` counts from where."""
        self._new_port = new_port
        self._origins = origins
        self._arrivals = arrivals or Arrivals()
        self._doorway: Doorway | None = None
        self._turns: SocketTurns | None = None

    async def open(self, host: str, port: int, tls: SSLContext | None = None) -> int:
        """Listen, on a free port if `port` is 0, in TLS if there is a context for it; the port. Raises `PortInUse`."""
        # picows calls a peer's fault an error and quotes it. We count such faults, and log no payload.
        _PICOWS_LOG.setLevel(_SILENT)
        doorway = Doorway(self._meet, tls, receive_buffer=RECEIVE_BUFFER_BYTES)
        bound = await doorway.open(host, port)
        self._doorway = doorway
        self._turns = SocketTurns(Poller(), asyncio.get_running_loop())
        return bound

    def close(self) -> None:
        """Let nobody in any more; connections stay."""
        if self._doorway is not None:
            self._doorway.close()
            self._doorway = None

    def stop(self) -> None:
        """Read and write no connection any more: all are gone."""
        if self._turns is not None:
            self._turns.stop()
            self._turns = None

    def admit(self, request: WSUpgradeRequest, arrival: Arrival, peer: str) -> WSUpgradeResponseWithListener:
        """Answer an upgrade request.

        429 for one too many from where `peer` is, 404 for another path, 403 for a page of another origin, 426 for
        another version, 400 without the subprotocol or with more than one key (RFC 6455, section 11.3.1).
        """
        try:
            self._arrivals.upgrade(arrival, peer, request.headers.getall("X-Forwarded-For", ()))
        except (TooManyRequests, TooManyConnections) as refused:
            return _problem(refused)
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
        keys = request.headers.getall("Sec-WebSocket-Key", ())
        if len(keys) > 1 or SUBPROTOCOL not in _entries(request, "Sec-WebSocket-Protocol"):
            return _refusal(HTTPStatus.BAD_REQUEST, f"offer the subprotocol {SUBPROTOCOL}, and one Sec-WebSocket-Key")
        # Firefox says `Connection: keep-alive, Upgrade`; picows wants the one word alone.
        if any(entry.lower() == "upgrade" for entry in _entries(request, "Connection")):
            request.headers["Connection"] = "Upgrade"
        accepted = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Protocol": SUBPROTOCOL})
        return WSUpgradeResponseWithListener(accepted, _Opening(self._new_port(origin, arrival), self._attach))

    def _meet(self, peer: str) -> Caller:
        arrival = self._arrivals.connect_world(peer)
        return Caller(_Upgrade(partial(self.admit, arrival=arrival, peer=peer), arrival), arrival.leave)

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


class _Upgrade(WSProtocol):  # type: ignore[misc]  # of a class that is not annotated
    """picows' own protocol, as its `ws_create_server` makes it, of a connection that counts for where it comes from."""

    def __init__(self, admit: Callable[[WSUpgradeRequest], WSUpgradeResponseWithListener], arrival: Arrival) -> None:
        super().__init__(
            None,  # host and port: a client's
            None,  # path: a client's
            False,  # whether it is a client
            admit,
            _PICOWS_LOG,
            True,  # whether an exception ends the connection
            HELLO_SECONDS,
            False,  # whether it pings: ports do
            *_PINGS,
            False,  # whether it answers pings
            MESSAGE_BYTES_MAX,
            None,  # more headers: a client's
            READ_BUFFER_BYTES,
        )
        self._arrival = arrival

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go."""
        self._arrival.leave()
        super().connection_lost(exc)


class _Opening(WSListener):
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


def _problem(error: PolyclinicError) -> WSUpgradeResponseWithListener:
    body = problem_document(error.http_status, error.code, error.detail)
    headers = {"Content-Type": PROBLEM_TYPE, "Cache-Control": "no-store", **error.headers}
    return WSUpgradeResponseWithListener(
        WSUpgradeResponse.create_error_response(HTTPStatus(error.http_status), body, headers), None
    )
