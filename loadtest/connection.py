"""Opens a bot's WebSocket; with `core_ext.bot_port` the only place that knows the WebSocket library's client."""

import asyncio

from picows import WSError, WSTransport, ws_connect

from core_ext import BotPort
from loadtest.errors import JoinRefused
from protocol.ids import MESSAGE_BYTES_MAX, SUBPROTOCOL

_HANDSHAKE_SECONDS = 10.0
_FRAME_BYTES_MAX = 16 * MESSAGE_BYTES_MAX
"""A snapshot of a thousand entities in full is larger than any message a client may send."""


async def open_socket(port: BotPort, address: str) -> None:
    """Connect a port. Raises JoinRefused with `no_socket` when the server does not take it."""
    try:
        transport = await _connect(port, address)
    except (OSError, WSError) as error:
        raise JoinRefused("no_socket", f"{address}: {error}") from error
    if transport.response is None:
        # picows calls a connection that ends before its upgrade is answered complete, and has no answer then.
        raise JoinRefused("no_socket", f"{address}: the connection was lost before the upgrade was answered")
    agreed = transport.response.headers.get("Sec-WebSocket-Protocol")
    if agreed != SUBPROTOCOL:
        port.close(1002)
        raise JoinRefused("no_subprotocol", f"{address}: expected subprotocol {SUBPROTOCOL}, got {agreed}")


async def _connect(port: BotPort, address: str) -> WSTransport:
    """Connect, and leave no socket open when cancelled: picows does, while it waits for the upgrade's answer."""
    connecting = asyncio.ensure_future(
        ws_connect(
            lambda: port,
            address,
            websocket_handshake_timeout=_HANDSHAKE_SECONDS,
            max_frame_size=_FRAME_BYTES_MAX,
            extra_headers={"Sec-WebSocket-Protocol": SUBPROTOCOL},
        )
    )
    try:
        transport, _ = await asyncio.shield(connecting)
    except asyncio.CancelledError:
        await asyncio.wait([connecting])
        if connecting.exception() is None:
            connecting.result()[0].disconnect()
        raise
    return transport
