"""The server's metrics for Prometheus, read from counters that exist anyway, at the moment somebody asks.

Nothing here runs for a pose, a frame or an event. Ticks are recorded as they end (`record_tick`), everything else is
pulled through `WorldCounts` when `/metrics` is asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from server.ops.histogram import HistogramFamily
from server.ops.labels import checked_label
from server.ops.logging import LogCounts

SESSION_STATES: Final = ("connecting", "live", "suspended")
"""States a session may be counted in; all are told, so that a graph has no gaps where there is nobody."""


@dataclass(slots=True, kw_only=True)
class WorldCounts:
    """What the world and the gateway have counted so far; gauges are of this moment, the rest since the start."""

    avatars: int = 0
    """People with a place in a room."""
    sessions: Mapping[str, int] = field(default_factory=dict)
    """Sessions by state."""
    rooms: Mapping[str, int] = field(default_factory=dict)
    """Open rooms by type."""
    poses: int = 0
    """Poses received."""
    frames_sent: int = 0
    """Snapshots sent."""
    bytes_sent: int = 0
    """Bytes of WebSocket frames sent."""
    frames_skipped: int = 0
    """Snapshots not made because the client's socket was not drained."""
    closes: Mapping[str, int] = field(default_factory=dict)
    """Connections that ended, by close code."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """Connections that a peer's fault ended, by reason."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """What was turned away because there is too much of it, by the limit's setting."""
    events: int = 0
    """Events handed to sessions."""
    held_bytes_most: int = 0
    """The most that any one client made the process hold."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """Faults of the server itself, by the part that caught them."""
    operations: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    """Operations by feature, type and outcome: `ok` or the code of the refusal."""
    features: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What features count of their own, by feature and what."""
    tasks: int = 0
    """What the event loop has under way."""


class Metrics:
    """All metrics of one server, in a registry of their own. The scheduler's `TickRecorder`."""

    def __init__(self, read: Callable[[], WorldCounts], logs: LogCounts, *, tickets: Callable[[], int]) -> None:
        """`read` gives the world's counts, `tickets` the number of tickets issued; called once for each rendering."""
        self.registry: Final = CollectorRegistry()
        self._lateness = HistogramFamily(
            "polyclinic_tick_lateness_seconds", "How late a room's tick began.", "room_type"
        )
        self._duration = HistogramFamily(
            "polyclinic_tick_duration_seconds", "How long a room's tick took, its snapshots included.", "room_type"
        )
        self._pauses = HistogramFamily(
            "polyclinic_gc_pause_seconds", "How long Python's garbage collector held everything.", "generation"
        )
        self.registry.register(_WorldCollector(read))
        self.registry.register(_HouseCollector(logs, tickets))
        ProcessCollector(registry=self.registry)

    def record_tick(self, room_type: str, lateness: float, duration: float) -> None:
        """Count one tick; both times in seconds."""
        self._lateness.observe(room_type, lateness)
        self._duration.observe(room_type, duration)

    def record_pause(self, generation: str, seconds: float) -> None:
        """Count one run of Python's garbage collector."""
        self._pauses.observe(generation, seconds)

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """Write all metrics in the format an `Accept` header asks for; the bytes and their content type."""
        encode, content_type = choose_encoder(accept)
        # In front: what the library writes last ends an OpenMetrics text.
        histograms = self._lateness.write() + self._duration.write() + self._pauses.write()
        return histograms.encode() + encode(self.registry), content_type


class _WorldCollector(Collector):
    """Turns `WorldCounts` into metrics."""

    def __init__(self, read: Callable[[], WorldCounts]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        counts = self._read()
        yield GaugeMetricFamily("polyclinic_avatars", "People with a place in a room.", counts.avatars)
        states = dict.fromkeys(SESSION_STATES, 0) | dict(counts.sessions)
        yield _gauges("polyclinic_sessions", "Sessions by state.", "state", states)
        yield _gauges("polyclinic_rooms", "Open rooms by type.", "type", counts.rooms)
        yield CounterMetricFamily("polyclinic_poses_total", "Poses received.", counts.poses)
        yield CounterMetricFamily("polyclinic_frames_sent_total", "Snapshots sent.", counts.frames_sent)
        yield CounterMetricFamily("polyclinic_bytes_sent_total", "Bytes sent to clients.", counts.bytes_sent)
        yield CounterMetricFamily(
            "polyclinic_frames_skipped_total", "Snapshots not made for a socket not drained.", counts.frames_skipped
        )
        yield _counters("polyclinic_closes_total", "Connections that ended, by close code.", "code", counts.closes)
        yield _counters("polyclinic_faults_total", "Faults of peers, by reason.", "reason", counts.faults)
        yield _counters("polyclinic_refused_total", "Turned away as too much, by limit.", "limit", counts.refused)
        yield CounterMetricFamily("polyclinic_events_total", "Events handed to sessions.", counts.events)
        yield GaugeMetricFamily(
            "polyclinic_held_bytes_most", "Most bytes held for any one client since the start.", counts.held_bytes_most
        )
        yield GaugeMetricFamily("polyclinic_tasks", "Tasks of the event loop that are not done.", counts.tasks)
        yield _counters("polyclinic_errors_total", "Faults of the server, by part.", "part", counts.errors)
        operations = ("feature", "type", "outcome")
        yield _counted(
            "polyclinic_operations_total", "Operations asked of features.", operations, counts.operations.items()
        )
        features = ("feature", "what")
        yield _counted(
            "polyclinic_feature_total", "What features count of their own.", features, counts.features.items()
        )


class _HouseCollector(Collector):
    """What the front desk and the log have counted."""

    def __init__(self, logs: LogCounts, tickets: Callable[[], int]) -> None:
        self._logs = logs
        self._tickets = tickets

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily("polyclinic_tickets_issued_total", "Join tickets issued.", self._tickets())
        yield _counters("polyclinic_log_lines_total", "Log lines written, by level.", "level", self._logs.lines)
        yield CounterMetricFamily(
            "polyclinic_log_fields_dropped_total", "Log fields that are not allowed.", self._logs.fields_dropped
        )
        yield CounterMetricFamily("polyclinic_log_lines_lost_total", "Log lines nobody took.", self._logs.lines_lost)


def _gauges(name: str, documentation: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, documentation, labels=[checked_label(label)])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counters(name: str, documentation: str, label: str, values: Mapping[str, int]) -> Metric:
    return _counted(name, documentation, (label,), (((key,), value) for key, value in values.items()))


def _counted(
    name: str, documentation: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], int]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, documentation, labels=[checked_label(label) for label in labels])
    for keys, value in values:
        family.add_metric(keys, value)
    return family
