"""Rooms that several people share whose care it is: who stays once some withdraw."""

from __future__ import annotations

import pytest

from protocol.ids import CONSENT_ENDING_SECONDS
from server.world.auditing import Action
from tests.support.consents import allow
from tests.support.shared_ward import Ward, breaks, closed, endings, hidden, refuse

# Who stays ------------------------------------------------------------------------------------------------------------


def test_the_last_who_withdraws_ends_their_sessions_at_once() -> None:
    ward = Ward()
    refuse(ward.ann)
    assert closed(ward.cy) == [False]
    refuse(ward.bo)
    assert closed(ward.cy, ward.ann, ward.bo) == [True, False, False]


def test_two_devices_of_one_person_are_one_person() -> None:
    ward = Ward()
    ward.bo.leave()
    ward.join("Ann")
    refuse(ward.ann)
    assert closed(ward.cy) == [True]


@pytest.mark.parametrize(("others", "ends"), [((), True), (("Bo",), False)])
def test_a_proxy_withdraws_for_the_one_patient_who_is_there_and_else_hides_alone(
    others: tuple[str, ...], *, ends: bool
) -> None:
    ward = Ward()
    if not others:
        ward.bo.leave()
    proxy = ward.join("Pia", "proxy")
    refuse(proxy)
    ward.step()
    assert closed(ward.cy) == [ends]
    assert ends or ward.cy.seen_names == {"Ann", "Bo", "Tablet"}


def test_a_proxy_who_allows_it_keeps_nobody_whom_the_patient_does_not_want() -> None:
    ward = Ward()
    ward.join("Pia", "proxy")
    ward.bo.leave()
    refuse(ward.ann)
    assert closed(ward.cy) == [True]


def test_proxies_count_where_no_patient_is() -> None:
    ward = Ward()
    ward.ann.leave()
    ward.bo.leave()
    pia, pat = ward.join("Pia", "proxy"), ward.join("Pat", "proxy")
    refuse(pia)
    assert closed(ward.cy) == [False]
    refuse(pat)
    assert closed(ward.cy) == [True]


def test_who_walks_out_and_in_again_ends_no_session() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.bo.leave()
    assert (closed(ward.cy), endings(ward.cy)) == ([False], [CONSENT_ENDING_SECONDS])
    ward.step(20)
    bo = ward.join("Bo")
    ward.step(20 * 40)
    assert (closed(ward.cy), endings(ward.cy)) == ([False], [CONSENT_ENDING_SECONDS, 0.0])
    bo.leave()
    assert endings(ward.cy)[-1] == CONSENT_ENDING_SECONDS


