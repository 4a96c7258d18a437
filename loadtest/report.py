"""The report of a load test: a versioned JSON document (docs/load-report.md) and a few lines for the terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from rich.console import Console
from rich.table import Table

from loadtest.metrics import Lateness, LatenessBin, cpu_cores, lateness_bins, quantiles_of
from loadtest.motion.statistics import DeviceStatistics
from loadtest.outcome import Outcome, Sample, age_at
from loadtest.plan import Request
from loadtest.verification import Ledger

SCHEMA: Final = "polyclinic.load/1"
SCHEMA_FILE: Final = Path(__file__).with_name("report.schema.json")
"""The JSON schema of a report."""

Count = Annotated[int, Meta(ge=0)]
Amount = Annotated[float, Meta(ge=0.0)]


class PoseAge(msgspec.Struct, frozen=True):
    """From the moment a pose was sent to the moment another bot decoded it, ms; null when none was measured."""

    p50: Amount | None
    p95: Amount | None
    p99: Amount | None
    max: Amount | None


class ServerLoad(msgspec.Struct, frozen=True):
    """What the server's metrics say of the window; null when they could not be read."""

    cpu_cores: Amount | None
    rss_mb: Amount | None


class BotsLoad(msgspec.Struct, frozen=True):
    """What the bots cost."""

    cpu_cores: Amount


class Second(msgspec.Struct, frozen=True):
    """The time between two samples, about half a second."""

    t: Amount
    """s since the window began, at its end."""
    avatars: Count
    updates_per_second: Amount
    bytes_per_update: Amount | None
    age_p99_ms: Amount | None
    errors: Count
    """So far."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a load test found. All rates and sums are of the measured window; errors are of the whole test."""

    schema: Literal["polyclinic.load/1"] = SCHEMA
    """Name and version of this layout; a change of meaning makes a new version."""
    started: str
    """When, RFC 3339."""
    server_address: str
    scenario: str
    """Its name, or `room` when only a room was named."""
    title: str
    """What the scenario says of itself."""
    motion: Literal["model", "model and recordings", "traces"]
    """The project's model, the model with the project's own recordings among it, or the traces that were given."""
    seed: int
    avatars: Count
    """Present at a time: the mean over the window, rounded."""
    joins: Count
    """Sessions that became live, over the whole test."""
    rooms: Count
    room_types: list[str]
    seconds: Amount
    """Length of the measured window."""
    tick_hz: Count
    """Snapshots a second of the rooms."""
    send_hz: Amount
    """Poses a second of each avatar."""
    sample_every: Count
    """Every nth bot compared values with what was sent; all checked structure, order and canaries."""
    errors: Count
    error_kinds: dict[str, int]
    error_samples: list[str]
    """The first of them in words."""
    sessions_lost: Count
    close_codes: dict[str, int]
    """Of sockets that closed before their bot said goodbye."""
    foreign_canaries: Count
    event_gaps: Count
    avatars_seen: Count
    """Avatars that somebody else saw."""
    avatars_unseen: Count
    poses_sent: Count
    updates_received: Count
    updates_checked: Count
    """Compared with what was sent."""
    ages_measured: Count
    """Updates whose age was taken: those that brought the observer a value it did not hold."""
    bytes_received: Count
    """Of snapshots with the headers of their WebSocket frames."""
    bytes_per_update: Amount | None
    frames_received: Count
    frames_per_second: Amount
    """Snapshots delivered to each avatar."""
    bytes_per_frame: Amount | None
    pose_age_ms: PoseAge
    tick_lateness_ms: Lateness
    """How late the server began its ticks, by its own metrics: upper edges of histogram bins."""
    server: ServerLoad
    bots: BotsLoad
    ended_early: bool
    """Whether every session was lost before the window was over."""
    timeline: list[Second]
    age_histogram: list[tuple[float, int]]
    """Upper edge in ms and count, of bins that are not empty, at most a few hundred."""
    lateness_histogram: list[LatenessBin]
    handling: dict[str, int] = {}
    """Operations on things by type, refused ones as `type:code`; `compared`: how often bots' knowledge was compared."""
    motion_statistics: list[DeviceStatistics]
    """How the avatars of this test moved."""


