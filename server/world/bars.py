"""Who was shown out of a room or muted in it, and until when that is held against whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from server.errors import InvitationPaused, Removed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.world.member import Member, Participant

BARS_MAX: Final = 1_000
"""Subjects kept out of one room at a time; past it the one that was shown out longest ago may come back."""

Value = TypeVar("Value")


class _ForATime(Generic[Value]):
    """What holds for a time from when it was put, by key; past `BARS_MAX` the oldest holds no more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: dict[str, tuple[float, Value]] = {}
        """Until when, and what: in the order in which they end, since all are equally long."""

    def put(self, key: str, value: Value, now: float) -> None:
        self.drop(key)
        self._held[key] = (now + self._seconds, value)
        while len(self._held) > BARS_MAX or self._first_end() <= now:
            del self._held[next(iter(self._held))]

    def get(self, key: str, now: float) -> Value | None:
        until, value = self._held.get(key, (now, None))
        return value if until > now else None

    def drop(self, key: str) -> None:
        self._held.pop(key, None)

    def _first_end(self) -> float:
        return next((until for until, _ in self._held.values()), math.inf)


@dataclass(frozen=True, slots=True)
class _Deed:
    """Who did it, of an invitation, and who is known not to have."""

    culprits: set[str]
    known: set[str]


class Links:
    """Invitations by which somebody may come back as somebody else: each use makes another subject.

    For a time whoever comes anew by one is taken for the person that it is held against. Those who are in the room at
    that moment are known not to be. Time is an argument.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long it is held against who comes."""
        self._deeds = _ForATime[_Deed](seconds)

    def hold(self, culprit: Member, members: Iterable[Member], now: float) -> None:
        """Hold what a member did against who comes anew by the same invitation; if they came by one."""
        invitation = culprit.participant.invitation
        if invitation is None:
            return
        culprits = {culprit.participant.subject}
        known = {other.participant.subject for other in members if other.participant.invitation == invitation}
        before = self._deeds.get(invitation, now)
        if before is not None:
            # Who came since then may be whom it was held against first.
            known &= before.known
            culprits |= before.culprits
        self._deeds.put(invitation, _Deed(culprits, known - culprits), now)

    def holds(self, subject: str, invitation: str | None, now: float) -> bool:
        """Whether somebody is taken for who did it; `subject` is "" for who uses an invitation just now."""
        deed = None if invitation is None else self._deeds.get(invitation, now)
        return deed is not None and subject not in deed.known

    def clear(self, participant: Participant, now: float) -> None:
        """Hold nothing against a participant any more, and against nobody once all who did it are cleared."""
        invitation = participant.invitation or ""
        deed = self._deeds.get(invitation, now)
        if deed is None:
            return
        deed.known.add(participant.subject)
        deed.culprits.discard(participant.subject)
        if not deed.culprits:
            self._deeds.drop(invitation)


class Bars:
    """The subjects that get no ticket to one room. Time is an argument."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long somebody stays out."""
        self._barred = _ForATime[Literal[True]](seconds)
        self._links = Links(seconds)

    def put(self, member: Member, members: Iterable[Member], now: float) -> None:
        """Keep a member of the room out from now on, and who comes anew by the same invitation."""
        self._links.hold(member, members, now)
        self._barred.put(member.participant.subject, True, now)

    def demand_entry(self, subject: str, invitation: str | None, now: float) -> None:
        """Raise `Removed` while a subject is kept out, `InvitationPaused` while nobody comes anew by an invitation.

        `subject` is "" for who uses the invitation just now.
        """
        if self._barred.get(subject, now):
            raise Removed
        if self._links.holds(subject, invitation, now):
            raise InvitationPaused
