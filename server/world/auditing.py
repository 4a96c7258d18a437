"""How the rooms say what is to be audited; who writes it down is `server/audit`, which the rooms do not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from server.errors import AuditUnavailable, OperationRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.world.member import Member


BREAK_GLASS: Final = "break_glass"
"""Why, of what is done in an emergency or because of one."""


class Action(StrEnum):
    """What is audited, all of it."""

    TICKET_ISSUED = "ticket_issued"
    TICKET_REFUSED = "ticket_refused"
    """To somebody who is known."""
    STRANGERS_REFUSED = "strangers_refused"
    """Whatever was refused to who is not, within a minute: how often, by code."""
    INVITATION_ISSUED = "invitation_issued"
    INVITATION_REVOKED = "invitation_revoked"
    ACCESS_REVOKED = "access_revoked"
    """By the operator: of somebody, and of who came by their invitations."""
    VISIT_OPENED = "visit_opened"
    DEVICE_PAIRED = "device_paired"
    """A headset was let in by somebody who is signed in on another device."""
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    ZONE_ENTERED = "zone_entered"
    """Of a private zone."""
    ZONE_LEFT = "zone_left"
    SIGHT_BEGAN = "sight_began"
    SIGHT_ENDED = "sight_ended"
    CHAT_SAID = "chat_said"
    PROP_HANDLED = "prop_handled"
    PANEL_WRITTEN = "panel_written"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_OVERRIDDEN = "consent_overridden"
    """A session goes on, or perceives somebody, whatever was withdrawn: an emergency lasts."""
    RECORDING_BEGAN = "recording_began"
    RECORDING_PAUSED = "recording_paused"
    RECORDING_RESUMED = "recording_resumed"
    RECORDING_ENDED = "recording_ended"
    CLEARED = "cleared"
    """To see somebody as they are."""
    CLEARANCE_ENDED = "clearance_ended"
    EMERGENCY_BEGAN = "emergency_began"
    EMERGENCY_ENDED = "emergency_ended"
    MODERATED = "moderated"
    """Somebody was shown out, muted, or heard again, by who did it."""
    STORE_COPIED = "store_copied"
    """By an operator's command, as those that follow: `detail` says whose, and the `stage`, begun or ended."""
    STORE_RESTORED = "store_restored"
    AUDIT_EXPORTED = "audit_exported"
    ERASURE = "erasure"
    """Of nobody: the record of the pseudonym that is nobody's from then on is the server's own, `subject_erased`."""
    LOCKED = "locked"
    """A session that nobody attended to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that was done, or refused. Codes alone: no names, and no words of people but in `text`."""

    action: Action
    outcome: str = ""
    """Empty when it was done, else the code of the refusal."""
    subject: str = ""
    """Who did it, as the front desk knows them; a pseudonym is written in its place."""
    role: str = ""
    room: str = ""
    """The room's id."""
    about: tuple[str, ...] = ()
    """To whom it was done: subjects, which are written as pseudonyms."""
    purpose: str = ""
    """Why, as a code."""
    detail: Mapping[str, str | int] = field(default_factory=dict)
    """Codes and numbers that say more."""
    text: str = ""
    """Words of a person. They are written encrypted, under the keys of the subject and of all whom it is about."""


class Auditor(Protocol):
    """Who writes it down."""

    @property
    def available(self) -> bool:
        """Whether what is recorded will be written. Look before doing what needs it: `AuditUnavailable` else."""

    @property
    def written(self) -> int:
        """How many of the events taken so far are on the disk."""

    def record(self, event: AuditEvent) -> int:
        """Take an event, at once; its number, which `written` reaches when it is on the disk. Raises nothing."""

    async def settle(self, number: int) -> None:
        """Wait until `written` reaches a number, for who may wait: the rooms may not. Raises `AuditUnavailable`."""


class NullAuditor:
    """Writes nothing down: for facilities that want no audit, and for tests."""

    available = True

    def __init__(self) -> None:
        self.written = 0

    def record(self, event: AuditEvent) -> int:  # noqa: ARG002 - the interface's
        """Count it."""
        self.written += 1
        return self.written

    async def settle(self, number: int) -> None:
        """Wait for nothing."""


class RoomAudit:
    """What is done in one room, by its members, as it is handed to who writes it down."""

    def __init__(self, room: str, auditor: Auditor) -> None:
        """`room` is the room's id."""
        self._room = room
        self._auditor = auditor

    @property
    def available(self) -> bool:
        """Whether what is recorded will be written."""
        return self._auditor.available

    @property
    def written(self) -> int:
        """How many of the events taken so far are on the disk."""
        return self._auditor.written

    def demand_available(self) -> None:
        """Raise `OperationRefused`, for which its asker is not blamed, while nothing can be written down."""
        if not self._auditor.available:
            raise OperationRefused(AuditUnavailable.code, str(AuditUnavailable()), blameless=True)

    def record(
        self,
        action: Action,
        member: Member,
        *,
        outcome: str = "",
        about: Iterable[Member] = (),
        purpose: str = "",
        detail: Mapping[str, str | int] | None = None,
        text: str = "",
    ) -> int:
        """Take what a member did, as `Auditor.record` does; `AuditEvent` says what the rest means."""
        who = member.participant
        return self._auditor.record(
            AuditEvent(
                action=action,
                outcome=outcome,
                subject=who.subject,
                role=who.role,
                room=self._room,
                about=tuple(other.participant.subject for other in about),
                purpose=purpose,
                detail=detail or {},
                text=text,
            )
        )
