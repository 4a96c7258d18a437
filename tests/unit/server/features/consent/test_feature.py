"""Consent: what is given and withdrawn in a room, and what has come of it by the next tick."""

from __future__ import annotations

import pytest

from protocol.ids import CloseCode
from server.features.consent import Consent
from server.features.consent.book import Given
from server.features.consent.rates import BURST, EACH_SECONDS
from server.features.consent.underway import UNDERWAY_MAX
from server.world.auditing import Action
from server.world.keeping import Outcome
from tests.support.audit import Notebook
from tests.support.consents import allow, ask, record, told, ward
from tests.support.rooms import Person, SlowKeeper, World

OP = bytes(range(16))


def consents(person: Person) -> list[list[str]]:
    """What a person was told of its own consents."""
    return [body["given"] for body in person.inbox.bodies("consent", "consents")]


def after_a_restart(world: World, keeper: SlowKeeper) -> str:
    """What Doc is answered who wants to record in a room that knows no more than what was kept."""
    later = ward(recalled=keeper.recalled())
    # Else the first that is asked would be known, and have the result of then.
    later.operations = world.operations
    return record(later.join("Doc", "clinician"), "audio")


@pytest.mark.parametrize(("purpose", "role"), [("treat", "clinician"), ("observe", "learner"), ("observe", "observer")])
def test_who_is_there_only_for_what_is_withdrawn_leaves_at_once(purpose: str, role: str) -> None:
    world = ward()
    ann, stays, goes = world.join("Ann"), world.join("Bo", "facilitator"), world.join("Cy", role)
    allow(ann, purpose, given=False)
    assert goes.inbox.closed == (CloseCode.CONSENT_WITHDRAWN, "consent withdrawn")
    assert ann.inbox.closed is stays.inbox.closed is None


def test_who_comes_for_what_is_withdrawn_is_sent_away_until_it_is_given() -> None:
    world = ward()
    ann = world.join("Ann")
    allow(ann, "observe", given=False)
    assert world.join("Cy", "learner").inbox.closed is not None
    allow(ann, "observe")
    assert world.join("Dee", "learner").inbox.closed is None


def test_what_is_withdrawn_counts_only_of_those_it_is_about() -> None:
    world = ward()
    doc, student = world.join("Doc", "clinician"), world.join("Cy", "learner")
    allow(doc, "observe", given=False)
    assert student.inbox.closed is None


def test_a_subject_that_withdrew_elsewhere_ends_those_it_meets() -> None:
    world = ward()
    ann = world.join("Ann")
    allow(ann, "observe", given=False)
    ann.leave()
    student = world.join("Cy", "learner")
    assert student.inbox.closed is None
    world.join("Ann")
    assert student.inbox.closed is not None


def test_nobody_else_is_told_what_a_person_consents_to() -> None:
    world = ward()
    ann, bo = world.join("Ann"), world.join("Bo")
    allow(ann, "research")
    world.step(10)
    ann.suspend()
    ann.resume(resync=True)
    ann.leave()
    # She herself is told, each time she begins anew.
    assert consents(ann) == consents(world.join("Ann")) == [["observe", "research", "treat"]]
    world.step(10)
    assert [event for event in bo.inbox.events if event.feature == "consent"] == []


def test_a_care_team_is_chosen_in_the_room() -> None:
    world = ward(fidelity="group")
    ann, bo = world.join("Ann"), world.join("Bo")
    world.step()
    assert bo.sees_at(ann.entity) != ann.position
    assert ann.ask("consent", "clear", {"entity": bo.entity, "cleared": True}).ok
    world.step()
    assert bo.sees_at(ann.entity) == ann.position
    assert ann.sees_at(bo.entity) != bo.position
    assert ann.ask("consent", "clear", {"entity": bo.entity, "cleared": False}).ok
    world.step()
    assert bo.sees_at(ann.entity) != ann.position


def test_a_care_team_has_others_in_it() -> None:
    world = ward(fidelity="group")
    ann = world.join("Ann")
    for entity in (ann.entity, ann.entity ^ 1):
        assert ann.ask("consent", "clear", {"entity": entity, "cleared": True}).code == "unknown_entity"


def test_too_many_teams_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.world.clearances._TEAM_BITS", range(2, 3))
    world = ward(fidelity="group")
    ann, bo = world.join("Ann"), world.join("Bo")
    assert ann.ask("consent", "clear", {"entity": bo.entity, "cleared": True}).ok
    assert bo.ask("consent", "clear", {"entity": ann.entity, "cleared": True}).code == "too_many"


# What is kept ---------------------------------------------------------------------------------------------------------


def test_consent_counts_and_is_answered_once_it_is_kept() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    answers = ask(doc, "record_audio")
    assert (answers, record(doc, "audio")) == ([], "consent_missing")
    keeper.settle()
    assert answers[0].body == {"given": ["observe", "record_audio", "treat"]}
    assert record(doc, "audio") == ""


