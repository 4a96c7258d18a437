"""Serves the front desk with uvicorn, inside the event loop that runs the world."""

import asyncio
import os
import socket
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.errors import PortInUse

BACKLOG: Final = 1024


class FrontDeskServer:
    """One listening port.

    uvicorn's own `serve` takes the process's signals and ends the process when a port is taken; its steps are called
    one by one here instead, on a socket that is bound before.
    """

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            # An access log has addresses of people and rooms they went to.
            access_log=False,
            server_header=False,
            # The scheme and address a proxy tells are used nowhere, so none needs to be believed.
            proxy_headers=False,
            backlog=BACKLOG,
        )
        self._server = uvicorn.Server(config)
        self._chores: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was bound, when 0 was asked for. Raises `PortInUse`."""
        listening = await _bind(host, port)
        config = self._server.config
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[listening])
        # Keeps the Date header right.
        self._chores = asyncio.create_task(self._server.main_loop(), name="front desk")
        return int(listening.getsockname()[1])

    async def stop(self, seconds: float) -> None:
        """Take no more connections, let requests end for so long, then cut off what is left."""
        if self._chores is None:
            return
        self._chores.cancel()
        self._chores = None
        for listening in self._server.servers:
            listening.close()
        try:
            async with asyncio.timeout(seconds):
                await self._server.shutdown()
        except TimeoutError:
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()
            for task in list(self._server.server_state.tasks):
                task.cancel()


class _Protocol(H11Protocol):
    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self.conn = _Reader(h11.SERVER)


class _Reader(h11.Connection):
    """Reads requests. A malformed one is let go of with its connection, without the garbage collector.

    What h11 raises then is in its own traceback, and with it all that reads the connection. Whoever waits with such a
    request until its connection is frozen (ADR 17) would have this process grow.
    """

    def next_event(self) -> Any:
        try:
            return super().next_event()
        except h11.RemoteProtocolError as error:
            raise error.with_traceback(None) from None


async def _bind(host: str, port: int) -> socket.socket:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortInUse(host, port, _reason(error)) from None


def _reason(error: OSError) -> str:
    # `create_server` adds the address to the system's words; those of a name look-up have no number of the system.
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)
