"""The server without one of its guards, for checks that prove themselves: `WITHOUT` in the environment names which.

    WITHOUT=names python -m tests.support.unguarded serve ...

Left out, it is `rooms`: what is said in one room reaches all of them.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import structlog

from server import main
from server.frontdesk import tickets as front_desk
from server.frontdesk.names import clean_name
from server.gateway.errors import ResumeRefused
from server.gateway.outbox import Outbox
from server.gateway.registry import SessionRegistry
from server.gateway.session import SessionState
from server.main import app
from server.ops import logging as lines
from server.world.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.gateway.session import Port, Session
    from server.world.event import EncodedEvent
    from server.world.member import Member

LOST_OF: Final = 7


def share_rooms() -> None:
    """Let everybody in any room perceive what is said in one."""
    rooms: list[Room] = []
    build = Room.__init__

    def remembered(room: Room, *values: object, **more: object) -> None:
        build(room, *values, **more)  # type: ignore[arg-type]  # whatever a room is made of
        rooms.append(room)

    def everybody(_room: Room, _member: Member) -> list[Member]:
        return [other for each in rooms for other in each.members.values()]

    patch.object(Room, "__init__", remembered).start()
    patch.object(Room, "perceivers", everybody).start()


def log_names() -> None:
    """Log who asks for a ticket, by a field that no line may have."""

    def told(name: str) -> str:
        structlog.get_logger("unguarded").info("asked", name=name)
        return clean_name(name)

    patch.object(front_desk, "clean_name", told).start()
    patch.object(lines, "FIELDS", lines.FIELDS | {"name"}).start()


def dump_core() -> None:
    """Let the kernel keep a picture of a process that has crashed, in the folder that `CORES` names."""
    os.chdir(os.environ["CORES"])
    patch.object(main, "leave_no_traces", lambda: None).start()


def lose_events() -> None:
    """Lose one event in seven before it has a number: the numbers of the others have no gap."""
    seen = count(1)
    add = Outbox.add_event

    def added(outbox: Outbox, event: EncodedEvent) -> None:
        if next(seen) % LOST_OF:
            add(outbox, event)

    patch.object(Outbox, "add_event", added).start()


def repeat_nothing() -> None:
    """Say to who comes back that the gap is closed, and send nothing of it."""
    resume = Outbox.resume

    def resumed(outbox: Outbox, last_event: int) -> bool:
        complete = resume(outbox, last_event)
        if complete:
            outbox.hold()
        return complete

    patch.object(Outbox, "resume", resumed).start()


def take_spent() -> None:
    """Let a resume token serve for as long as its session does."""

    def redeemed(registry: SessionRegistry, token: str) -> Session:
        session = registry.find(token)
        if session.state is SessionState.CLOSED:
            raise ResumeRefused("this session has ended")
        # Else the next one voids it.
        registry._tokens.pop(session, None)
        return session

    patch.object(SessionRegistry, "redeem", redeemed).start()


def keep_descriptors() -> None:
    """Keep a descriptor of each socket that is lost."""
    lost_port = SessionRegistry.lost_port

    def lost(registry: SessionRegistry, session: Session, port: Port) -> None:
        # What the socket had is the port's to close: another stands for it.
        os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        lost_port(registry, session, port)

    patch.object(SessionRegistry, "lost_port", lost).start()


GUARDS: Final[dict[str, Callable[[], None]]] = {
    "rooms": share_rooms,
    "names": log_names,
    "cores": dump_core,
    "events": lose_events,
    "replay": repeat_nothing,
    "spent": take_spent,
    "descriptors": keep_descriptors,
}
"""What there is to be removed."""


if __name__ == "__main__":
    GUARDS[os.environ.get("WITHOUT", "rooms")]()
    app()