def test_who_is_needed_no_more_has_a_while_and_is_told_how_long() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.bo.leave()
    ticks = round(CONSENT_ENDING_SECONDS * ward.room.tick_hz)
    ward.step(ticks // 2)
    ward.cy.suspend()
    ward.cy.resume(resync=True)
    assert endings(ward.cy)[-1] == pytest.approx(CONSENT_ENDING_SECONDS / 2)
    ward.step(ticks // 2 - 1)
    assert closed(ward.cy) == [False]
    assert "Ann" not in ward.cy.seen_names
    ward.step(2)
    assert closed(ward.cy) == [True]


@pytest.mark.parametrize(
    ("who", "purpose", "given"),
    [
        ("Cy", "research", True),
        ("Ann", "research", True),
        ("Ann", "observe", False),
        ("Cy", "treat", False),
        ("Ann", "treat", False),
    ],
)
def test_what_anybody_allows_or_withdraws_meanwhile_shortens_nothing(who: str, purpose: str, *, given: bool) -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.bo.leave()
    ward.step(20)
    # The last of these withdraws what she has withdrawn before.
    allow({"Ann": ward.ann, "Cy": ward.cy}[who], purpose, given=given)
    ward.step(20)
    assert (closed(ward.cy), endings(ward.cy)) == ([False], [CONSENT_ENDING_SECONDS])
    ward.step(round(CONSENT_ENDING_SECONDS * ward.room.tick_hz))
    assert closed(ward.cy) == [True]


@pytest.mark.parametrize(("leaver", "ends"), [("Bo", True), ("Eve", False)])
def test_a_proxy_ends_it_meanwhile_where_one_patient_is_and_of_several_only_their_own_word_does(
    leaver: str, *, ends: bool
) -> None:
    ward = Ward()
    proxy = ward.join("Pia", "proxy")
    people = {"Bo": ward.bo}
    refuse(ward.ann)
    if leaver == "Eve":
        people["Eve"] = ward.join("Eve")
        refuse(ward.bo)
    people[leaver].leave()
    assert endings(ward.cy) == [CONSENT_ENDING_SECONDS]
    refuse(proxy)
    assert closed(ward.cy) == [ends]


def test_what_was_allowed_again_meanwhile_ends_them_at_once_when_it_is_withdrawn_again() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.bo.leave()
    allow(ward.ann, "treat")
    assert (closed(ward.cy), endings(ward.cy)) == ([False], [CONSENT_ENDING_SECONDS, 0.0])
    refuse(ward.ann)
    assert closed(ward.cy) == [True]


def test_meanwhile_nobody_comes_in_for_it_and_who_comes_for_something_else_shortens_nothing() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.bo.leave()
    newcomer, facilitator = ward.join("Di", "clinician"), ward.join("Fay", "facilitator")
    assert closed(newcomer, facilitator, ward.cy) == [True, False, False]
    assert hidden(newcomer) == []


def test_where_nobody_is_whom_it_is_about_all_stay() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.bo.leave()
    ward.ann.leave()
    ward.step(20 * 40)
    assert (closed(ward.cy), endings(ward.cy)) == ([False], [CONSENT_ENDING_SECONDS, 0.0])


# Emergencies ----------------------------------------------------------------------------------------------------------


def test_nobody_who_treats_is_sent_away_while_an_emergency_lasts() -> None:
    ward = Ward()
    di, learner = ward.join("Di", "clinician"), ward.join("Lou", "learner")
    assert breaks(ward.cy).ok
    ward.step()
    refuse(ward.ann, ward.bo)
    refuse(ward.ann, ward.bo, purpose="observe")
    ward.step(20)
    assert closed(ward.cy, di, learner) == [False, False, True]
    # Who broke the glass perceives them; who only stays does not, and may break it too.
    assert (ward.cy.seen_names >= {"Ann", "Bo"}, di.seen_names & {"Ann", "Bo"}) == (True, set())
    late = ward.join("Eve", "interpreter")
    ward.step()
    assert closed(late) == [False]
    assert ward.cy.ask("emergency", "end", {}).ok
    ward.step()
    assert closed(ward.cy, di, late) == [True, True, True]


def test_an_emergency_that_ends_ends_nobody_whom_others_allow() -> None:
    ward = Ward()
    breaks(ward.cy)
    ward.step()
    refuse(ward.ann)
    ward.step()
    assert ("Ann" in ward.cy.seen_names, hidden(ward.cy)) == (True, [])
    ward.step(20 * 121)
    assert closed(ward.cy) == [False]
    assert ("Ann" in ward.cy.seen_names, hidden(ward.cy)) == (False, [[ward.ann.entity]])


def test_who_breaks_the_glass_perceives_who_withdrew_before() -> None:
    ward = Ward()
    refuse(ward.ann)
    ward.step()
    breaks(ward.cy)
    ward.step(2)
    assert "Ann" in ward.cy.seen_names
    assert hidden(ward.cy) == [[ward.ann.entity], []]
    (began,) = ward.notebook.of(Action.EMERGENCY_BEGAN)
    assert began.about == ("subject-Ann",)


def test_a_glass_that_is_about_to_break_keeps_and_shows_nobody_yet() -> None:
    ward = Ward(slow=True)
    breaks(ward.cy)
    refuse(ward.ann, ward.bo)
    ward.step(3)
    assert (closed(ward.cy), ward.cy.seen_names) == ([False], {"Tablet"})
    ward.notebook.written = len(ward.notebook.events)
    ward.step()
    assert ward.cy.seen_names >= {"Ann", "Bo"}


@pytest.mark.parametrize("way", ["leaves", "loses the socket", "audit fails"])
def test_an_emergency_that_ends_by_itself_keeps_nobody(way: str) -> None:
    ward = Ward()
    di = ward.join("Di", "clinician")
    breaks(ward.cy)
    ward.step()
    refuse(ward.ann, ward.bo)
    ward.step()
    assert closed(di) == [False]
    if way == "leaves":
        ward.cy.leave()
    elif way == "loses the socket":
        ward.cy.suspend()
    else:
        ward.notebook.available = False
    ward.step(2)
    assert closed(di) == [True]


def test_a_learner_who_broke_the_glass_stays_by_it_and_no_other_learner() -> None:
    ward = Ward()
    broke, other = ward.join("Lou", "learner"), ward.join("Max", "learner")
    breaks(broke)
    ward.step()
    refuse(ward.ann, ward.bo, purpose="observe")
    ward.step()
    assert closed(broke, other) == [False, True]


def test_the_audit_log_says_whose_withdrawal_an_emergency_overrode_and_for_whom() -> None:
    ward = Ward()
    ward.join("Di", "clinician")
    breaks(ward.cy)
    ward.step()
    refuse(ward.ann)
    ward.step(3)
    # She is hidden from who did not break the glass, and who treats Bo needs no emergency to stay.
    assert ward.overridden() == [("subject-Cy", ("subject-Ann",), "break_glass")]
    refuse(ward.bo)
    ward.step(3)
    both = ("subject-Ann", "subject-Bo")
    assert ward.overridden()[1:] == [("subject-Cy", both, "break_glass"), ("subject-Di", both, "break_glass")]


def test_without_an_emergency_nothing_is_overridden() -> None:
    ward = Ward()
    refuse(ward.ann, ward.bo)
    ward.step(3)
    assert ward.overridden() == []
