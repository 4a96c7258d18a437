"""Between TLS and a port: the port reads and writes one end of a socket pair, and this the other (ADR 32).

Nothing piles up on the way: what the client does not take fills the transport's buffer, then the pair's, and then the
port is not writable, as over a plain socket; what the port does not read stops the reading from the client.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PAIR_BYTES: Final = 16_384
"""SO_SNDBUF of the port's end, which Linux doubles: how much may wait between the port and TLS."""

TRANSPORT_BYTES: Final = 16_384
"""What may wait in the transport for the client's socket before nothing more is taken from the port."""

READ_BYTES: Final = 16_384
"""A record of TLS has as much at most."""

DRAIN_SECONDS: Final = 1.0
"""What a port that is gone has said by then has this long to reach the client."""


class TlsPump(asyncio.Protocol):
    """Carries bytes between a transport of TLS and a socket that a port may have."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Take over a transport whose upgrade has been answered. Raises OSError for want of descriptors."""
        self._transport = transport
        self._loop = loop
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.setblocking(False)
        self._far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PAIR_BYTES)
        self._rest = b""
        """What came from the client and the pair did not take."""
        self._abort_timer: asyncio.TimerHandle | None = None
        self._lost = False
        transport.set_write_buffer_limits(high=TRANSPORT_BYTES)
        transport.set_protocol(self)
        loop.add_reader(self._near, self._take_from_port)

    def fileno(self) -> int:
        """Give the descriptor that is the port's to read and write."""
        return self._far.fileno()

    def let_go(self, detached: Callable[[], None]) -> None:
        """Take the port's end back: it wants no more of it. `detached` is called from the loop."""
        self._far.close()
        self._loop.call_soon(detached)
        if not self._lost:
            self._abort_timer = self._loop.call_later(DRAIN_SECONDS, self._transport.abort)

    # What the transport tells -----------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Give the port what came from the client."""
        self._rest += data
        self._give_to_port()

    def pause_writing(self) -> None:
        """Take nothing from the port: the client does not keep up."""
        self._loop.remove_reader(self._near)

    def resume_writing(self) -> None:
        """Go on."""
        if not self._lost:
            self._loop.add_reader(self._near, self._take_from_port)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the port is told by the end of its socket
        """Let the port see the end, after what came before it."""
        self._lost = True
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._loop.remove_reader(self._near)
        self._loop.remove_writer(self._near)
        self._near.close()

    # What the pair tells ----------------------------------------------------------------------------------------------

    def _give_to_port(self) -> None:
        if self._lost:
            return
        try:
            sent = self._near.send(self._rest)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            # The port is gone; what a client says now is nobody's.
            self._rest = b""
            return
        self._rest = self._rest[sent:]
        if self._rest:
            self._transport.pause_reading()
            self._loop.add_writer(self._near, self._give_to_port)
        else:
            self._loop.remove_writer(self._near)
            self._transport.resume_reading()

    def _take_from_port(self) -> None:
        try:
            data = self._near.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._transport.write(data)
        else:
            self._loop.remove_reader(self._near)
            # Sends what waits, then says goodbye.
            self._transport.close()
