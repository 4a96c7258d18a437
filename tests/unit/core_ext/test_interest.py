"""Interest sets: who is seen, and under which alias. How much of them is in test_priority.py."""

from __future__ import annotations

from typing import Any

import pytest

from core_ext import EntityTable, Grid, Interest

UPRIGHT = (3, 0, 0, 0)
EASTWARD = (3, 0, -400, 0)
ROOM = (-50_000, 0, -50_000, 50_000, 3000, 50_000)
CURTAIN = (10_000, 0, -1000, 12_000, 3000, 1000)
CLOSET = (20_000, 0, -1000, 22_000, 3000, 1000)


class Hall:
    """A room in which slot 0 looks along +X from the origin, and all others too."""

    def __init__(self, *xs: int, **rules: Any) -> None:
        self.table = EntityTable(40, ROOM)
        self.grid = Grid(2000)
        settings: dict[str, Any] = {
            "radius_mm": 10_000,
            "hysteresis_mm": 1000,
            "cap": 8,
            "tier_mm": (3000, 6000),
        } | rules
        self.interest = Interest(self.table, self.grid, **settings)
        self.enter(0)
        for x in xs:
            self.enter(x)
        self.eye = self.interest.add_observer(0, 0)

    def enter(self, x: int, z: int = 0) -> int:
        slot = self.table.add(100_000 + x, 0, b"", 0)
        self.move(slot, x, z)
        return slot

    def move(self, slot: int, x: int, z: int = 0) -> None:
        self.table.place(slot, x, 0, z, EASTWARD)

    def look(self) -> list[tuple[int, int, int]]:
        self.grid.rebuild(self.table)
        count = self.interest.update(self.eye)
        members = self.interest.members(self.eye)
        assert count == len(members)
        return members

    def seen(self) -> list[int]:
        return [slot for slot, _, _ in self.look()]

    def seen_sorted(self) -> list[int]:
        return sorted(self.seen())


def test_the_nearest_come_first_and_nobody_sees_himself() -> None:
    assert Hall(5000, -2000, 10_000, 10_001).seen() == [2, 1, 3]


def test_height_counts() -> None:
    hall = Hall(radius_mm=1000)
    slot = hall.enter(600)
    hall.table.place(slot, 600, 801, 0, UPRIGHT)
    assert hall.seen() == []
    hall.table.place(slot, 600, 800, 0, UPRIGHT)
    assert hall.seen() == [slot]


def test_a_member_stays_until_beyond_the_hysteresis() -> None:
    hall = Hall(10_000)
    assert hall.seen() == [1]
    hall.move(1, 11_000)
    assert hall.seen() == [1]
    hall.move(1, 11_001)
    assert hall.seen() == []
    hall.move(1, 10_500)
    assert hall.seen() == []


def test_a_newcomer_displaces_a_member_only_when_clearly_nearer() -> None:
    hall = Hall(1000, cap=1)
    assert hall.seen() == [1]
    # 5 * 895**2 is just above 4 * 1000**2, 5 * 894**2 below.
    hall.enter(895)
    assert hall.seen() == [1]
    hall.move(2, 894)
    assert hall.seen() == [2]


def test_ties_go_to_the_lower_slot() -> None:
    hall = Hall(500, -500, 500, cap=2)
    assert hall.seen() == [1, 2]


def test_everybody_at_one_spot_is_no_trouble() -> None:
    hall = Hall(*[0] * 30, cap=8)
    assert hall.seen() == list(range(1, 9))
    assert hall.seen() == list(range(1, 9))


def test_aliases_stay_and_the_lowest_free_one_is_given() -> None:
    hall = Hall(1000, 2000, 3000)
    assert [alias for _, alias, _ in hall.look()] == [0, 1, 2]
    hall.move(2, 40_000)
    hall.move(3, 500)
    assert [(slot, alias) for slot, alias, _ in hall.look()] == [(1, 0), (3, 2)]
    hall.enter(100)
    assert [(slot, alias) for slot, alias, _ in hall.look()] == [(1, 0), (3, 2), (4, 1)]


def test_newcomers_take_aliases_by_distance_and_then_by_slot() -> None:
    hall = Hall(1000, 9000)
    hall.look()
    hall.move(1, 40_000)
    for x, z in ((7000, 0), (0, 3000), (-3000, 0), (0, -7000)):
        hall.enter(x, z)
    assert [(slot, alias) for slot, alias, _ in hall.look()] == [(2, 1), (4, 0), (5, 2), (3, 3), (6, 4)]


def test_an_alias_freed_in_an_update_is_free_in_it() -> None:
    hall = Hall(1000, cap=1)
    hall.look()
    hall.move(1, 40_000)
    hall.enter(5000)
    assert hall.look() == [(2, 0, 1)]


def test_more_aliases_than_a_machine_word_holds() -> None:
    many = EntityTable(200, ROOM)
    for x in range(200):
        many.place(many.add(1, 0, b"", 0), x, 0, 0, UPRIGHT)
    grid = Grid(2000)
    interest = Interest(many, grid, radius_mm=9000, hysteresis_mm=0, cap=150, tier_mm=(1, 2))
    eye = interest.add_observer(0, 0)
    grid.rebuild(many)
    assert interest.update(eye) == 150
    assert [alias for _, alias, _ in interest.members(eye)] == list(range(150))
    many.remove(70)
    many.remove(140)
    grid.rebuild(many)
    interest.update(eye)
    newcomers = {slot: alias for slot, alias, _ in interest.members(eye) if slot > 150}
    assert newcomers == {151: 69, 152: 139}


def test_the_absent_are_not_seen_and_come_back_anew() -> None:
    hall = Hall(1000)
    hall.look()
    hall.table.set_present(1, present=False)
    assert hall.seen() == []
    hall.table.set_present(1, present=True)
    assert hall.seen() == [1]


