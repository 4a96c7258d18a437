"""Who has been told that somebody is muted, or is no more: those who may perceive that person, and nobody else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from protocol.features import Muted
from server.world.event import EncodedEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.world.feature import FeatureRoom
    from server.world.member import Member

MUTED: Final = "muted"
"""Why rights are withheld from who is muted, and the event that tells so."""

TELL_SECONDS: Final = 0.25
"""How long who has come to where somebody may be perceived may wait to be told."""

TELL_MOST: Final = 40
"""Events that each is told within that time: who comes into a hall where hundreds are muted cannot take as many at once
as a session may have unacknowledged (300)."""


class Telling:
    """What each in the room believes of who is muted, and who is to be told otherwise once they may know."""

    def __init__(self, room: FeatureRoom, feature: str) -> None:
        self._room = room
        self._feature = feature
        self._believing: dict[int, set[int]] = {}
        """Who believes that somebody is muted, by that person's entity id."""
        self._untold: dict[int, dict[int, Member]] = {}
        """Who believes what is not so any more, and may not perceive that person or was told much, by that person's
        entity id."""
        self._tell_at = 0.0
        self._told: Counter[int] = Counter()
        """How many each was told since then, by entity id."""

    def changed(self, other: Member) -> None:
        """Tell of somebody who is muted now, or is no more."""
        self._tell(other, self._room.members.values())

    def told_to(self, other: Member, asker: Member) -> None:
        """Tell who asked for it, wherever that person is."""
        self._tell(other, (asker,), asker)

    def begin(self, reader: Member) -> None:
        """Tell all to who knows nothing, or nothing any more."""
        for believing in self._believing.values():
            believing.discard(reader.entity)
        for waiting in self._untold.values():
            waiting.pop(reader.entity, None)
        for other in tuple(self._room.members.values()):
            if other is not reader and other.standing.is_withheld(MUTED):
                self._tell(other, (reader,))

    def forget(self, member: Member) -> None:
        """Forget who is gone."""
        self._believing.pop(member.entity, None)
        self._untold.pop(member.entity, None)
        self._told.pop(member.entity, None)
        for entity in self._believing:
            self._believing[entity].discard(member.entity)
        for entity in self._untold:
            self._untold[entity].pop(member.entity, None)

    def catch_up(self, now: float) -> None:
        """Tell those who have come to where they may know, and those who were told much."""
        if now < self._tell_at:
            return
        self._tell_at = now + TELL_SECONDS
        self._told.clear()
        for entity, waiting in tuple(self._untold.items()):
            if waiting:
                self._tell(self._room.members[entity], tuple(waiting.values()))

    def _tell(self, other: Member, readers: Iterable[Member], asker: Member | None = None) -> None:
        muted = other.standing.is_withheld(MUTED)
        event = EncodedEvent.of(self._feature, MUTED, Muted(entity=other.entity, muted=muted))
        believing = self._believing.setdefault(other.entity, set())
        waiting = self._untold.setdefault(other.entity, {})
        for reader in tuple(readers):
            if (reader.entity in believing) == muted:
                waiting.pop(reader.entity, None)
            elif reader is asker or (self._told[reader.entity] < TELL_MOST and self._may_know(reader, other)):
                self._told[reader.entity] += 1
                waiting.pop(reader.entity, None)
                (believing.add if muted else believing.discard)(reader.entity)
                reader.outlet.event(event)
            else:
                waiting[reader.entity] = reader

    def _may_know(self, reader: Member, other: Member) -> bool:
        return self._room.eyes.perceives(reader, other)
