"""Opens a bot's WebSocket; with `core_ext.bot_port` the only place that knows the WebSocket library's client."""

from picows import WSError, ws_connect

from core_ext import BotPort
from loadtest.errors import JoinRefused
from protocol.ids import MESSAGE_BYTES_MAX, SUBPROTOCOL

_HANDSHAKE_SECONDS = 10.0
_FRAME_BYTES_MAX = 16 * MESSAGE_BYTES_MAX
"""A snapshot of a thousand entities in full is larger than any message a client may send."""


async def open_socket(port: BotPort, address: str) -> None:
    """Connect a port. Raises JoinRefused with `no_socket` when the server does not take it."""
    try:
        transport, _ = await ws_connect(
            lambda: port,
            address,
            websocket_handshake_timeout=_HANDSHAKE_SECONDS,
            max_frame_size=_FRAME_BYTES_MAX,
            extra_headers={"Sec-WebSocket-Protocol": SUBPROTOCOL},
        )
    except (OSError, WSError) as error:
        raise JoinRefused("no_socket", f"{address}: {error}") from error
    if transport.response is None:
        # picows calls a connection that ends before its upgrade is answered complete, and has no answer then.
        raise JoinRefused("no_socket", f"{address}: the connection was lost before the upgrade was answered")
    agreed = transport.response.headers.get("Sec-WebSocket-Protocol")
    if agreed != SUBPROTOCOL:
        port.close(1002)
        raise JoinRefused("no_subprotocol", f"{address}: expected subprotocol {SUBPROTOCOL}, got {agreed}")
