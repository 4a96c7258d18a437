"""The report as one self-contained HTML page."""

import html
from collections.abc import Sequence
from string import Template
from typing import Final

from matplotlib.figure import Figure

from loadtest.motion.statistics import DeviceStatistics
from loadtest.plots import age_figure, bytes_figure, lateness_figure, svg, updates_figure
from loadtest.report import Report, one_line

_STYLE: Final = """
:root { color-scheme: light; --ink: #1d2b36; --quiet: #5f7180; --line: #e3e9ee; --teal: #0f8b8d; --bad: #c2361b; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f7f9; color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; margin: 0 0 4px; letter-spacing: -.01em; }
h2 { font-size: 17px; margin: 40px 0 12px; }
.sub { color: var(--quiet); margin: 0 0 24px; }
.verdict { display: inline-block; padding: 3px 12px; border-radius: 99px; color: #fff; font-weight: 600; }
.good { background: var(--teal); } .bad { background: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 24px 0; }
.card, .panel { background: #fff; border: 1px solid var(--line); border-radius: 12px; }
.card { padding: 14px 16px; } .card b { display: block; font-size: 23px; font-variant-numeric: tabular-nums; }
.card span { color: var(--quiet); font-size: 13px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 14px; }
.panel { padding: 10px 14px; overflow-x: auto; } .panel + .panel { margin-top: 14px; }
.plots .panel + .panel { margin-top: 0; }
@media (max-width: 820px) { .cards { grid-template-columns: repeat(2, 1fr); } }
 .plot { width: 100%; height: auto; display: block; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); text-align: right; }
th { color: var(--quiet); font-weight: 500; } th:first-child, td:first-child { text-align: left; }
code { font-size: 13px; overflow-wrap: anywhere; }
"""

_PAGE: Final = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>$style</style></head><body><main>
$body
</main></body></html>
""")


def page(title: str, body: str) -> str:
    """Return a whole page with this body."""
    return _PAGE.substitute(title=html.escape(title), style=_STYLE, body=body)


_MOTION: Final = {"model": "the model", "model and recordings": "the model and recordings", "traces": "recordings"}


def report_page(report: Report, motion: Figure | None) -> str:
    """Return the page of a report."""
    verdict = ("good", "no errors") if report.errors == 0 else ("bad", f"{report.errors} errors")
    figures = [age_figure(report), updates_figure(report), lateness_figure(report), bytes_figure(report)]
    body = [
        f"<h1>{html.escape(report.title)}</h1>",
        f'<p class="sub">{html.escape(report.server_address)}, {html.escape(report.started)}, '
        f"motion from {_MOTION[report.motion]}, seed {report.seed}</p>",
        f'<span class="verdict {verdict[0]}">{verdict[1]}</span>',
        f'<div class="cards">{"".join(_card(value, label) for value, label in _cards(report))}</div>',
        f'<div class="plots">{"".join(panel(svg(figure)) for figure in figures)}</div>',
    ]
    if report.error_kinds:
        body.append(f"<h2>Errors</h2>{panel(_errors(report))}")
    body.append("<h2>How the avatars moved</h2>")
    if motion is not None:
        body.append(panel(svg(motion)))
    body.append(panel(motion_table([("this test", report.motion_statistics)])))
    body.append(f'<p class="sub">{html.escape(one_line(report))}. Layout {report.schema}.</p>')
    return page(f"Load test: {report.title}", "\n".join(body))


def motion_table(sets: Sequence[tuple[str, list[DeviceStatistics]]]) -> str:
    """Return the motion statistics of several sets as a table."""
    head = "".join(
        f"<th>{name}</th>"
        for name in ("set", "device", "s", "m/s p50", "p95", "p99", "max", "rad/s p50", "p95", "p99", "max", "still")
    )
    rows = []
    for name, devices in sets:
        for each in devices:
            numbers = [
                "-" if value is None else f"{value:.3g}"
                for quantiles in (each.linear, each.angular)
                for value in (
                    (quantiles.p50, quantiles.p95, quantiles.p99, quantiles.max) if quantiles else (None,) * 4
                )
            ]
            cells = [html.escape(name), each.device, f"{each.seconds:.0f}", *numbers, f"{each.still * 100:.0f} %"]
            rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def panel(content: str) -> str:
    """Return content on a white sheet."""
    return f'<div class="panel">{content}</div>'


def _card(value: str, label: str) -> str:
    return f'<div class="card"><b>{html.escape(value)}</b><span>{html.escape(label)}</span></div>'


def _cards(report: Report) -> list[tuple[str, str]]:
    every = "all bots" if report.sample_every == 1 else f"1 bot in {report.sample_every}"
    return [
        (f"{report.avatars:,}", f"avatars in {report.rooms} room{'' if report.rooms == 1 else 's'}"),
        (f"{report.updates_received:,}", f"updates in {report.seconds:.1f} s"),
        (_text(report.bytes_per_update, "{:.1f}"), "bytes per update"),
        (_text(report.pose_age_ms.p99, "{:.1f} ms"), "pose age, 99 % below"),
        (_text(report.tick_lateness_ms.p99, "{:.2f} ms"), "tick lateness, 99 % below"),
        (f"{report.frames_per_second:.2f}", f"frames a second each, of {report.tick_hz}"),
        (_text(report.server.cpu_cores, "{:.2f}"), f"server cores, {_text(report.server.rss_mb, '{:.0f} MB')}"),
        (f"{report.updates_checked:,}", f"values compared with what was sent, by {every}"),
    ]


def _errors(report: Report) -> str:
    rows = "".join(f"<tr><td>{kind}</td><td>{count}</td></tr>" for kind, count in report.error_kinds.items())
    samples = "".join(f"<p><code>{html.escape(sample)}</code></p>" for sample in report.error_samples)
    codes = ", ".join(f"{count} with {code}" for code, count in report.close_codes.items())
    closed = f"<p>Sessions closed by the server: {codes}</p>" if codes else ""
    return f"<table><tr><th>kind</th><th>count</th></tr>{rows}</table>{closed}{samples}"


def _text(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
