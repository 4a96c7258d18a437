"""Breaking the glass: written down first, told to everybody, over by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from protocol.ids import CloseCode
from protocol.rights import Right
from server.config import ZoneSettings
from server.features.emergency import Emergency
from server.features.presence import Presence
from server.world.auditing import Action
from server.world.wire_time import wire_time
from tests.support.audit import Notebook
from tests.support.rights import only
from tests.support.rooms import Person, World

if TYPE_CHECKING:
    from server.world.event import EncodedEvent

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
WORDS = "she does not answer and is pale"


class Ward(World):
    """A hall with a curtain that nobody sees through, whose clinicians may break the glass."""

    def __init__(self, *, slow: bool = False) -> None:
        self.notebook = Notebook(slow=slow)
        rights = (only("patient", Right.JOIN), only("clinician", Right.JOIN, Right.BREAK_GLASS))
        super().__init__(zones=(BED,), features=(Presence, Emergency), auditor=self.notebook, rights=rights)
        self.ann = self.join("Ann", x=5.0)
        self.cy = self.join("Cy", role="clinician")
        self.step(20)

    def written(self) -> None:
        self.notebook.written = len(self.notebook.events)


def breaks(person: Person, **changes: Any) -> Any:
    body = {"reason": "no_response", "text": WORDS, "minutes": 2} | changes
    return person.ask("emergency", "break_glass", body)


def alerts(person: Person) -> list[dict[str, Any]]:
    return person.inbox.bodies("emergency", "alert")


def ended(person: Person) -> list[str]:
    return [body["why"] for body in person.inbox.bodies("emergency", "ended")]


def test_the_curtain_holds_until_the_glass_is_broken_and_after() -> None:
    ward = Ward()
    assert ward.cy.seen == set()
    result = breaks(ward.cy)
    assert (result.ok, result.body) == (True, {"until": wire_time(ward.now + 120.0)})
    ward.step(20)
    assert ward.cy.seen == {ward.ann.entity}
    assert ward.cy.ask("emergency", "end", {}).ok
    ward.step(20)
    assert ward.cy.seen == set()
    assert ended(ward.ann) == ended(ward.cy) == ["done"]


def test_everybody_is_told_and_who_comes_later_too() -> None:
    ward = Ward()
    until = breaks(ward.cy).body["until"]
    ward.step()
    alert = {"entity": ward.cy.entity, "name": "Cy", "role": "clinician", "reason": "no_response", "until": until}
    late = ward.join("Di")
    for person in (ward.ann, ward.cy, late):
        assert alerts(person) == [alert]
    late.suspend()
    late.resume(resync=True)
    assert alerts(late) == [alert, alert]


def test_nothing_opens_and_nobody_is_told_before_it_is_written_down() -> None:
    ward = Ward(slow=True)
    ward.written()
    assert breaks(ward.cy).ok
    ward.step(40)
    assert ward.cy.seen == set()
    assert alerts(ward.ann) == []
    ward.written()
    ward.step(20)
    assert ward.cy.seen == {ward.ann.entity}
    assert len(alerts(ward.ann)) == 1


@pytest.mark.unguarded
def test_without_its_guard_the_glass_would_break_unwritten() -> None:
    """The check above proves itself: an auditor that claims what is not written opens the curtain."""
    ward = Ward(slow=True)
    ward.notebook.written = 1_000
    assert breaks(ward.cy).ok
    ward.step(20)
    assert ward.cy.seen == {ward.ann.entity}


def test_it_is_written_down_with_whom_it_concerns_and_its_words_go_nowhere_else() -> None:
    ward = Ward()
    breaks(ward.cy)
    ward.step()
    (began,) = ward.notebook.of(Action.EMERGENCY_BEGAN)
    assert (began.subject, began.about, began.purpose) == ("subject-Cy", ("subject-Ann",), "break_glass")
    assert (began.detail, began.text) == ({"reason": "no_response", "minutes": 2}, WORDS)
    for person in ward.people:
        assert WORDS not in str(person.inbox.events)


def test_it_is_over_when_its_time_is() -> None:
    ward = Ward()
    breaks(ward.cy, minutes=1)
    ward.step(20 * 59)
    assert ward.cy.seen == {ward.ann.entity}
    ward.step(40)
    assert ward.cy.seen == set()
    assert ended(ward.ann) == ["time"]
    (over,) = ward.notebook.of(Action.EMERGENCY_ENDED)
    assert over.detail == {"why": "time"}


def test_it_is_over_when_who_began_it_leaves_or_is_lost() -> None:
    ward = Ward()
    breaks(ward.cy)
    ward.step()
    ward.cy.suspend()
    assert ended(ward.ann) == ["left"]
    ward.cy.resume()
    ward.step(20)
    assert ward.cy.seen == set()
    breaks(ward.cy)
    ward.step()
    ward.room.leave(ward.cy.member, ward.now, CloseCode.NORMAL)
    assert ended(ward.ann) == ["left", "left"]
    assert len(ward.notebook.of(Action.EMERGENCY_ENDED)) == 2


def test_it_is_over_when_nothing_can_be_written_down_any_more() -> None:
    ward = Ward()
    breaks(ward.cy)
    ward.step(20)
    ward.notebook.available = False
    ward.step(20)
    assert ward.cy.seen == set()
    assert ended(ward.ann) == ["unavailable"]
    assert breaks(ward.cy).code == "audit_unavailable"


def test_who_may_not_is_refused_and_that_is_written_down() -> None:
    ward = Ward()
    assert breaks(ward.ann).code == "forbidden"
    (refused,) = ward.notebook.of(Action.EMERGENCY_BEGAN)
    assert (refused.subject, refused.outcome, refused.text) == ("subject-Ann", "forbidden", "")


@pytest.mark.parametrize(
    "changes", [{"minutes": 0}, {"minutes": 61}, {"text": ""}, {"text": "x" * 501}, {"reason": "curiosity"}]
)
def test_a_reason_words_and_a_time_are_needed(changes: dict[str, Any]) -> None:
    ward = Ward()
    assert breaks(ward.cy, **changes).code == "malformed"
    assert ward.notebook.of(Action.EMERGENCY_BEGAN) == []


def test_one_at_a_time_and_none_to_end() -> None:
    ward = Ward()
    assert ward.cy.ask("emergency", "end", {}).code == "not_broken"
    assert breaks(ward.cy).ok
    assert breaks(ward.cy).code == "broken"
    assert ward.room.features.counts["emergency", "broken"] == 1


def test_who_loses_the_socket_by_being_told_leaves_no_alert_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that holds too much already is given up with the next event."""
    ward = Ward()
    late = ward.join("Di")
    keep = ward.cy.inbox.event

    def give_up(event: EncodedEvent) -> None:
        keep(event)
        if not ward.cy.member.suspended:
            ward.cy.suspend()

    monkeypatch.setattr(ward.cy.inbox, "event", give_up)
    breaks(ward.cy)
    ward.step()
    assert ward.cy.member.suspended
    for person in (ward.ann, late):
        told = [event.type for event in person.inbox.events if event.feature == "emergency"]
        assert told[-1] == "ended"
