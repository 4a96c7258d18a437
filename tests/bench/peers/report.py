"""What the benchmark of the peers tells: tables, a plot, JSON, and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from loadtest.plots import CORAL, QUIET, TEAL, new_figure, style
from tests.bench.peers.contestants import STYLY_LIFTED
from tests.bench.peers.contract import Record, Records, Requirement, requirements
from tests.bench.peers.install import versions
from tests.bench.peers.verify import Watched
from tests.bench.support.show import keep, median_of, table


@dataclass(frozen=True)
class Notes:
    """What happened on the way."""

    watched: Mapping[str, Watched]
    refused: Sequence[str]


def report(records: Records, cases: Sequence[str], notes: Notes, out: Path, console: Console) -> list[Requirement]:
    """Print the tables, write JSON and plot, and return the requirements that were missed."""
    rows = list(records.values())
    judged = requirements(records, cases)
    console.print(_contestants(rows))
    if STYLY_LIFTED in records:
        console.print("STYLY-NetSync stops at its own limit of 15 MB/s; unlimited, its core is what stops it.")
    columns = ("requirement", "ratio", "at least", "")
    console.print(
        table(
            "Polyclinic beside its peers",
            columns,
            [(each.words, f"{each.ratio:.2f}", f"{each.wanted:g}", each.verdict) for each in judged],
        )
    )
    told = {
        "versions": versions(),
        "cases": list(cases),
        "watched": {name: msgspec.to_builtins(each) for name, each in notes.watched.items()},
        "refused": list(notes.refused),
        "requirements": [
            {"words": each.words, "ratio": each.ratio, "wanted": each.wanted, "held": each.held} for each in judged
        ],
        "contestants": [each.told() for each in rows],
    }
    keep(out, "peers", told, {"peers": _figure(rows)})
    console.print(f"wrote {out}/peers.json and peers.png", highlight=False)
    return [each for each in judged if not each.held]


def _contestants(rows: Sequence[Record]) -> Table:
    columns = ("medians", "avatars", "by CPU", "us/pair", "B/update", "B/client s", "load")
    return table(
        "Avatars for one core, and what they cost",
        columns,
        [
            (
                each.contestant.name,
                f"{each.capacity:.0f}",
                f"{each.capacity_by_cpu:.0f}",
                f"{median_of(each.fullest, 'pair_us'):.1f}",
                f"{each.update_bytes:.1f}",
                f"{median_of(each.moderate, 'frame_bytes') * median_of(each.moderate, 'median_hz'):.0f}",
                f"{median_of(each.fullest, 'load_cores'):.2f}",
            )
            for each in rows
        ],
    )


def _figure(rows: Sequence[Record]) -> Figure:
    """Draw each search as a point and the medians as bars: avatars per core, and bytes of an update."""
    with style():
        figure, axes = new_figure("Avatars on one core", height=0.6 + 0.5 * len(rows))
        for at, record in enumerate(rows):
            colour = TEAL if record.contestant.name.startswith("Polyclinic") else QUIET
            axes.barh(at, record.capacity, 0.6, color=colour, alpha=0.85)
            axes.plot(record.capacities, [at] * len(record.capacities), ".", color=CORAL)
            words = f"  {record.capacity:.0f}, {record.update_bytes:.0f} bytes an update"
            axes.text(max(record.capacities), at, words, va="center", fontsize=8)
        axes.set_yticks(range(len(rows)), [record.contestant.name for record in rows])
        axes.invert_yaxis()
        # Room for the words beside the longest bar.
        axes.set_xlim(0, 1.6 * max(max(record.capacities) for record in rows))
        axes.set_xlabel("avatars")
    return figure
