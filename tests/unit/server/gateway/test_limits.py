import pytest

from server.gateway.limits import SlidingCounter, TokenBucket


def taken(bucket: TokenBucket, now: float, tries: int) -> int:
    return sum(bucket.take(now) for _ in range(tries))


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    bucket = TokenBucket(100, 50, now=7.0)
    assert taken(bucket, 7.0, 150) == 100
    assert taken(bucket, 7.5, 150) == 25
    assert taken(bucket, 7.501, 150) == 0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(100, 50, now=0.0)
    assert taken(bucket, 1_000.0, 150) == 100


def test_time_that_goes_back_gives_and_takes_nothing() -> None:
    bucket = TokenBucket(2, 1, now=10.0)
    assert taken(bucket, 10.0, 3) == 2
    assert taken(bucket, 9.0, 1) == 0
    assert taken(bucket, 10.9, 1) == 0
    assert taken(bucket, 11.0, 1) == 1


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
