"""The pages stand alone and say what the report says."""

import html.parser

import msgspec
import numpy as np

from loadtest.motion.statistics import DeviceStatistics, Quantiles, SpeedSamples
from loadtest.page import motion_table, report_page
from loadtest.plots import motion_figure
from loadtest.report import Report


class Links(html.parser.HTMLParser):
    """Collects whatever a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "img", "iframe"}:
            self.loaded.append(tag)
        self.loaded += [
            value for name, value in attrs if name in {"src", "href"} and value and not value.startswith("#")
        ]


def test_the_page_loads_nothing_from_elsewhere(report: Report) -> None:
    links = Links()
    links.feed(report_page(report, None))
    assert links.loaded == []


def test_the_page_has_the_numbers_and_the_figures(report: Report) -> None:
    some = SpeedSamples(np.linspace(0.01, 2, 50), np.linspace(0.1, 9, 50), 5.0, 0)
    figure = motion_figure("How they moved", [("ours", dict.fromkeys(("head", "left", "right"), some))])
    page = report_page(report, figure)
    assert page.count("<svg") == 5
    assert "no errors" in page
    assert "How they moved" in page
    assert "everybody in lobby" in page


def test_errors_are_listed_and_escaped(report: Report) -> None:
    bad = msgspec.structs.replace(
        report, errors=3, error_kinds={"ghost": 3}, error_samples=["ghost: <b>"], close_codes={"1012": 3},
        sample_every=4,
    )  # fmt: skip
    page = report_page(bad, None)
    assert "3 errors" in page
    assert "ghost: &lt;b&gt;" in page
    assert "3 with 1012" in page
    assert "1 bot in 4" in page


def test_motion_that_has_no_positions_is_a_dash() -> None:
    row = DeviceStatistics("head", 3.0, None, Quantiles(1, 2, 3, 4), 0.5, 0.5, 0)
    table = motion_table([("turning", [row])])
    assert table.count("<td>-</td>") == 4
    assert "<td>50 %</td>" in table
