"""A WebSocket server that follows a script, on websockets as an independent peer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets import Subprotocol
from websockets.asyncio.server import ServerConnection, serve

from protocol.ids import SUBPROTOCOL

Script = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def world(script: Script, subprotocol: str | None = SUBPROTOCOL) -> AsyncIterator[str]:
    offered = None if subprotocol is None else [Subprotocol(subprotocol)]
    async with serve(script, "127.0.0.1", 0, subprotocols=offered, compression=None) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/world"
