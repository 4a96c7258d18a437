"""What the server says of itself: two readings of its metrics, and what happened between them."""

import math
from collections.abc import Iterable
from typing import Final

import msgspec
from prometheus_client.parser import text_string_to_metric_families

LATENESS: Final = "polyclinic_tick_lateness_seconds"
PAUSES: Final = "polyclinic_gc_pause_seconds"
_QUANTILES: Final = (0.5, 0.99)


class Lateness(msgspec.Struct, frozen=True):
    """How late ticks began, ms."""

    p50: float | None
    p99: float | None
    max: float | None


class LatenessBin(msgspec.Struct, frozen=True):
    """Ticks between two degrees of lateness."""

    upper_ms: float
    """Greatest lateness of the bin; infinite ones are given as that of the bin before."""
    ticks: int


class Reading(msgspec.Struct, frozen=True):
    """What the metrics said at one time."""

    cpu_seconds: float | None
    rss_bytes: float | None
    lateness: dict[float, float]
    """Cumulative ticks by upper edge in seconds."""
    pauses: dict[float, float] = msgspec.field(default_factory=dict)
    """Cumulative pauses of the garbage collector by upper edge in seconds."""


def read_metrics(text: str, room_types: Iterable[str] = ()) -> Reading:
    """Read Prometheus' text format; lateness of the given room types, or of all."""
    wanted = set(room_types)
    cpu: float | None = None
    rss: float | None = None
    lateness: dict[float, float] = {}
    pauses: dict[float, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "process_cpu_seconds_total":
                cpu = sample.value
            elif sample.name == "process_resident_memory_bytes":
                rss = sample.value
            elif sample.name == f"{LATENESS}_bucket" and (not wanted or sample.labels.get("room_type") in wanted):
                edge = float(sample.labels["le"])
                lateness[edge] = lateness.get(edge, 0.0) + sample.value
            elif sample.name == f"{PAUSES}_bucket":
                edge = float(sample.labels["le"])
                pauses[edge] = pauses.get(edge, 0.0) + sample.value
    return Reading(cpu, rss, lateness, pauses)


def longest_pause_ms(before: Reading, after: Reading) -> float:
    """Return the upper edge of the longest pause of the garbage collector between two readings; 0 if there was none."""
    counts = {edge: count - before.pauses.get(edge, 0.0) for edge, count in after.pauses.items()}
    total = max(counts.values(), default=0.0)
    return min((edge for edge, count in counts.items() if count == total), default=0.0) * 1000 if total else 0.0


def cpu_cores(before: Reading, after: Reading, seconds: float) -> float | None:
    """Return the cores the server kept busy between two readings `seconds` apart."""
    if before.cpu_seconds is None or after.cpu_seconds is None or seconds <= 0:
        return None
    return round((after.cpu_seconds - before.cpu_seconds) / seconds, 4)


def lateness_bins(before: Reading, after: Reading) -> list[LatenessBin]:
    """Return the ticks between two readings by their lateness, empty bins left out."""
    bins: list[LatenessBin] = []
    below, finite_edge = 0.0, 0.0
    for edge in sorted(after.lateness):
        count = after.lateness[edge] - before.lateness.get(edge, 0.0)
        finite_edge = edge if math.isfinite(edge) else finite_edge
        if count > below:
            bins.append(LatenessBin(round(finite_edge * 1000, 4), round(count - below)))
        below = count
    return bins


def quantiles_of(bins: list[LatenessBin]) -> Lateness:
    """Return quantiles of tick lateness, each as the upper edge of its bin: never better than it was."""
    total = sum(each.ticks for each in bins)
    if total == 0:
        return Lateness(None, None, None)
    p50, p99 = (_edge_at(bins, share * total) for share in _QUANTILES)
    return Lateness(p50, p99, bins[-1].upper_ms)


def _edge_at(bins: list[LatenessBin], rank: float) -> float:
    seen = 0
    for each in bins:
        seen += each.ticks
        if seen >= rank:
            return each.upper_ms
    return bins[-1].upper_ms
