"""One person's sessions: somebody comes from a phone while a headset is still in.

The second either joins the first, as the same person with another avatar, or supersedes it: `world.superseding`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.ids import CloseCode
from server.gateway.session import SessionState
from server.identity.subjects import is_guest
from server.world.superseding import leaving, supersedes

if TYPE_CHECKING:
    from server.config.identity import SecondDevice
    from server.doorway.arrivals import Arrivals
    from server.gateway.registry import SessionRegistry
    from server.gateway.session import Session
    from server.world.room import Room


class Devices:
    """Makes way for the next session of a person, or says that there is none. A guest is somebody else each time."""

    def __init__(self, registry: SessionRegistry, arrivals: Arrivals, policy: SecondDevice = "join") -> None:
        """`policy` is the facility's `second_device`."""
        self._registry = registry
        self._arrivals = arrivals
        self.policy = policy

    def make_way(self, subject: str, room: Room, now: float) -> None:
        """End what sessions of a person have to end before the next one joins `room`.

        Raises `TooManyConnections`, or what joining the room would raise: then all of them stay.
        """
        if is_guest(subject):
            return
        theirs = self._registry.of_subject(subject)
        if supersedes(subject, self.policy):
            room.demand_place(leaving(subject, room, self.policy))
            for session in theirs:
                session.end(CloseCode.SUPERSEDED, "you came in from elsewhere", now)
        else:
            self._join(theirs, room, now)

    def _join(self, theirs: tuple[Session, ...], room: Room, now: float) -> None:
        # A page that is loaded again leaves a session behind each time, until its resume window is over.
        waiting = [session for session in theirs if session.state is not SessionState.LIVE]
        spare = len(theirs) + 1 - self._arrivals.settings.sessions_per_person
        ending = waiting[: max(0, spare)]
        self._arrivals.demand_session(len(theirs) - len(ending))
        room.demand_place(sum(session.room is room for session in ending))
        for session in ending:
            session.end(CloseCode.SUPERSEDED, "", now)
