"""Consent: given and withdrawn in the room by purpose, and what comes of it.

A withdrawal counts from the moment it is asked: a recording has stopped, and who was there only for that purpose
perceives the person no longer, or has gone if nobody else allows it, before the next tick, whatever the disk does.
Consent that is given counts once it is kept, and only so often; a withdrawal is never too many, however much waits for
the disk, but one of what is withdrawn already. Neither waits for what is on its way: consent that waited would count
after the withdrawal that was asked meanwhile. What takes something from people's privacy is refused while nothing can
be written down; what gives it back never is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from protocol.features import FEATURES, RECORDING_NEEDS, ClearFor, Consents, SetConsent, SetRecording
from protocol.rights import Right
from server.errors import OperationRefused
from server.features.consent.book import BY_COMING, ConsentBook, Given, key_of
from server.features.consent.rates import Rates
from server.features.consent.recordings import Recordings
from server.features.consent.staying import Staying
from server.features.consent.underway import UNDERWAY_MAX, Underway
from server.world.auditing import Action
from server.world.clearances import TooManyTeams
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom
from server.world.keeping import Keep, identity_of, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from protocol.features import RecordingKind
    from server.world.keeping import Line, Then
    from server.world.member import Member


class Consent(Feature):
    """What people allow."""

    name = "consent"
    operations = FEATURES[name].operations
    hides = True

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._book = ConsentBook()
        self._rates = Rates()
        self._underway = Underway()
        self._recordings = Recordings(room, self.name)
        self._staying = Staying(room, self.name, self._book)

    # Coming and going -------------------------------------------------------------------------------------------------

    def on_recall(self, values: Mapping[str, Any], lines: Sequence[Line], now: float) -> None:  # noqa: ARG002 - the interface's
        """Begin with what people allowed before."""
        self._book.recall(values)

    def on_join(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Pause what the newcomer has not consented to, and tell it what it has, and what is recorded."""
        self._tell_own(member)
        self._recordings.tell(member, but=self._recordings.weigh(self._everybody_consents))
        self._staying.came_or_allowed()

    def on_resync(self, member: Member, now: float) -> None:
        """Tell a member anew what it has consented to, what is recorded, whom it does not perceive and how long."""
        self._tell_own(member)
        self._recordings.tell(member)
        self._staying.tell(member, now)

    def on_leave(self, member: Member, now: float) -> None:
        """End what the member began; go on with what was paused for it."""
        self._recordings.left(member)
        self._recordings.weigh(self._everybody_consents)
        if not identity_of(member.participant):
            self._book.forget(member.participant.subject)
        self._rates.forget(now)
        self._staying.left(member, now)

    # Operations -------------------------------------------------------------------------------------------------------

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object] | Keep | None:  # noqa: ARG002 - a body is of one type
        """Do what is asked."""
        match body:
            case SetConsent():
                if body.given:
                    return self._give(member, body.purpose, now)
                return self._withdraw(member, body.purpose)
            case ClearFor():
                self._clear(member, body)
            case SetRecording():
                self._record(member, body, now)
        return None

    def _give(self, member: Member, purpose: str, now: float) -> Mapping[str, object] | Keep:
        self.room.audit.demand_available()
        subject = member.participant.subject
        self._demand_place(subject, purpose)
        if purpose not in self._book.asked(subject):
            self._rates.charge(subject, now)
        asking = self._book.ask(subject, purpose)

        def then() -> None:
            if self._book.give(subject, asking):
                self.room.audit.record(Action.CONSENT_GIVEN, member, detail={"purpose": purpose})
                self._recordings.weigh(self._everybody_consents)
                self._staying.came_or_allowed()

        return self._kept(member, purpose, given=True, then=then, refused=lambda: self._book.undo(subject, asking))

    def _withdraw(self, member: Member, purpose: str) -> Mapping[str, object] | Keep:
        subject = member.participant.subject
        counted = purpose in self._given(member)
        if purpose not in self._book.asked(subject):
            # What is on its way, if anything, ends with a withdrawal: nothing is lost by refusing another.
            self._demand_place(subject, purpose)
        if self._book.withdraw(subject, purpose):
            self.room.audit.record(Action.CONSENT_WITHDRAWN, member, detail={"purpose": purpose})
        for kind, needed in RECORDING_NEEDS.items():
            if needed == purpose:
                self._recordings.end(kind, "withdrawn")
        if counted:
            self._staying.withdrew(member, purpose)
        return self._kept(member, purpose, given=False)

    def _demand_place(self, subject: str, purpose: str) -> None:
        """Refuse what is one too many to wait for the disk."""
        if self._underway[key_of(subject, purpose)] >= UNDERWAY_MAX:
            raise OperationRefused("rate_limited", "too many changes of that consent wait to be kept", blameless=True)

    def _kept(
        self,
        member: Member,
        purpose: str,
        *,
        given: bool,
        then: Then = nothing,
        refused: Callable[[], object] = nothing,
    ) -> Mapping[str, object] | Keep:
        """Have a change kept, unless nobody will know the person again: then it holds for the stay."""
        subject = member.participant.subject
        body = {"given": sorted(self._book.asked(subject))}
        if not identity_of(member.participant):
            then()
            return body
        key = key_of(subject, purpose)
        self._underway.sent(key)

        def settled(later: float) -> None:  # noqa: ARG001 - consent counts without a date
            self._underway.settled(key)
            then()

        def otherwise() -> None:
            self._underway.settled(key)
            refused()
            self._keep_withdrawn(subject, purpose)

        return Keep(key=key, value=Given(given=given), then=settled, body=body, otherwise=otherwise, personal=True)

    def _keep_withdrawn(self, subject: str, purpose: str) -> None:
        """Keep, once a change was refused, that a purpose is not given: it has to count after a restart too.

        Not if it is given, or if a later change is on its way: that one is kept, or refused and leads here again. A
        store that is busy takes its time to refuse, so this may try at once.
        """
        key = key_of(subject, purpose)
        if not self._underway[key] and purpose not in self._book.asked(subject):
            again = partial(self._keep_withdrawn, subject, purpose)
            self.room.keep(self.name, key, Given(given=False), subject, again)

    def _clear(self, member: Member, asked: ClearFor) -> None:
        other = self.room.members.get(asked.entity)
        if other is None or other is member:
            raise OperationRefused("unknown_entity", "there is nobody else of that number in the room")
        if asked.cleared:
            self.room.audit.demand_available()
        try:
            self.room.privacy.clearances.let(member, other, cleared=asked.cleared)
        except TooManyTeams:
            raise OperationRefused("too_many", "there are too many care teams in the room", blameless=True) from None
        action = Action.CLEARED if asked.cleared else Action.CLEARANCE_ENDED
        self.room.audit.record(action, member, about=(other,))

    def _record(self, member: Member, asked: SetRecording, now: float) -> None:
        if not member.may(Right.RECORD):
            raise OperationRefused("forbidden", "your role records nothing here")
        if not asked.on:
            self._recordings.end(asked.kind, "asked")
            return
        if asked.kind == "motion" and self.room.privacy.recordings is None:
            raise OperationRefused("not_offered", "the facility keeps no motion")
        self.room.audit.demand_available()
        if asked.kind in self._recordings:
            return
        if not self._everybody_consents(asked.kind):
            raise OperationRefused("consent_missing", "not everybody in the room consents to that", blameless=True)
        self._recordings.begin(member, asked.kind, now)

    def on_tick(self, tick: int, now: float) -> None:  # noqa: ARG002 - the interface's
        """Record this tick, if motion is recorded; end who may stay no longer."""
        self._recordings.step(now, lambda member: "research" in self._given(member))
        self._staying.step(now)

    # What comes of it -------------------------------------------------------------------------------------------------

    def _everybody_consents(self, kind: RecordingKind) -> bool:
        purpose = RECORDING_NEEDS[kind]
        return all(purpose in self._given(member) for member in self.room.members.values())

    def _given(self, member: Member) -> frozenset[str]:
        return self._book.given(member.participant.subject)

    def _tell_own(self, member: Member) -> None:
        given = self._given(member)
        if given != BY_COMING:
            member.outlet.event(EncodedEvent.of(self.name, "consents", Consents(given=tuple(sorted(given)))))
