"""Histograms that cost half a microsecond to feed and a tenth of a millisecond to write.

The library's own cost ten times that, and writing twelve of fifty buckets with its text encoder holds the event loop,
and with it every room, for 10 ms. What is written here is held equal to what the library writes by a test.
"""

from array import array
from bisect import bisect_left
from itertools import accumulate
from typing import Final

from server.ops.labels import checked_label


def geometric_bounds(least: float, factor: float, greatest: float) -> tuple[float, ...]:
    """Upper bounds from `least`, each `factor` times the one before, up to the first at or above `greatest`."""
    bounds = [least]
    while bounds[-1] < greatest:
        bounds.append(least * factor ** len(bounds))
    return tuple(bounds)


SECONDS_BOUNDS: Final = geometric_bounds(50e-6, 1.25, 2.0)
"""50 us to 2 s in 49 steps of a quarter: any quantile is known to within 25 %."""


class Histogram:
    """Counts observations between bounds."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...] = SECONDS_BOUNDS) -> None:
        self._bounds = bounds
        self.counts = array("Q", bytes(8 * (len(bounds) + 1)))
        """Observations by bucket, the last of them above all bounds."""
        self.total = 0.0
        """The sum of what was observed."""

    def observe(self, value: float) -> None:
        """Count one value; a value equal to a bound belongs below it, as Prometheus has it."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def cumulative(self) -> list[int]:
        """Tell, for each bound and for infinity, how many values are not above it."""
        return list(accumulate(self.counts))


class HistogramFamily:
    """Histograms of one name and the same bounds, one for each value of one label."""

    def __init__(self, name: str, documentation: str, label: str, bounds: tuple[float, ...] = SECONDS_BOUNDS) -> None:
        """`documentation` is one line, and the values of `label` are plain words: nothing here needs escaping."""
        self._name = name
        self._heading = f"# HELP {name} {documentation}\n# TYPE {name} histogram\n"
        self._label = checked_label(label)
        self._bounds = bounds
        self._edges = (*(str(bound) for bound in bounds), "+Inf")
        self.histograms: dict[str, Histogram] = {}

    def observe(self, label: str, value: float) -> None:
        """Count one value under a value of the label."""
        histogram = self.histograms.get(label)
        if histogram is None:
            histogram = self.histograms[label] = Histogram(self._bounds)
        histogram.observe(value)

    def write(self) -> str:
        """Write all of it as Prometheus' text format and OpenMetrics both have it."""
        return self._heading + "".join(self._write_one(*item) for item in self.histograms.items())

    def _write_one(self, label: str, histogram: Histogram) -> str:
        labels = f'{self._label}="{label}"'
        cumulative = histogram.cumulative()
        lines = [
            f'{self._name}_bucket{{le="{edge}",{labels}}} {count}.0\n'
            for edge, count in zip(self._edges, cumulative, strict=True)
        ]
        lines.append(f"{self._name}_count{{{labels}}} {cumulative[-1]}.0\n")
        lines.append(f"{self._name}_sum{{{labels}}} {histogram.total!r}\n")
        return "".join(lines)
