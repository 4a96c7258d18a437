"""The report: its numbers, its layout, its words."""

import io
import json
import re

import msgspec
import pytest
from rich.console import Console

from loadtest.outcome import Outcome
from loadtest.plan import Request
from loadtest.report import SCHEMA_FILE, Report, build, decode, encode, json_schema, one_line, show

PROMISED = {
    "schema", "avatars", "seconds", "tick_hz", "errors", "error_kinds", "sessions_lost", "updates_received",
    "bytes_per_update", "frames_per_second", "bytes_per_frame", "pose_age_ms", "tick_lateness_ms", "server", "bots",
    "foreign_canaries", "event_gaps", "avatars_seen", "close_codes", "sample_every", "scenario", "motion",
}  # fmt: skip


def shown(report: Report) -> str:
    console = Console(file=io.StringIO(), width=200)
    show(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_report_has_what_is_promised(report: Report) -> None:
    tree = json.loads(encode(report))
    assert set(tree) >= PROMISED
    assert tree["schema"] == "polyclinic.load/1"
    assert set(tree["pose_age_ms"]) == {"p50", "p95", "p99", "max"}
    assert set(tree["tick_lateness_ms"]) == {"p50", "p99", "max"}
    assert set(tree["server"]) == {"cpu_cores", "rss_mb"}


def test_the_numbers_are_those_of_the_window(report: Report) -> None:
    assert (report.avatars, report.joins, report.avatars_seen) == (50, 50, 50)
    assert report.pose_age_ms.p50 == 30.25
    assert report.server.cpu_cores == 0.5
    assert report.server.rss_mb == 110.0
    assert (report.tick_lateness_ms.p50, report.tick_lateness_ms.p99) == (1.0, 2.0)
    assert report.bots.cpu_cores == 0.25
    assert report.timeline[0].updates_per_second == 1_000.0
    assert report.timeline[0].bytes_per_update == 20.0
    assert report.timeline[1].bytes_per_update is None
    assert sum(count for _, count in report.age_histogram) == 801
    assert not report.ended_early


def test_a_report_is_read_back_as_it_was(report: Report) -> None:
    assert decode(encode(report)) == report


def test_the_schema_file_is_the_schema() -> None:
    assert SCHEMA_FILE.read_bytes() == json_schema(), "python -m loadtest schema > loadtest/report.schema.json"


def test_another_layout_is_refused(report: Report) -> None:
    tree = json.loads(encode(report))
    tree["schema"] = "polyclinic.load/2"
    with pytest.raises(msgspec.ValidationError):
        decode(json.dumps(tree).encode())


def test_a_server_that_went_away_leaves_gaps_and_no_crash(request_made: Request, outcome: Outcome) -> None:
    outcome.after = None
    outcome.seconds = outcome.avatar_seconds = 0.0
    outcome.samples, outcome.ages = [], outcome.ages * 0
    for _ in range(50):
        outcome.ledger.note_lost("Bot", 1012, "restart")
    report = build(request_made, outcome, [], "")
    assert report.ended_early
    assert report.server.cpu_cores is None
    assert report.pose_age_ms.max is None
    assert report.close_codes == {"1012": 50}
    assert report.sessions_lost == 50
    words = shown(report)
    assert "sessions closed by the server: 50 with 1012" in words
    assert "50 errors" in words


def test_the_terminal_gets_a_table_and_a_line(report: Report) -> None:
    words = shown(report)
    assert "bytes per frame" in words
    assert "50 in 1 room" in words
    # 7 / 8 / 9 alone would not say which is which.
    assert re.search(r"pose age\W+p50 [\d.]+, p95 [\d.]+, p99 40\.0, max - ms", words)
    assert re.search(r"tick lateness\W+p50 [\d.]+, p99 2\.00, max [\d.]+ ms", words)
    assert one_line(report) in words
    assert one_line(report).endswith("pose age p99 40.0 ms, tick lateness p99 2.00 ms, 0 errors")


def test_memory_that_the_server_does_not_tell_is_unknown(request_made: Request, outcome: Outcome) -> None:
    assert outcome.after is not None
    outcome.after = msgspec.structs.replace(outcome.after, rss_bytes=None)
    assert build(request_made, outcome, [], "").server.rss_mb is None


def test_motion_from_both_is_told_as_both(request_made: Request, outcome: Outcome) -> None:
    assert build(request_made, outcome, [], "").motion == "model"
    assert build(request_made, outcome, [], "", recorded=True).motion == "model and recordings"
