"""A client's own limit: what is sent under it, what is left out, and that all comes back without it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from protocol.ids import Tier
from protocol.snapshot import show_in_tier
from tests.support.plaza import Crowd, Plaza

if TYPE_CHECKING:
    from protocol.snapshot import FrameChanges

LEAST = 1000
RATES = [20, 30, 60]
PERIOD_LONGEST = 16
FRAME_ALONE = 15
"""Of a frame: its own header, a count, and the header of a WebSocket frame."""


def plaza_of(tick_hz: int, *, bytes_per_second: int = 0) -> tuple[Plaza, Crowd]:
    plaza = Plaza(tick_hz=tick_hz, refresh=tick_hz // 4)
    crowd = Crowd(plaza, Random(1))
    plaza.interest.set_budget(plaza.eye, bytes_per_second)
    return plaza, crowd


def run(plaza: Plaza, crowd: Crowd, seconds: float) -> list[FrameChanges]:
    """Let time pass in which everybody moves."""
    told = []
    for _ in range(round(seconds * plaza.tick_hz)):
        crowd.move()
        changes = plaza.step()
        told += [changes] if changes else []
    return told


def most_over_a_second(plaza: Plaza) -> int:
    hz = plaza.tick_hz
    return max(sum(plaza.sizes[end - hz : end]) for end in range(hz, len(plaza.sizes) + 1))


@pytest.mark.parametrize("tick_hz", RATES)
@pytest.mark.parametrize("bytes_per_second", [LEAST, 1500, 4000, 16_000])
def test_a_budget_is_honoured_over_any_second(tick_hz: int, bytes_per_second: int) -> None:
    plaza, crowd = plaza_of(tick_hz, bytes_per_second=bytes_per_second)
    run(plaza, crowd, 4.0)
    assert 0.3 * bytes_per_second < most_over_a_second(plaza) <= bytes_per_second


@pytest.mark.parametrize("tick_hz", RATES)
def test_a_budget_that_is_lowered_holds_a_second_later(tick_hz: int) -> None:
    plaza, crowd = plaza_of(tick_hz)
    run(plaza, crowd, 1.0)
    plaza.interest.set_budget(plaza.eye, 8000)
    run(plaza, crowd, 1.5)
    plaza.interest.set_budget(plaza.eye, LEAST)
    run(plaza, crowd, 1.0)
    plaza.sizes.clear()
    run(plaza, crowd, 4.0)
    assert most_over_a_second(plaza) <= LEAST


@pytest.mark.parametrize("tick_hz", RATES)
def test_at_the_least_budget_everybody_comes_in_and_is_updated_every_two_seconds(tick_hz: int) -> None:
    plaza, crowd = plaza_of(tick_hz, bytes_per_second=LEAST)
    run(plaza, crowd, 9.0)
    assert len(plaza.view.entities) == len(crowd.slots)
    for _ in range(12):
        run(plaza, crowd, 0.5)
        waited = [plaza.told(slot)["sent_ticks_ago"] for slot in crowd.slots]
        assert max(waited) <= 2 * tick_hz


@pytest.mark.parametrize("tick_hz", RATES)
def test_at_the_least_budget_voice_place_and_turn_of_the_head_still_flow(tick_hz: int) -> None:
    plaza, crowd = plaza_of(tick_hz, bytes_per_second=LEAST)
    run(plaza, crowd, 9.0)
    # They freeze as they are, and two seconds later all of that has come.
    for _ in range(2 * tick_hz):
        plaza.step()
    slots = {alias: slot for slot, alias, _ in plaza.interest.members(plaza.eye)}
    shown = [plaza.shown(slot)[0] for slot in crowd.slots]
    assert shown.count(Tier.PRESENCE) >= len(shown) / 2
    assert set(shown) <= {Tier.HEAD, Tier.PRESENCE}
    for alias, held in plaza.view.entities.items():
        # Those who rest cost nothing, so that some wait for the turn at which they come in a finer tier.
        assert held.state == show_in_tier(plaza.bodies[slots[alias]].state, held.record.tier)
    for _ in range(PERIOD_LONGEST):
        plaza.step()
    assert {held.alias: held.record.tier for held in plaza.view.entities.values()} == {
        alias: plaza.shown(slot)[0] for alias, slot in slots.items()
    }


def test_what_is_far_gets_rarer_and_coarser_before_what_is_near() -> None:
    plaza, crowd = plaza_of(20, bytes_per_second=16_000)
    run(plaza, crowd, 4.0)
    near, far = (plaza.told(slot) for slot in (crowd.slots[0], crowd.slots[-1]))
    assert near["stretch"] == far["stretch"] > 0
    assert near["wanted"] == (Tier.FULL, 1)
    assert near["shown"][0] == Tier.FULL
    assert near["shown"][1] < far["shown"][1]


def test_who_matters_most_is_spared_longest() -> None:
    plaza = Plaza(refresh=5, reserved=1)
    crowd = Crowd(plaza, Random(1), count=40)
    doctor, patient = plaza.add(0, -15_000, weight=2.0), plaza.add(0, 15_000)
    plaza.interest.tie(plaza.eye, patient)
    plaza.act(doctor, signing=True)
    plaza.interest.set_budget(plaza.eye, 11000)
    run(plaza, crowd, 6.0)
    assert 0 < plaza.told(patient)["stretch"] <= 3
    for slot in (doctor, patient):
        assert plaza.shown(slot) == plaza.told(slot)["wanted"] == (Tier.FULL, 1)
    assert plaza.shown(crowd.slots[0]) > (Tier.FULL, 1)


def test_lifting_the_budget_brings_every_tier_back_without_leaves_and_enters() -> None:
    plaza, crowd = plaza_of(20)
    run(plaza, crowd, 1.0)
    plaza.interest.set_budget(plaza.eye, LEAST)
    told = run(plaza, crowd, 4.0)
    assert all(plaza.shown(slot)[0] == Tier.PRESENCE for slot in crowd.slots[-30:])
    plaza.interest.set_budget(plaza.eye, 0)
    told += run(plaza, crowd, 1.0)
    assert not any(changes.left or changes.entered for changes in told)
    assert len(plaza.view.entities) == len(crowd.slots)
    assert plaza.told(crowd.slots[0])["bytes_per_second"] == 0
    assert all(plaza.shown(slot) == plaza.told(slot)["wanted"] for slot in crowd.slots)
    assert {plaza.shown(slot)[0] for slot in crowd.slots} == {Tier.FULL, Tier.UPPER, Tier.HEAD}


def test_enters_trickle_in_the_most_important_first_while_the_others_keep_moving() -> None:
    plaza, crowd = plaza_of(20, bytes_per_second=LEAST)
    entered: list[int] = []
    while len(plaza.view.entities) < len(crowd.slots):
        there = set(plaza.view.entities)
        told = run(plaza, crowd, 2.0)
        entered += [held.entity for changes in told for held in changes.entered]
        updated = {update.held.alias for changes in told for update in changes.updated}
        assert there <= updated
        assert len(plaza.sizes) < 10 * plaza.tick_hz
    # They stand the farther the later they were added; their views and voices change meanwhile.
    first, last = entered[:10], entered[-10:]
    assert max(first) < min(last)


@pytest.mark.parametrize("size", [0, 100, 300])
def test_whatever_there_is_to_tell_of_a_newcomer_it_comes_in(size: int) -> None:
    plaza, crowd = plaza_of(60, bytes_per_second=LEAST)
    run(plaza, crowd, 8.0)
    newcomer = plaza.add(0, -500, facts=bytes(size))
    run(plaza, crowd, 3.0)
    assert plaza.told(newcomer)["sent_ticks_ago"] is not None
    assert most_over_a_second(plaza) <= LEAST


def test_what_was_sent_beside_the_frames_counts() -> None:
    plaza, crowd = plaza_of(20, bytes_per_second=4000)
    run(plaza, crowd, 2.0)
    plaza.interest.charge(plaza.eye, 3500)
    plaza.sizes.clear()
    run(plaza, crowd, 0.95)
    assert sum(plaza.sizes) <= 500
    run(plaza, crowd, 1.0)
    assert sum(plaza.sizes[-20:]) > 1000


def test_what_is_charged_beyond_the_budget_keeps_frames_back_for_a_second() -> None:
    plaza, crowd = plaza_of(20, bytes_per_second=LEAST)
    run(plaza, crowd, 1.0)
    plaza.interest.charge(plaza.eye, 50_000)
    assert run(plaza, crowd, 0.95) == []
    assert run(plaza, crowd, 1.0) != []


def test_without_a_budget_nothing_is_charged() -> None:
    plaza, _ = plaza_of(20)
    plaza.interest.charge(plaza.eye, 1 << 30)
    assert plaza.step() is not None


def test_what_says_nothing_is_not_sent() -> None:
    plaza = Plaza()
    slot = plaza.add(0, -1000)
    plaza.interest.set_budget(plaza.eye, LEAST)
    assert plaza.step() is not None
    assert [plaza.step() for _ in range(5)] == [None] * 5
    plaza.act(slot, yaw=90)
    assert plaza.step() is not None
    assert plaza.encoder.frames_written == 2


def test_a_leave_waits_until_the_budget_has_a_place_for_it() -> None:
    plaza = Plaza()
    slot = plaza.add(0, -1000)
    plaza.interest.set_budget(plaza.eye, LEAST)
    plaza.step()
    plaza.interest.charge(plaza.eye, LEAST)
    plaza.table.remove(slot)
    assert [plaza.step() for _ in range(20)] == [None] * 20
    changes = plaza.step()
    assert changes is not None
    assert [held.entity for held in changes.left] == [1001]


def test_a_leave_is_told_even_under_a_budget_that_has_never_a_place_for_it() -> None:
    plaza = Plaza()
    slot = plaza.add(0, -1000)
    plaza.step()
    plaza.interest.set_budget(plaza.eye, 10)
    plaza.table.remove(slot)
    waited = [plaza.step() for _ in range(plaza.tick_hz + 1)]
    assert waited == [None] * len(waited)
    changes = plaza.step()
    assert changes is not None
    assert len(changes.left) == 1
    assert plaza.sizes[-1] > 10


def test_a_leave_is_told_a_second_late_even_when_events_take_the_whole_budget() -> None:
    plaza = Plaza()
    slot = plaza.add(0, -1000)
    plaza.step()
    plaza.interest.set_budget(plaza.eye, 1000)
    plaza.table.remove(slot)
    left: list[object] = []
    for _ in range(plaza.tick_hz + 2):
        plaza.interest.charge(plaza.eye, 500)
        changes = plaza.step()
        left += changes.left if changes else ()
    assert len(left) == 1


def test_another_in_the_place_of_one_whose_leave_waited_enters_after_it() -> None:
    plaza = Plaza()
    slot = plaza.add(0, -1000)
    plaza.interest.set_budget(plaza.eye, LEAST)
    plaza.step()
    plaza.interest.charge(plaza.eye, LEAST)
    plaza.table.remove(slot)
    plaza.step()
    assert plaza.add(0, -1000) == slot
    told = [changes for _ in range(25) if (changes := plaza.step())]
    assert [(len(changes.left), len(changes.entered)) for changes in told] == [(1, 1)]


def test_a_resume_begins_with_what_the_budget_allows() -> None:
    plaza, crowd = plaza_of(20, bytes_per_second=LEAST)
    run(plaza, crowd, 7.0)
    plaza.interest.clear(plaza.eye)
    plaza.view.entities.clear()
    told = run(plaza, crowd, 8.0)
    assert sum(len(changes.entered) for changes in told) == len(crowd.slots)
    assert most_over_a_second(plaza) <= LEAST


def test_the_ticks_of_a_budget_may_wrap() -> None:
    plaza, crowd = plaza_of(20)
    plaza.tick = 0xFFFFFFFF - 30
    plaza.begin_tick()
    plaza.interest.set_budget(plaza.eye, LEAST)
    for _ in range(60):
        plaza.tick = (plaza.tick + 1 & 0xFFFFFFFF) - 1
        run(plaza, crowd, 0.05)
    assert most_over_a_second(plaza) <= LEAST
    assert sum(plaza.sizes[-20:]) > 10 * FRAME_ALONE


@pytest.mark.parametrize("bytes_per_second", [-1, (1 << 27) + 1])
def test_a_budget_that_is_none_is_refused(bytes_per_second: int) -> None:
    plaza = Plaza()
    with pytest.raises(ValueError, match="budget"):
        plaza.interest.set_budget(plaza.eye, bytes_per_second)
