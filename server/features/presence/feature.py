"""Presence: tells everybody who is in the room, by a roster and then by changes, each encoded once for many readers.

In an auditorium of thousands, telling everybody of everybody is the only thing that costs more than its share, so:
changes are gathered, readers are split into cohorts whose turns fall on different ticks, and a roster goes out in
pages, no more at a time than a client can acknowledge before its session would count as slow.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec import Raw

from protocol.codec import pack
from protocol.features import Changed, Person, Roster
from protocol.ids import PRESENCE_GATHER_SECONDS, ROSTER_PAGE_MAX
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from server.world.member import Member

T = TypeVar("T")

COHORT_PEOPLE = 200
"""Places of a room for each cohort: the readers told within one tick stay about this few."""

ROSTER_BYTES_AT_ONCE = 48 * 1024
"""Of a roster, at one turn. Four turns a second, and a client acknowledges within one: 192 KiB unacknowledged, of the
256 KiB at which a session counts as slow."""


class Presence(Feature):
    """Who is here, with name and role."""

    name = "presence"

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        # A change that just missed a turn waits for the next one: the time of the spec.
        period = max(int(PRESENCE_GATHER_SECONDS * room.tick_hz), 1)
        count = min(period, math.ceil(room.capacity / COHORT_PEOPLE))
        self._cohorts = [Cohort(period, period * number // count) for number in range(count)]
        self._cohort_of: dict[int, Cohort] = {}
        self._people: dict[int, Raw] = {}
        self._roster: list[EncodedEvent] | None = None

    def on_join(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell the others at their turns, and the newcomer everybody."""
        who = member.participant
        person = Raw(pack(Person(entity=who.entity, name=who.name, role=who.role)))
        for cohort in self._cohorts:
            cohort.note_joined(who.entity, person)
        self._people[who.entity] = person
        self._roster = None
        self._welcome(member, min(self._cohorts, key=_size_of))

    def on_resync(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell a member everybody anew."""
        # In the cohort it was in: at which turns newcomers are told must not say whose network fails behind a curtain.
        cohort = self._cohort_of[member.entity]
        cohort.forget(member.entity)
        self._welcome(member, cohort)

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell the others at their turns, those too who have not been told of anybody yet."""
        self._cohort_of.pop(member.entity).forget(member.entity)
        person = self._people.pop(member.entity)
        self._roster = None
        for cohort in self._cohorts:
            cohort.note_left(member.entity, person)

    def on_sent(self, tick: int, now: float) -> None:  # noqa: ARG002 - ticks are the time that counts here
        """Tell the cohorts whose turn it is: two hundred events would keep everybody's frames waiting for 2 ms."""
        for cohort in self._cohorts:
            if cohort.has_turn(tick):
                cohort.tell(self._pages() if cohort.has_newcomers else ())

    def _welcome(self, member: Member, cohort: Cohort) -> None:
        cohort.welcome(member)
        self._cohort_of[member.entity] = cohort

    def _pages(self) -> Sequence[EncodedEvent]:
        """Give the roster of now, encoded at most once for each change of it."""
        if self._roster is None:
            pages = list(_pages_of(self._people.values()))
            self._roster = [
                EncodedEvent.of(self.name, "roster", Roster(people=tuple(page), more=number < len(pages)))
                for number, page in enumerate(pages, start=1)
            ]
        return self._roster


class Cohort:
    """Some of the people of a room, told at the same turns."""

    def __init__(self, period: int, phase: int) -> None:
        """`period` is the ticks from turn to turn, `phase` sets cohorts apart."""
        self.size = 0
        self._period = period
        self._phase = phase
        self._turn = -1
        self._newcomers: list[Readers] = []
        """Who has been told nothing, by how many they have seen leave: the roster of their turn has all others."""
        self._readers = [Readers()]
        """First those who know all up to the last turn, then those who are still reading the roster of an earlier."""

    def has_turn(self, tick: int) -> bool:
        """Whether a turn has come since the last that was taken: at its tick, or late if that was skipped."""
        turn = (tick + self._phase) // self._period
        if turn == self._turn:
            return False
        self._turn = turn
        return True

    @property
    def has_newcomers(self) -> bool:
        """Whether somebody has been told nothing yet."""
        return any(readers.members for readers in self._newcomers)

    def welcome(self, member: Member) -> None:
        """Tell a person the roster at the next turn, and whoever leaves until then."""
        self.size += 1
        if not self._newcomers or self._newcomers[-1].left:
            self._newcomers.append(Readers())
        self._newcomers[-1].members[member.entity] = member

    def note_joined(self, entity: int, person: Raw) -> None:
        """Tell it at the next turn."""
        for readers in self._readers:
            readers.joined[entity] = person

    def note_left(self, entity: int, person: Raw) -> None:
        """Tell it at the next turn, who they were too if they came since the last: nobody perceives a room unseen."""
        for readers in self._readers:
            readers.left.append(entity)
        for readers in self._newcomers:
            readers.joined[entity] = person
            readers.left.append(entity)

    def forget(self, entity: int) -> None:
        """Tell a person nothing more."""
        self.size -= 1
        for readers in (*self._newcomers, *self._readers):
            readers.members.pop(entity, None)

    def tell(self, roster: Sequence[EncodedEvent]) -> None:
        """Take a turn; `roster` is that of now, needed if there are newcomers."""
        arrived, self._newcomers = self._newcomers, []
        for readers in arrived:
            readers.pages = list(roster)
        # Telling somebody may make them leave: all who are told something note it.
        self._readers += [readers for readers in arrived if readers.members]
        steady, *reading = self._readers
        finished = [readers for readers in reading if readers.tell_roster()]
        # What is noted from here on belongs to the next turn, and is the same for all who know all up to this one.
        for readers in (steady, *finished):
            readers.take_changes()
        for readers in (steady, *finished):
            readers.tell_changes()
        for readers in finished:
            steady.members.update(readers.members)
            self._readers.remove(readers)


class Readers:
    """People who have been told the same, and what they are still to be told: pages, then changes."""

    def __init__(self) -> None:
        self.members: dict[int, Member] = {}
        self.joined: dict[int, Raw] = {}
        self.left: list[int] = []
        self.pages: list[EncodedEvent] = []
        self._taken: tuple[list[Raw], list[int]] = [], []

    def tell_roster(self) -> bool:
        """Tell the next pages; whether these were the last."""
        budget = ROSTER_BYTES_AT_ONCE
        while self.pages and budget > 0:
            page = self.pages.pop(0)
            budget -= page.size
            self._tell(page)
        return not self.pages

    def take_changes(self) -> None:
        """End what `tell_changes` is to tell: what is noted from now on is told the next time."""
        self._taken = list(self.joined.values()), self.left
        self.joined, self.left = {}, []

    def tell_changes(self) -> None:
        """Tell who came and left up to `take_changes`, if anybody did."""
        if not self.members:
            return
        joined, left = self._taken
        came, went = list(_pages_of(joined)), list(_pages_of(left))
        # Who is in both is told to have come before being told to have left: at most one event tells of both.
        last = max(len(came) - 1, 0)
        for number in range(max(len(came), last + len(went))):
            changed = Changed(
                joined=tuple(came[number]) if number < len(came) else (),
                left=tuple(went[number - last]) if 0 <= number - last < len(went) else (),
            )
            self._tell(EncodedEvent.of(Presence.name, "changed", changed))

    def _tell(self, event: EncodedEvent) -> None:
        for member in tuple(self.members.values()):
            member.outlet.event(event)


def _size_of(cohort: Cohort) -> int:
    return cohort.size


def _pages_of(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while page := list(islice(rest, ROSTER_PAGE_MAX)):
        yield page
