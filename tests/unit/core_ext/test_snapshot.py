"""Snapshot frames: what is sent, when it is a delta, and that nothing is shown that may not be."""

from __future__ import annotations

import pytest

from protocol.ids import StateFlag, Tier
from protocol.snapshot import (
    AvatarState,
    ObserverView,
    TrackedPart,
    delta_record,
    first_held,
    full_record,
    show_in_tier,
)
from tests.support.stage import CURTAIN, UPRIGHT, Stage, avatar, delta, full, records


def test_an_entity_enters_with_its_facts_and_a_full_record() -> None:
    stage = Stage(1000)
    changes = stage.step()
    assert [(held.alias, held.entity, held.facts) for held in changes.entered] == [(0, 101_000, b"facts of 1000")]
    assert [update.held.state for update in changes.updated] == [
        AvatarState(flags=StateFlag.HEAD, head=TrackedPart(1000, 0, 0, *UPRIGHT))
    ]


def test_nothing_changed_is_an_empty_frame() -> None:
    stage = Stage(1000)
    stage.step()
    stage.begin_tick()
    assert len(stage.frame()) == 5


def test_a_change_is_the_delta_and_nothing_more() -> None:
    stage, view = Stage(1000), ObserverView()
    stage.show(1, avatar(1000))
    stage.begin_tick()
    assert records(stage.frame(), view) == [full(avatar(1000))]
    after = avatar(1003, voice=10)
    stage.show(1, after)
    stage.begin_tick()
    assert records(stage.frame(), view) == [delta(avatar(1000), after)]
    assert view.entities[0].state == show_in_tier(after, Tier.FULL)


def test_who_missed_one_value_gets_the_full_record_and_who_missed_nothing_the_delta() -> None:
    stage = Stage(1000, 30_000)
    other = stage.interest.add_observer(0, 0)
    kept, skipped = ObserverView(), ObserverView()
    held = first_held(avatar(1000))
    for tick, x in enumerate((1000, 1010, 1021)):
        stage.show(1, avatar(x))
        stage.begin_tick()
        written = delta_record(held, show_in_tier(avatar(x), Tier.FULL))
        record, held = written or (full_record(held), held)
        assert records(stage.frame(), kept) == [record]
        if tick != 1:
            # With the trends that the deltas have left, so that the next delta is for both.
            assert records(stage.frame(other), skipped) == [full_record(held)]
    assert kept.entities[0].record == skipped.entities[0].record == held


def test_who_missed_ticks_without_a_change_still_gets_the_delta() -> None:
    stage, view = Stage(1000), ObserverView()
    stage.show(1, avatar(1000))
    stage.begin_tick()
    stage.view.apply(stage.frame())
    other = stage.interest.add_observer(0, 0)
    records(stage.frame(other), view)
    stage.show(1, avatar(1001))
    for _ in range(3):
        stage.begin_tick()
        stage.view.apply(stage.frame())
    assert records(stage.frame(other), view) == [delta(avatar(1000), avatar(1001))]


@pytest.mark.parametrize("tier", [Tier.FULL, Tier.UPPER, Tier.HEAD])
def test_a_tier_shows_what_it_is_meant_to(tier: Tier) -> None:
    x = (1000, 1900, 1900)[tier]
    # Beyond the first edge every second tick: that of slot 1 are the odd ones.
    stage, view = Stage(x, tier_mm=((1000, 1000, 1000)[tier], (1000, 1900, 1000)[tier])), ObserverView()
    before, after = avatar(x), avatar(x, face=bytes(52), voice=0, left=TrackedPart(1, 2, 3, *UPRIGHT))
    stage.show(1, before)
    stage.begin_tick()
    assert records(stage.frame(), view) == [full(before, tier)]
    stage.show(1, after)
    stage.begin_tick(ticks=2)
    assert records(stage.frame(), view) == [delta(before, after, tier)]


def test_a_change_of_tier_is_a_full_record() -> None:
    stage, view = Stage(1900, tier_mm=(1000, 1500)), ObserverView()
    for x, tier in ((1900, Tier.HEAD), (1400, Tier.UPPER), (900, Tier.FULL)):
        stage.show(1, avatar(x))
        stage.begin_tick(ticks=2)
        assert records(stage.frame(), view) == [full(avatar(x), tier)]


def test_who_is_far_waits_for_a_turn_but_a_newcomer_does_not() -> None:
    # 9 m are between twice and four times the first edge: every fourth tick.
    stage, view = Stage(9000, tier_mm=(3000, 6000)), ObserverView()
    seen = []
    for n in range(9):
        stage.show(1, avatar(9000 + 20 * n))
        stage.begin_tick()
        seen.append(len(records(stage.frame(), view)))
    # It has its turn when tick + entity id is a multiple of 4; tick 1 is the first, and the id, 109,000, is one.
    assert seen == [1, 0, 0, 1, 0, 0, 0, 1, 0]


