"""What is carried, and facts that change."""

from __future__ import annotations

import pytest

from core_ext import EntityTable
from protocol.ids import FACTS_BYTES_MAX, EntityKind, StateFlag
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose
from tests.support.stage import Stage, avatar

ROOM = (-10_000, 0, -10_000, 10_000, 3000, 10_000)
BED = (4000, 0, -1000, 6000, 3000, 1000)
UPRIGHT = (3, 0, 0, 0)


@pytest.fixture
def table() -> EntityTable:
    made = EntityTable(4, ROOM)
    made.set_zones([BED], 1)
    return made


@pytest.fixture
def ann(table: EntityTable) -> int:
    slot = table.add(77, EntityKind.AVATAR, b"\x80", 0)
    table.place(slot, 1000, 1600, 0, UPRIGHT)
    return slot


@pytest.fixture
def cup(table: EntityTable) -> int:
    slot = table.add(900, EntityKind.PROP, b"\x80", 0)
    table.place(slot, 0, 800, 0, UPRIGHT)
    return slot


def hold_out(table: EntityTable, slot: int, x: int, reach: TrackedPart, flags: int = 7) -> None:
    state = AvatarState(flags=flags, head=TrackedPart(x, 1600, 0, *UPRIGHT), right=reach)
    assert table.apply_pose(slot, encode_pose(Pose(state, 1, 0)), 0) >= 0


