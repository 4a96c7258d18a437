"""One WebSocket of the world server in C: checks, poses into the table, snapshots out of the encoder."""

from collections.abc import Iterable
from typing import Final, Protocol, final, type_check_only

from picows import WSFrame, WSListener, WSTransport
from typing_extensions import disjoint_base

from core_ext import EntityTable, SnapshotEncoder

COMPILED_AGAINST: Final[str]
"""The one version of picows whose C layout this module knows; another one fails at import."""
SEND_BUFFER_BYTES: Final[int]
"""SO_SNDBUF of every connection; Linux sets aside twice as much."""
UNSENT_BYTES: Final[int]
"""TCP_NOTSENT_LOWAT of every connection: bytes the kernel takes before any of them has been sent."""
CLOSE_SECONDS: Final[float]
"""A peer that does not answer a close frame is cut off after this time."""

@type_check_only
class Receiver(Protocol):
    """What a port tells of. Every call comes from the event loop; what one raises closes this port with 1011."""

    def on_open(self, port: WorldPort) -> None:
        """Hear that the WebSocket is open."""

    def on_message(self, data: bytes) -> None:
        """Take a whole message that is not a pose; its kind is one a client may send."""

    def on_fault(self, close_code: int, reason: str) -> None:
        """Hear that the peer broke SPEC section 1.1 or 5.1 and the port has closed; `reason` is one of a few words."""

    def on_error(self, error: Exception) -> None:
        """Hear that a call of this receiver, or a snapshot for this port, raised, and the port has closed with 1011."""

    def on_writable(self) -> None:
        """Hear that the transport is empty again."""

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

@final
class WorldPort(WSListener):
    """One connection. Everything happens on the event loop's thread."""

    epoch: float
    """CLOCK_MONOTONIC when the server's clock was zero, s."""

    def __init__(self, receiver: Receiver, traffic: Traffic, epoch: float) -> None: ...
    @property
    def transport(self) -> WSTransport | None:
        """Of picows; None until the WebSocket is open."""

    @property
    def bound(self) -> bool:
        """Whether poses go to a table and snapshots come from an encoder."""

    @property
    def closing(self) -> bool:
        """A close frame has gone out or come in: nothing else is sent or believed any more."""

    @property
    def writable(self) -> bool:
        """Open, and nothing waits in the transport: what is sent now goes to the kernel at once."""

    @property
    def last_received_ms(self) -> int:
        """Server clock when the last frame of any kind came, u32 ms."""

    @property
    def frames_in(self) -> int: ...
    @property
    def bytes_in(self) -> int: ...
    @property
    def poses_in(self) -> int: ...
    @property
    def frames_out(self) -> int: ...
    @property
    def bytes_out(self) -> int: ...
    @property
    def snapshots_out(self) -> int: ...
    @property
    def snapshots_skipped(self) -> int: ...
    def bind(self, table: EntityTable, slot: int, encoder: SnapshotEncoder, observer: int, ages: bool) -> None:
        """Let poses go to `slot` and snapshots come for `observer`, both in use until `unbind`.

        Raises IndexError or ValueError if one of them is not, ValueError for an encoder of another table.
        """

    def unbind(self) -> None:
        """Take no more poses and make no more snapshots."""

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

    def check(self) -> None:
        """Find what no frame tells: a message that is not whole in time, and a fault for which picows has closed."""

    def on_ws_connected(self, transport: WSTransport) -> None: ...
    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None: ...
    def on_ws_disconnected(self, transport: WSTransport) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...

def broadcast(ports: Iterable[WorldPort]) -> int:
    """Make and send one snapshot for each port that is bound and writable; how many were sent.

    A port with bytes to write is skipped, and counts that. What fails for one port closes that one only.
    """