def test_a_value_nobody_asked_for_in_its_turn_is_not_shown_late() -> None:
    stage = Stage(9000, tier_mm=(3000, 6000))
    stage.step()
    stage.tick += 21
    stage.show(1, avatar(9500))
    late = stage.interest.add_observer(0, 0)
    view = ObserverView()
    stage.begin_tick()
    assert (stage.tick + 109_000) % 4 != 0
    view.apply(stage.frame(late))
    assert view.entities[0].state == show_in_tier(avatar(9500), Tier.HEAD)


def test_what_was_shown_behind_the_curtain_is_not_shown_outside() -> None:
    stage = Stage(11_000, tier_mm=(1000, 2000))
    stage.table.set_zones([CURTAIN], 1)
    nurse = stage.interest.add_observer(0, 1)
    nurse_view = ObserverView()
    stage.begin_tick(ticks=8)
    nurse_view.apply(stage.frame(nurse))
    assert nurse_view.entities[0].state.head.x == 11_000
    # Out again: the next turn of its class, every eighth tick, is yet to come, and still the old place is not told.
    stage.table.place(1, 9000, 0, 0, UPRIGHT)
    changes = stage.step()
    assert [update.held.state.head.x for update in changes.updated] == [9000]
    # Nor how it got here: steps and spreads are those of an entity that was never seen before.
    assert [update.held.record.trends for update in changes.updated] == [first_held(avatar(9000)).trends]


def test_who_comes_out_from_behind_the_curtain_is_seen_anew_by_those_inside_too() -> None:
    stage = Stage(11_000, tier_mm=(20_000, 20_000))
    stage.table.set_zones([CURTAIN], 1)
    stage.interest.set_granted(stage.eye, 1)
    for x in (11_000, 11_050, 11_120):
        stage.show(1, avatar(x))
        stage.step()
    stage.show(1, avatar(9000))
    stage.begin_tick()
    assert records(stage.frame(), stage.view) == [full_record(first_held(avatar(9000)))]


def test_leaving_is_said_once() -> None:
    stage = Stage(1000, 2000)
    stage.step()
    stage.table.remove(1)
    assert [held.alias for held in stage.step().left] == [0]
    assert stage.step().left == ()


def test_another_entity_in_the_same_slot_and_alias_leaves_and_enters_in_one_frame() -> None:
    stage = Stage(1000)
    stage.step()
    stage.table.remove(1)
    assert stage.enter(1500) == 1
    changes = stage.step()
    assert [held.entity for held in changes.left] == [101_000]
    assert [held.entity for held in changes.entered] == [101_500]


def test_who_went_between_the_update_and_the_frame_is_not_in_it() -> None:
    stage = Stage(1000, 2000, 3000, 9000)
    stage.table.set_zones([CURTAIN], 1)
    stage.step()
    stage.begin_tick()
    stage.interest.update(stage.eye)
    stage.table.remove(1)
    stage.table.set_present(2, present=False)
    stage.table.place(3, 11_000, 0, 0, UPRIGHT)
    changes = stage.view.apply(stage.encoder.frame(stage.eye, ages=False))
    assert [held.entity for held in changes.left] == [101_000, 102_000, 103_000]
    assert [held.entity for held in stage.view.entities.values()] == [109_000]


def test_an_observer_whose_entity_is_gone_is_shown_nothing() -> None:
    stage = Stage(1000)
    stage.step()
    stage.table.remove(0)
    stage.begin_tick()
    assert len(stage.view.apply(stage.encoder.frame(stage.eye, ages=False)).left) == 1


def test_after_a_resume_everything_enters_anew_and_nothing_leaves() -> None:
    stage = Stage(1000, 2000)
    for forget in (stage.encoder.forget, stage.interest.clear):
        stage.step()
        forget(stage.eye)
        stage.view = ObserverView()
        changes = stage.step()
        assert len(changes.entered) == 2
        assert changes.left == ()


def test_an_observer_with_the_number_of_another_begins_with_nothing() -> None:
    stage = Stage(1000)
    stage.encoder.forget(stage.eye)
    stage.step()
    stage.interest.remove_observer(stage.eye)
    assert stage.interest.add_observer(0, 0) == stage.eye
    stage.view = ObserverView()
    assert len(stage.step().entered) == 1


def test_counters_add_up() -> None:
    stage = Stage(1000, 2000)
    stage.begin_tick()
    sizes = [len(stage.frame()), len(stage.frame())]
    encoder = stage.encoder
    assert (encoder.frames_written, encoder.records_written, encoder.bytes_written) == (2, 2, sum(sizes))
    assert encoder.table is stage.table
    assert encoder.interest is stage.interest


def test_no_frame_before_a_tick_and_none_for_nobody() -> None:
    stage = Stage()
    with pytest.raises(RuntimeError, match="tick"):
        stage.encoder.frame(stage.eye, ages=False)
    stage.begin_tick()
    for call in (lambda: stage.encoder.frame(7, ages=False), lambda: stage.encoder.forget(-1)):
        with pytest.raises(IndexError, match="no observer"):
            call()
