"""Who is in a room, and how the room speaks to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, Self

from server.world.rights import EVERY_RIGHT, Standing, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol.ids import CloseCode
    from protocol.messages import Spawn
    from protocol.rights import Right
    from server.identity.tickets import Claims
    from server.world.event import EncodedEvent

CorrectionReason = Literal["bounds", "speed"]


class Outlet(Protocol):
    """The way from a room to one participant; the gateway's session. None of these may raise or await.

    A call may lead to `Room.leave` or `Room.suspend` of the same member before it returns.
    """

    def event(self, event: EncodedEvent) -> None:
        """Tell an event: number it, keep it until it is acknowledged, send it; while suspended, only keep it."""

    def correction(self, sequence: int, position: tuple[int, int, int], reason: CorrectionReason) -> None:
        """Tell where the head is held to be after the pose `sequence`; `position` in mm."""

    def close(self, code: CloseCode, reason: str) -> None:
        """End the session."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Who joins: what the ticket says of a person, and the id of the entity they become."""

    entity: int
    """From `Room.new_entity`."""
    name: str
    role: str
    avatar: str
    """The name of the look."""
    subject: str
    """Who the person is to the front desk; never told to others."""
    scope: frozenset[Right] = EVERY_RIGHT
    """What the ticket is for, of what the role may do."""
    invitation: str | None = None
    """The id of the invitation that the person came by, if it was one."""

    @classmethod
    def of(cls, claims: Claims, entity: int) -> Self:
        """Say who comes with a ticket, as an entity."""
        return cls(
            entity=entity,
            name=claims.name,
            role=claims.role,
            avatar=claims.avatar,
            subject=claims.subject,
            scope=scope_of(claims.scopes),
            invitation=claims.invitation,
        )


@dataclass(slots=True, eq=False)
class Member:
    """A participant with a place in a room."""

    participant: Participant
    outlet: Outlet
    slot: int
    """In the room's entity table."""
    observer: int
    """In the room's interest and encoder."""
    granted: int
    """Mask of the private zones this member perceives from outside."""
    spawn: Spawn
    standing: Standing
    """What this member may do here."""
    active_at: float = 0.0
    """When the member last asked for something that no client asks by itself."""
    suspended: bool = False
    """The socket is lost and the place is kept: not perceived, still told."""
    perceived_by: frozenset[int] | None = None
    """Who could perceive the member as it left, if there might be others; None while it is here."""

    @property
    def entity(self) -> int:
        """The id others know this member by."""
        return self.participant.entity

    def may(self, right: Right) -> bool:
        """Whether the member may do this here and now."""
        return self.standing.may(right)

    def sessions_among(self, members: Iterable[Member]) -> tuple[Member, ...]:
        """Pick those of the same person, itself among them: one person may be in a room from several devices."""
        subject = self.participant.subject
        return tuple(member for member in members if member.participant.subject == subject)
