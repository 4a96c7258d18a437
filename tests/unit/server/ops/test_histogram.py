import random
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client import Histogram as LibraryHistogram
from prometheus_client.exposition import choose_encoder

from server.ops.histogram import SECONDS_BOUNDS, Histogram, HistogramFamily, geometric_bounds


def test_the_bounds_of_seconds_reach_from_50_us_to_2_s_in_steps_of_a_quarter() -> None:
    assert SECONDS_BOUNDS[0] == 50e-6
    assert SECONDS_BOUNDS[-2] < 2.0 <= SECONDS_BOUNDS[-1]
    assert all(above / below == pytest.approx(1.25) for below, above in pairwise(SECONDS_BOUNDS))


def test_geometric_bounds_end_at_the_first_that_reaches_the_greatest() -> None:
    assert geometric_bounds(1.0, 2.0, 8.0) == (1.0, 2.0, 4.0, 8.0)
    assert geometric_bounds(1.0, 2.0, 9.0) == (1.0, 2.0, 4.0, 8.0, 16.0)


def test_a_value_equal_to_a_bound_counts_below_it_and_one_above_all_counts_last() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.0, 1.0, 1.5, 2.0, 2.1, 1e9):
        histogram.observe(value)
    assert list(histogram.counts) == [2, 2, 2]
    assert histogram.cumulative() == [2, 4, 6]
    assert histogram.total == pytest.approx(6.6 + 1e9)


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
def test_a_family_is_written_as_the_library_writes_its_own(accept: str) -> None:
    draw = random.Random(7)
    registry = CollectorRegistry()
    library = LibraryHistogram(
        "lateness_seconds", "How late.", ["room_type"], buckets=SECONDS_BOUNDS, registry=registry
    )
    family = HistogramFamily("lateness_seconds", "How late.", "room_type")
    for _ in range(500):
        label, value = draw.choice(["lobby", "ward"]), draw.expovariate(100.0)
        family.observe(label, value)
        library.labels(label).observe(value)
    # The library tells besides when each histogram was made.
    written = [line for line in choose_encoder(accept)[0](registry).decode().splitlines() if "_created" not in line]
    assert family.write().splitlines() == [line for line in written if line != "# EOF"]


def test_a_family_of_nothing_is_only_announced() -> None:
    written = HistogramFamily("lateness_seconds", "How late.", "room_type").write()
    assert written == "# HELP lateness_seconds How late.\n# TYPE lateness_seconds histogram\n"