def test_a_withdrawal_counts_before_it_is_kept_and_is_answered_after() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    ask(doc, "record_audio")
    keeper.settle()
    record(doc, "audio")
    answers = ask(doc, "record_audio", given=False)
    assert (answers, told(doc)[-1]) == ([], ("audio", "off"))
    keeper.settle()
    assert answers[0].body == {"given": ["observe", "treat"]}
    # What somebody allows is theirs, to be erased with them.
    assert {(edit.author, edit.personal) for edit in keeper.edits} == {(doc.member.participant.subject, True)}


def test_a_withdrawal_overtakes_the_consent_that_is_on_its_way() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    given, withdrawn, again = ask(doc, "record_audio"), ask(doc, "record_audio", given=False), ask(doc, "record_audio")
    # In the order of asking, which is that in which the store has them.
    assert [edit.value.given for edit in keeper.edits] == [True, False, True]  # type: ignore[union-attr]  # the feature's own
    keeper.settle()
    assert (given[0].ok, record(doc, "audio")) == (True, "consent_missing")
    keeper.settle()
    assert (withdrawn[0].ok, again, record(doc, "audio")) == (True, [], "consent_missing")
    keeper.settle()
    assert (again[0].ok, record(doc, "audio")) == (True, "")


def test_the_last_word_counts_however_much_was_on_its_way_before_it() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc, phone = world.join("Doc", "clinician"), world.join("Doc", "clinician")
    ask(doc, "record_audio")
    ask(phone, "record_audio")
    ask(doc, "record_audio", given=False)
    ask(phone, "record_audio")
    answers = ask(doc, "record_audio", given=False)
    while keeper.on_their_way:
        keeper.settle()
    assert answers[0].body == {"given": ["observe", "treat"]}
    assert record(doc, "audio") == "consent_missing"
    assert after_a_restart(world, keeper) == "consent_missing"


def test_a_withdrawal_that_cannot_be_kept_counts_all_the_same() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    ann, student = world.join("Ann"), world.join("Cy", "learner")
    answers = ask(ann, "observe", given=False)
    keeper.settle(Outcome.REFUSED)
    assert answers[0].code == "failed"
    assert student.inbox.closed is not None
    assert world.join("Di", "learner").inbox.closed is not None


def test_a_withdrawal_that_cannot_be_kept_is_tried_again_until_it_is_or_is_undone() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    ann = world.join("Ann")
    ask(ann, "observe", given=False)
    for _ in range(2):
        keeper.settle(Outcome.REFUSED)
        edit = keeper.edits[-1]
        assert (edit.key, edit.value) == (keeper.edits[0].key, Given(given=False))
        assert (edit.author, edit.personal, edit.op) == (ann.member.participant.subject, True, b"")
    keeper.settle()
    assert (len(keeper.edits), keeper.on_their_way) == (3, 0)
    ask(ann, "treat", given=False)
    ask(ann, "treat")
    keeper.settle(Outcome.REFUSED)
    keeper.settle()
    assert keeper.on_their_way == 0
    assert world.join("Doc", "clinician").inbox.closed is None


@pytest.mark.parametrize("words", [[False, True], [False, True, True], [True, False, True, True], [True, False, False]])
def test_what_was_withdrawn_is_not_given_again_by_a_restart_whatever_the_store_refuses(words: list[bool]) -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    ask(doc, "record_audio")
    keeper.settle()
    answers = [ask(doc, "record_audio", given=given) for given in words]
    for _ in words:
        keeper.settle(Outcome.REFUSED)
    assert {answer.code for (answer,) in answers} == {"failed"}
    # One edit tries again for all that were refused.
    for outcome in (Outcome.REFUSED, Outcome.KEPT):
        assert keeper.on_their_way == 1
        keeper.settle(outcome)
    assert keeper.on_their_way == 0
    assert (record(doc, "audio"), after_a_restart(world, keeper)) == ("consent_missing", "consent_missing")


def test_what_was_given_is_not_withdrawn_by_a_withdrawal_before_it_that_was_refused() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    ask(doc, "record_audio", given=False)
    keeper.settle(Outcome.REFUSED)
    # The withdrawal is tried again meanwhile.
    ask(doc, "record_audio")
    keeper.settle(Outcome.REFUSED)
    keeper.settle()
    assert (keeper.on_their_way, record(doc, "audio"), after_a_restart(world, keeper)) == (0, "", "")


def test_so_many_changes_wait_for_the_disk_and_what_is_given_is_withdrawn_all_the_same() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    for number in range(UNDERWAY_MAX):
        world.now += EACH_SECONDS
        assert ask(doc, "record_audio", given=number % 2 == 1) == []
    assert ask(doc, "record_audio")[0].code == "rate_limited"
    # The last word was that she allows it.
    assert ask(doc, "record_audio", given=False) == []
    assert ask(doc, "record_audio", given=False)[0].code == "rate_limited"
    assert ask(doc, "research") == []
    while keeper.on_their_way:
        keeper.settle()
    assert (record(doc, "audio"), after_a_restart(world, keeper)) == ("consent_missing", "consent_missing")
    assert ask(doc, "record_audio") == []


