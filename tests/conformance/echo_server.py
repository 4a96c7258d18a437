"""A server that sends back what comes, over the frames' code of the real one; and one without any checks beside it.

    python tests/conformance/echo_server.py [--unguarded]

Prints `ready ws://...` and serves until it is ended. `--unguarded` leaves RFC 6455 to the WebSocket library alone,
which checks little of it: what is tested here must then be found wanting.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop
from picows import WSListener, WSMsgType, WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

sys.path.insert(0, str(Path(__file__).parents[2]))

from core_ext import EchoPort, Traffic
from protocol.ids import SUBPROTOCOL, WORLD_PATH
from server.gateway.listener import Listener
from server.identity.origins import Origins

if TYPE_CHECKING:
    from picows import WSFrame, WSTransport, WSUpgradeRequest

    from server.doorway.arrivals import Arrival

HELD_BYTES_MAX = 16 * 1024 * 1024


class Echo:
    """The receiver of a port that answers by itself."""

    def __init__(self) -> None:
        self._port: EchoPort | None = None

    def on_open(self, port: EchoPort) -> None:
        """Keep the port until its socket is gone."""
        self._port = port

    def on_message(self, data: bytes) -> None:
        """Never called: the port answers."""

    def on_fault(self, close_code: int, reason: str) -> None:
        """Nothing more to do: the port has closed."""

    def on_error(self, error: Exception) -> None:
        """Say what went wrong here."""
        sys.stderr.write(f"error: {error!r}\n")

    def on_writable(self) -> None:
        """Nothing waits here."""

    def may_hold(self, size: int) -> bool:
        """Hold what a test needs, and no more."""
        return self._port is None or self._port.held_bytes + size <= HELD_BYTES_MAX

    def on_closed(self, code: int, reason: str) -> None:
        """Let the port go."""
        self._port = None


class UnguardedEcho(WSListener):
    """What the library makes of frames, sent back."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Answer a frame as a server does that trusts its clients."""
        match frame.msg_type:
            case WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            case WSMsgType.PING:
                transport.send_pong(frame.get_payload_as_bytes())
            case WSMsgType.PONG:
                pass
            case _:
                transport.send(frame.msg_type, frame.get_payload_as_bytes(), frame.fin)


def _admit_unguarded(_request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
    accepted = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Protocol": SUBPROTOCOL})
    return WSUpgradeResponseWithListener(accepted, UnguardedEcho())


async def serve(*, unguarded: bool) -> None:
    """Listen on a free port until the process is ended."""
    began = time.monotonic()
    if unguarded:
        server = await ws_create_server(_admit_unguarded, "127.0.0.1", 0, enable_auto_pong=False)
        port: int = server.sockets[0].getsockname()[1]
    else:
        traffic = Traffic()

        def new_port(_origin: str, _arrival: Arrival) -> EchoPort:
            return EchoPort(Echo(), traffic, began)

        listener = Listener(new_port, Origins())
        port = await listener.open("127.0.0.1", 0)
    sys.stdout.write(f"ready ws://127.0.0.1:{port}{WORLD_PATH}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(unguarded="--unguarded" in sys.argv[1:]))
