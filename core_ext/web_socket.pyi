"""A WebSocket's server end in C: RFC 6455 and SPEC section 1.1 up to whole messages."""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any, Final, Protocol, type_check_only

from typing_extensions import disjoint_base

from core_ext.poller import Polled, Poller

CLOSE_SECONDS: Final[float]
"""A peer that does not answer a close frame is cut off after this time."""

@type_check_only
class Receiver(Protocol):
    """What a port tells of. Every call comes from the event loop; what one raises closes this port with 1011."""

    def on_open(self, port: Any) -> None:
        """Hear that the WebSocket is open."""

    def on_message(self, data: bytes) -> None:
        """Take a whole message that is not a pose; its kind is one a client may send."""

    def on_fault(self, close_code: int, reason: str) -> None:
        """Hear that the peer broke SPEC section 1.1 or 5.1 and the port has closed; `reason` is one of a few words."""

    def on_error(self, error: Exception) -> None:
        """Hear that a call of this receiver, or what was to be sent, raised, and the port has closed with 1011."""

    def on_writable(self) -> None:
        """Hear that the port is writable again."""

    def may_hold(self, size: int) -> bool:
        """Say whether the port may hold as many bytes more than its `held_bytes`; if not, it closes with 4001."""

    def on_closed(self, code: int, reason: str) -> None:
        """Hear that the socket is gone: the code this side closed with, else the peer's, else 1006. The last call."""

@disjoint_base
class Traffic:
    """What went through all ports that share it. Frames are WebSocket frames, bytes count their headers."""

    @property
    def frames_in(self) -> int: ...
    @property
    def bytes_in(self) -> int: ...
    @property
    def poses_in(self) -> int:
        """Poses that the table took."""

    @property
    def frames_out(self) -> int: ...
    @property
    def bytes_out(self) -> int: ...
    @property
    def snapshots_out(self) -> int: ...
    @property
    def snapshots_skipped(self) -> int:
        """Snapshots that were not made because the port still had bytes to write."""

@disjoint_base
class WebSocket(Polled):
    """One connection. Everything happens on the event loop's thread."""

    epoch: float
    """CLOCK_MONOTONIC when the server's clock was zero, s."""

    def __init__(self, receiver: Receiver, traffic: Traffic, epoch: float) -> None: ...
    def attach(self, poller: Poller, fd: int, let_go: Callable[[], object], loop: AbstractEventLoop) -> None:
        """Take over a socket whose upgrade has been answered, and tell the receiver that it is open.

        The port reads and writes `fd`, which does not block, until it calls `let_go`, once; whoever owns the socket
        then closes it and calls `detached` from the loop. Raises OSError for what cannot be polled.
        """

    def detached(self) -> None:
        """Hear that the socket is gone, and tell the receiver. The last call."""

    def fileno(self) -> int:
        """Return the descriptor it reads and writes, -1 when it has none."""

    @property
    def closing(self) -> bool:
        """A close frame has gone out or come in: nothing else is sent or believed any more."""

    @property
    def writable(self) -> bool:
        """Open, and no byte waits for the kernel: what is sent now goes there at once."""

    @property
    def unsent_bytes(self) -> int:
        """Bytes that wait for the kernel to take them."""

    @property
    def held_bytes(self) -> int:
        """Bytes in memory for the peer: what the kernel has not taken, parts of frames and of messages."""

    @property
    def last_received_ms(self) -> int:
        """Server clock when the last frame of any kind came, u32 ms."""

    @property
    def frames_in(self) -> int: ...
    @property
    def bytes_in(self) -> int: ...
    @property
    def frames_out(self) -> int: ...
    @property
    def bytes_out(self) -> int: ...
    def send(self, data: bytes) -> None:
        """Send one binary message; nothing once the port closes. What the kernel does not take waits (`writable`)."""

    def ping(self) -> bool:
        """Send a ping if the port is writable; whether it was."""

    def close(self, code: int, reason: str) -> None:
        """Send a close frame behind what still waits, and cut the peer off if it has not answered in `CLOSE_SECONDS`.

        Of the reason, at most 123 bytes of UTF-8 are sent. Nothing if the port closes already.
        """

    def abort(self) -> None:
        """Drop the socket."""

    def give_up(self) -> None:
        """Drop the socket of a peer that was told to go, after hearing what it has said by now."""

    def check(self) -> None:
        """Find what no frame tells: a message that is not whole in time."""
