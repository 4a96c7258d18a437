"""When a room shows less because its server cannot keep up, and when it shows all again."""

from __future__ import annotations

import pytest

from server.world.strain import CALM_SECONDS, LONG_TICKS, SETTLE_SECONDS, STRAIN_MAX, Strain

PERIOD = 0.05
LONG, BETWEEN, SHORT = 0.8 * PERIOD, 0.6 * PERIOD, 0.3 * PERIOD


class Clocked:
    """A strain whose ticks come on their beat."""

    def __init__(self) -> None:
        self.strain = Strain(PERIOD)
        self.now = 100.0

    def ticks(self, took: float, count: int) -> list[int]:
        levels = []
        for _ in range(count):
            self.now += PERIOD
            levels.append(self.strain.note(took, self.now))
        return levels

    def seconds(self, took: float, seconds: float) -> list[int]:
        return self.ticks(took, round(seconds / PERIOD))


@pytest.fixture
def clocked() -> Clocked:
    return Clocked()


def test_a_room_is_not_strained_while_its_ticks_are_done_in_time(clocked: Clocked) -> None:
    assert set(clocked.seconds(BETWEEN, 20.0)) == {0}


def test_a_few_long_ticks_are_an_accident_and_more_in_a_row_are_none(clocked: Clocked) -> None:
    for _ in range(5):
        assert clocked.ticks(LONG, LONG_TICKS - 1) == [0] * (LONG_TICKS - 1)
        assert clocked.ticks(BETWEEN, 1) == [0]
    assert clocked.ticks(LONG, LONG_TICKS) == [0] * (LONG_TICKS - 1) + [1]


def test_each_step_gets_time_to_tell_before_the_next(clocked: Clocked) -> None:
    levels = clocked.seconds(LONG, 3.0)
    raised_at = [PERIOD * levels.index(level) for level in (1, 2, 3)]
    assert raised_at[1] - raised_at[0] >= SETTLE_SECONDS - 1e-9
    assert raised_at[2] - raised_at[1] >= SETTLE_SECONDS - 1e-9


def test_there_are_so_many_steps_and_no_more(clocked: Clocked) -> None:
    assert clocked.seconds(LONG, 30.0)[-1] == STRAIN_MAX


def test_a_step_is_taken_back_after_some_calm_and_then_the_next(clocked: Clocked) -> None:
    clocked.seconds(LONG, 5.0)
    levels = clocked.seconds(SHORT, STRAIN_MAX * CALM_SECONDS + 1.0)
    for step, level in enumerate((2, 1, 0), 1):
        assert PERIOD * (levels.index(level) + 1) == pytest.approx(step * CALM_SECONDS, abs=4 * PERIOD)


def test_what_is_forgotten_is_strain_and_load_and_what_led_to_them(clocked: Clocked) -> None:
    clocked.seconds(LONG, 5.0)
    clocked.ticks(LONG, LONG_TICKS - 1)
    clocked.strain.forget()
    assert (clocked.strain.level, clocked.strain.load) == (0, 0.0)
    assert clocked.ticks(LONG, LONG_TICKS) == [0] * (LONG_TICKS - 1) + [1]


def test_what_is_neither_long_nor_short_leaves_all_as_it_is(clocked: Clocked) -> None:
    clocked.seconds(LONG, 1.0)
    assert len(set(clocked.seconds(BETWEEN, 60.0))) == 1


def test_a_tick_that_is_not_short_begins_the_calm_anew(clocked: Clocked) -> None:
    clocked.seconds(LONG, 5.0)
    for _ in range(4):
        clocked.seconds(SHORT, CALM_SECONDS - 0.5)
        assert clocked.ticks(BETWEEN, 1) == [STRAIN_MAX]
