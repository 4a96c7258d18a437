import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.ops.histogram import HistogramFamily
from server.ops.labels import LABELS
from server.ops.logging import LogCounts
from server.ops.metrics import Metrics, WorldCounts, _counters, _gauges

ROOT = Path(__file__).parents[4]

COUNTS = WorldCounts(
    avatars=3,
    sessions={"live": 2, "suspended": 1},
    rooms={"lobby": 1, "consult": 7},
    poses=1000,
    frames_sent=900,
    bytes_sent=123_456,
    frames_skipped=5,
    closes={"1000": 4, "4501": 1},
    faults={"malformed": 1},
    refused={"tickets": 9},
    events=40,
    held_bytes_most=70_000,
    errors={"feature": 2},
    operations={("props", "grab", "held"): 3},
    features={("props", "handovers"): 4},
    tasks=31,
)


def metrics(counts: WorldCounts = COUNTS) -> Metrics:
    logs = LogCounts()
    logs.lines.update(info=6, error=1)
    logs.fields_dropped = 2
    return Metrics(lambda: counts, logs, tickets=lambda: 12)


def samples(text: bytes) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("polyclinic_avatars", {}, 3),
        ("polyclinic_sessions", {"state": "connecting"}, 0),
        ("polyclinic_sessions", {"state": "live"}, 2),
        ("polyclinic_sessions", {"state": "suspended"}, 1),
        ("polyclinic_rooms", {"type": "consult"}, 7),
        ("polyclinic_poses_total", {}, 1000),
        ("polyclinic_frames_sent_total", {}, 900),
        ("polyclinic_bytes_sent_total", {}, 123_456),
        ("polyclinic_frames_skipped_total", {}, 5),
        ("polyclinic_closes_total", {"code": "4501"}, 1),
        ("polyclinic_faults_total", {"reason": "malformed"}, 1),
        ("polyclinic_refused_total", {"limit": "tickets"}, 9),
        ("polyclinic_events_total", {}, 40),
        ("polyclinic_held_bytes_most", {}, 70_000),
        ("polyclinic_tasks", {}, 31),
        ("polyclinic_errors_total", {"part": "feature"}, 2),
        ("polyclinic_operations_total", {"feature": "props", "type": "grab", "outcome": "held"}, 3),
        ("polyclinic_feature_total", {"feature": "props", "what": "handovers"}, 4),
        ("polyclinic_tickets_issued_total", {}, 12),
        ("polyclinic_log_lines_total", {"level": "info"}, 6),
        ("polyclinic_log_fields_dropped_total", {}, 2),
        ("polyclinic_log_lines_lost_total", {}, 0),
    ],
)
def test_each_count_is_told_under_its_name(name: str, labels: dict[str, str], value: float) -> None:
    assert (name, labels, value) in list(samples(metrics().render()[0]))


def test_ticks_are_told_by_room_type() -> None:
    ours = metrics()
    ours.record_tick("lobby", 0.0001, 0.003)
    ours.record_tick("lobby", 0.0002, 0.004)
    ours.record_tick("ward", 3.0, 0.0)
    told = list(samples(ours.render()[0]))
    assert ("polyclinic_tick_lateness_seconds_count", {"room_type": "lobby"}, 2.0) in told
    durations = [v for n, labels, v in told if n.endswith("duration_seconds_sum") and labels["room_type"] == "lobby"]
    assert durations == [pytest.approx(0.007)]
    above_all = [v for n, labels, v in told if n.endswith("lateness_seconds_bucket") and labels["le"] == "+Inf"]
    assert above_all == [2.0, 1.0]


def test_pauses_of_the_garbage_collector_are_told_by_generation() -> None:
    ours = metrics()
    ours.record_pause("young", 0.0002)
    ours.record_pause("young", 0.0003)
    ours.record_pause("full", 0.04)
    told = list(samples(ours.render()[0]))
    assert ("polyclinic_gc_pause_seconds_count", {"generation": "young"}, 2.0) in told
    assert ("polyclinic_gc_pause_seconds_sum", {"generation": "full"}, 0.04) in told


def test_the_process_tells_its_own_cpu_and_memory() -> None:
    names = {name for name, _, value in samples(metrics().render()[0]) if value > 0}
    assert {"process_cpu_seconds_total", "process_resident_memory_bytes"} <= names


def test_counts_are_read_anew_each_time_and_once_a_rendering() -> None:
    reads: list[int] = []

    def read() -> WorldCounts:
        reads.append(1)
        return WorldCounts(poses=len(reads))

    ours = Metrics(read, LogCounts(), tickets=lambda: 0)
    assert len(reads) == 0
    for expected in (1.0, 2.0):
        assert ("polyclinic_poses_total", {}, expected) in list(samples(ours.render()[0]))
    assert len(reads) == 2


def test_the_format_follows_the_accept_header() -> None:
    plain, plain_type = metrics().render()
    opened, opened_type = metrics().render("application/openmetrics-text; version=1.0.0")
    assert plain_type.startswith("text/plain")
    assert opened_type.startswith("application/openmetrics-text")
    assert not plain.endswith(b"# EOF\n")
    assert opened.endswith(b"# EOF\n")


def test_two_servers_in_one_process_do_not_share_metrics() -> None:
    first, second = metrics(), metrics()
    first.record_tick("lobby", 0.1, 0.1)
    assert b"room_type" in first.render()[0]
    assert b"room_type" not in second.render()[0]


def test_every_label_told_is_on_the_list() -> None:
    ours = metrics()
    ours.record_tick("lobby", 0.0, 0.0)
    ours.record_pause("young", 0.0)
    told = {label for _, labels, _ in samples(ours.render()[0]) for label in labels}
    assert told - {"le"} == LABELS


@pytest.mark.parametrize("label", ["name", "subject", "room", "session", "address", "entity"])
def test_a_label_that_is_not_on_the_list_cannot_be_made(label: str) -> None:
    assert label not in LABELS
    for make in (
        lambda: _gauges("a", "A.", label, {}),
        lambda: _counters("a", "A.", label, {}),
        lambda: HistogramFamily("a", "A.", label),
    ):
        with pytest.raises(ValueError, match="no label of the metrics"):
            make()


def test_families_with_labels_are_made_where_labels_are_checked() -> None:
    """Elsewhere a family has its value and no label: `labels` is given in the functions that check it."""
    makers = []
    for source in sorted((ROOT / "server").rglob("*.py")):
        tree = ast.parse(source.read_text())
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                makers += [
                    function.name
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call)
                    and ast.unparse(call.func).endswith("MetricFamily")
                    and (len(call.args) > 3 or any(keyword.arg == "labels" for keyword in call.keywords))
                ]
    assert sorted(makers) == ["_counted", "_gauges"]
