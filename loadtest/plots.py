"""The figures of a report, as matplotlib draws them: SVG for the page, the same figure for whoever wants a PNG."""

import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loadtest.motion.statistics import SpeedSamples
from loadtest.report import Report

INK: Final = "#1d2b36"
QUIET: Final = "#7a8b99"
GRID: Final = "#e3e9ee"
TEAL: Final = "#0f8b8d"
CORAL: Final = "#e4572e"
SAND: Final = "#e9b44c"
_STYLE: Final[Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": QUIET,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "legend.frameon": False,
    "svg.fonttype": "none",
    # Ids in the SVG would differ from run to run.
    "svg.hashsalt": "polyclinic",
    "figure.constrained_layout.use": True,
}


def style() -> AbstractContextManager[None]:
    """Draw in the project's look while this context lasts."""
    return mpl.rc_context(_STYLE)


_SIZE: Final = (6.4, 3.1)


def new_figure(title: str, width: float = _SIZE[0], height: float = _SIZE[1]) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes under a title."""
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set_title(title)
    return figure, axes


def age_figure(report: Report) -> Figure:
    """Draw pose age: histogram and cumulative share, with two ticks + 20 ms for comparison."""
    with style():
        figure, axes = new_figure("Pose age: from sending to another's decode")
        edges = np.array([edge for edge, _ in report.age_histogram])
        counts = np.array([count for _, count in report.age_histogram], np.float64)
        axes.set_xlabel("ms")
        axes.set_ylabel("share of updates per ms")
        axes.yaxis.set_major_formatter(_percent)
        if counts.size:
            shares = counts / counts.sum()
            axes.bar(edges - 0.5, shares, width=1.0, color=TEAL, alpha=0.85, linewidth=0)
            cumulative = axes.twinx()
            cumulative.step(edges, np.cumsum(shares), where="post", color=INK, linewidth=1.4)
            cumulative.set_ylim(0, 1.02)
            cumulative.yaxis.set_major_formatter(_percent)
            cumulative.grid(visible=False)
            cumulative.set_ylabel("younger than")
            cumulative.spines["right"].set_visible(False)
            _mark(axes, report.pose_age_ms.p99, "p99", CORAL)
            limit = 2000 / report.tick_hz + 20 if report.tick_hz else None
            _mark(axes, limit, "2 ticks + 20 ms", QUIET, row=1)
            # The last thousandth would press the rest into a corner.
            nearly_all = float(edges[np.cumsum(shares) <= 0.999].max(initial=edges[0]))  # noqa: PLR2004
            axes.set_xlim(0, max((limit or 0) * 1.15, (report.pose_age_ms.p99 or 0) * 1.15, nearly_all))
    return figure


def _percent(value: float, _position: object = None) -> str:
    return f"{value * 100:g} %"


def _mark(axes: Axes, x: float | None, label: str, colour: str, row: int = 0) -> None:
    if x is None:
        return
    axes.axvline(x, color=colour, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.annotate(
        f"{label} {x:.3g}",
        (x, 0.97 - 0.08 * row),
        xycoords=("data", "axes fraction"),
        xytext=(4, 0),
        textcoords="offset points",
        color=colour,
        fontsize=8.5,
        va="top",
    )


def updates_figure(report: Report) -> Figure:
    """Draw updates a second and avatars over the window."""
    with style():
        figure, axes = new_figure("Updates received")
        t = [each.t for each in report.timeline]
        rates = [each.updates_per_second / 1000 for each in report.timeline]
        axes.fill_between(t, rates, color=TEAL, alpha=0.15, linewidth=0)
        axes.plot(t, rates, color=TEAL, linewidth=1.8, label="thousand updates/s")
        axes.set_xlabel("s")
        axes.set_ylabel("thousand / s", color=TEAL)
        axes.set_ylim(0, max([*rates, 0.001]) * 1.2)
        people = axes.twinx()
        people.plot(t, [each.avatars for each in report.timeline], color=SAND, linewidth=1.6)
        people.set_ylabel("avatars", color=SAND)
        people.set_ylim(0, max([each.avatars for each in report.timeline] + [1]) * 1.2)
        people.grid(visible=False)
    return figure


def lateness_figure(report: Report) -> Figure:
    """Draw how late ticks began."""
    with style():
        figure, axes = new_figure("Tick lateness, as the server measured it")
        axes.set_xlabel("ms (logarithmic)")
        axes.set_ylabel("share of ticks")
        axes.yaxis.set_major_formatter(_percent)
        bins = report.lateness_histogram
        if bins:
            total = sum(each.ticks for each in bins)
            uppers = np.array([each.upper_ms for each in bins])
            # The server's bins grow by a quarter each.
            widths = uppers * (1 - 1 / 1.25)
            axes.bar(
                uppers - widths, [each.ticks / total for each in bins], widths, align="edge", color=TEAL, alpha=0.85
            )
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            _mark(axes, report.tick_lateness_ms.p99, "p99", CORAL)
            _mark(axes, 500 / report.tick_hz if report.tick_hz else None, "half a tick", QUIET, row=1)
    return figure


def bytes_figure(report: Report) -> Figure:
    """Draw bytes an update and the age of updates over the window."""
    with style():
        figure, axes = new_figure("Bytes per update, and age")
        t = [each.t for each in report.timeline]
        sizes = [each.bytes_per_update if each.bytes_per_update is not None else np.nan for each in report.timeline]
        ages = [each.age_p99_ms if each.age_p99_ms is not None else np.nan for each in report.timeline]
        axes.plot(t, sizes, color=TEAL, linewidth=1.8)
        axes.set_xlabel("s")
        axes.set_ylabel("bytes / update", color=TEAL)
        axes.set_ylim(0, float(np.nanmax([*sizes, 1.0])) * 1.25)
        late = axes.twinx()
        late.plot(t, ages, color=CORAL, linewidth=1.4)
        late.set_ylabel("age p99, ms", color=CORAL)
        late.set_ylim(0, float(np.nanmax([*ages, 1.0])) * 1.25)
        late.grid(visible=False)
    return figure


def motion_figure(title: str, sets: Sequence[tuple[str, dict[str, SpeedSamples]]]) -> Figure:
    """Draw the share of time in which head and hands are faster than so much, a line for each set."""
    with style():
        figure = Figure(figsize=(13.2, 5.6))
        grid = figure.subplots(2, 3, sharey=True)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        colours = (TEAL, CORAL, SAND, INK, QUIET)
        for column, device in enumerate(("head", "left", "right")):
            for row, (quantity, unit) in enumerate((("linear", "m/s"), ("angular", "rad/s"))):
                axes = grid[row][column]
                axes.set_title(f"{device}, {unit}", fontsize=9.5)
                for (name, by_device), colour in zip(sets, colours, strict=False):
                    _exceedance(axes, getattr(by_device[device], quantity), name, colour)
                axes.set_xscale("log")
                axes.set_yscale("log")
                axes.set_xlim((0.003, 20) if quantity == "linear" else (0.02, 100))
                axes.set_ylim(0.001, 1.1)
                axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
                axes.yaxis.set_major_formatter(_percent)
        grid[0][0].set_ylabel("time faster than this")
        grid[1][0].set_ylabel("time faster than this")
        grid[0][0].legend(loc="lower left", fontsize=8.5)
    return figure


def _exceedance(axes: Axes, speeds: "np.ndarray[Any, np.dtype[np.float64]]", name: str, colour: str) -> None:
    if speeds.size == 0:
        return
    # A thousand points draw the curve as well as a million.
    shares = np.concatenate([np.linspace(0, 0.99, 300), np.linspace(0.99, 1.0, 200)])
    axes.plot(np.maximum(np.quantile(speeds, shares), 1e-4), 1 - shares, color=colour, linewidth=1.6, label=name)


def svg(figure: Figure) -> str:
    """Return a figure as an SVG element, without the file's preamble."""
    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return re.sub(r'width="[^"]*pt" height="[^"]*pt"', 'class="plot" role="img"', text[text.index("<svg") :], count=1)
