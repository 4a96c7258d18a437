"""The socket below a session, small enough to be played by a script in tests; the real one is `websockets`."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from protocol.codec import encode
from protocol.ids import SUBPROTOCOL, CloseCode
from protocol.messages import Bye

OPEN_SECONDS: Final = 10.0
MESSAGE_BYTES_MAX: Final = 1 << 20
MESSAGES_QUEUED: Final = 16
FAREWELL_SECONDS: Final = 2.0


class TransportClosed(Exception):
    """The socket is closed, with a code of SPEC.md section 9; 1006 if it was lost or never opened."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


class Transport(Protocol):
    """Whole binary messages, in order. Each method raises TransportClosed once the socket is closed, but `close`."""

    async def send(self, data: bytes) -> None:
        """Send one message; waits while the socket is full."""

    async def receive(self) -> bytes:
        """Wait for one message."""

    async def close(self, code: int = CloseCode.NORMAL) -> None:
        """Close; again is harmless."""


async def open_websocket(address: str) -> Transport:
    """Open the WebSocket of a ticket. Raises TransportClosed."""
    try:
        connection = await connect(
            address,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,  # the protocol forbids extensions
            max_size=MESSAGE_BYTES_MAX,
            max_queue=MESSAGES_QUEUED,
            open_timeout=OPEN_SECONDS,
            close_timeout=2.0,
        )
    except (OSError, WebSocketException) as error:
        raise TransportClosed(CloseCode.ABNORMAL, f"{address}: {error}") from error
    if connection.subprotocol != SUBPROTOCOL:
        await connection.close(CloseCode.PROTOCOL_ERROR)
        raise TransportClosed(CloseCode.PROTOCOL_ERROR, f"{address} does not speak {SUBPROTOCOL}")
    return WebSocketTransport(connection)


class WebSocketTransport:
    """A Transport over `websockets`, which answers pings by itself and pings the server every 20 s."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, data: bytes) -> None:
        """Send one message; waits while the socket is full."""
        try:
            await self._connection.send(data)
        except ConnectionClosed as error:
            raise _closed(error) from error

    async def receive(self) -> bytes:
        """Wait for one message. A text message, which no server of this protocol sends, closes with 1003."""
        try:
            message = await self._connection.recv()
        except ConnectionClosed as error:
            raise _closed(error) from error
        if isinstance(message, str):
            await self.close(CloseCode.UNSUPPORTED_DATA)
            raise TransportClosed(CloseCode.UNSUPPORTED_DATA, "the server sent text")
        return message

    async def close(self, code: int = CloseCode.NORMAL) -> None:
        """Close; again is harmless."""
        await self._connection.close(code)


async def take_leave(transport: Transport, code: int = CloseCode.NORMAL) -> None:
    """Tell the server that the session is over for good, so that it keeps no place for it."""
    with contextlib.suppress(TransportClosed, TimeoutError):
        async with asyncio.timeout(FAREWELL_SECONDS):
            await transport.send(encode(Bye()))
            await transport.close(code)


def _closed(error: ConnectionClosed) -> TransportClosed:
    """Tell how it closed: by what the server said, or as lost when it said nothing."""
    if error.rcvd is None:
        return TransportClosed(CloseCode.ABNORMAL)
    return TransportClosed(error.rcvd.code, error.rcvd.reason)