def test_who_left_after_the_grid_was_built_is_not_seen() -> None:
    hall = Hall(1000, 2000, 3000)
    hall.grid.rebuild(hall.table)
    hall.table.remove(1)
    hall.table.set_present(2, present=False)
    hall.table.remove(3)
    assert hall.enter(1000) == 1
    assert hall.interest.update(hall.eye) == 0
    assert hall.seen() == [1]


def test_another_entity_in_a_members_slot_is_a_newcomer() -> None:
    hall = Hall(1000, 1500)
    assert hall.look()[0] == (1, 0, 0)
    hall.move(2, 900)
    hall.table.remove(1)
    hall.enter(10_500)
    # 10.5 m: within the hysteresis of a member, beyond the radius of a newcomer.
    assert hall.seen() == [2]


def test_an_observer_whose_entity_is_gone_sees_nothing() -> None:
    hall = Hall(1000)
    hall.look()
    hall.table.remove(0)
    assert hall.seen() == []
    hall.enter(0)
    assert hall.seen() == []


def test_a_private_zone_is_seen_from_inside_and_by_who_may() -> None:
    hall = Hall(10_500, radius_mm=30_000)
    hall.enter(20_500)
    hall.enter(9000)
    hall.table.set_zones([CURTAIN, CLOSET], 0b11)
    assert hall.seen_sorted() == [3]
    hall.interest.set_granted(hall.eye, 0b10)
    assert hall.seen_sorted() == [2, 3]
    hall.move(0, 11_000)
    assert hall.seen_sorted() == [1, 2, 3]
    hall.interest.set_granted(hall.eye, 0)
    assert hall.seen_sorted() == [1, 3]
    hall.table.set_zones([CURTAIN, CLOSET], 0)
    assert hall.seen_sorted() == [1, 2, 3]


def test_going_behind_the_curtain_is_leaving_at_once() -> None:
    hall = Hall(9900, radius_mm=30_000)
    hall.table.set_zones([CURTAIN], 1)
    assert hall.seen() == [1]
    hall.move(1, 10_000)
    assert hall.seen() == []


def test_numbers_of_observers_are_given_again_without_their_memory() -> None:
    hall = Hall(1000)
    hall.look()
    hall.interest.remove_observer(hall.eye)
    with pytest.raises(IndexError, match="no observer"):
        hall.interest.update(hall.eye)
    assert hall.interest.add_observer(1, 0) == hall.eye
    assert hall.interest.members(hall.eye) == []
    assert [hall.interest.add_observer(0, 0) for _ in range(40)] == list(range(1, 41))
    assert hall.seen() == [0]


def test_clearing_forgets_aliases_and_members() -> None:
    hall = Hall(1000, 2000)
    hall.look()
    hall.move(1, 3000)
    hall.interest.clear(hall.eye)
    assert hall.interest.members(hall.eye) == []
    assert [(slot, alias) for slot, alias, _ in hall.look()] == [(2, 0), (1, 1)]


@pytest.mark.parametrize("observer", [-1, 1, 99])
def test_an_observer_that_is_none_is_refused(observer: int) -> None:
    interest = Hall().interest
    for call in (interest.update, interest.members, interest.clear, interest.remove_observer):
        with pytest.raises(IndexError, match="no observer"):
            call(observer)
    with pytest.raises(IndexError, match="no observer"):
        interest.set_granted(observer, 0)
    for call_with in (interest.tie, interest.untie, interest.set_budget, interest.charge, interest.explain):
        with pytest.raises(IndexError, match="no observer"):
            call_with(observer, 0)
    with pytest.raises(IndexError, match="no entity"):
        interest.add_observer(39, 0)


@pytest.mark.parametrize(
    "rules",
    [
        {"cap": 0},
        {"cap": 65_536},
        {"radius_mm": -1},
        {"radius_mm": (1 << 25) + 1},
        {"hysteresis_mm": -1},
        {"radius_mm": 1 << 25, "hysteresis_mm": 1},
        {"tier_mm": (5, 4)},
        {"tier_mm": (-1, 4)},
        {"reserved": -1},
        {"reserved": 9},
        {"reserved": 17, "cap": 20},
        {"refresh": 0},
        {"tick_hz": 0},
        {"tick_hz": 121},
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cap|mm|tier|reserved|refresh|tick_hz"):
        Hall(**rules)


def test_it_knows_its_room() -> None:
    hall = Hall(cap=300, reserved=3, refresh=5, tick_hz=30)
    assert hall.interest.table is hall.table
    assert hall.interest.grid is hall.grid
    assert (hall.interest.cap, hall.interest.places) == (300, 40)
    assert (hall.interest.reserved, hall.interest.refresh, hall.interest.tick_hz) == (3, 5, 30)


def test_each_set_is_updated_in_its_turn_and_a_new_one_at_once() -> None:
    hall = Hall(1000, refresh=4)
    seen = []
    for tick in range(1, 9):
        hall.grid.rebuild(hall.table)
        hall.interest.begin_tick(tick, 0)
        hall.interest.step()
        seen.append(len(hall.interest.members(hall.eye)))
        hall.enter(1000 + tick)
    # The first update is the first step; observer 0 has its turns at ticks 4 and 8.
    assert seen == [1, 1, 1, 4, 4, 4, 4, 8]


def test_a_turn_that_was_missed_is_made_up_for() -> None:
    hall = Hall(1000, refresh=4)
    for tick in (4, 11):
        hall.grid.rebuild(hall.table)
        hall.interest.begin_tick(tick, 0)
        hall.interest.step()
        assert len(hall.interest.members(hall.eye)) == hall.table.count - 1
        hall.enter(2000)
