"""The grid: who is near, whatever the width of its cells."""

from __future__ import annotations

import pytest

from core_ext import EntityTable, Grid, Interest

UPRIGHT = (3, 0, 0, 0)


def table_of(*places: tuple[int, int], bounds: tuple[int, ...] = (-5000, 0, -5000, 5000, 3000, 5000)) -> EntityTable:
    table = EntityTable(max(1, len(places)), bounds)
    for x, z in places:
        table.place(table.add(1, 0, b"", 0), x, 0, z, UPRIGHT)
    return table


@pytest.mark.parametrize("cell_mm", [1, 10, 1000, 4000, 1 << 24])
def test_it_finds_what_is_within_the_radius_and_nothing_else(cell_mm: int) -> None:
    grid = Grid(cell_mm)
    grid.rebuild(table_of((0, 0), (300, 400), (300, 401), (-5000, -5000), (5000, 5000)))
    assert grid.cell_mm == cell_mm
    assert grid.count == 5
    assert grid.query(0, 0, 500) == [0, 1]
    assert grid.query(0, 0, 0) == [0]
    assert grid.query(5000, 5000, 1) == [4]
    assert grid.query(0, 0, 30_000) == [0, 1, 2, 3, 4]
    assert grid.query(0, 0, -1) == []


def test_an_empty_grid_finds_nothing() -> None:
    grid = Grid(1000)
    assert grid.query(0, 0, 1000) == []
    grid.rebuild(table_of())
    assert grid.query(0, 0, 1000) == []


def test_it_shows_the_moment_of_its_last_rebuild() -> None:
    table, grid = table_of((0, 0), (10, 0)), Grid(1000)
    grid.rebuild(table)
    table.place(0, 4000, 0, 4000, UPRIGHT)
    table.set_present(1, present=False)
    assert grid.query(0, 0, 100) == [0, 1]
    grid.rebuild(table)
    assert grid.query(0, 0, 100) == []
    assert grid.query(4000, 4000, 100) == [0]


def test_what_was_placed_outside_the_room_is_found_there() -> None:
    grid = Grid(700)
    grid.rebuild(table_of((-9000, 0), (9000, 9000), (0, 0)))
    assert grid.query(-9000, 0, 10) == [0]
    assert grid.query(9000, 9000, 10) == [1]
    assert grid.query(0, 0, 10) == [2]


def test_a_room_of_sixteen_kilometres_is_no_harder_than_a_cupboard() -> None:
    most = 8_388_607
    grid = Grid(1)
    grid.rebuild(table_of((-most, most), (most, -most), (0, 0), bounds=(-most, -most, -most, most, most, most)))
    assert grid.query(most, -most, 0) == [1]
    assert grid.query(0, 0, 1 << 25) == [0, 1, 2]
    grid = Grid(1)
    grid.rebuild(table_of((1, 1), bounds=(1, 1, 1, 1, 1, 1)))
    assert grid.query(0, 0, 2) == [0]


@pytest.mark.parametrize("cell_mm", [0, -5, (1 << 24) + 1])
def test_a_cell_has_a_width(cell_mm: int) -> None:
    with pytest.raises(ValueError, match="wide"):
        Grid(cell_mm)


@pytest.mark.parametrize("query", [(1 << 25, 0, 5), (0, -(1 << 25), 5), (0, 0, 1 << 27)])
def test_a_query_stays_within_what_integers_hold(query: tuple[int, int, int]) -> None:
    grid = Grid(1000)
    grid.rebuild(table_of((0, 0)))
    with pytest.raises(ValueError, match="24 bits"):
        grid.query(*query)


def test_a_grid_is_of_one_table() -> None:
    grid, table = Grid(1000), table_of((0, 0))
    Interest(table, grid, radius_mm=1, hysteresis_mm=0, cap=1, tier_mm=(1, 1))
    for build in (
        lambda: grid.rebuild(table_of((0, 0))),
        lambda: Interest(table_of((0, 0)), grid, radius_mm=1, hysteresis_mm=0, cap=1, tier_mm=(1, 1)),
    ):
        with pytest.raises(ValueError, match="another table"):
            build()
    grid.rebuild(table)
    assert grid.count == 1
