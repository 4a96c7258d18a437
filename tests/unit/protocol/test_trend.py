from protocol.ids import SPREAD_FIRST, SPREAD_MAX
from protocol.trend import FIRST_TREND, Trend, next_spread


def test_nothing_told_expects_no_step() -> None:
    assert FIRST_TREND.expected() == (0, 0, 0)
    assert FIRST_TREND.spread == SPREAD_FIRST


def test_a_motion_is_expected_to_go_on_at_seven_eighths() -> None:
    assert Trend((8, 16, 800), 3).expected() == (7, 14, 700)


def test_halves_of_the_expected_round_up_on_both_sides_of_zero() -> None:
    assert Trend((4, -4, 1), 3).expected() == (4, -3, 1)
    assert Trend((-1, 12, -12), 3).expected() == (-1, 11, -10)


def test_a_step_is_what_was_expected_and_what_was_told() -> None:
    assert Trend((8, 0, -8), 3).after((1, 2, 3)).steps == (8, 2, -4)


def test_a_motion_as_expected_lowers_the_spread_by_one() -> None:
    assert Trend((8, 8, 8), 5).after((0, 0, 0)).spread == 4
    assert Trend((8, 8, 8), 0).after((0, 0, 0)).spread == 0


def test_a_motion_that_surprises_raises_the_spread_halfway_at_once() -> None:
    # Codes of 2000 would suit a spread of 11.
    assert next_spread(3, [2000, 2000, 2000]) == 7
    assert next_spread(7, [2000, 2000, 2000]) == 9
    assert next_spread(10, [2000, 2000, 2000]) == 11
    assert next_spread(11, [2000, 2000, 2000]) == 11


def test_the_spread_has_a_limit() -> None:
    spread = 0
    for _ in range(9):
        spread = next_spread(spread, [1 << 25] * 3)
    assert spread == SPREAD_MAX


def test_codes_that_suit_the_spread_keep_it() -> None:
    # 9/16 of a mean of 8 has three bits.
    assert next_spread(3, [8, 8, 8]) == 3
    assert next_spread(3, [7, 7, 7]) == 2


def test_no_codes_change_nothing() -> None:
    assert next_spread(5, []) == 5


def test_a_part_at_rest_expects_nothing_and_less_and_less() -> None:
    rested = Trend((9, 9, 9), 1).at_rest()
    assert rested == Trend((0, 0, 0), 0)
    assert rested.at_rest() == rested


def test_a_rotation_turned_over_keeps_its_spread() -> None:
    assert Trend((9, 9, 9), 6).turned_over() == Trend((0, 0, 0), 6)
