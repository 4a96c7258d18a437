"""Two readings of the server's metrics and what lies between."""

import pytest

from loadtest.metrics import cpu_cores, lateness_bins, longest_pause_ms, quantiles_of, read_metrics

BEFORE = """
# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 12.5
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 1.0e+08
# TYPE polyclinic_tick_lateness_seconds histogram
polyclinic_tick_lateness_seconds_bucket{le="0.001",room_type="lobby"} 10.0
polyclinic_tick_lateness_seconds_bucket{le="0.002",room_type="lobby"} 10.0
polyclinic_tick_lateness_seconds_bucket{le="+Inf",room_type="lobby"} 10.0
polyclinic_tick_lateness_seconds_bucket{le="0.001",room_type="ward"} 500.0
polyclinic_tick_lateness_seconds_bucket{le="0.002",room_type="ward"} 500.0
polyclinic_tick_lateness_seconds_bucket{le="+Inf",room_type="ward"} 500.0
polyclinic_tick_lateness_seconds_count{room_type="lobby"} 10.0
polyclinic_tick_lateness_seconds_sum{room_type="lobby"} 0.01
"""
AFTER = """
process_cpu_seconds_total 14.0
process_resident_memory_bytes 2.0e+08
polyclinic_tick_lateness_seconds_bucket{le="0.001",room_type="lobby"} 105.0
polyclinic_tick_lateness_seconds_bucket{le="0.002",room_type="lobby"} 109.0
polyclinic_tick_lateness_seconds_bucket{le="+Inf",room_type="lobby"} 110.0
polyclinic_tick_lateness_seconds_bucket{le="0.001",room_type="ward"} 900.0
polyclinic_tick_lateness_seconds_bucket{le="0.002",room_type="ward"} 900.0
polyclinic_tick_lateness_seconds_bucket{le="+Inf",room_type="ward"} 900.0
"""


def test_cpu_and_memory_are_read() -> None:
    before, after = read_metrics(BEFORE), read_metrics(AFTER)
    assert cpu_cores(before, after, 2.0) == 0.75
    assert after.rss_bytes == 2.0e8


def test_lateness_is_that_of_the_window_and_of_the_rooms_in_question() -> None:
    bins = lateness_bins(read_metrics(BEFORE, ["lobby"]), read_metrics(AFTER, ["lobby"]))
    assert [(each.upper_ms, each.ticks) for each in bins] == [(1.0, 95), (2.0, 4), (2.0, 1)]
    late = quantiles_of(bins)
    assert (late.p50, late.p99, late.max) == (1.0, 2.0, 2.0)


def test_without_room_types_all_ticks_count() -> None:
    bins = lateness_bins(read_metrics(BEFORE), read_metrics(AFTER))
    assert sum(each.ticks for each in bins) == 500


@pytest.mark.parametrize("text", ["", "process_virtual_memory_bytes 5\n"])
def test_what_a_server_does_not_say_is_unknown(text: str) -> None:
    reading = read_metrics(text)
    assert cpu_cores(reading, reading, 1.0) is None
    assert reading.rss_bytes is None
    late = quantiles_of(lateness_bins(reading, reading))
    assert (late.p50, late.p99, late.max) == (None, None, None)


def test_a_room_type_that_came_up_meanwhile_counts_from_zero() -> None:
    bins = lateness_bins(read_metrics(""), read_metrics(AFTER, ["ward"]))
    assert [(each.upper_ms, each.ticks) for each in bins] == [(1.0, 900)]


PAUSES = """
polyclinic_gc_pause_seconds_bucket{{generation="young",le="0.0002"}} {young}
polyclinic_gc_pause_seconds_bucket{{generation="young",le="0.001"}} {young}
polyclinic_gc_pause_seconds_bucket{{generation="young",le="+Inf"}} {young}
polyclinic_gc_pause_seconds_bucket{{generation="full",le="0.0002"}} 0.0
polyclinic_gc_pause_seconds_bucket{{generation="full",le="0.001"}} {full}
polyclinic_gc_pause_seconds_bucket{{generation="full",le="+Inf"}} {full}
"""


def test_the_longest_pause_is_that_of_any_generation_between_the_readings() -> None:
    first, second, third = (
        read_metrics(PAUSES.format(young=young, full=full)) for young, full in ((3.0, 0.0), (5.0, 1.0), (9.0, 1.0))
    )
    assert longest_pause_ms(first, second) == 1.0
    assert longest_pause_ms(second, third) == pytest.approx(0.2)
    assert longest_pause_ms(third, third) == 0.0
