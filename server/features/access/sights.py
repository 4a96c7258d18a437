"""Pairs of observer and subject as they come into sight and go out of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.ids import ACCESS_PEOPLE_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


def _nothing(sight: Sight) -> None: ...


class Sights:
    """Who has whom in sight, and had. Two sights of a pair less than `GAP_SECONDS` apart are one."""

    def __init__(self, began: Callable[[Sight], None] = _nothing, ended: Callable[[Sight], None] = _nothing) -> None:
        """`began` and `ended` are called as a sight begins and ends."""
        self._began = began
        self._ended = ended
        self._sights: dict[int, dict[int, Sight]] = {}
        """By observer, then by subject."""
        self._over: dict[int, deque[Sight]] = {}
        """What is over, by subject; the newest last. Kept while the subject is here."""

    def came(self, member: Member) -> None:
        """Begin with somebody new."""
        self._sights[member.entity] = {}
        self._over[member.entity] = deque(maxlen=ACCESS_PEOPLE_MAX)

    def left(self, member: Member) -> None:
        """End what concerns who is gone, and forget what they alone could have asked for."""
        for sight in self._of(member):
            self._end(sight)
        del self._sights[member.entity]
        del self._over[member.entity]

    def lost(self, member: Member, now: float) -> None:
        """End what concerns a member now: whoever was in sight when last looked at was so until now."""
        for sight in self._of(member):
            if now - sight.last <= LOOK_SECONDS:
                sight.last = now
            self._end(sight)

    def look(self, observer: Member, subjects: Iterable[Member], now: float) -> None:
        """Note whom an observer has in sight."""
        sights = self._sights[observer.entity]
        for subject in subjects:
            sight = sights.get(subject.entity)
            if sight is None:
                sight = sights[subject.entity] = Sight(observer, subject, now, now)
                self._began(sight)
            else:
                sight.last = now
        for sight in [sight for sight in sights.values() if now - sight.last >= GAP_SECONDS]:
            self._end(sight)

    def latest(self, subject: Member) -> list[Sight]:
        """Give the sights of a subject, the newest first."""
        current = [sights[subject.entity] for sights in self._sights.values() if subject.entity in sights]
        return sorted([*current, *self._over[subject.entity]], key=lambda sight: sight.last, reverse=True)

    def _of(self, member: Member) -> list[Sight]:
        of_member = [sights[member.entity] for sights in self._sights.values() if member.entity in sights]
        return [*self._sights[member.entity].values(), *of_member]

    def _end(self, sight: Sight) -> None:
        del self._sights[sight.observer.entity][sight.subject.entity]
        over = self._over.get(sight.subject.entity)
        if over is not None:
            over.append(sight)
        self._ended(sight)
