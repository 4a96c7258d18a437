"""Who was shown out, and until when."""

import pytest

from protocol.messages import Spawn
from server.errors import InvitationPaused, Removed
from server.world import bars as bars_module
from server.world.bars import Bars, Links
from server.world.member import Member, Participant
from server.world.rights import Standing
from tests.support.rooms import Inbox

LINK = "0123456789abcdef"


def member(subject: str, invitation: str | None = None) -> Member:
    who = Participant(1, subject, "patient", "plain", subject, invitation=invitation)
    spawn = Spawn(position=(0.0, 0.0, 0.0), yaw=0.0)
    return Member(who, Inbox(), 0, 0, 0, spawn, Standing(()))


def put(bars: Bars, subject: str, now: float) -> None:
    bars.put(member(subject), (), now)


def is_out(bars: Bars, subject: str, now: float) -> bool:
    try:
        bars.demand_entry(subject, None, now)
    except Removed:
        return True
    return False


def may_come(bars: Bars, subject: str, now: float, invitation: str | None = LINK) -> bool:
    try:
        bars.demand_entry(subject, invitation, now)
    except InvitationPaused:
        return False
    return True


def test_a_subject_stays_out_for_the_time_and_no_longer() -> None:
    bars = Bars(60.0)
    assert not is_out(bars, "ann", 0.0)
    put(bars, "ann", 0.0)
    put(bars, "bo", 30.0)
    assert [is_out(bars, "ann", now) for now in (0.0, 59.9, 60.0)] == [True, True, False]
    put(bars, "ann", 50.0)
    assert [is_out(bars, name, 89.0) for name in ("ann", "bo", "cy")] == [True, True, False]


def test_no_more_are_remembered_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars_module, "BARS_MAX", 2)
    bars = Bars(60.0)
    for name in ("ann", "bo", "cy"):
        put(bars, name, 1.0)
    assert [is_out(bars, name, 2.0) for name in ("ann", "bo", "cy")] == [False, True, True]


def test_nobody_comes_anew_by_the_same_invitation_but_who_was_there_comes_back() -> None:
    bars = Bars(60.0)
    ann, bo, cy = member("ann", LINK), member("bo", LINK), member("cy", "another")
    bars.put(ann, (ann, bo, cy), 0.0)
    # Who uses it just now is nobody yet.
    assert [may_come(bars, name, 59.9) for name in ("", "anew", "bo")] == [False, False, True]
    assert may_come(bars, "cy", 1.0, "another")
    assert may_come(bars, "", 1.0, "another")
    assert may_come(bars, "di", 1.0, None)
    assert may_come(bars, "", 60.0)
    bars.put(bo, (bo,), 70.0)
    assert not may_come(bars, "anew", 71.0)


def test_of_two_by_one_invitation_each_is_held_against_who_comes_anew() -> None:
    links = Links(60.0)
    ann, bo, cy = member("ann", LINK), member("bo", LINK), member("cy", LINK)
    links.hold(ann, (ann, bo, cy), 0.0)
    anew = member("anew", LINK)
    # Ann may have come anew meanwhile, and is not known to be somebody else by what Bo does.
    links.hold(bo, (anew, bo, cy), 30.0)
    assert [links.holds(name, LINK, 31.0) for name in ("ann", "anew", "bo", "cy")] == [True, True, True, False]
    links.clear(bo.participant, 31.0)
    assert [links.holds(name, LINK, 31.0) for name in ("ann", "anew", "bo", "cy")] == [True, True, False, False]
    links.clear(ann.participant, 31.0)
    assert not links.holds("anew", LINK, 31.0)


def test_what_is_held_against_an_invitation_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars_module, "BARS_MAX", 2)
    links = Links(60.0)
    for name in ("ann", "bo", "cy"):
        links.hold(member(name, name), (), 1.0)
    assert [links.holds("", name, 2.0) for name in ("ann", "bo", "cy")] == [False, True, True]
    links.hold(member("di", "di"), (), 61.0)
    assert list(links._deeds._held) == ["di"]


def test_where_nobody_is_kept_out_no_invitation_is_held_up() -> None:
    links = Links(0.0)
    links.hold(member("ann", LINK), (), 1.0)
    assert not links.holds("", LINK, 1.0)
