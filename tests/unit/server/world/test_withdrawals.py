"""Who is hidden from whom by what they withdrew, and what an emergency lifts."""

from __future__ import annotations

import pytest

from tests.support.rooms import World

TREAT = frozenset({"treat"})
BOTH = frozenset({"treat", "observe"})


def test_who_withdrew_is_hidden_from_who_is_there_for_nothing_else_until_they_leave() -> None:
    world = World()
    ann, cy, learner = world.join("Ann"), world.join("Cy", "clinician"), world.join("Lou", "learner")
    withdrawals = world.room.privacy.withdrawals
    withdrawals.note(ann.member, TREAT)
    assert [withdrawals.hidden(one.member) for one in (cy, learner, ann)] == [(ann.member,), (), ()]
    permits = world.room.interest.permits
    told = [permits(one.member.observer, ann.member.slot) for one in (cy, learner, ann)]
    assert told == [False, True, True]
    assert permits(ann.member.observer, cy.member.slot)
    withdrawals.note(ann.member, BOTH)
    assert withdrawals.hidden(learner.member) == (ann.member,)
    ann.leave()
    assert withdrawals.hidden(cy.member) == withdrawals.hidden(learner.member) == ()
    # Another who comes by the same slot is hidden from nobody.
    bo = world.join("Bo")
    assert bo.member.slot == ann.member.slot
    assert permits(cy.member.observer, bo.member.slot)


def test_what_is_noted_twice_changes_nothing() -> None:
    world = World()
    ann = world.join("Ann")
    withdrawals = world.room.privacy.withdrawals
    withdrawals.note(ann.member, TREAT)
    before = withdrawals.changes
    withdrawals.note(ann.member, TREAT)
    assert (withdrawals.changes, withdrawals.hides(ann.member)) == (before, True)
    withdrawals.note(ann.member, frozenset())
    assert (withdrawals.changes > before, withdrawals.hides(ann.member)) == (True, False)


def test_who_withdrew_nothing_leaves_without_a_look_at_everybody() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo")
    withdrawals = world.room.privacy.withdrawals
    before = withdrawals.changes
    ann.leave()
    assert withdrawals.changes == before
    withdrawals.begin_emergency(bo.member)
    before = withdrawals.changes
    bo.leave()
    assert (withdrawals.changes, withdrawals.emergencies) == (before + 1, frozenset())


def test_an_emergency_lifts_it_for_one_and_only_once_it_is_open() -> None:
    world = World()
    ann, cy, di = world.join("Ann"), world.join("Cy", "clinician"), world.join("Di", "clinician")
    withdrawals = world.room.privacy.withdrawals
    withdrawals.note(ann.member, TREAT)
    withdrawals.begin_emergency(cy.member)
    assert (withdrawals.emergencies, withdrawals.hidden(cy.member)) == (frozenset({cy.member}), (ann.member,))
    withdrawals.lift(cy.member)
    assert [withdrawals.hidden(one.member) for one in (cy, di)] == [(), (ann.member,)]
    assert withdrawals.refusing(cy.member) == (ann.member,)
    withdrawals.end_emergency(cy.member)
    assert (withdrawals.emergencies, withdrawals.hidden(cy.member)) == (frozenset(), (ann.member,))


def test_the_core_knows_observers_and_entities_only() -> None:
    world = World()
    ann = world.join("Ann")
    interest = world.room.interest
    with pytest.raises(IndexError):
        interest.permits(99, ann.member.slot)
    with pytest.raises(IndexError):
        interest.permits(ann.member.observer, 9)
    with pytest.raises(IndexError):
        interest.set_purposes(99, 1)
    with pytest.raises(IndexError):
        interest.set_withdrawn(9, 1)