def test_what_is_carried_is_where_the_hand_is_and_shows_nothing(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    assert table.carrier(cup) == ann
    assert table.state(cup)[0] == 0
    assert table.position(cup) == (1000, 1600, 0)
    hold_out(table, ann, 1500, TrackedPart(200, -400, -300, *UPRIGHT))
    assert table.position(cup) == (1700, 1200, -300)
    # The left hand is where the head is, as far as this pose says.
    table.carry(cup, ann, False)
    assert table.position(cup) == (1500, 1600, 0)


def test_while_the_head_is_not_tracked_its_last_place_counts(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    hold_out(table, ann, 0, TrackedPart(200, -400, -300, *UPRIGHT), flags=StateFlag.RIGHT)
    assert table.position(cup) == (1200, 1200, -300)


def test_a_hand_outside_the_room_holds_nothing_there(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    hold_out(table, ann, 1000, TrackedPart(0, -5000, 0, *UPRIGHT))
    assert table.position(cup) == (1000, 0, 0)


def test_what_is_carried_is_in_the_zone_of_who_carries_it(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    hold_out(table, ann, 4500, TrackedPart(-2000, 0, 0, *UPRIGHT))
    assert (table.position(cup), table.zone(cup)) == ((2500, 1600, 0), 0)
    table.assign_zones()
    assert table.zone(cup) == 0
    hold_out(table, ann, 3500, TrackedPart(1000, 0, 0, *UPRIGHT))
    assert (table.position(cup), table.zone(cup)) == ((4500, 1600, 0), -1)


def test_what_is_placed_is_in_no_hand(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    table.place(cup, 10, 20, 30, UPRIGHT)
    hold_out(table, ann, 1500, TrackedPart(200, 0, 0, *UPRIGHT))
    assert (table.carrier(cup), table.position(cup)) == (-1, (10, 20, 30))
    assert table.state(cup)[0] == StateFlag.HEAD


def test_who_places_itself_brings_along_what_it_carries(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    table.place(ann, 4500, 1600, 0, UPRIGHT)
    assert (table.position(cup), table.zone(cup)) == ((4500, 1600, 0), 0)


def test_when_who_carries_is_gone_it_is_in_no_hand(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    table.remove(ann)
    assert table.carrier(cup) == -1
    other = table.add(78, EntityKind.AVATAR, b"\x80", 0)
    assert other == ann
    table.place(other, -3000, 1600, 0, UPRIGHT)
    assert table.position(cup) == (1000, 1600, 0)


def test_what_is_carried_may_be_removed_and_its_slot_taken(table: EntityTable, ann: int, cup: int) -> None:
    table.carry(cup, ann, True)
    table.remove(cup)
    other = table.add(901, EntityKind.PROP, b"\x80", 0)
    assert (other, table.carrier(other)) == (cup, -1)
    hold_out(table, ann, 1500, TrackedPart(0, 0, 0, *UPRIGHT))
    assert table.position(other) == (0, 0, 0)


def test_what_carries_is_not_carried(table: EntityTable, ann: int, cup: int) -> None:
    with pytest.raises(ValueError, match="is not carried"):
        table.carry(ann, ann, True)
    table.carry(cup, ann, True)
    bo = table.add(78, EntityKind.AVATAR, b"\x80", 0)
    for thing, by in ((ann, bo), (bo, cup)):
        with pytest.raises(ValueError, match="is not carried"):
            table.carry(thing, by, True)
    with pytest.raises(IndexError):
        table.carry(3, ann, True)
    with pytest.raises(IndexError):
        table.carrier(3)


def test_nobody_carries_more_than_16() -> None:
    table = EntityTable(20, ROOM)
    slots = [table.add(number + 1, EntityKind.PROP, b"\x80", 0) for number in range(20)]
    for slot in slots[1:17]:
        table.carry(slot, slots[0], True)
    with pytest.raises(ValueError, match="at most 16"):
        table.carry(slots[17], slots[0], True)


def test_facts_are_replaced_within_their_limit(table: EntityTable, cup: int) -> None:
    table.set_facts(cup, bytes(FACTS_BYTES_MAX))
    with pytest.raises(ValueError, match="at most"):
        table.set_facts(cup, bytes(FACTS_BYTES_MAX + 1))
    with pytest.raises(IndexError):
        table.set_facts(3, b"")
    assert table.facts_changes == 1


# In frames ------------------------------------------------------------------------------------------------------------


def test_new_facts_are_a_leave_and_an_enter_in_one_frame_and_then_nothing() -> None:
    stage = Stage(1000, 2000)
    stage.step()
    stage.table.set_facts(1, b"other facts")
    changes = stage.step()
    assert [held.facts for held in changes.left] == [b"facts of 1000"]
    assert [(held.alias, held.entity, held.facts) for held in changes.entered] == [(0, 101_000, b"other facts")]
    assert [update.held.entity for update in changes.updated] == [101_000]
    changes = stage.step()
    assert (changes.left, changes.entered, changes.updated) == ((), (), ())


def test_of_facts_that_changed_twice_the_newest_are_told() -> None:
    stage = Stage(1000)
    stage.step()
    stage.table.set_facts(1, b"older")
    stage.table.set_facts(1, b"newer")
    assert [held.facts for held in stage.step().entered] == [b"newer"]


def test_who_comes_into_sight_later_is_told_once() -> None:
    stage = Stage(1000, 30_000)
    stage.step()
    stage.table.set_facts(2, b"other facts")
    assert stage.step().entered == ()
    stage.table.place(2, 2000, 0, 0, UPRIGHT)
    for _ in range(12):
        changes = stage.step()
        if changes.entered:
            break
    assert [held.facts for held in changes.entered] == [b"other facts"]
    assert stage.step().entered == ()


def test_who_may_not_be_perceived_any_more_leaves_and_does_not_enter() -> None:
    stage = Stage(1000)
    stage.step()
    stage.table.set_facts(1, b"other facts")
    stage.table.set_present(1, False)
    changes = stage.step()
    assert (len(changes.left), changes.entered) == (1, ())


def test_another_entity_in_the_slot_has_its_own_facts() -> None:
    stage = Stage(1000)
    stage.step()
    stage.table.set_facts(1, b"other facts")
    stage.table.remove(1)
    assert stage.enter(1500) == 1
    entered = [held.facts for _ in range(12) for held in stage.step().entered]
    assert entered == [b"facts of 1500"]
    assert [held.facts for held in stage.view.entities.values()] == [b"facts of 1500"]


def test_each_observer_is_told_anew_when_its_frame_comes() -> None:
    stage = Stage(1000)
    other = stage.interest.add_observer(0, 0)
    stage.begin_tick()
    stage.frame(other)
    stage.step()
    stage.table.set_facts(1, b"other facts")
    assert [held.facts for held in stage.step().entered] == [b"other facts"]
    stage.begin_tick()
    assert b"other facts" in stage.frame(other)
    stage.begin_tick()
    assert b"other facts" not in stage.frame(other)


def test_within_a_budget_new_facts_come_as_bytes_allow() -> None:
    stage = Stage(1000)
    stage.interest.set_budget(stage.eye, 1000)
    for _ in range(40):
        stage.begin_tick()
        frame = stage.frame()
        if frame:
            stage.view.apply(frame)
    assert [held.facts for held in stage.view.entities.values()] == [b"facts of 1000"]
    stage.table.set_facts(1, bytes(300))
    sent: list[int] = []
    for tick in range(60):
        stage.show(1, avatar(1000 + tick))
        stage.begin_tick()
        frame = stage.frame()
        sent.append(len(frame))
        if frame:
            stage.view.apply(frame)
    assert [held.facts for held in stage.view.entities.values()] == [bytes(300)]
    assert max(sum(sent[start : start + 20]) for start in range(40)) <= 1000


def test_with_new_facts_comes_the_newest_state_however_rarely_it_is_shown() -> None:
    stage = Stage(18_000, tier_mm=(1000, 2000))
    stage.step()
    for tick in range(1, 17):
        stage.table.place(1, 18_000, 0, 0, UPRIGHT)
        stage.step()
        stage.table.place(1, 18_000, tick * 80, 0, UPRIGHT)
        stage.table.set_facts(1, b"facts %d" % tick)
        (update,) = stage.step().updated
        assert update.held.state.head.position == (18_000, tick * 80, 0)
