"""Server time on the wire."""

import pytest

from server.world.wire_time import wire_time


@pytest.mark.parametrize(
    ("now", "expected"),
    [(0.0, 0), (0.0009, 0), (1.5, 1500), (4294967.295, 2**32 - 1), (4294967.296, 0), (4294968.5, 1204)],
)
def test_milliseconds_count_up_and_wrap_at_32_bits(now: float, expected: int) -> None:
    assert wire_time(now) == expected
