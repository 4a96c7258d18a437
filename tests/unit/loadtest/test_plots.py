"""The figures."""

import xml.etree.ElementTree as ET

import msgspec
import numpy as np
import pytest

from loadtest.motion.statistics import SpeedSamples
from loadtest.plots import age_figure, bytes_figure, lateness_figure, motion_figure, svg, updates_figure
from loadtest.report import Report


def texts(drawn: str) -> str:
    return " ".join(ET.fromstring(drawn).itertext())  # noqa: S314 - written a line above


@pytest.mark.parametrize("draw", [age_figure, updates_figure, lateness_figure, bytes_figure])
def test_every_figure_is_sound_svg_with_a_title(report: Report, draw: object) -> None:
    assert callable(draw)
    drawn = svg(draw(report))
    assert drawn.startswith("<svg")
    assert 'class="plot"' in drawn
    assert draw(report).axes[0].get_title(loc="left") in texts(drawn)


def test_the_age_figure_marks_p99_and_the_limit(report: Report) -> None:
    words = texts(svg(age_figure(report)))
    assert "p99 40" in words
    assert "2 ticks + 20 ms 86.7" in words


def test_nothing_measured_makes_empty_figures(report: Report) -> None:
    empty = msgspec.structs.replace(report, timeline=[], age_histogram=[], lateness_histogram=[], tick_hz=0)
    for draw in (age_figure, updates_figure, lateness_figure, bytes_figure):
        assert svg(draw(empty)).startswith("<svg")


def test_motion_is_drawn_a_line_for_each_set(report: Report) -> None:
    some = SpeedSamples(np.linspace(0.01, 2, 50), np.linspace(0.1, 9, 50), 5.0, 0)
    none = SpeedSamples(np.zeros(0), np.zeros(0), 0.0, 0)
    drawn = texts(
        svg(
            motion_figure(
                "How",
                [
                    (name, dict.fromkeys(("head", "left", "right"), each))
                    for name, each in (("ours", some), ("theirs", none))
                ],
            )
        )
    )
    assert "ours" in drawn
    assert "head, m/s" in drawn