def test_consent_that_cannot_be_kept_does_not_count() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    answers = ask(doc, "record_audio")
    keeper.settle(Outcome.REFUSED)
    assert (answers[0].code, record(doc, "audio")) == ("failed", "consent_missing")
    other = ask(doc, "research")
    while keeper.on_their_way:
        keeper.settle()
    assert other[0].body == {"given": ["observe", "research", "treat"]}


def test_an_operation_that_comes_again_changes_nothing_and_has_its_first_result() -> None:
    notebook = Notebook()
    world = ward(auditor=notebook)
    ann = world.join("Ann")
    first = ask(ann, "research", op=OP)
    allow(ann, "research", given=False)
    assert ask(ann, "research", op=OP) == first
    assert len(notebook.of(Action.CONSENT_GIVEN)) == 1
    assert ask(ann, "transcribe")[0].body == {"given": ["observe", "transcribe", "treat"]}


def test_what_was_kept_counts_in_a_room_that_opens_anew() -> None:
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    ann = world.join("Ann")
    ask(ann, "record_audio")
    ask(ann, "observe", given=False)
    assert not any("Ann" in edit.key for edit in keeper.edits)
    anew = ward(recalled=keeper.recalled())
    student = anew.join("Cy", "learner")
    ann, bo = anew.join("Ann"), anew.join("Bo")
    assert student.inbox.closed == (CloseCode.CONSENT_WITHDRAWN, "consent withdrawn")
    assert (consents(ann), consents(bo)) == ([["record_audio", "treat"]], [])


def test_what_a_guest_allows_holds_for_the_stay_and_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.world.keeping.is_guest", lambda subject: subject.startswith("subject-"))
    keeper = SlowKeeper()
    world = ward(keeper=keeper)
    doc = world.join("Doc", "clinician")
    assert ask(doc, "record_audio")[0].body == {"given": ["observe", "record_audio", "treat"]}
    assert (keeper.edits, record(doc, "audio")) == ([], "")
    doc.leave()
    assert consents(world.join("Doc", "clinician")) == []


# What is written down -------------------------------------------------------------------------------------------------


def test_consents_and_care_teams_are_written_down_with_their_purpose_and_no_name() -> None:
    notebook = Notebook()
    world = ward(auditor=notebook, fidelity="group")
    ann, bo = world.join("Ann"), world.join("Bo")
    allow(ann, "research")
    allow(ann, "research", given=False)
    # It had been withdrawn.
    allow(ann, "research", given=False)
    for cleared in (True, False):
        ann.ask("consent", "clear", {"entity": bo.entity, "cleared": cleared})
    written = [event for event in notebook.events if event.action is not Action.JOINED]
    assert [(event.action.value, event.about, dict(event.detail)) for event in written] == [
        ("consent_given", (), {"purpose": "research"}),
        ("consent_withdrawn", (), {"purpose": "research"}),
        ("cleared", ("subject-Bo",), {}),
        ("clearance_ended", ("subject-Bo",), {}),
    ]
    assert {event.subject for event in written} == {"subject-Ann"}


def test_while_nothing_can_be_written_down_consent_is_withdrawn_and_not_given() -> None:
    notebook = Notebook()
    world = ward(auditor=notebook, fidelity="group")
    ann, bo = world.join("Ann"), world.join("Bo")
    notebook.available = False
    assert ask(ann, "research")[0].code == "audit_unavailable"
    assert ann.ask("consent", "clear", {"entity": bo.entity, "cleared": True}).code == "audit_unavailable"
    assert ann.ask("consent", "clear", {"entity": bo.entity, "cleared": False}).ok
    allow(ann, "treat", given=False)
    assert ask(ann, "research")[0].code == "audit_unavailable"


def test_consent_is_given_again_only_so_often_and_withdrawn_as_often_as_one_likes() -> None:
    world = ward()
    ann, bo = world.join("Ann"), world.join("Bo")
    answers = []
    for _ in range(BURST + 1):
        (withdrawn,) = ask(ann, "treat", given=False)
        assert withdrawn.ok
        answers += ask(ann, "treat")
    assert [answer.code for answer in answers] == [""] * BURST + ["rate_limited"]
    assert "treat" not in ask(ann, "treat", given=False)[0].body["given"]
    allow(bo, "research")
    world.now += EACH_SECONDS
    allow(ann, "treat")
    assert ask(ann, "research")[0].code == "rate_limited"


def test_to_give_what_one_allows_already_costs_nothing_and_who_has_rested_is_forgotten() -> None:
    world = ward()
    consent = world.room.features._features["consent"]
    assert isinstance(consent, Consent)
    ann, bo = world.join("Ann"), world.join("Bo")
    for _ in range(BURST + 1):
        allow(ann, "treat")
    allow(ann, "research")
    bo.leave()
    assert list(consent._rates._buckets) == [ann.member.participant.subject]
    world.now += EACH_SECONDS
    ann.leave()
    assert consent._rates._buckets == {}
