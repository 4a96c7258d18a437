"""Moderation: shows people out and silences them, for those who have the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from protocol.features import FEATURES, Mute, Remove, Unmute
from protocol.rights import Right
from server.errors import OperationRefused
from server.features.moderation.telling import MUTED, Telling
from server.world.auditing import Action
from server.world.bars import Links
from server.world.feature import Feature, FeatureRoom
from server.world.keeping import identity_of

if TYPE_CHECKING:
    from server.world.member import Member

SILENCED: Final = frozenset({Right.SPEAK, Right.CHAT})
"""What is withheld from who is muted."""

REMEMBERED_MAX: Final = 1_000
"""Subjects that are muted when they come back; past it the oldest are forgotten."""


class Moderation(Feature):
    """Removing and muting: of a person, from whatever device they are here."""

    name = "moderation"
    operations = FEATURES[name].operations

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._muted: dict[str, None] = {}
        """By subject, the longest first: whoever comes back is the same person."""
        self._links = Links(room.safety.removed_seconds)
        self._telling = Telling(room, self.name)

    def on_join(self, member: Member, now: float) -> None:
        """Silence who was silenced before, or may be who was, and tell the newcomer who is."""
        who = member.participant
        if who.subject in self._muted or self._links.holds(who.subject, who.invitation, now):
            self._silence(member)
        self._telling.begin(member)

    def on_resync(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell a member anew who is muted."""
        self._telling.begin(member)

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Forget what was told to who is gone, and of them; guests come back as somebody else."""
        self._telling.forget(member)
        if not identity_of(member.participant):
            self._muted.pop(member.participant.subject, None)

    def on_sent(self, tick: int, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell those who have come to where they may know of it."""
        self._telling.catch_up(now)

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> None:
        """Do what is asked, for who may, to somebody else who is here."""
        right = Right.REMOVE if isinstance(body, Remove) else Right.MUTE
        if not member.may(right):
            raise OperationRefused("forbidden", "you may not do that here")
        other = self.room.members.get(body.entity)
        if other is None:
            raise OperationRefused("unknown_person", "nobody of that id is in the room")
        # Nor by one's other device, by which somebody could lift what was done to them.
        if other in self._sessions(member):
            raise OperationRefused("forbidden", "this is for others: you can leave, and mute your own microphone")
        reason = {"reason": body.reason} if isinstance(body, Remove) else {}
        self.room.audit.record(Action.MODERATED, member, about=(other,), detail={"type": type_, **reason})
        match body:
            case Remove():
                self.counts["removed"] += 1
                self.room.remove(other, body.reason, now)
            case Mute():
                self._mute(other, now)
                self._tell_asker(other, member)
            case Unmute():
                self._unmute(other, now)
                self._tell_asker(other, member)

    def _mute(self, other: Member, now: float) -> None:
        subject = other.participant.subject
        heard = [each for each in self._sessions(other) if not each.standing.is_withheld(MUTED)]
        # Who came muted, for an invitation that it is held against, is so for a time; who is muted, until it is lifted.
        if not heard and subject in self._muted:
            return
        self.counts["muted"] += 1
        self._links.hold(other, self.room.members.values(), now)
        self._muted[subject] = None
        while len(self._muted) > REMEMBERED_MAX:
            del self._muted[next(iter(self._muted))]
        for session in heard:
            self._silence(session)

    def _silence(self, other: Member) -> None:
        self.room.withhold(other, MUTED, SILENCED)
        self._telling.changed(other)

    def _unmute(self, other: Member, now: float) -> None:
        self._muted.pop(other.participant.subject, None)
        self._links.clear(other.participant, now)
        for session in self._sessions(other):
            if session.standing.is_withheld(MUTED):
                self.room.give_back(session, MUTED)
                self._telling.changed(session)

    def _sessions(self, member: Member) -> tuple[Member, ...]:
        return member.sessions_among(self.room.members.values())

    def _tell_asker(self, other: Member, asker: Member) -> None:
        """Tell who asked, whether or not it changed anything: else they learnt whether somebody asked before them."""
        for session in self._sessions(other):
            self._telling.told_to(session, asker)
