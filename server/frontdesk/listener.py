"""Serves the front desk with uvicorn, inside the event loop that runs the world."""

import asyncio
import logging
import ssl
from dataclasses import dataclass
from typing import Any, Final

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.doorway.arrivals import Arrival, Arrivals
from server.doorway.doorway import Caller, Doorway
from server.doorway.problem_document import raw_answer
from server.errors import Overloaded
from server.frontdesk.problems import NotHttp

REQUEST_SECONDS: Final = 10.0
"""For a whole request to come, its body included; a browser's comes in one packet or two."""
ANSWER_SECONDS: Final = 60.0
"""For a client to take what it was sent so far, which is at most `files.PIECE_BYTES` of a file: 17 kbit/s."""
CONNECTIONS_MAX: Final = 1024
"""Open at a time; each may hold 16 KiB of a request's head."""

UNTAKEN_BYTES: Final = 1
"""So much that the kernel does not take, and a client is said not to read."""

_UVICORN_LOG: Final = logging.getLogger("uvicorn.error")

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What connections may take of the process."""

    request_seconds: float = REQUEST_SECONDS
    """From a connection's or a request's beginning to the request's end; past it the connection is cut off."""
    answer_seconds: float = ANSWER_SECONDS
    """For a client to take what it was sent so far; past it the connection is cut off."""
    connections: int = CONNECTIONS_MAX
    """Past it a connection is told so and closed."""


class FrontDeskServer:
    """One listening port.

    uvicorn's own `serve` takes the process's signals and ends the process when a port is taken; its steps are called
    one by one here instead, and its protocols are made for connections of our own doorway.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        arrivals: Arrivals | None = None,
    ) -> None:
        """`arrivals` counts who connects from where; without them, nobody does."""
        self._config = _Config(app, limits or Limits())
        self._server = uvicorn.Server(self._config)
        self._arrivals = arrivals
        self._doorway = Doorway(self._meet, tls)
        self._chores: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was bound, when 0 was asked for. Raises `PortInUse`."""
        # uvicorn warns of each request that is none, and of each upgrade it does not know: no limit holds for
        # connections that come one after another, and whoever likes would fill the disk.
        _UVICORN_LOG.setLevel(logging.ERROR)
        config = self._server.config
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        bound = await self._doorway.open(host, port)
        await self._server.startup(sockets=[])
        # Keeps the Date header right.
        self._chores = asyncio.create_task(self._server.main_loop(), name="front desk")
        return bound

    async def stop(self, seconds: float) -> None:
        """Take no more connections, let requests end for so long, then cut off what is left."""
        if self._chores is None:
            return
        self._chores.cancel()
        self._chores = None
        self._doorway.close()
        try:
            async with asyncio.timeout(seconds):
                await self._server.shutdown()
        except TimeoutError:
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()
            for task in list(self._server.server_state.tasks):
                task.cancel()

    def _meet(self, peer: str) -> Caller:
        arrival = Arrival() if self._arrivals is None else self._arrivals.connect_http(peer)
        protocol = _Protocol(self._config, self._server.server_state, {}, arrival=arrival)
        return Caller(protocol, arrival.leave)


class _Config(uvicorn.Config):
    """How uvicorn serves, with the limits it does not know."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        super().__init__(
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
        )
        self.limits = limits
        self.told_full = False
        """Whether the log has it that no connection is left; one line for each time."""


class _Protocol(H11Protocol):
    """One connection, whose requests have to come to their end.

    uvicorn has one timer, for a connection that is silent after an answer; what comes, be it a byte, stops it.
    """

    def __init__(self, config: _Config, *values: Any, arrival: Arrival) -> None:
        super().__init__(config, *values)
        self._arrival = arrival
        self.conn = _Reader(h11.SERVER)
        self._house = config
        self._deadline: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as H11Protocol has it
        if len(self.connections) >= self._house.limits.connections:
            self._turn_away(transport)
            return
        self._house.told_full = False
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=UNTAKEN_BYTES)
        self._expect()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._expect()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # as H11Protocol has it
        """Answer what is no request, as all else is answered, and end the connection with it.

        An answer that is on its way already, to a request whose body turned out to be none, breaks off instead.
        """
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.write(raw_answer(NotHttp()))
        self.conn.send_failed()
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY or self.conn.trailing_data[0]:
            # More than one request came at once.
            self._expect()

    def pause_writing(self) -> None:
        """Wait for who does not read, but not for ever: a connection that is closing, too, is open until it has."""
        super().pause_writing()
        if self._untaken is None:
            self._untaken = self.loop.call_later(self._house.limits.answer_seconds, self._give_up_answer)

    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrival.leave()
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def _expect(self) -> None:
        """Give a request that is on its way until the deadline to come to its end."""
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY} or self.transport.is_closing():
            self._stop_waiting()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self._house.limits.request_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_watching(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    def _give_up(self) -> None:
        _log.info("request_too_slow")
        # Not closed: that would wait for whoever takes nothing either.
        self.transport.abort()

    def _give_up_answer(self) -> None:
        _log.info("answer_not_taken")
        self.transport.abort()

    def _turn_away(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        if not self._house.told_full:
            self._house.told_full = True
            _log.warning("front_desk_full", count=len(self.connections))
        transport.write(raw_answer(Overloaded()))
        transport.close()


class _Reader(h11.Connection):
    """Reads requests. A malformed one is let go of with its connection, without the garbage collector.

    What h11 raises then is in its own traceback, and with it all that reads the connection. Whoever waits with such a
    request until its connection is frozen (ADR 17) would have this process grow.
    """

    def next_event(self) -> Any:
        try:
            return self._checked(super().next_event())
        except h11.RemoteProtocolError as error:
            raise error.with_traceback(None) from None

    @staticmethod
    def _checked(event: Any) -> Any:
        """Refuse a body whose length is told twice: a proxy may believe the other one (RFC 9112 section 6.1)."""
        if isinstance(event, h11.Request):
            names = {name for name, _ in event.headers}
            if {b"content-length", b"transfer-encoding"} <= names:
                raise h11.RemoteProtocolError("both Content-Length and Transfer-Encoding")
        return event
