"""One WebSocket from its opening to its end: the first message (SPEC section 2), then those of its session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from protocol.codec import declared_wire, decode_client
from protocol.errors import WireError
from protocol.ids import HELLO_SECONDS, MESSAGES_BURST, MESSAGES_PER_SECOND, VERSION, CloseCode
from protocol.messages import Hello, Refresh, Resume
from protocol.schema import SCHEMA_HASH
from server.doorway.arrivals import Arrival
from server.doorway.token_bucket import TokenBucket
from server.errors import PolyclinicError
from server.gateway.errors import HelloTimeout, RateLimited, SessionError, VersionMismatch
from server.gateway.outbox import HELD_BYTES_MAX
from server.identity.origins import NATIVE
from server.world.rights import Newcomer, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol.messages import ClientMessage
    from server.gateway.devices import Devices
    from server.gateway.registry import SessionRegistry
    from server.gateway.session import Port, Session
    from server.gateway.telemetry import Telemetry
    from server.identity.tickets import Claims, TicketDesk
    from server.world.directory import Directory


VERSION_MAX: Final = 99
"""Of a version that is told back."""

_HASH: Final = re.compile(f"[0-9a-f]{{{len(SCHEMA_HASH)}}}")


class ConnectionKeeper(Protocol):
    """Who knows all connections and what they lead to; the `Gateway` in earnest."""

    directory: Directory
    tickets: TicketDesk
    devices: Devices
    registry: SessionRegistry
    telemetry: Telemetry
    clock: Callable[[], float]
    turned_away: PolyclinicError | None

    def opened(self, connection: Connection) -> None:
        """Know a connection that is open."""

    def gone(self, connection: Connection) -> None:
        """Forget a connection whose socket is gone."""


class Connection:
    """One client's WebSocket; the receiver of its port. The first message gives it a session, or ends it."""

    def __init__(self, keeper: ConnectionKeeper, origin: str = NATIVE, arrival: Arrival | None = None) -> None:
        """`origin` is that of the page the client runs in; `arrival` counts it for where it comes from."""
        self._keeper = keeper
        self._origin = origin
        self._arrival = arrival or Arrival()
        self._port: Port | None = None
        self._session: Session | None = None
        self._opened_at = keeper.clock()
        self._messages = TokenBucket(MESSAGES_BURST, MESSAGES_PER_SECOND, self._opened_at)

    # What the port tells ----------------------------------------------------------------------------------------------

    def on_open(self, port: Port) -> None:
        """Wait for the first message."""
        self._port = port
        self._opened_at = self._keeper.clock()
        self._keeper.opened(self)

    def on_message(self, data: bytes) -> None:
        """Do what a message says; what is wrong with it costs this connection."""
        now = self._keeper.clock()
        try:
            if not self._messages.take(now):
                raise RateLimited
            if self._session is None:
                _check_wire(data)
                self._enter(decode_client(data), now)
            else:
                self._attend(self._session, decode_client(data), now)
        except (PolyclinicError, WireError) as error:
            self._refuse(error, now)

    def on_writable(self) -> None:
        """Send what waits."""
        if self._session is not None:
            self._session.flush()

    def may_hold(self, size: int) -> bool:
        """Say whether as many bytes more than are held now may be held for this client."""
        return self.held_bytes + size <= HELD_BYTES_MAX

    def on_fault(self, close_code: int, reason: str) -> None:
        """Let go: the port has closed for a fault of the peer."""
        self._keeper.telemetry.fault(reason, close_code)
        self._lose(close_code)

    def on_error(self, error: Exception) -> None:
        """Let go: the port has closed for a fault of ours."""
        self._keeper.telemetry.error(error)
        self._lose(CloseCode.INTERNAL_ERROR)

    def on_closed(self, code: int, reason: str) -> None:  # noqa: ARG002 - the peer's words are not for our log
        """Let go of the socket: without `bye`, whoever was live may come back."""
        self._lose(code, resumable=True)
        self._arrival.leave()
        self._session = None
        self._port = None
        self._keeper.telemetry.closed(code)
        self._keeper.gone(self)

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that this client makes the server hold, about, by its socket and by its session."""
        by_socket = 0 if self._port is None else self._port.held_bytes
        return by_socket + (0 if self._session is None else self._session.held_bytes)

    # What the gateway asks --------------------------------------------------------------------------------------------

    def sweep(self, now: float) -> None:
        """Do what is due by now."""
        port = self._port
        if port is None or port.closing:
            return
        port.check()
        if self._session is not None:
            self._session.sweep(now)
        elif now - self._opened_at >= HELLO_SECONDS:
            self._refuse(HelloTimeout(), now)

    def shut(self, code: CloseCode, reason: str, now: float) -> None:
        """End the session, if there is one, and close."""
        if self._session is not None:
            self._session.end(code, reason, now)
        if self._port is not None:
            self._port.close(code, reason)

    def abort(self) -> None:
        """Drop the socket."""
        if self._port is not None:
            self._port.abort()

    # The first message ------------------------------------------------------------------------------------------------

    def _enter(self, message: ClientMessage, now: float) -> None:
        # Before the ticket or token is used up: it may still be good when the server is well again.
        if self._keeper.turned_away is not None:
            raise self._keeper.turned_away
        match message:
            case Hello():
                self._join(message, now)
            case Resume():
                self._resume(message, now)
            case _:
                raise SessionError("the first message is hello or resume")

    def _join(self, hello: Hello, now: float) -> None:
        claims = self._read(hello.ticket, now)
        # Whether this person may come in this role at all, the front desk has looked at before it gave the ticket.
        newcomer = Newcomer(frozenset({claims.role}), scope_of(claims.scopes))
        room = self._keeper.directory.admit(claims.room, newcomer)
        room.bars.demand_entry(claims.subject, claims.invitation, now)
        self._keeper.devices.make_way(claims.subject, room, now)
        session = self._keeper.registry.new_session(room)
        session.join(self._require_port(), claims, now, ages=hello.ages)
        self._settle(session)

    def _resume(self, resume: Resume, now: float) -> None:
        session = self._keeper.registry.find(resume.token)
        if session.locked or resume.ticket:
            session.proof.renew(self._read(resume.ticket, now) if resume.ticket else None)
        self._keeper.registry.redeem(resume.token)
        session.resume(self._require_port(), resume.last_event, now, ages=resume.ages)
        self._settle(session)

    def _attend(self, session: Session, message: ClientMessage, now: float) -> None:
        if isinstance(message, Refresh):
            session.refresh(self._read(message.ticket, now, refreshing=True), now)
        else:
            session.receive(message, now)

    def _read(self, ticket: str, now: float, *, refreshing: bool = False) -> Claims:
        return self._keeper.tickets.redeem(ticket, now, self._origin, refreshing=refreshing)

    def _settle(self, session: Session) -> None:
        self._session = session
        self._arrival.settle()

    # The end ----------------------------------------------------------------------------------------------------------

    def _refuse(self, error: PolyclinicError | WireError, now: float) -> None:
        code = error.close_code
        self._keeper.telemetry.fault(error.code if isinstance(error, PolyclinicError) else "malformed", code)
        if self._session is not None:
            self._session.lose(code, str(error), now)
        self._require_port().close(code, str(error))

    def _lose(self, code: int, *, resumable: bool | None = None) -> None:
        # A session that was resumed elsewhere is not this connection's to lose any more.
        if self._session is not None and self._session.port is self._port:
            self._session.lose(code, "", self._keeper.clock(), resumable=resumable)

    def _require_port(self) -> Port:
        if self._port is None:
            raise RuntimeError("a message on a connection that is not open")
        return self._port


def _check_wire(first_message: bytes) -> None:
    # Before the message is decoded: what speaks another wire may have other keys, and is to be told so.
    declared = declared_wire(first_message)
    if declared is None:
        return
    version, schema = declared
    if version != VERSION:
        # A close reason repeats no number but one that may be a version's: others may be somebody's.
        raise VersionMismatch(f"version: server {VERSION}, client {version if 0 <= version <= VERSION_MAX else 'none'}")
    if schema != SCHEMA_HASH:
        # A close reason repeats what is a hash, and nothing else that somebody may have put there.
        told = schema if _HASH.fullmatch(schema) else "none"
        raise VersionMismatch(f"schema: server {SCHEMA_HASH}, client {told}")
