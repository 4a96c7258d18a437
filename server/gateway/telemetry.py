"""What the gateway counts and what it logs.

Every log line of the gateway is written here, from numbers, ids the server drew itself and words of the program. There
is no way for a name, a text, an address or a payload into it.
"""

from __future__ import annotations

from collections import Counter

import structlog

from core_ext import Traffic
from protocol.ids import CloseCode

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("gateway")

OTHER = "other"
"""The label of close codes that are not of this wire: a peer may send any of 4,000."""


class Telemetry:
    """Counters of one gateway, since it was made; the metrics read them."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        """Frames, bytes, poses and snapshots of all connections."""
        self.closes: Counter[str] = Counter()
        """Connections that ended, by close code."""
        self.faults: Counter[str] = Counter()
        """Connections that a peer's fault ended, by reason."""
        self.events = 0
        """Events handed to sessions."""
        self.resumed = 0
        """Sessions that came back without a gap."""
        self.resynced = 0
        """Sessions that came back and had to begin anew."""
        self.errors = 0
        """Faults of ours that ended a connection."""

    def joined(self, session: str, room: str) -> None:
        """Note a fresh session."""
        _log.info("session_joined", session=session, room=room)

    def came_back(self, session: str, *, complete: bool) -> None:
        """Note a session that came back, `complete` if no event was lost."""
        if complete:
            self.resumed += 1
        else:
            self.resynced += 1
        _log.info("session_resumed", session=session, complete=complete)

    def suspended(self, session: str) -> None:
        """Note a session whose socket is lost."""
        _log.info("session_suspended", session=session)

    def ended(self, session: str, seconds: float, code: int) -> None:
        """Note a session that is over, `seconds` after it began; `code` is that of the close that ended it."""
        _log.info("session_ended", session=session, seconds=round(max(0.0, seconds), 1), code=int(code))

    def fault(self, reason: str, code: int) -> None:
        """Count what a peer did wrong; `reason` is one of the program's words, never the peer's."""
        self.faults[reason] += 1
        _log.info("fault", reason=reason, code=int(code))

    def error(self, error: Exception) -> None:
        """Count a fault of ours. The log tells of an exception what it is and where, never its words."""
        self.errors += 1
        _log.error("error", exc_info=error)

    def unanswered(self, connections: int) -> None:
        """Note connections that are still open when all should have closed."""
        _log.warning("close_unanswered", count=connections)

    def closed(self, code: int) -> None:
        """Count a connection that is gone."""
        label = str(code) if code in _KNOWN_CODES else OTHER
        self.closes[label] += 1
        _log.debug("connection_closed", code=label)


_KNOWN_CODES = frozenset(CloseCode)
