"""Who was shown out of a room or muted in it, and until when that is held against whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from server.errors import InvitationPaused, Removed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.world.member import Member, Participant

BARS_MAX: Final = 1_000
"""Subjects kept out of one room at a time; past it the one that was shown out longest ago may come back."""


@dataclass(slots=True)
class _Held:
    until: float
    culprits: set[str]
    known: set[str]


class Links:
    """Invitations by which somebody may come back as somebody else: each use makes another subject.

    For a time whoever comes anew by one is taken for the person that it is held against. Those who are in the room at
    that moment are known not to be. Time is an argument.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long it is held against who comes."""
        self._seconds = seconds
        self._held: dict[str, _Held] = {}

    def hold(self, culprit: Member, members: Iterable[Member], now: float) -> None:
        """Hold what a member did against who comes anew by the same invitation; if they came by one."""
        invitation = culprit.participant.invitation
        if invitation is None:
            return
        culprits = {culprit.participant.subject}
        known = {other.participant.subject for other in members if other.participant.invitation == invitation}
        before = self._held.pop(invitation, None)
        if before is not None and now < before.until:
            # Who came since then may be whom it was held against first.
            known &= before.known
            culprits |= before.culprits
        self._held[invitation] = _Held(now + self._seconds, culprits, known - culprits)
        # In the order in which they end, since all are equally long.
        while self._held and (len(self._held) > BARS_MAX or next(iter(self._held.values())).until <= now):
            del self._held[next(iter(self._held))]

    def holds(self, subject: str, invitation: str | None, now: float) -> bool:
        """Whether somebody is taken for who did it; `subject` is "" for who uses an invitation just now."""
        held = None if invitation is None else self._held.get(invitation)
        return held is not None and now < held.until and subject not in held.known

    def clear(self, participant: Participant) -> None:
        """Hold nothing against a participant any more, and against nobody once all who did it are cleared."""
        invitation = participant.invitation or ""
        held = self._held.get(invitation)
        if held is None:
            return
        held.known.add(participant.subject)
        held.culprits.discard(participant.subject)
        if not held.culprits:
            del self._held[invitation]


class Bars:
    """The subjects that get no ticket to one room. Time is an argument."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long somebody stays out."""
        self._seconds = seconds
        self._until: dict[str, float] = {}
        self._links = Links(seconds)

    def put(self, member: Member, members: Iterable[Member], now: float) -> None:
        """Keep a member of the room out from now on, and who comes anew by the same invitation."""
        subject = member.participant.subject
        self._links.hold(member, members, now)
        self._until.pop(subject, None)
        self._until[subject] = now + self._seconds
        # In the order in which they end, since all are equally long.
        while self._until and (len(self._until) > BARS_MAX or next(iter(self._until.values())) <= now):
            del self._until[next(iter(self._until))]

    def demand_entry(self, subject: str, invitation: str | None, now: float) -> None:
        """Raise `Removed` while a subject is kept out, `InvitationPaused` while nobody comes anew by an invitation.

        `subject` is "" for who uses the invitation just now.
        """
        if self._until.get(subject, now) > now:
            raise Removed
        if self._links.holds(subject, invitation, now):
            raise InvitationPaused
