"""How long an input takes: what the server itself does with a stranger's bytes, without the references beside it.

Time is that of the thread's own CPU, the best of some: what else the machine does does not count.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from core_ext import EntityTable, FrameDecoder, RecordCodec
from protocol.codec import decode_client, decode_facts, decode_server
from protocol.errors import WireError
from protocol.ids import EntityKind
from server.errors import PolyclinicError
from server.frontdesk.bodies import parse_body
from server.frontdesk.names import clean_name
from server.identity.tickets import TicketDesk
from tests.support.fuzz_bodies import SHAPES
from tests.support.fuzz_front_desk import DESK as FRONT_DESK
from tests.support.port_doubles import PortClient, close_sockets

if TYPE_CHECKING:
    from collections.abc import Callable

WORK_SECONDS_MAX: Final = 0.001
"""What one input may take."""

TRIES: Final = 12
BOUNDS_MM: Final = (-100_000, -100_000, -100_000, 100_000, 100_000, 100_000)
TABLE: Final = EntityTable(1, BOUNDS_MM)
SLOT: Final = TABLE.add(1, EntityKind.AVATAR, b"\x80", 0)
DESK: Final = TicketDesk(key=bytes(range(32)))


def _web_socket(data: bytes) -> Callable[[], object]:
    client = PortClient().open()
    # In one piece, as much as the socket takes: what is timed is one turn of the poller.
    with contextlib.suppress(BlockingIOError):
        client.far.send(data[1:])
    return client.poller.poll


def _body(data: bytes) -> object:
    # All shapes together: one of them alone, as a request has it, takes less.
    for shape in SHAPES:
        with contextlib.suppress(PolyclinicError):
            clean_name(getattr(parse_body(data, shape), "name", None) or "")
    return None


def _ticket(data: bytes) -> object:
    return DESK.redeem(data.decode("latin-1"), now=1.0)


WORK: Final[dict[str, Callable[[bytes], Callable[[], object]]]] = {
    "web_socket": _web_socket,
    "client_message": lambda data: lambda: decode_client(data),
    "server_message": lambda data: lambda: decode_server(data),
    "facts": lambda data: lambda: decode_facts(data),
    "pose": lambda data: lambda: TABLE.apply_pose(SLOT, data, 1_000),
    "record": lambda data: lambda: RecordCodec().apply(data[1:]),
    "frame": lambda data: lambda: FrameDecoder().apply(data[1:]),
    "ticket": lambda data: lambda: _ticket(data),
    "front_desk_body": lambda data: lambda: _body(data),
    "front_desk": FRONT_DESK.prepare,
}
"""For each target of `fuzz_targets`: sets up for an input, and gives what is timed."""


def cpu_seconds(name: str, data: bytes, tries: int = TRIES) -> float:
    """The least CPU time that one input of a target takes; it stops looking once it is little enough."""
    best = float("inf")
    for _ in range(tries):
        work = WORK[name](data)
        begun = time.thread_time_ns()
        with contextlib.suppress(WireError, PolyclinicError):
            work()
        best = min(best, (time.thread_time_ns() - begun) / 1e9)
        if name == "web_socket":
            close_sockets()
        if best <= WORK_SECONDS_MAX:
            break
    return best
