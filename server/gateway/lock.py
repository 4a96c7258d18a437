"""Who may come back into a session that is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.errors import TicketInvalid
from server.gateway.errors import SessionLocked
from server.identity.tickets import GUEST

if TYPE_CHECKING:
    from server.identity.tickets import Claims
    from server.world.member import Participant


def demand_person(room: str, participant: Participant, claims: Claims | None) -> Claims:
    """Give the ticket back if it is for the room, by its id, and of the person who has a place there.

    Raises `SessionLocked` without a ticket, `TicketInvalid` for somebody else's.
    """
    if claims is None:
        raise SessionLocked("this session is locked; come back with a fresh ticket")
    if claims.room != room or not is_same_person(participant, claims):
        raise TicketInvalid("this ticket is not of the person whose session it is")
    return claims


def is_same_person(participant: Participant, claims: Claims) -> bool:
    """Whether a ticket is of the person who has a place already. A guest is whoever says the same of themselves."""
    if claims.subject == participant.subject:
        return True
    guests = claims.subject.startswith(GUEST) and participant.subject.startswith(GUEST)
    return guests and (claims.name, claims.role) == (participant.name, participant.role)
