"""What proves that a session is its person's: the ticket it began with, then whichever fresh one came last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.gateway.errors import SessionLocked
from server.identity.refusals import TicketInvalid
from server.identity.subjects import is_guest
from server.world.rights import scope_of

if TYPE_CHECKING:
    from server.identity.tickets import Claims
    from server.world.member import Participant


class Proof:
    """Good for as long as the token that bought the ticket. A `refresh`, and a `resume` with a ticket, renew it."""

    def __init__(self, room: str) -> None:
        """`room` is the id of the room it is for."""
        self._room = room
        self._participant: Participant | None = None
        self._expires: float | None = None

    def begin(self, participant: Participant, claims: Claims) -> None:
        """Note who comes in, and by which claims."""
        self._participant, self._expires = participant, claims.expires

    def renew(self, claims: Claims | None) -> None:
        """Let the claims of a fresh ticket count from now on.

        Raises `SessionLocked` without them, `TicketInvalid` for those of somebody else, for another room, or for what
        this session is not: its role and what its token may be used for stay what they were.
        """
        if claims is None:
            raise SessionLocked
        known = self._participant
        if known is None or claims.room != self._room or not is_same_person(known, claims):
            raise TicketInvalid("this ticket is not of the person whose session it is")
        self._expires = claims.expires

    def expired(self, now: float) -> bool:
        """Say whether it is good no longer."""
        return self._expires is not None and now >= self._expires

    def seconds_left(self, now: float) -> float:
        """Seconds for which it is good still; 0 if it has no end."""
        return 0.0 if self._expires is None else max(0.001, self._expires - now)


def is_same_person(participant: Participant, claims: Claims) -> bool:
    """Whether a ticket is of the person who has a place already, as who they are there.

    A guest is whoever says the same of themselves.
    """
    if (claims.role, scope_of(claims.scopes)) != (participant.role, participant.scope):
        return False
    if claims.subject == participant.subject:
        return True
    return is_guest(claims.subject) and is_guest(participant.subject) and claims.name == participant.name
