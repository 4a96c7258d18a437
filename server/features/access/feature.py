"""Access: who perceives whom and who goes behind which curtain is written down, and each may ask who saw them just now.

A pair of observer and subject is written twice: when the subject comes into the observer's sight, and when it has been
out of it for `GAP_SECONDS` or one of the two has left. In between it may come and go unwritten. Everybody's sight is
looked at once in `LOOK_SECONDS`, each at another tick, so what is in sight for less may be missed.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from protocol.features import FEATURES, Seer
from protocol.ids import ACCESS_PEOPLE_MAX
from server.world.auditing import Action
from server.world.feature import Feature, FeatureRoom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.world.member import Member

LOOK_SECONDS: Final = 1.0
GAP_SECONDS: Final = 30.0


@dataclass(slots=True)
class Sight:
    """Somebody has somebody in sight."""

    observer: Member
    subject: Member
    began: float
    last: float
    """When it was last found so."""


class Access(Feature):
    """Who saw whom."""

    name = "access"
    operations = FEATURES[name].operations

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._turns: deque[Member] = deque()
        """Whose eyes are looked at next."""
        self._sights: dict[int, dict[int, Sight]] = {}
        """By observer, then by subject."""
        self._over: dict[int, deque[Sight]] = {}
        """What is over, by subject; the newest last. Kept while the subject is here."""
        self._zones: dict[int, int] = {}
        """The private zone each is in."""

    def on_join(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Look at one more."""
        self._turns.append(member)
        self._sights[member.entity] = {}
        self._over[member.entity] = deque(maxlen=ACCESS_PEOPLE_MAX)

    def on_suspend(self, member: Member, now: float) -> None:
        """Nobody sees who is lost, and who is lost sees nobody."""
        self._end_all(member, now)

    def on_leave(self, member: Member, now: float) -> None:
        """End what concerns who is gone, and forget what they alone could have asked for."""
        self._end_all(member, now)
        self._turns.remove(member)
        del self._sights[member.entity]
        del self._over[member.entity]
        if self._zones.pop(member.entity, None) is not None:
            self.room.audit.record(Action.ZONE_LEFT, member)

    def on_tick(self, tick: int, now: float) -> None:  # noqa: ARG002 - the interface's
        """Note who went behind a curtain, and look through the eyes whose turn it is."""
        if self.room.eyes.curtains:
            for member in self._turns:
                self._note_zone(member)
        for _ in range(math.ceil(len(self._turns) / (LOOK_SECONDS * self.room.tick_hz))):
            observer = self._turns[0]
            self._turns.rotate(-1)
            self._look(observer, now)

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object]:  # noqa: ARG002 - there is one type
        """Tell a member who saw it: those who do now, then those who did, the newest first."""
        current = [sights[member.entity] for sights in self._sights.values() if member.entity in sights]
        latest = sorted([*current, *self._over[member.entity]], key=lambda sight: sight.last, reverse=True)
        return {"people": [asdict(_seer(sight, now)) for sight in latest[:ACCESS_PEOPLE_MAX]]}

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

    def _look(self, observer: Member, now: float) -> None:
        sights = self._sights[observer.entity]
        for subject in self.room.eyes.seen(observer):
            sight = sights.get(subject.entity)
            if sight is None:
                sights[subject.entity] = Sight(observer, subject, now, now)
                self._record_sight(Action.SIGHT_BEGAN, observer, subject)
            else:
                sight.last = now
        for sight in [sight for sight in sights.values() if now - sight.last >= GAP_SECONDS]:
            self._end(sight)

    def _end_all(self, member: Member, now: float) -> None:
        # Whoever was in sight when last looked at was so until now.
        of_member = [sights[member.entity] for sights in self._sights.values() if member.entity in sights]
        for sight in (*self._sights[member.entity].values(), *of_member):
            if now - sight.last <= LOOK_SECONDS:
                sight.last = now
            self._end(sight)

    def _end(self, sight: Sight) -> None:
        del self._sights[sight.observer.entity][sight.subject.entity]
        over = self._over.get(sight.subject.entity)
        if over is not None:
            over.append(sight)
        seconds = round(sight.last - sight.began)
        self._record_sight(Action.SIGHT_ENDED, sight.observer, sight.subject, seconds=seconds)

    def _record_sight(self, action: Action, observer: Member, subject: Member, **detail: int) -> None:
        about_role = subject.participant.role
        self.room.audit.record(action, observer, about=(subject,), detail={"about_role": about_role, **detail})


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
    )
