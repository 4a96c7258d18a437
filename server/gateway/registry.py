"""All sessions: by resume token, by room, and those that wait for a resume."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from protocol.ids import CloseCode
from server.gateway.errors import ResumeRefused
from server.gateway.session import Session, SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from server.gateway.session import Port
    from server.gateway.telemetry import Telemetry
    from server.world.room import Room

TOKEN_BYTES = 32
"""Of a resume token's randomness."""


class SessionRegistry:
    """Every session that has not ended."""

    def __init__(
        self,
        telemetry: Telemetry,
        clock: Callable[[], float],
        resume_seconds: float,
        on_locked: Callable[[str], None] = lambda _subject: None,
    ) -> None:
        """`on_locked` is told whose session was locked."""
        self._on_locked = on_locked
        self._telemetry = telemetry
        self._clock = clock
        self._resume_seconds = resume_seconds
        self._by_token: dict[str, Session] = {}
        self._tokens: dict[Session, str] = {}
        self._by_subject: dict[str, dict[Session, None]] = {}
        self._waiting: dict[Session, None] = {}
        """Suspended, the longest first: every session has the same resume window."""
        self._locked: dict[Session, None] = {}
        """Those that are locked, the longest first: every room has the facility's time."""
        self._ports: dict[str, dict[Port, None]] = {}

    @property
    def live(self) -> int:
        """Sessions that have a socket."""
        return sum(len(ports) for ports in self._ports.values())

    @property
    def waiting(self) -> int:
        """Sessions that wait for a resume."""
        return len(self._waiting) + len(self._locked)

    def new_session(self, room: Room) -> Session:
        """Make a session for somebody about to join `room`."""
        return Session(
            secrets.token_hex(8),
            room,
            keeper=self,
            telemetry=self._telemetry,
            clock=self._clock,
            resume_seconds=self._resume_seconds,
        )

    def find(self, token: str) -> Session:
        """Find the session of a resume token, which still serves. Raises `ResumeRefused`."""
        session = self._by_token.get(token)
        if session is None:
            raise ResumeRefused("this resume token is unknown, used, or of a session that has ended")
        return session

    def redeem(self, token: str) -> Session:
        """Take a resume token back; it serves once. Raises `ResumeRefused`."""
        session = self.find(token)
        del self._by_token[token], self._tokens[session]
        now = self._clock()
        if session.proof.expired(now):
            session.end(CloseCode.TOKEN_EXPIRED, "", now)
            raise ResumeRefused("what proved who this was is good no longer")
        return session

    def of_subject(self, subject: str) -> tuple[Session, ...]:
        """Every session of a person, the oldest first."""
        return tuple(self._by_subject.get(subject, ()))

    def ports(self, room_id: str) -> Iterable[Port]:
        """Where the snapshots of a room go."""
        return self._ports.get(room_id, ())

    def expire(self, now: float) -> None:
        """End the sessions whose resume window is over."""
        while self._waiting:
            session = next(iter(self._waiting))
            if now - session.suspended_at < self._resume_seconds:
                break
            session.end(CloseCode.NORMAL, "", now)
        while self._locked:
            session = next(iter(self._locked))
            if now - session.suspended_at < session.room.safety.locked_seconds:
                return
            session.end(CloseCode.NORMAL, "", now)

    def end_subject(self, subject: str, code: CloseCode, reason: str, now: float) -> int:
        """End every session of a subject, live or waiting; how many."""
        theirs = self.of_subject(subject)
        for session in theirs:
            session.end(code, reason, now)
        return len(theirs)

    def end_waiting(self, now: float) -> None:
        """End every session that waits for a resume."""
        for session in (*self._waiting, *self._locked):
            session.end(CloseCode.SERVICE_RESTART, "", now)

    # What sessions tell -----------------------------------------------------------------------------------------------

    def issue_token(self, session: Session) -> str:
        """Draw the session's next resume token; the one before is void."""
        self._void_token(session)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._by_token[token] = session
        self._tokens[session] = token
        self._by_subject.setdefault(session.subject, {})[session] = None
        return token

    def went_live(self, session: Session, port: Port) -> None:
        """Send the room's snapshots to `port`."""
        self._forget_waiting(session)
        self._ports.setdefault(session.room.id, {})[port] = None

    def lost_port(self, session: Session, port: Port) -> None:
        """Send no more snapshots to `port`."""
        ports = self._ports.get(session.room.id, {})
        ports.pop(port, None)
        if not ports:
            self._ports.pop(session.room.id, None)

    def suspended(self, session: Session) -> None:
        """Keep a session for its resume window, or for as long as it may be locked."""
        self._forget_waiting(session)
        (self._locked if session.locked else self._waiting)[session] = None
        if session.locked:
            self._on_locked(session.subject)

    def ended(self, session: Session) -> None:
        """Forget a session."""
        self._void_token(session)
        self._forget_waiting(session)
        theirs = self._by_subject.get(session.subject, {})
        theirs.pop(session, None)
        if not theirs:
            self._by_subject.pop(session.subject, None)

    def _forget_waiting(self, session: Session) -> None:
        self._waiting.pop(session, None)
        self._locked.pop(session, None)

    def _void_token(self, session: Session) -> None:
        token = self._tokens.pop(session, None)
        if token is not None:
            del self._by_token[token]


__all__ = ["SessionRegistry", "SessionState"]
