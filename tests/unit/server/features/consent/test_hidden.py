"""Rooms that several people share whose care it is: who perceives whom once some withdraw."""

from __future__ import annotations

from server.world.auditing import Action
from tests.support.consents import allow, ask
from tests.support.props import GRIP, UPRIGHT, thing_of
from tests.support.rooms import SlowKeeper
from tests.support.shared_ward import Ward, closed, hidden, refuse


def test_who_treats_others_stays_and_perceives_who_withdrew_no_longer_from_the_next_tick_on() -> None:
    ward = Ward()
    assert ward.cy.seen_names == {"Ann", "Bo", "Tablet"}
    refuse(ward.ann)
    ward.step()
    assert closed(ward.cy) == [False]
    assert (ward.cy.seen_names, ward.cy.left.count(ward.ann.entity)) == ({"Bo", "Tablet"}, 1)
    assert hidden(ward.cy) == [[ward.ann.entity]]
    # Everybody else sees everybody, who withdrew too.
    assert ward.ann.seen_names == {"Bo", "Cy", "Tablet"}
    assert ward.bo.seen_names == {"Ann", "Cy", "Tablet"}
    assert hidden(ward.ann) == hidden(ward.bo) == []


def test_whoever_perceives_the_room_is_on_the_roster_all_the_same() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.step(10)
    names = {name for name, _ in ward.cy.inbox.roster().values()}
    assert names == {name for name, _ in ward.ann.inbox.roster().values()} == {"Ann", "Bo", "Cy"}


def test_what_is_allowed_again_is_seen_again() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.step()
    allow(ward.ann, "treat")
    ward.step()
    assert "Ann" in ward.cy.seen_names
    assert hidden(ward.cy) == [[ward.ann.entity], []]


def test_a_newcomer_does_not_see_who_withdrew_before_and_is_told_so() -> None:
    ward = Ward()
    refuse(ward.ann)
    di = ward.join("Di", "interpreter")
    ward.step()
    assert (closed(di), di.seen_names, hidden(di)) == ([False], {"Bo", "Cy", "Tablet"}, [[ward.ann.entity]])


def test_who_withdrew_elsewhere_is_hidden_from_the_first_tick_on() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.ann.leave()
    ward.cy.entered.clear()
    ann = ward.join("Ann")
    ward.step(3)
    assert closed(ward.cy) == [False]
    assert (ann.entity in ward.bo.seen, ann.entity in ward.cy.entered) == (True, False)


def test_it_hides_from_those_who_are_there_for_that_and_from_nobody_else() -> None:
    ward = Ward()
    learner, facilitator = ward.join("Lou", "learner"), ward.join("Fay", "facilitator")
    refuse(ward.ann, purpose="observe")
    ward.step()
    assert [("Ann" in person.seen_names) for person in (learner, facilitator, ward.cy)] == [False, True, True]
    assert closed(learner, facilitator, ward.cy) == [False, False, False]


def test_who_is_told_anew_is_told_who_is_hidden() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.cy.suspend()
    ward.cy.resume(resync=True)
    assert hidden(ward.cy) == [[ward.ann.entity]] * 2
    ward.step()
    assert "Ann" not in ward.cy.seen_names


def test_every_device_of_a_person_is_hidden() -> None:
    ward = Ward()
    other = ward.join("Ann", x=2.0)
    refuse(ward.ann)
    ward.step()
    assert not ward.cy.seen & {ward.ann.entity, other.entity}


def test_what_they_say_reaches_the_others_and_what_is_said_reaches_them() -> None:
    ward = Ward()
    refuse(ward.ann)
    assert ward.ann.say("not to him").ok
    assert ward.cy.say("good morning").ok
    assert (ward.cy.inbox.heard, ward.bo.inbox.heard) == (["good morning"], ["not to him", "good morning"])
    assert ward.ann.inbox.heard == ["not to him", "good morning"]


def test_what_they_say_is_not_kept_for_who_comes_later() -> None:
    keeper = SlowKeeper()
    ward = Ward(keeper=keeper, keep_chat=10)
    ask(ward.ann, "treat", given=False)
    keeper.settle()
    assert ward.ann.say("not to him").ok
    assert [edit.feature for edit in keeper.edits] == ["consent"]
    assert ward.join("Di", "clinician").inbox.bodies("chat", "earlier") == []


def test_what_they_hold_is_hidden_with_them_and_what_they_put_down_is_the_rooms() -> None:
    ward = Ward()
    thing = thing_of(ward)
    ward.room.things.carry(thing, ward.ann.member, "right", GRIP)
    refuse(ward.ann)
    ward.step()
    assert (ward.cy.seen_names, "Tablet" in ward.bo.seen_names) == ({"Bo"}, True)
    grab = {"prop": thing.entity, "hand": "left", "grip": list(GRIP), "ownership": thing.facts.ownership}
    assert ward.cy.ask("props", "grab", grab).code == "unknown_prop"
    assert ward.bo.ask("props", "grab", grab).code != "unknown_prop"
    ward.room.things.put(thing, (0, 1000, 0), UPRIGHT)
    ward.step()
    assert "Tablet" in ward.cy.seen_names


def test_who_was_hidden_is_not_said_to_have_been_seen() -> None:
    ward = Ward()
    ward.step(40)
    before = len(ward.notebook.of(Action.SIGHT_BEGAN))
    refuse(ward.ann)
    ward.step(40 * 20)
    ended = [each for each in ward.notebook.of(Action.SIGHT_ENDED) if each.subject == "subject-Cy"]
    assert [each.about for each in ended] == [("subject-Ann",)]
    assert len(ward.notebook.of(Action.SIGHT_BEGAN)) == before
    assert [one["name"] for one in ward.ann.ask("access", "recent", {}).body["people"] if not one["ago"]] == ["Bo"]


def test_an_operator_is_told_why_somebody_is_not_shown() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.step()
    answer = ward.room.explain(ward.cy.member, ward.ann.entity)
    assert (answer.outcome, answer.withdrawn) == ("withdrawn", True)
    assert ward.room.explain(ward.bo.member, ward.ann.entity).outcome == "shown"
