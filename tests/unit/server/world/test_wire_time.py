"""Server time on the wire."""

import pytest

from server.world.wire_time import seconds_since, wire_time


@pytest.mark.parametrize(
    ("now", "expected"),
    [(0.0, 0), (0.0009, 0), (1.5, 1500), (4294967.295, 2**32 - 1), (4294967.296, 0), (4294968.5, 1204)],
)
def test_milliseconds_count_up_and_wrap_at_32_bits(now: float, expected: int) -> None:
    assert wire_time(now) == expected


@pytest.mark.parametrize(
    ("then_ms", "now", "expected"),
    [(1_000, 3.5, 2.5), (2**32 - 500, 4294967.796, 1.0), (4_000, 3.5, -0.5), (0, 0.0, 0.0)],
)
def test_what_has_passed_is_told_over_the_wrap_too(then_ms: int, now: float, expected: float) -> None:
    assert seconds_since(then_ms, now) == expected