def build(
    request: Request, outcome: Outcome, motion: list[DeviceStatistics], started: str, *, recorded: bool = False
) -> Report:
    """Make a report of what was measured. `recorded`: whether anybody's motion was not the model's."""
    modelled: Literal["model", "model and recordings"] = "model and recordings" if recorded else "model"
    witness, ledger = outcome.ledger.witness, outcome.ledger
    seconds = outcome.seconds
    late = lateness_bins(outcome.before, outcome.after) if outcome.before and outcome.after else []
    counts = ledger.counts()
    return Report(
        started=started,
        server_address=request.server,
        scenario=request.scenario_name,
        title=request.scenario.title if request.room is None else f"everybody in {request.room}",
        motion=modelled if request.traces is None else "traces",
        seed=request.seed,
        avatars=round(outcome.avatar_seconds / seconds) if seconds else 0,
        joins=outcome.joins,
        rooms=len(outcome.rooms),
        room_types=sorted({room.type for room in outcome.rooms}),
        seconds=round(seconds, 3),
        tick_hz=outcome.tick_hz,
        send_hz=request.hz or float(outcome.tick_hz),
        sample_every=request.checks_every,
        errors=ledger.total,
        error_kinds=counts,
        error_samples=ledger.samples(),
        sessions_lost=counts.get("session_lost", 0),
        close_codes={str(code): count for code, count in sorted(ledger.close_codes.items())},
        foreign_canaries=counts.get("foreign_canary", 0),
        event_gaps=counts.get("event_gap", 0),
        avatars_seen=outcome.places - outcome.unseen,
        avatars_unseen=outcome.unseen,
        poses_sent=witness.poses,
        updates_received=witness.records,
        updates_checked=witness.checked,
        ages_measured=witness.dated,
        bytes_received=witness.snapshot_bytes,
        bytes_per_update=_ratio(witness.snapshot_bytes, witness.records),
        frames_received=witness.frames,
        frames_per_second=round(witness.frames / outcome.avatar_seconds, 3) if outcome.avatar_seconds else 0.0,
        bytes_per_frame=_ratio(witness.snapshot_bytes, witness.frames),
        pose_age_ms=PoseAge(
            age_at(outcome.ages, 0.50),
            age_at(outcome.ages, 0.95),
            age_at(outcome.ages, 0.99),
            round(witness.age_max_ns / 1e6, 3) if witness.dated else None,
        ),
        tick_lateness_ms=quantiles_of(late),
        server=_server_load(outcome),
        bots=BotsLoad(round(outcome.bots_cpu_seconds / seconds, 4) if seconds else 0.0),
        ended_early=seconds < request.seconds * 0.95,
        timeline=_timeline(outcome.samples),
        age_histogram=_thin(outcome),
        lateness_histogram=late,
        handling=_handling(ledger),
        motion_statistics=motion,
    )


def _handling(ledger: Ledger) -> dict[str, int]:
    compared = {"compared": ledger.truths.compared} if ledger.truths.compared else {}
    return {**dict(sorted(ledger.handling.items())), **compared}


def _ratio(amount: int, count: int) -> float | None:
    return round(amount / count, 3) if count else None


def _server_load(outcome: Outcome) -> ServerLoad:
    before, after = outcome.before, outcome.after
    if before is None or after is None:
        return ServerLoad(None, None)
    rss = None if after.rss_bytes is None else round(after.rss_bytes / 1e6, 1)
    return ServerLoad(cpu_cores(before, after, outcome.reading_seconds), rss)


