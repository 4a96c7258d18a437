"""What happens where an observer may not perceive leaves no trace in the bytes that its socket is given.

Two hospitals are lived through in step. In the second, other lives are led behind a curtain, behind both, or in
another room, by as many people: nobody on the roster of the ward is another. Or people move eyes and fingers
otherwise, which a mask hides from who is not cleared. Or somebody leads another life in the midst of all, who does not
want to be treated: those who are there to treat may not perceive them. Whoever may not perceive that must be sent the
same bytes at every step: event numbers, aliases, ids, order, gaps and sizes included. Only session ids and resume
tokens, drawn anew each time, are left out.

What is not looked at: the time of day at which bytes leave, and strain. A process that cannot keep up shows less to
everybody, whoever made the work.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal

import pytest

from server.features.access import Access
from server.features.moderation.telling import Telling
from server.features.panels import Panels
from server.world.clearances import Clearances
from server.world.eyes import Eyes
from server.world.room import Room
from server.world.things import Things
from server.world.withdrawals import Withdrawals
from server.world.zone import Zones
from tests.support.lives import Day, run_beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.world.member import Member

STEPS: Final = int(os.environ.get("ISOLATION_STEPS", "600"))
SOON: Final = 200
"""Steps within which a check finds that a guard is gone."""


OTHERS: Final = ("Ann", "Bea", "Ian", "Vic")
"""Those in the open who are not there to treat, but for Wes."""

SEEDS: Final = {"bed 1": "one", "bed 2": "one", "lobby": "one"}
EVERYBODY: Final = ("Nora", "Wes", "bed 1", "bed 2")


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.gateway.telemetry._log", _Silent())


class _Silent:
    def info(self, *_: object, **__: object) -> None: ...

    debug = warning = error = info


@pytest.fixture
def days() -> Iterator[list[Day]]:
    made: list[Day] = []
    yield made
    for day in made:
        day.close()


def lived(
    days: list[Day],
    compared: tuple[str, ...],
    other: dict[str, str],
    *,
    steps: int,
    roaming: bool = False,
    group: bool = False,
    refuser: bool = False,
) -> str:
    """Where the two days part for one of those in the open or `compared`; "nowhere".

    In a group nobody in the open but the clinician is cleared, and all move what no mask shows. With a refuser there is
    somebody who does not want to be treated, and those in the open are `compared` alone.
    """
    fidelity: Literal["care", "group"] = "group" if group else "care"
    seeds = SEEDS | ({"gestures": "one"} if group else {}) | ({"refuser": "one"} if refuser else {})
    but = OTHERS if refuser else ()
    days += [Day(seeds, fidelity=fidelity), Day(seeds | other, roaming=roaming, fidelity=fidelity)]
    parted = run_beside(days[0], days[1], compared, steps, but=but)
    if parted is not None:
        step, name = parted
        ones, others = (day.clients(*compared)[name].came for day in days)
        return f"at step {step} for {name}: {ones.hex()} or {others.hex()}"
    for day in days:
        # Nobody was thrown out on the way, everybody was sent something.
        assert all(client.total > 10 * steps for client in day.clients(*compared, but=but).values())
        assert all(life.client.session or life.client._token for life in day.lives)
    return "nowhere"


def test_the_same_lives_give_the_same_bytes(days: list[Day]) -> None:
    assert lived(days, EVERYBODY, {}, steps=STEPS) == "nowhere"


def test_what_happens_behind_a_curtain_that_some_may_look_behind(days: list[Day]) -> None:
    assert lived(days, ("bed 2",), {"bed 1": "another"}, steps=STEPS) == "nowhere"


def test_what_happens_behind_a_curtain_that_nobody_may_look_behind(days: list[Day]) -> None:
    assert lived(days, ("Nora", "bed 1"), {"bed 2": "another"}, steps=STEPS) == "nowhere"


def test_how_many_are_behind_which_curtain(days: list[Day]) -> None:
    other = {"bed 1": "another", "bed 2": "another"}
    assert lived(days, (), other, steps=STEPS, roaming=True) == "nowhere"


def test_what_happens_in_another_room(days: list[Day]) -> None:
    assert lived(days, EVERYBODY, {"lobby": "another"}, steps=STEPS) == "nowhere"


def test_what_a_mask_hides(days: list[Day]) -> None:
    assert lived(days, ("Wes",), {"gestures": "another"}, steps=STEPS, group=True) == "nowhere"


def test_what_happens_behind_curtains_in_a_group_of_masked_people(days: list[Day]) -> None:
    other = {"bed 1": "another", "bed 2": "another"}
    assert lived(days, (), other, steps=STEPS, roaming=True, group=True) == "nowhere"


def test_what_somebody_does_who_withdrew_what_one_is_there_for(days: list[Day]) -> None:
    assert lived(days, ("Nora",), {"refuser": "another"}, steps=STEPS, refuser=True) == "nowhere"


# The checks prove themselves: each guard removed is found at once -----------------------------------------------------


@pytest.mark.unguarded
def test_a_core_without_the_permission_mask_is_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    build = Room.__init__

    def unguarded(room: Room, *values: object, **more: object) -> None:
        build(room, *values, **more)  # type: ignore[arg-type]  # whatever a room is made of
        room.table.set_zones(room.zones.boxes, 0)

    monkeypatch.setattr(Room, "__init__", unguarded)
    assert lived(days, (), {"bed 1": "another"}, steps=SOON) != "nowhere"


def test_who_is_cleared_is_sent_what_a_mask_hides(days: list[Day]) -> None:
    assert "for Nora" in lived(days, ("Nora",), {"gestures": "another"}, steps=SOON, group=True)


@pytest.mark.unguarded
def test_a_room_in_which_everybody_is_cleared_is_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clearances, "joined", lambda *_: None)
    assert lived(days, (), {"gestures": "another"}, steps=SOON, group=True) != "nowhere"


@pytest.mark.unguarded
def test_features_that_do_not_ask_for_permission_are_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Zones, "perceived", lambda *_: True)
    monkeypatch.setattr(Things, "perceives", lambda *_: True)
    monkeypatch.setattr(Room, "perceivers", lambda room, _: list(room.members.values()))
    assert lived(days, (), {"bed 1": "another", "bed 2": "another"}, steps=SOON) != "nowhere"


def test_who_is_there_in_their_own_right_is_sent_what_that_person_does(days: list[Day]) -> None:
    assert "for Wes" in lived(days, ("Wes",), {"refuser": "another"}, steps=SOON, refuser=True)


@pytest.mark.unguarded
def test_a_core_that_is_not_told_what_people_are_there_for_is_found(
    days: list[Day], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Withdrawals, "_settle", lambda *_: None)
    assert "for Nora" in lived(days, ("Nora",), {"refuser": "another"}, steps=SOON, refuser=True)


@pytest.mark.unguarded
def test_a_chat_that_does_not_ask_who_withdrew_what_is_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Withdrawals, "hides", lambda *_: False)
    assert "for Nora" in lived(days, ("Nora",), {"refuser": "another"}, steps=SOON, refuser=True)


@pytest.mark.unguarded
def test_a_room_that_tells_to_whom_somebody_was_really_shown_is_found(
    days: list[Day], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Eyes, "may_hide", property(lambda _: False))
    assert lived(days, (), {"bed 1": "another", "bed 2": "another"}, steps=SOON, roaming=True) != "nowhere"


@pytest.mark.unguarded
def test_a_room_that_tells_since_when_somebody_hidden_has_been_watching_is_found(
    days: list[Day], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(access: Access, observer: Member) -> list[Member]:
        eyes, others = access.room.eyes, access.room.members.values()
        return [other for other in others if not observer.suspended and eyes.perceives(observer, other)]

    monkeypatch.setattr(Access, "_mutually", unguarded)
    assert lived(days, (), {"bed 1": "another", "bed 2": "another"}, steps=SOON, roaming=True) != "nowhere"


@pytest.mark.unguarded
def test_a_room_that_tells_everybody_who_is_muted_is_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Telling, "_may_know", lambda *_: True)
    assert lived(days, (), {"bed 1": "another", "bed 2": "another"}, steps=SOON) != "nowhere"


@pytest.mark.unguarded
def test_panels_that_are_read_through_curtains_are_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Panels, "_perceives", lambda *_: True)
    assert lived(days, (), {"bed 1": "another", "bed 2": "another"}, steps=SOON) != "nowhere"


@pytest.mark.unguarded
def test_rooms_that_share_their_chat_are_found(days: list[Day], monkeypatch: pytest.MonkeyPatch) -> None:
    rooms: list[Room] = []
    build = Room.__init__

    def remembered(room: Room, *values: object, **more: object) -> None:
        build(room, *values, **more)  # type: ignore[arg-type]  # whatever a room is made of
        rooms.append(room)

    monkeypatch.setattr(Room, "__init__", remembered)
    monkeypatch.setattr(Room, "perceivers", lambda *_: [member for room in rooms for member in room.members.values()])
    assert lived(days, (), {"lobby": "another"}, steps=SOON) != "nowhere"
