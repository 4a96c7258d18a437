"""Who is in a room for what the people it is about allow: whom they perceive of these, and how long they stay.

Who withdraws a purpose is hidden from those who are there for nothing else, at once. Where one patient is, their
sessions end when that patient or a proxy withdraws it. Where several are, they end when the last of these does, and
some time after the last who allowed it has left: somebody who walks out and in must not empty a room. An emergency
keeps who treats, and who broke the glass, until it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.features import Ending, Hidden
from protocol.ids import CONSENT_ENDING_SECONDS, CloseCode
from server.features.consent.book import BY_COMING
from server.world.auditing import BREAK_GLASS, Action
from server.world.event import EncodedEvent
from server.world.room_type import TREAT

if TYPE_CHECKING:
    from server.features.consent.book import ConsentBook
    from server.world.feature import FeatureRoom
    from server.world.member import Member

ABOUT_MAX: Final = 64
"""Of those whose withdrawal is overridden, those whom a record names."""

_NOBODY: Final[frozenset[int]] = frozenset()


class Staying:
    """The sessions of one room that need what others allow."""

    def __init__(self, room: FeatureRoom, feature: str, book: ConsentBook) -> None:
        """`book` says what each consents to now."""
        self._room = room
        self._feature = feature
        self._book = book
        self._changes_seen = 0
        self._ends_at: dict[Member, float] = {}
        """Of those who stay for a while although nobody allows any more what they are there for."""
        self._told_hidden: dict[Member, frozenset[int]] = {}
        """Whom each has been told it does not perceive, by entity id."""
        self._overriding: dict[Member, frozenset[Member]] = {}
        """Of those whom an emergency keeps: whose withdrawal they were written down to override."""

    def came_or_allowed(self) -> None:
        """Somebody came, or allowed a purpose: end who may not stay, but nobody sooner than they were told."""
        self._hide()
        self._weigh(spare=frozenset(self._ends_at))

    def withdrew(self, member: Member, purpose: str) -> None:
        """Somebody allows a purpose no longer.

        Those who were told when they will end have that time still, unless they are there for this very purpose and it
        is withdrawn by one whose word counts.
        """
        self._hide()
        counting, _ = self._counting()
        counts = member.participant.subject in {other.participant.subject for other in counting}
        needing = self._room.privacy.purposes
        self._weigh(spare=frozenset(told for told in self._ends_at if not (counts and purpose in needing(told))))

    def left(self, member: Member, now: float) -> None:
        """Somebody has left; who is not needed any more has a while."""
        self._ends_at.pop(member, None)
        self._told_hidden.pop(member, None)
        self._overriding.pop(member, None)
        if not self._room.privacy.is_subject(member):
            return
        for unwanted in self._unwanted():
            if unwanted not in self._ends_at:
                self._ends_at[unwanted] = now + CONSENT_ENDING_SECONDS
                self._tell_ending(unwanted, CONSENT_ENDING_SECONDS)
        self._weigh(spare=frozenset(self._ends_at))

    def step(self, now: float) -> None:
        """Once a tick: end whose time is over, and see to what emergencies began or ended."""
        if self._room.privacy.withdrawals.changes != self._changes_seen:
            self._weigh(spare=frozenset(self._ends_at))
        for member in [member for member, at in self._ends_at.items() if now >= at]:
            self._end(member)

    def tell(self, member: Member, now: float) -> None:
        """Tell a member all that it has to know, as if it knew nothing."""
        self._told_hidden.pop(member, None)
        self._tell_hidden(member)
        if member in self._ends_at:
            self._tell_ending(member, max(0.0, self._ends_at[member] - now))

    # What is withdrawn ------------------------------------------------------------------------------------------------

    def _hide(self) -> None:
        """Hide whoever has withdrawn anything from those who are there for nothing else."""
        privacy = self._room.privacy
        for member in self._room.members.values():
            if privacy.is_subject(member):
                privacy.withdrawals.note(member, BY_COMING - self._book.given(member.participant.subject))

    def _nobody_allows(self) -> frozenset[str]:
        """Give the purposes for which nobody may be in the room for nothing else."""
        counting, all_together = self._counting()
        if all_together:
            return BY_COMING.difference(*(self._book.given(member.participant.subject) for member in counting))
        return frozenset(
            purpose for member in counting for purpose in BY_COMING - self._book.given(member.participant.subject)
        )

    def _counting(self) -> tuple[list[Member], bool]:
        """Give those whose word counts, and whether a purpose needs all of them to be withdrawn, or any.

        Where several patients are, all of these. Where one is, anybody it is about, a proxy too. Proxies count as
        patients do where no patient is.
        """
        privacy = self._room.privacy
        subjects = [member for member in self._room.members.values() if privacy.is_subject(member)]
        own = [member for member in subjects if not privacy.speaks_for_another(member)] or subjects
        several = len({member.participant.subject for member in own}) > 1
        return (own if several else subjects), several

    # Who stays --------------------------------------------------------------------------------------------------------

    def _weigh(self, spare: frozenset[Member]) -> None:
        """End who may not stay but those to `spare`, who end in their time; tell the others what has changed."""
        self._note_overridden()
        unwanted = self._unwanted()
        for member in tuple(self._ends_at):
            if member not in unwanted:
                del self._ends_at[member]
                self._tell_ending(member, 0.0)
        ending = [member for member in unwanted if member not in spare]
        for member in tuple(self._room.members.values()):
            if member not in ending:
                self._tell_hidden(member)
        for member in ending:
            self._end(member)

    def _unwanted(self) -> list[Member]:
        """Give those who may not stay: nobody allows what they are there for, and no emergency keeps them."""
        return [member for member in self._needless() if not self._kept(member)]

    def _needless(self) -> list[Member]:
        """Give those who are there for nothing that anybody allows."""
        nobody_allows, purposes = self._nobody_allows(), self._room.privacy.purposes
        members = self._room.members.values()
        return [member for member in members if purposes(member) and purposes(member) <= nobody_allows]

    def _kept(self, member: Member) -> bool:
        """Whether an emergency keeps a member, whatever was withdrawn."""
        emergencies = self._room.privacy.withdrawals.emergencies
        return member in emergencies or (bool(emergencies) and TREAT in self._room.privacy.purposes(member))

    def _note_overridden(self) -> None:
        """Write down whom an emergency keeps, or lets perceive who withdrew."""
        withdrawals = self._room.privacy.withdrawals
        emergencies = withdrawals.emergencies
        self._changes_seen = withdrawals.changes
        if not emergencies:
            self._overriding.clear()
            return
        needless = self._needless()
        for member in tuple(self._room.members.values()):
            if member in emergencies or (member in needless and self._kept(member)):
                self._write_down(member)

    def _write_down(self, member: Member) -> None:
        refusing = self._room.privacy.withdrawals.refusing(member)[:ABOUT_MAX]
        if not self._overriding.get(member, frozenset()).issuperset(refusing):
            self._overriding[member] = frozenset(refusing)
            self._room.audit.record(Action.CONSENT_OVERRIDDEN, member, purpose=BREAK_GLASS, about=refusing)

    def _end(self, member: Member) -> None:
        self._ends_at.pop(member, None)
        member.outlet.close(CloseCode.CONSENT_WITHDRAWN, "consent withdrawn")

    # Telling ----------------------------------------------------------------------------------------------------------

    def _tell_hidden(self, member: Member) -> None:
        hidden = frozenset(other.entity for other in self._room.privacy.withdrawals.hidden(member))
        if hidden == self._told_hidden.get(member, _NOBODY):
            return
        self._told_hidden[member] = hidden
        member.outlet.event(EncodedEvent.of(self._feature, "hidden", Hidden(entities=tuple(sorted(hidden)))))

    def _tell_ending(self, member: Member, seconds: float) -> None:
        member.outlet.event(EncodedEvent.of(self._feature, "ending", Ending(seconds=seconds)))
