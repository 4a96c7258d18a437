import pytest

from server.sliding_counter import SlidingCounter


def test_a_counter_allows_its_most_within_any_window() -> None:
    counter = SlidingCounter(3, 10.0)
    assert [counter.add(now) for now in (0.0, 1.0, 9.0, 9.5)] == [True, True, True, False]


@pytest.mark.parametrize(("last", "within"), [(9.99, False), (10.0, True)])
def test_a_counter_forgets_what_is_a_window_old(last: float, within: bool) -> None:
    counter = SlidingCounter(3, 10.0)
    for now in (0.0, 5.0, 6.0):
        counter.add(now)
    assert counter.add(last) is within


def test_a_steady_rate_below_the_limit_never_passes_it() -> None:
    counter = SlidingCounter(50, 60.0)
    assert all(counter.add(step * 1.25) for step in range(1_000))


def test_a_counter_can_be_looked_at_without_counting() -> None:
    counter = SlidingCounter(2, 10.0)
    assert (counter.is_full(0.0), counter.is_empty(0.0)) == (False, True)
    counter.add(0.0)
    assert (counter.is_full(1.0), counter.is_empty(1.0)) == (False, False)
    counter.add(1.0)
    assert (counter.is_full(9.9), counter.is_full(10.0)) == (True, False)
    assert (counter.is_empty(10.9), counter.is_empty(11.0)) == (False, True)