def _timeline(samples: list[Sample]) -> list[Second]:
    seconds = []
    last = Sample(0.0, 0, 0, 0, 0, 0, None)
    for sample in samples:
        records = sample.records - last.records
        seconds.append(
            Second(
                t=round(sample.seconds, 3),
                avatars=sample.avatars,
                updates_per_second=round(records / max(sample.seconds - last.seconds, 1e-9), 1),
                bytes_per_update=_ratio(sample.bytes - last.bytes, records),
                age_p99_ms=sample.age_p99_ms,
                errors=sample.errors,
            )
        )
        last = sample
    return seconds


_AGE_BIN_MS: Final = 0.25
_FINE_BINS: Final = 4
"""Bins of the witness that make one of the report."""


def _thin(outcome: Outcome) -> list[tuple[float, int]]:
    """Return the age histogram in bins of 1 ms, empty ones left out."""
    width = _AGE_BIN_MS * _FINE_BINS
    coarse = outcome.ages.reshape(-1, _FINE_BINS).sum(axis=1)
    return [((index + 1) * width, int(count)) for index, count in enumerate(coarse) if count]


def encode(report: Report) -> bytes:
    """Write a report as JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def decode(data: bytes) -> Report:
    """Read a report. Raises msgspec.ValidationError for one of another layout."""
    return msgspec.json.decode(data, type=Report)


def json_schema() -> bytes:
    """Return the JSON schema of a report, as `report.schema.json` holds it."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Report)), indent=2) + b"\n"


def show(report: Report, console: Console) -> None:
    """Print a line and a small table."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, value in _rows(report):
        table.add_row(name, value)
    console.print(table)
    for kind, count in report.error_kinds.items():
        console.print(f"  [red]{count}[/] {kind}")
    for sample in report.error_samples[:3]:
        console.print(f"    {sample}", highlight=False, markup=False)
    if report.close_codes:
        codes = ", ".join(f"{count} with {code}" for code, count in report.close_codes.items())
        console.print(f"sessions closed by the server: {codes}", highlight=False)
    console.print(one_line(report), style="bold green" if report.errors == 0 else "bold red", highlight=False)


def one_line(report: Report) -> str:
    """Sum the report up in a line."""
    return (
        f"{report.avatars} avatars, {report.updates_received:,} updates in {report.seconds:.1f} s, "
        f"{_number(report.bytes_per_update, 1)} bytes/update, pose age p99 {_number(report.pose_age_ms.p99, 1)} ms, "
        f"tick lateness p99 {_number(report.tick_lateness_ms.p99, 2)} ms, "
        f"{report.errors} error{'' if report.errors == 1 else 's'}"
    )


def _rows(report: Report) -> list[tuple[str, str]]:
    age, late = report.pose_age_ms, report.tick_lateness_ms
    every = "all" if report.sample_every == 1 else f"1 in {report.sample_every}"
    return [
        ("avatars", f"{report.avatars} in {report.rooms} room{'' if report.rooms == 1 else 's'}"),
        ("seen by others", str(report.avatars_seen)),
        ("ticks / poses", f"{report.tick_hz} / {report.send_hz:g} Hz"),
        ("frames delivered", f"{report.frames_per_second:.2f} /s each"),
        ("bytes per frame", _number(report.bytes_per_frame, 0)),
        ("pose age", _spread((("p50", age.p50), ("p95", age.p95), ("p99", age.p99), ("max", age.max)), 1)),
        ("tick lateness", _spread((("p50", late.p50), ("p99", late.p99), ("max", late.max)), 2)),
        ("server", f"{_number(report.server.cpu_cores, 2)} cores, {_number(report.server.rss_mb, 0)} MB"),
        ("bots", f"{report.bots.cpu_cores:.2f} cores, values checked by {every}"),
    ]


def _spread(values: Sequence[tuple[str, float | None]], digits: int) -> str:
    """Return milliseconds, each with the share of values that are below it."""
    return ", ".join(f"{label} {_number(value, digits)}" for label, value in values) + " ms"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"
