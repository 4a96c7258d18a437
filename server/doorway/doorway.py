"""A listening port that knows where each connection comes from before anything is read of it, TLS included.

The event loop's own server makes a protocol for a connection without saying whose it is, and tells the protocol of it
only once TLS has been agreed on: who opens sockets and says nothing would be counted nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from protocol.ids import HELLO_SECONDS
from server.doorway.problem_document import raw_answer
from server.errors import PolyclinicError, PortInUse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

BACKLOG: Final = 1_024
"""A lecture begins: hundreds come within a second."""

AT_ONCE: Final = 64
"""Connections that are taken before anything else has its turn."""

REST_SECONDS: Final = 1.0
"""Without descriptors nobody is taken for so long; somebody may leave meanwhile."""

_UNREAD_BYTES: Final = 65_536
"""What has come by then of a connection that is turned away: closed with it unread, the socket would be reset, and the
answer with it."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("doorway")


@dataclass(frozen=True, slots=True)
class Caller:
    """A connection that may come in."""

    protocol: asyncio.BaseProtocol
    """What attends to it."""
    turned_back: Callable[[], None]
    """Called if it is gone before the protocol is told of it."""


class Doorway:
    """One listening port, on each address of its host."""

    def __init__(
        self, meet: Callable[[str], Caller], tls: ssl.SSLContext | None = None, *, receive_buffer: int = 0
    ) -> None:
        """`meet` is given a peer's address and may raise a `PolyclinicError`: then it is told so, if not in TLS.

        `receive_buffer` is SO_RCVBUF of each connection, in bytes; 0 leaves it to the system.
        """
        self._meet = meet
        self._tls: dict[str, Any] = (
            # A client that says no goodbye is not waited for.
            {} if tls is None else {"ssl": tls, "ssl_handshake_timeout": HELLO_SECONDS, "ssl_shutdown_timeout": 1.0}
        )
        self._receive_buffer = receive_buffer
        self._listening: list[socket.socket] = []
        self._resting: set[asyncio.TimerHandle] = set()
        self._coming: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen, on a free port if `port` is 0; the port. Raises `PortInUse`."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            bound = self._listen_at([(family, str(address[0])) for family, _, _, _, address in found], port)
        except OSError as error:
            self.close()
            raise PortInUse(host, port, _reason(error), error.errno) from None
        for listening in self._listening:
            loop.add_reader(listening, self._accept, loop, listening)
        return bound

    def close(self) -> None:
        """Take no more connections; those that are there stay."""
        for timer in self._resting:
            timer.cancel()
        for listening in self._listening:
            with contextlib.suppress(RuntimeError):
                # Without a loop nobody has listened either.
                asyncio.get_running_loop().remove_reader(listening)
            listening.close()
        self._listening.clear()
        for task in self._coming:
            task.cancel()

    def _listen_at(self, places: list[tuple[int, str]], port: int) -> int:
        missing: OSError | None = None
        for family, address in places:
            try:
                listening = socket.create_server((address, port), family=family, backlog=BACKLOG)
            except OSError as error:
                # "localhost" is an IPv6 address too, on machines that have no IPv6.
                if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                    raise
                missing = error
                continue
            self._listening.append(listening)
            listening.setblocking(False)
            if self._receive_buffer:
                # Connections inherit it.
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
            port = port or int(listening.getsockname()[1])
        if missing is not None and not self._listening:
            raise missing
        return port

    def _accept(self, loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, peer = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(loop, listening, error)
                return
            connection.setblocking(False)
            self._take(loop, connection, str(peer[0]))

    def _take(self, loop: asyncio.AbstractEventLoop, connection: socket.socket, peer: str) -> None:
        try:
            caller = self._meet(peer)
        except PolyclinicError as error:
            self._turn_away(connection, error)
            return
        task = loop.create_task(self._let_in(loop, connection, caller), name="doorway")
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _let_in(self, loop: asyncio.AbstractEventLoop, connection: socket.socket, caller: Caller) -> None:
        try:
            await loop.connect_accepted_socket(lambda: caller.protocol, connection, **self._tls)
        except OSError:
            # TLS was not agreed on, or not in time, or nobody is there any more.
            _turn_back(connection, caller)
        except BaseException:
            _turn_back(connection, caller)
            raise

    def _turn_away(self, connection: socket.socket, error: PolyclinicError) -> None:
        with connection, contextlib.suppress(OSError):
            if not self._tls:
                connection.send(raw_answer(error))
                connection.shutdown(socket.SHUT_WR)
                connection.recv(_UNREAD_BYTES)

    def _rest(self, loop: asyncio.AbstractEventLoop, listening: socket.socket, error: OSError) -> None:
        _log.warning("nobody_taken", reason=errno.errorcode.get(error.errno or 0, ""), seconds=REST_SECONDS)
        loop.remove_reader(listening)

        def go_on() -> None:
            self._resting.discard(timer)
            loop.add_reader(listening, self._accept, loop, listening)

        timer = loop.call_later(REST_SECONDS, go_on)
        self._resting.add(timer)


def _turn_back(connection: socket.socket, caller: Caller) -> None:
    caller.turned_back()
    connection.close()


def _reason(error: OSError) -> str:
    # `create_server` adds the address to the system's words; those of a name look-up have no number of the system.
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)
