"""No invisible observers: whoever perceives a room is named to everybody who is in it, however short their stay."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocol.ids import CloseCode
from protocol.rights import Right
from server.config.rights import RightsSettings
from server.features.chat import Chat
from server.features.moderation import Moderation
from server.features.presence import Presence
from server.features.safety import Safety
from tests.support.rights import SMALL
from tests.support.rooms import Person, World

WATCHER = RightsSettings(roles=("observer",), may=(Right.JOIN,))
"""Somebody with no other right than to be there."""

PEOPLE = st.integers(0, 9)


class Comings(RuleBasedStateMachine):
    """People come, go, lose sockets, resume, are removed and locked, in any order; the roster keeps up with all."""

    roles: ClassVar = ("patient", "clinician", "observer")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(features=(Presence, Chat, Moderation, Safety), rights=(*SMALL, WATCHER))
        self.count = 0
        self.beside: dict[int, set[int]] = {}
        """Whom each has been in the room with, by entity."""

    def pick(self, number: int) -> Person | None:
        people = self.world.people
        return people[number % len(people)] if people else None

    @precondition(lambda self: len(self.world.people) < 12)
    @rule(role=st.sampled_from(roles))
    def join(self, role: str) -> None:
        self.come(role)

    def come(self, role: str) -> Person:
        self.count += 1
        person = self.world.join(f"P{self.count}", role=role, x=float(self.count % 7))
        others = {other.entity for other in self.world.people}
        for other in others - {person.entity}:
            self.beside[other].add(person.entity)
        self.beside[person.entity] = others
        return person

    @precondition(lambda self: len(self.world.people) < 12)
    @rule(role=st.sampled_from(roles), before=st.integers(0, 6), ticks=st.integers(0, 2))
    def look_in(self, role: str, before: int, ticks: int) -> None:
        """Come and leave again between two turns of presence, or over one, at any place between them."""
        self.world.step(before)
        person = self.come(role)
        self.world.step(ticks)
        person.leave()

    @precondition(lambda self: 0 < len(self.world.people) < 12)
    @rule(role=st.sampled_from(roles), number=PEOPLE, ticks=st.integers(0, 2))
    def relieve(self, role: str, number: int, ticks: int) -> None:
        """Come while somebody leaves, who is on no roster that one is told."""
        one = self.pick(number)
        self.come(role)
        self.world.step(ticks)
        assert one is not None
        one.leave()

    @rule(number=PEOPLE)
    def leave(self, number: int) -> None:
        if (person := self.pick(number)) is not None:
            person.leave()

    @rule(number=PEOPLE)
    def lose_the_socket(self, number: int) -> None:
        person = self.pick(number)
        if person is not None and not person.member.suspended:
            person.suspend()

    @rule(number=PEOPLE, resync=st.booleans())
    def resume(self, number: int, resync: bool) -> None:
        person = self.pick(number)
        if person is not None and person.member.suspended:
            person.resume(resync=resync)
            if resync:
                # The events that were missed are lost: what passed meanwhile is not told anew.
                self.beside[person.entity] = {other.entity for other in self.world.people}

    @rule(by=PEOPLE, whom=PEOPLE)
    def remove(self, by: int, whom: int) -> None:
        moderator, subject = self.pick(by), self.pick(whom)
        if moderator is None or subject is None:
            return
        moderator.ask("moderation", "remove", {"entity": subject.entity, "reason": "other"})
        if subject.inbox.closed is not None:
            assert subject.inbox.closed[0] == CloseCode.REMOVED
            subject.leave()

    @rule(number=PEOPLE)
    def talk(self, number: int) -> None:
        if (person := self.pick(number)) is not None:
            person.say("hello")

    @rule(ticks=st.integers(1, 3))
    def live(self, ticks: int) -> None:
        self.world.step(ticks)

    @invariant()
    def who_perceives_is_a_member(self) -> None:
        """Nobody but members has an observer in the core, and each has exactly one."""
        members = self.world.room.members.values()
        assert {person.entity for person in self.world.people} == {member.entity for member in members}
        assert len({member.observer for member in members}) == len(self.world.people)

    @invariant()
    def after_a_moment_everybody_is_told_of_everybody(self) -> None:
        """Within the 250 ms that presence gathers for; one who reads may be suspended and is told all the same."""
        self.world.step(int(0.25 * self.world.room.tick_hz) + 1)
        expected = {
            person.entity: (person.member.participant.name, person.member.participant.role)
            for person in self.world.people
        }
        for person in self.world.people:
            assert person.inbox.roster() == expected
            assert self.beside[person.entity] <= named(person)
            # Who has no socket is shown nothing: what was seen last is not taken back.
            assert person.member.suspended or person.seen <= set(expected)


def named(person: Person) -> set[int]:
    """All whom presence has ever named to somebody, by entity."""
    told = [*person.inbox.bodies("presence", "roster"), *person.inbox.bodies("presence", "changed")]
    return {one["entity"] for body in told for one in (*body.get("people", ()), *body.get("joined", ()))}


Comings.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestComings = Comings.TestCase
