"""One person's sessions, of which there may be several: somebody comes from a phone while a headset is still in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.ids import CloseCode
from server.gateway.session import SessionState
from server.identity.admission import ACCOUNT

if TYPE_CHECKING:
    from server.gateway.registry import SessionRegistry
    from server.ops.arrivals import Arrivals


class Devices:
    """Makes way for the next session of a person, or says that there is none. A guest is somebody else each time."""

    def __init__(self, registry: SessionRegistry, arrivals: Arrivals) -> None:
        self._registry = registry
        self._arrivals = arrivals

    def make_way(self, subject: str, now: float) -> None:
        """End sessions that nobody is behind, as far as it needs; raises `TooManyConnections` if that is not enough.

        A page that is loaded again leaves one behind each time, until its resume window is over.
        """
        if not subject.startswith(ACCOUNT):
            return
        theirs = self._registry.of_subject(subject)
        waiting = [session for session in theirs if session.state is not SessionState.LIVE]
        spare = len(theirs) + 1 - self._arrivals.settings.sockets_per_subject
        for session in waiting[: max(0, spare)]:
            session.end(CloseCode.SUPERSEDED, "", now)
        self._arrivals.check_subject(len(self._registry.of_subject(subject)))
