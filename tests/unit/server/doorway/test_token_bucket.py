from server.doorway.token_bucket import TokenBucket


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


def test_who_finds_none_is_told_how_long_it_takes() -> None:
    bucket = TokenBucket(2, 0.5, now=0.0)
    assert taken(bucket, 0.0, 3) == 2
    assert bucket.wait() == 2.0
    assert not bucket.take(1.0)
    assert bucket.wait() == 1.0
    assert bucket.take(2.0)


def test_a_bucket_knows_when_it_is_full_again() -> None:
    bucket = TokenBucket(4, 2, now=0.0)
    assert bucket.full_at() == 0.0
    assert taken(bucket, 10.0, 3) == 3
    assert bucket.full_at() == 11.5
