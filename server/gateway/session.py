"""One participant's session (SPEC section 2): joins a room, outlives its socket for the resume window, ends once."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Protocol

from protocol.codec import encode
from protocol.features import UNATTENDED
from protocol.ids import (
    CORRECTIONS_MAX,
    CORRECTIONS_SECONDS,
    ERRORS_MAX,
    ERRORS_SECONDS,
    PING_SECONDS,
    SILENCE_SECONDS,
    CloseCode,
    reconnects,
)
from protocol.messages import Ack, Budget, Bye, Clock, ClockReply, Correction, Operation, Refreshed, Result, Welcome
from server.gateway.errors import SessionError, TooManyErrors
from server.gateway.outbox import HELD_BYTES_MAX, Answers, Outbox
from server.gateway.proof import Proof
from server.gateway.waiting import may_wait
from server.sliding_counter import SlidingCounter
from server.world.feature import Reply
from server.world.member import Participant
from server.world.wire_time import seconds_since, wire_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from core_ext import EntityTable, SnapshotEncoder
    from protocol.messages import ClientMessage
    from server.gateway.telemetry import Telemetry
    from server.identity.tickets import Claims
    from server.world.event import EncodedEvent
    from server.world.member import CorrectionReason, Member
    from server.world.room import Room

_UINT32 = 0xFFFFFFFF


class Port(Protocol):
    """What the gateway needs of a WebSocket; `core_ext.socket_port.WorldPort` in earnest."""

    @property
    def closing(self) -> bool:
        """A close frame has gone out or come in: nothing else is sent or believed any more."""

    @property
    def writable(self) -> bool:
        """Open, and nothing waits in the transport."""

    @property
    def held_bytes(self) -> int:
        """Bytes in memory for the client: what the kernel has not taken, parts of what it sends."""

    @property
    def last_received_ms(self) -> int:
        """Server clock when the last frame came, u32 ms."""

    def bind(self, table: EntityTable, slot: int, encoder: SnapshotEncoder, observer: int, ages: bool) -> None:
        """Let poses in and snapshots out."""

    def send(self, data: bytes) -> None:
        """Send one message."""

    def ping(self) -> bool:
        """Send a ping if the port is writable; whether it was."""

    def close(self, code: int, reason: str) -> None:
        """Unbind, send a close frame, and see to the end of the socket."""

    def abort(self) -> None:
        """Drop the socket."""

    def check(self) -> None:
        """Find the faults that no frame tells of."""


class SessionKeeper(Protocol):
    """Who knows all sessions; `registry.SessionRegistry` in earnest."""

    def issue_token(self, session: Session) -> str:
        """Draw the session's next resume token; the one before is void."""

    def went_live(self, session: Session, port: Port) -> None:
        """Send the room's snapshots to the session's socket from now on."""

    def lost_port(self, session: Session, port: Port) -> None:
        """Send no more snapshots there: the session's socket is gone."""

    def suspended(self, session: Session) -> None:
        """Keep a session that waits for a resume."""

    def ended(self, session: Session) -> None:
        """Forget a session: it is over and its token is void."""


