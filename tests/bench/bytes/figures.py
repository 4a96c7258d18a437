"""The pictures of the benchmark."""

import textwrap
from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loadtest.plots import CORAL, GRID, INK, QUIET, SAND, TEAL, new_figure, style
from tests.bench.bytes.fingers import CODEC, DEGREES_MAX, OTHER_HAND, PLAIN_HAND, WHOLE, FingerCost
from tests.bench.bytes.motion import POSITION_MM_MAX, ROTATION_DEGREES_MAX, Cost
from tests.bench.bytes.sweeps import Point

_COLOURS: Final = (TEAL, CORAL, SAND, INK, QUIET)
_HANDS: Final = {CODEC: TEAL, WHOLE: CORAL, OTHER_HAND: INK, PLAIN_HAND: SAND}


def motion_figure(costs: Sequence[Cost]) -> Figure:
    """Draw bytes an update by family, each with what it may cost."""
    with style():
        figure, axes = new_figure("Bytes for an update of head and both hands, 20 Hz", width=7.2, height=3.6)
        for at, cost in enumerate(reversed(costs)):
            axes.barh(at, cost.per_sample, 0.6, color=TEAL, alpha=0.85)
            axes.text(cost.per_sample + 0.15, at, f"{cost.per_sample:.1f}", va="center", color=INK)
            if cost.family.bytes_max is not None:
                label = "at most" if at == len(costs) - 1 else None
                axes.plot([cost.family.bytes_max] * 2, [at - 0.4, at + 0.4], color=CORAL, linewidth=2, label=label)
        axes.set_yticks(range(len(costs)), [cost.family.name for cost in reversed(costs)])
        axes.set_xlabel("bytes")
        if costs[0].family.bytes_max is not None:
            axes.legend(loc="lower right")
    return figure


def fingers_figure(costs: Sequence[FingerCost]) -> Figure:
    """Draw the share of joints that are farther off than so much."""
    with style():
        figure = Figure(figsize=(4.6 * len(costs), 3.6))
        row = figure.subplots(1, len(costs), squeeze=False)[0]
        for axes, cost in zip(row, costs, strict=True):
            axes.set_title(f"Joints, {cost.source}")
            for name, errors in cost.errors.items():
                shares = np.linspace(0, 1, 400)
                colour = _HANDS.get(name, QUIET)
                axes.plot(np.quantile(errors, shares), 1 - shares, color=colour, linewidth=1.6, label=name)
            axes.legend(loc="upper right", fontsize=7.5)
            axes.axvline(DEGREES_MAX, color=GRID, linewidth=4, zorder=0)
            axes.set_yscale("log")
            axes.set_ylim(1e-3, 1.1)
            axes.set_xlim(0, 20)
            axes.set_xlabel("degrees off; 5 are marked")
        row[0].set_ylabel("share of joints farther off")
    return figure


def sweep_figure(sweeps: dict[str, list[Point]]) -> Figure:
    """Draw rate against distortion, prediction and code; the wire's own choice is ringed."""
    with style():
        figure = Figure(figsize=(10.4, 7.0))
        (places, rotations), (predictions, codes) = figure.subplots(2, 2)
        places.set_title("Position: the step")
        _errors(places, sweeps["position step"], "error at most, mm", POSITION_MM_MAX, (0.25, 0.5, 1, 2, 4))
        rotations.set_title("Rotation: counts over the largest (dashed: smallest three)", fontsize=10)
        _errors(
            rotations,
            sweeps["rotation counts"],
            "error at most, degrees",
            ROTATION_DEGREES_MAX,
            (0.1, 0.15, 0.25, 0.4, 0.6),
        )
        _lines(rotations, sweeps["rotation counts, smallest three"], by_error=True, dashed=True)
        predictions.set_title("Prediction: how much of the last step is expected again")
        _lines(predictions, sweeps["prediction"], by_error=False)
        predictions.set_xlabel("sixteenths")
        codes.set_title("Code of what prediction leaves")
        _bars(codes, sweeps["code"])
        for axes in (places, predictions):
            axes.set_ylabel("bytes an update")
        for axes in (places, rotations, predictions):
            axes.set_ylim(bottom=0)
        places.legend(loc="lower left", fontsize=8, ncols=2)
    return figure


def _errors(axes: Axes, points: Sequence[Point], label: str, limit: float, ticks: Sequence[float]) -> None:
    _lines(axes, points, by_error=True)
    axes.axvline(limit, color=GRID, linewidth=4, zorder=0)
    axes.set_xscale("log")
    axes.set_xlabel(f"{label}; {limit:g} are allowed")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.set_xticks(list(ticks))


def _lines(axes: Axes, points: Sequence[Point], *, by_error: bool, dashed: bool = False) -> None:
    at = [point.error if by_error else point.setting for point in points]
    for colour, family in zip(_COLOURS, points[0].bytes, strict=False):
        told = [point.bytes[family] for point in points]
        line = (0, (4, 2)) if dashed else "-"
        axes.plot(at, told, ".", linestyle=line, color=colour, linewidth=1.5, label=None if dashed else family)
        ringed = [(x, y) for x, y, point in zip(at, told, points, strict=True) if point.chosen]
        axes.plot(*zip(*ringed, strict=True), "o", mfc="none", mec=colour, ms=9) if ringed else None


def _broken(label: str) -> str:
    """Over lines of about a dozen letters."""
    return textwrap.fill(label, 14)


def _bars(axes: Axes, points: Sequence[Point]) -> None:
    families = list(points[0].bytes)
    width = 0.8 / len(families)
    for index, (colour, family) in enumerate(zip(_COLOURS, families, strict=False)):
        at = np.arange(len(points)) + (index - (len(families) - 1) / 2) * width
        axes.bar(at, [point.bytes[family] for point in points], width * 0.9, color=colour, alpha=0.85)
    names = [_broken(point.label) for point in points]
    axes.set_xticks(range(len(points)), names, fontsize=8)
    for tick, point in zip(axes.get_xticklabels(), points, strict=True):
        tick.set_fontweight("bold" if point.chosen else "normal")
