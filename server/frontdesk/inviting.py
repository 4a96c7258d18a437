"""Issuing, listing and taking back invitations: for staff, and for the operator by the admin interface."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from protocol.rights import Right
from server.errors import AuditUnavailable, NotAllowed, RoleUnknown
from server.frontdesk.names import clean_name
from server.identity.origins import NATIVE
from server.identity.refusals import InvitingForbidden, MfaRequired, NotInvitable
from server.world.auditing import Action, AuditEvent
from server.world.rights import Newcomer, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from server.frontdesk.bodies import InvitationWish
    from server.identity.admission import Admission
    from server.identity.invitations import InvitationCount
    from server.identity.origins import Origins
    from server.identity.person import Person
    from server.world.auditing import Auditor
    from server.world.directory import Directory
    from server.world.room import Room

SECONDS_OF_AN_HOUR: Final = 3600.0

FRAGMENT: Final = "#invitation="
"""What stands before the word in a link: browsers send nothing of a fragment to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """What it takes to invite. `issuer` is who does it, None the operator."""

    directory: Directory
    admission: Admission
    auditor: Auditor
    origins: Origins
    end_sessions: Callable[[str], int]
    """Ends a subject's sessions and voids its tickets, in memory alone; how many sessions that were."""

    async def issue(self, wish: InvitationWish, origin: str = NATIVE, issuer: Person | None = None) -> dict[str, Any]:
        """Invite somebody, by a link to the front desk at an origin. Written down before it is given.

        Raises `Unauthenticated`, `RoomUnknown`, `RoomClosed`, `NotAllowed`, `MfaRequired`, `RoleUnknown`,
        `InvitingForbidden`, `NotInvitable`, `InvalidRequest`, `TooManyInvitations`, `AuditUnavailable` or `StoreError`.
        """
        if not self.auditor.available:
            raise AuditUnavailable
        if wish.role not in self.admission.roles:
            raise RoleUnknown
        name = None if wish.name is None else clean_name(wish.name)
        room = self.directory.find(wish.room) if issuer is None else self._room_of(issuer, wish.room)
        if wish.role not in self.roles_for(room):
            raise NotInvitable(f"{NotInvitable.words}; {self.roles_told(room)}")
        subject = "" if issuer is None else issuer.subject
        kept, word = await self.admission.invitations.issue(
            room.id, wish.role, subject, seconds=wish.hours * SECONDS_OF_AN_HOUR, uses=wish.uses, name=name
        )
        number = self._record(Action.INVITATION_ISSUED, kept.id, subject, room=kept.room, role=kept.role)
        await self.auditor.settle(number)
        return {**self._describe(kept), "invitation": word, "link": f"{origin or self.origins.home}/{FRAGMENT}{word}"}

    def roles_for(self, room: Room) -> list[str]:
        """Give the roles in which somebody may be invited into a room."""
        roles = filter(self.admission.is_invitable, sorted(self.admission.roles))
        return [role for role in roles if Right.JOIN in room.rights_of(role)]

    def roles_told(self, room: Room) -> str:
        """Tell those roles, for whoever may invite there and asked for another."""
        return f"into this room people are invited as: {', '.join(self.roles_for(room)) or 'nothing'}"

    def listed(self, issuer: Person | None = None) -> dict[str, Any]:
        """Tell the invitations that are open: an issuer's, or all. Raises `Unauthenticated` or `InvitingForbidden`."""
        subject = None if issuer is None else self._account_of(issuer)
        return {"invitations": [self._describe(kept) for kept in self.admission.invitations.listed(subject)]}

    async def take_back(self, invitation: str, issuer: Person | None = None) -> dict[str, Any]:
        """Take an invitation back: whoever came by it is shown out, and nobody comes by it any more.

        An issuer may take back their own alone. Raises `Unauthenticated`, `InvitingForbidden`, `InvitationUnknown`, and
        once everybody is out `AuditUnavailable`, or `StoreError` if it may not hold after a restart.
        """
        subject = None if issuer is None else self._account_of(issuer)
        taken = {invitation: self.admission.invitations.revoke(invitation, subject)}
        ended = self._show_out(taken[invitation])
        await self.keep_taken_back(taken, subject or "")
        return {"id": invitation, "sessions": ended}

    def end_all_of(self, issuer: str) -> tuple[Mapping[str, tuple[str, ...]], int]:
        """Take back all that a subject issued, and show out who came by it, in memory alone.

        Gives the subjects that came, by invitation, for `keep_taken_back`; and how many sessions ended.
        """
        taken = self.admission.invitations.revoke_all_of(issuer)
        return taken, self._show_out(chain.from_iterable(taken.values()))

    async def keep_taken_back(self, taken: Mapping[str, tuple[str, ...]], issuer: str = "") -> None:
        """Keep what was taken back, and write it down. Raises `StoreError` or `AuditUnavailable`."""
        # Recorded first, so that it is written down whatever the store says.
        numbers = [self._record(Action.INVITATION_REVOKED, each, issuer, about=came) for each, came in taken.items()]
        await self.admission.invitations.keep_revoked(taken)
        for number in numbers:
            await self.auditor.settle(number)

    def _show_out(self, subjects: Iterable[str]) -> int:
        # Their passes are void with the invitation, which the store remembers: no line for each is needed.
        ended = 0
        for subject in subjects:
            self.admission.pairings.forget(subject)
            ended += self.end_sessions(subject)
        return ended

    def _room_of(self, issuer: Person, room_id: str) -> Room:
        """Find the room that somebody may ask others into; who does so need not be let in."""
        self._account_of(issuer)
        proved = self.admission.proved_roles(issuer)
        try:
            return self.directory.admit_host(room_id, Newcomer(proved, scope_of(issuer.scopes)))
        except NotAllowed:
            # It is theirs to join: that another of their roles might ask others in is no secret.
            room = self.directory.rooms[room_id]
            if any(Right.INVITE in room.rights_of(role) for role in issuer.roles - proved):
                raise MfaRequired from None
            raise

    def _account_of(self, issuer: Person) -> str:
        if not issuer.account:
            raise self.admission.refusal(issuer, InvitingForbidden())
        return issuer.subject

    def _record(self, action: Action, invitation: str, issuer: str, **what: Any) -> int:
        return self.auditor.record(AuditEvent(action=action, subject=issuer, detail={"invitation": invitation}, **what))

    def _describe(self, kept: InvitationCount) -> dict[str, Any]:
        return {
            "id": kept.id,
            "room": kept.room,
            "role": kept.role,
            "uses": kept.uses,
            "used": kept.used,
            "expires_in": round(self.admission.seconds_until(kept.expires)),
        }