class SessionState(Enum):
    """Where a session is in its life."""

    JOINING = "joining"
    LIVE = "live"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Session:
    """A place in a room and what is on its way to it. The room's `Outlet`.

    Whatever the room says while the session is joining or suspended waits in the outbox.
    """

    def __init__(
        self,
        session_id: str,
        room: Room,
        *,
        keeper: SessionKeeper,
        telemetry: Telemetry,
        clock: Callable[[], float],
        resume_seconds: float,
    ) -> None:
        self.id = session_id
        self.room = room
        self.state = SessionState.JOINING
        self.suspended_at = 0.0
        self.subject = ""
        """Who it is, as the ticket says."""
        self.proof = Proof(room.id)
        self.outbox = Outbox()
        self._keeper = keeper
        self._telemetry = telemetry
        self._clock = clock
        self._resume_seconds = resume_seconds
        self._began = clock()
        self.port: Port | None = None
        """The connection it is live over."""
        self._member: Member | None = None
        self.locked = False
        """Suspended until its person proves to be there: a resume needs a fresh ticket."""
        self._fate: tuple[CloseCode, str] | None = None
        """The end that came while the room was still being joined."""
        self._answers = Answers()
        self._unanswered: set[bytes] = set()
        """Operations whose answer waits until what they do is kept."""
        self._errors = SlidingCounter(ERRORS_MAX, ERRORS_SECONDS)
        self._too_many_errors = False
        # The hundredth correction is the one too many.
        self._corrections = SlidingCounter(CORRECTIONS_MAX - 1, CORRECTIONS_SECONDS)
        self._corrected = 0
        self._correction: bytes | None = None
        """The newest one that the socket has not taken: state, so an older one is worth nothing."""
        self._ping_at = 0.0

    @property
    def held_bytes(self) -> int:
        """Bytes of memory for the client, about, without what its port holds."""
        return self.outbox.held + self._answers.held

    # Coming -----------------------------------------------------------------------------------------------------------

    def join(self, port: Port, claims: Claims, now: float, *, ages: bool) -> None:
        """Take a place in the room and welcome the client. Raises `RoomFull`, and then never was."""
        self.subject = claims.subject
        participant = Participant.of(claims, self.room.new_entity())
        self._member = self.room.join(participant, self, now)
        self.proof.begin(participant, claims)
        self._telemetry.joined(self.id, self.room.id)
        self._welcome(port, self._member, now, ages=ages, resumed=False)

    def refresh(self, claims: Claims, now: float) -> None:
        """Stay for as long as a fresh ticket lets its person. Raises `TicketInvalid`."""
        self.proof.renew(claims)
        self._reply(encode(Refreshed(expires_in=self.proof.seconds_left(now))))

    def resume(self, port: Port, last_event: int, now: float, *, ages: bool) -> None:
        """Go on over another socket, with every event after `last_event`, or anew if they are not all kept.

        Raises `MalformedMessage` for an event that was never sent; the session is over then.
        """
        if self.state is SessionState.LIVE:
            # The client knows that its socket is dead before we do.
            self.lose(CloseCode.SUPERSEDED, "resumed over another connection", now, resumable=True)
        member = self._require_member()
        try:
            resumed = self.outbox.resume(last_event)
        except ValueError:
            self.end(CloseCode.MALFORMED, "", now)
            raise
        self.state = SessionState.JOINING
        self.locked = False
        if not resumed:
            self.outbox.restart()
        self.room.resume(member, self, now, resync=not resumed)
        self._telemetry.came_back(self.id, complete=resumed)
        self._welcome(port, member, now, ages=ages, resumed=resumed)

    def _welcome(self, port: Port, member: Member, now: float, *, ages: bool, resumed: bool) -> None:
        self.port = port
        if self._fate is not None:
            self.end(*self._fate, now)
            return
        port.send(
            encode(
                Welcome(
                    session=self.id,
                    entity=member.entity,
                    resumed=resumed,
                    resume_token=self._keeper.issue_token(self),
                    resume_seconds=self._resume_seconds,
                    event=self.outbox.last_delivered,
                    room=self.room.describe(),
                    tick=self.room.tick & _UINT32,
                    time=wire_time(now),
                    spawn=member.spawn,
                    rights=member.standing.rights,
                    expires_in=self.proof.seconds_left(now),
                )
            )
        )
        port.bind(self.room.table, member.slot, self.room.encoder, member.observer, ages)
        self.state = SessionState.LIVE
        self._ping_at = now + PING_SECONDS
        self._keeper.went_live(self, port)
        self.flush()

    # What the client says ---------------------------------------------------------------------------------------------

    def receive(self, message: ClientMessage, now: float) -> None:
        """Do what a message says. Raises `SessionError` or `MalformedMessage` when it costs the connection."""
        self._check_errors()
        match message:
            case Operation():
                self._operate(message, now)
            case Ack():
                self.outbox.acknowledge(message.event)
            case Clock():
                self._reply(encode(ClockReply(sent=message.sent, time=wire_time(now))))
            case Budget():
                self.room.limit(self._require_member(), message.kbits)
            case Bye():
                self.end(CloseCode.NORMAL, "bye", now)
            case _:
                raise SessionError("this session is live already")

    def _operate(self, operation: Operation, now: float) -> None:
        answer = self._answers.find(operation.op)
        if answer is not None:
            self._reply(answer)
            return
        if operation.op in self._unanswered:
            # It came again over a new socket: its one answer is on its way.
            return
        if not may_wait(operation, len(self._unanswered)):
            refusal = Result(op=operation.op, ok=False, code="rate_limited", detail="too many wait to be kept")
            self._answered(Reply(refusal, blamed=False))
            return
        self._unanswered.add(operation.op)
        # What only reads is done again if it comes again: its answers, all different, would fill what may be held.
        kept = (operation.feature, operation.type) not in UNATTENDED
        self.room.operate(self._require_member(), operation, now, partial(self._answered, kept=kept))
        self._check_errors()

    def _answered(self, reply: Reply, *, kept: bool = True) -> None:
        """Give a reply, which comes at once or, from an operation that is kept, later: then the session may be over."""
        self._unanswered.discard(reply.result.op)
        if self.state is SessionState.CLOSED:
            return
        answer = encode(reply.result)
        if kept:
            self._answers.keep(reply.result.op, answer)
        self._reply(answer)
        self._too_many_errors |= reply.blamed and not self._errors.add(self._clock())

    def _check_errors(self) -> None:
        # An answer that came late had nobody to raise this to: the next message costs the connection.
        if self._too_many_errors:
            raise TooManyErrors

    def _reply(self, message: bytes) -> None:
        self.outbox.add_reply(message)
        self._deliver()

    # What the room says -----------------------------------------------------------------------------------------------

    def event(self, event: EncodedEvent) -> None:
        """Give the event its number, keep it until it is acknowledged, send it as soon as the socket takes it."""
        self._telemetry.events += 1
        self.outbox.add_event(event)
        self._deliver()

    def correction(self, sequence: int, position: tuple[int, int, int], reason: CorrectionReason) -> None:
        """Tell the client where its head is held to be; the newest one counts."""
        if self.state is not SessionState.LIVE:
            return
        now = self._clock()
        total = self.room.corrections(self._require_member())
        times, self._corrected = total - self._corrected, total
        within = [self._corrections.add(now) for _ in range(min(times, CORRECTIONS_MAX))]
        if not all(within):
            self._telemetry.fault("movement_abuse", CloseCode.MOVEMENT_ABUSE)
            self.lose(CloseCode.MOVEMENT_ABUSE, "corrected too often", now)
            return
        self._correction = encode(Correction(sequence=sequence, position=position, reason=reason))
        self.flush()

    def close(self, code: CloseCode, reason: str) -> None:
        """End the session, or lock it, by the room's will."""
        if self.state is SessionState.JOINING:
            self._fate = (code, reason)
        elif code == CloseCode.LOCKED:
            self.lose(code, reason, self._clock(), resumable=True)
        else:
            self.end(code, reason, self._clock())

    # What goes out ----------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Send what waits, as far as the socket takes it."""
        port = self.port
        while self.state is SessionState.LIVE and port is not None and port.writable:
            message = self._correction or self.outbox.take()
            if message is None:
                return
            self._correction = None
            port.send(message)

    def _deliver(self) -> None:
        if self.held_bytes + (0 if self.port is None else self.port.held_bytes) > HELD_BYTES_MAX:
            self.outbox.overflow()
        if not self.outbox.overflowed:
            self.flush()
        elif self.state is SessionState.LIVE:
            self._telemetry.fault("slow", CloseCode.SLOW)
            self.lose(CloseCode.SLOW, "too much is not acknowledged", self._clock())
        elif self.state is SessionState.JOINING:
            self._fate = (CloseCode.SLOW, "too much is not acknowledged")

    # Going ------------------------------------------------------------------------------------------------------------

    def sweep(self, now: float) -> None:
        """Do what is due by now for a session that is live: ping, or give the client up, or end it."""
        if self.state is not SessionState.LIVE or self.port is None:
            return
        if self.proof.expired(now):
            self._telemetry.fault("token_expired", CloseCode.TOKEN_EXPIRED)
            self.end(CloseCode.TOKEN_EXPIRED, "token expired", now)
        elif seconds_since(self.port.last_received_ms, now) >= SILENCE_SECONDS:
            self._telemetry.fault("no_pong", CloseCode.NO_PONG)
            self.lose(CloseCode.NO_PONG, "nothing was received", now)
        elif now >= self._ping_at and self.port.ping():
            self._ping_at = now + PING_SECONDS

    def lose(self, code: int, reason: str, now: float, *, resumable: bool | None = None) -> None:
        """Close the socket; suspend the session if `resumable` (by default if the code says reconnect), else end it."""
        if not (reconnects(code) if resumable is None else resumable):
            self.end(code, reason, now)
            return
        if self.state is SessionState.CLOSED:
            return
        self._drop_port(code, reason)
        self.locked = code == CloseCode.LOCKED
        self.state = SessionState.SUSPENDED
        self.suspended_at = now
        self.outbox.hold()
        self.room.suspend(self._require_member(), now)
        self._telemetry.suspended(self.id)
        self._keeper.suspended(self)

    def end(self, code: int, reason: str, now: float) -> None:
        """Close the socket, if there is one, and give the place in the room up."""
        if self.state is SessionState.CLOSED:
            return
        self.state = SessionState.CLOSED
        self._drop_port(code, reason)
        self._keeper.ended(self)
        member, self._member = self._member, None
        if member is not None:
            # Each knows the other while it lasts; let go of, both are freed without the garbage collector (ADR 17).
            self.room.leave(member, now, code)
        self._telemetry.ended(self.id, now - self._began, code)

    def _drop_port(self, code: int, reason: str) -> None:
        port, self.port = self.port, None
        self._correction = None
        if port is not None:
            self._keeper.lost_port(self, port)
            port.close(code, reason)

    def _require_member(self) -> Member:
        if self._member is None:
            raise RuntimeError(f"session {self.id} has no place in a room")
        return self._member
