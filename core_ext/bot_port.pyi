"""One bot's WebSocket in C: sends its poses and checks what it is sent."""

from collections.abc import Sequence
from typing import Final, Protocol, final, type_check_only

from picows import WSFrame, WSListener, WSTransport

from core_ext import FrameDecoder, Witness

COMPILED_AGAINST: Final[str]
"""The one version of picows whose C layout this module knows; another one fails at import."""

@type_check_only
class Receiver(Protocol):
    """What a port tells of; every call comes from the event loop."""

    def on_open(self, port: BotPort) -> None:
        """Hear that the WebSocket is open."""

    def on_message(self, data: bytes) -> None:
        """Take a message that is not a snapshot."""

    def on_closed(self, code: int, reason: str) -> None:
        """Hear that the socket is gone; 1006 when it went without a close frame."""

@final
class BotPort(WSListener):
    """One bot's WebSocket: sends its poses and checks what it gets."""

    clock_offset_ms: int
    """Server clock minus this process's monotonic clock."""

    @property
    def transport(self) -> WSTransport | None: ...
    @property
    def witness(self) -> Witness: ...
    @property
    def decoder(self) -> FrameDecoder: ...
    @property
    def verifying(self) -> bool: ...
    @property
    def paused(self) -> bool:
        """Whether bytes wait in the transport; poses are skipped meanwhile."""

    @property
    def open(self) -> bool:
        """Whether there is a socket that is not gone yet."""

    @property
    def room(self) -> int: ...
    @property
    def sender(self) -> int:
        """Its index as a sender of the witness; -1 before `join`."""

    def __init__(self, witness: Witness, receiver: Receiver, verifying: bool) -> None: ...
    def on_ws_connected(self, transport: WSTransport) -> None: ...
    def on_ws_disconnected(self, transport: WSTransport) -> None: ...
    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...
    def feed(self, data: bytes) -> None:
        """Take one message as if it came from the socket."""

    def send(self, data: bytes) -> None:
        """Send a message that is not a pose; nothing once the socket is closed."""

    def finish(self, data: bytes) -> None:
        """Send a last message and nothing more; what still comes is let go until the server closes."""

    def close(self, code: int) -> None:
        """Send a close frame and let go of the socket."""

    def judge_facts(self, entity: int, facts: bytes) -> int:
        """Tell what to hold an entity for that no bot is known to be."""

    def check_view(self) -> None:
        """Look at all that is held: nobody who left, nobody behind a curtain, nothing that stopped moving."""

    def join(self, entity: int, room: int, spawn: Sequence[int]) -> None:
        """Take the place in the room that the welcome gave: entity, the witness's room, spawn in mm."""

    def leave(self) -> None:
        """Tell the witness that the avatar leaves; before `bye` goes out."""

    def move_along(self, rows: object, start: int, offset_mm: Sequence[int]) -> None:
        """Send these rows from `start` on, there and back again, the head moved by `offset_mm` and kept in the bounds.

        `rows` is a C-contiguous int32 array (n, 23), kept alive by the port: flags, voice, then
        x y z largest a b c of the head and of each hand, quantised as SPEC.md section 4 says, hands relative to the
        head. Raises ValueError for another shape.
        """

    def send_pose(self) -> int:
        """Send the next pose; 1 if it went, 0 while it cannot."""

    def last_pose(self) -> bytes:
        """Return the pose sent last as it went over the wire. Raises ValueError before there is one."""
