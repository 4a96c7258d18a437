"""Access: who perceives whom and who goes behind which curtain is written down, and each may ask who saw them just now.

A pair of observer and subject is written twice: when the subject comes into the observer's sight, and when it has been
out of it for `GAP_SECONDS` or one of the two has left. In between it may come and go unwritten. Everybody's sight is
looked at once in `LOOK_SECONDS`, each at another tick, so what is in sight for less may be missed.

What is told to who asks must not tell where somebody is whom they may not perceive. Who is shown to whom depends on
where everybody is: who is hidden takes places in others' sight. So in a room that may hide anybody, another question is
answered: who may perceive whom, near or far. Of a pair only that time counts in which the one who asks could perceive
the other as well; of whom they cannot perceive now, they are told only that these may see them.
"""

from __future__ import annotations

import math
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from protocol.features import FEATURES, Seer
from protocol.ids import ACCESS_PEOPLE_MAX
from server.features.access.sights import LOOK_SECONDS, Sight, Sights
from server.world.auditing import Action
from server.world.feature import Feature, FeatureRoom

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.world.auditing import RoomAudit
    from server.world.member import Member


class Access(Feature):
    """Who saw whom."""

    name = "access"
    operations = FEATURES[name].operations

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._turns: deque[Member] = deque()
        """Whose eyes are looked at next."""
        self._tick = 0
        """The last one in which anybody's were."""
        # Not its own methods: it and they would know each other for good (ADR 17).
        self._shown = Sights(partial(_record_began, room.audit), partial(_record_ended, room.audit))
        """Who was shown whom: what is written down."""
        self._mutual = Sights() if room.eyes.may_hide else None
        """Who might perceive whom and be perceived: what is told, where anybody may be hidden."""
        self._zones: dict[int, int] = {}
        """The private zone each is in."""

    def on_join(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Look at one more."""
        self._turns.append(member)
        self._shown.came(member)
        if self._mutual is not None:
            self._mutual.came(member)

    def on_suspend(self, member: Member, now: float) -> None:
        """Nobody sees who is lost, and who is lost sees nobody."""
        self._shown.lost(member, now)

    def on_leave(self, member: Member, now: float) -> None:
        """End what concerns who is gone, and forget what they alone could have asked for."""
        self._turns.remove(member)
        self._shown.lost(member, now)
        self._shown.left(member)
        if self._mutual is not None:
            self._mutual.left(member)
        if self._zones.pop(member.entity, None) is not None:
            self.room.audit.record(Action.ZONE_LEFT, member)

    def on_tick(self, tick: int, now: float) -> None:
        """Note who went behind a curtain, and look through the eyes whose turn it is."""
        if self.room.eyes.curtains:
            for member in self._turns:
                self._note_zone(member)
        # A server that is late skips ticks, and what is in sight is written down all the same.
        passed = min(max(tick - self._tick, 1) / (LOOK_SECONDS * self.room.tick_hz), 1.0)
        self._tick = tick
        for _ in range(math.ceil(len(self._turns) * passed)):
            observer = self._turns[0]
            self._turns.rotate(-1)
            self._shown.look(observer, self.room.eyes.seen(observer), now)
            if self._mutual is not None:
                self._mutual.look(observer, self._mutually(observer), now)

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object]:  # noqa: ARG002 - there is one type
        """Tell a member who saw it: those who do now, those who may from where it does not see, then those who did."""
        told = self._shown if self._mutual is None else self._mutual
        sights = told.latest(member)
        # Looks go round in turns: by the last one, those who see the member now would change places each second.
        by_beginning = sorted(sights, key=lambda sight: (-sight.began, sight.observer.entity))
        seeing = [seer for seer in (_seer(sight, now) for sight in by_beginning) if not seer.ago]
        saw = [seer for seer in (_seer(sight, now) for sight in sights) if seer.ago]
        hidden = [] if self._mutual is None else [_unseen(other) for other in self._watching(member)]
        return {"people": [asdict(seer) for seer in [*seeing, *hidden, *saw][:ACCESS_PEOPLE_MAX]]}

    # Who may see whom -------------------------------------------------------------------------------------------------

    def _mutually(self, observer: Member) -> Sequence[Member]:
        """Give those who may perceive an observer that may perceive them, of those who have a socket."""
        if observer.suspended:
            return ()
        perceives = self.room.eyes.perceives
        return [
            other
            for other in self._turns
            if other is not observer
            and not other.suspended
            and perceives(other, observer)
            and perceives(observer, other)
        ]

    def _watching(self, subject: Member) -> Sequence[Member]:
        """Give those who may perceive a subject that may not perceive them, by entity id.

        Also without a socket: whether there is one is nothing that the subject may know.
        """
        eyes = self.room.eyes
        hidden = [other for other in eyes.hidden(subject) if eyes.may_watch(other, subject)]
        return sorted(hidden, key=lambda other: other.entity)

    # Writing down -----------------------------------------------------------------------------------------------------

    def _note_zone(self, member: Member) -> None:
        zone, before = self.room.eyes.private_zone(member), self._zones.get(member.entity)
        if zone == before:
            return
        if before is not None:
            del self._zones[member.entity]
            self.room.audit.record(Action.ZONE_LEFT, member, detail={"zone": before})
        if zone is not None:
            self._zones[member.entity] = zone
            self.room.audit.record(Action.ZONE_ENTERED, member, detail={"zone": zone})


def _record_began(audit: RoomAudit, sight: Sight) -> None:
    _record_sight(audit, Action.SIGHT_BEGAN, sight)


def _record_ended(audit: RoomAudit, sight: Sight) -> None:
    _record_sight(audit, Action.SIGHT_ENDED, sight, seconds=round(sight.last - sight.began))


def _record_sight(audit: RoomAudit, action: Action, sight: Sight, **detail: int) -> None:
    about_role = sight.subject.participant.role
    audit.record(action, sight.observer, about=(sight.subject,), detail={"about_role": about_role, **detail})


def _seer(sight: Sight, now: float) -> Seer:
    who = sight.observer.participant
    ago = now - sight.last
    return Seer(
        entity=who.entity,
        name=who.name,
        role=who.role,
        seconds=round(sight.last - sight.began),
        # Looked at once a second: who was in sight then is so still, as far as anybody knows.
        ago=0 if ago <= 2 * LOOK_SECONDS else round(ago),
        unseen=False,
    )


def _unseen(member: Member) -> Seer:
    who = member.participant
    return Seer(entity=who.entity, name=who.name, role=who.role, seconds=0, ago=0, unseen=True)
