"""How often people are told from each other by their motion, as it is and masked.

    python -m tests.bench.privacy [--recordings DIR] [--rounds 3] [--page docs/privacy.md] [--out DIR]

Each round draws masked bodies anew, learns from one session of each person and is asked whose the other one is, both
ways round. Recordings are read where they are and never copied; without any, the project's own motion model moves the
people, who differ less than real ones do. Prints the rates and, of recordings, writes the page and its plot.
"""

import argparse
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Final

from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import track

from loadtest.motion.rows import Rows
from loadtest.plots import CORAL, QUIET, SAND, TEAL, new_figure, style
from tests.bench.privacy.attack import TREES, Rates, identify
from tests.bench.privacy.page import render
from tests.bench.privacy.sessions import RECORDED, Set, draw_mask, masked, model_set, recorded_sets
from tests.bench.support.show import keep, recordings, table

DRAWS: Final = 4
"""Masked bodies that who knows how masking works gives each session they learn from."""


@dataclass(frozen=True)
class Outcome:
    """What came of all rounds of one set and attack: means, and the rounds' least and greatest share of sessions."""

    people_set: str
    about: str
    attack: str
    people: int
    chance: float
    windows: float
    sessions: float
    least: float
    greatest: float


Attack = Callable[[list[list[Rows]], list[Rows], int], Rates]
"""Learns from sessions of each person and says of each person's other session whose it is; the last is a seed."""


def play(people: Set, rounds: int, attack: Attack = identify) -> list[Outcome]:
    """Attack the clear streams, the masked ones, and the masked ones by who knows how masking works."""
    found: dict[str, list[Rates]] = {"clear": [], "masked": [], "masked, and the attacker knows how": []}
    for number in track(range(2 * rounds), description=people.name):
        random = Random(number)
        train = [visits[number % 2] for visits in people.people]
        test = [visits[1 - number % 2] for visits in people.people]
        found["clear"].append(attack([[rows] for rows in train], test, number))
        seen = [masked(rows, draw_mask(random)) for rows in test]
        drawn = [[masked(rows, draw_mask(random)) for _ in range(DRAWS)] for rows in train]
        found["masked"].append(attack([sessions[:1] for sessions in drawn], seen, number))
        found["masked, and the attacker knows how"].append(attack(drawn, seen, number))
    return [_outcome(people, name, rates) for name, rates in found.items()]


def _outcome(people: Set, attack: str, rates: list[Rates]) -> Outcome:
    sessions = [rate.sessions for rate in rates]
    count = len(people.people)
    windows = statistics.mean(rate.windows for rate in rates)
    mean = statistics.mean(sessions)
    return Outcome(people.name, people.about, attack, count, 1 / count, windows, mean, min(sessions), max(sessions))


def draw(outcomes: list[Outcome]) -> Figure:
    """A group of bars for each set, a bar for each attack, and a line where chance is."""
    with style():
        figure, axes = new_figure("Re-identification by motion (dashed: chance)")
        names = list(dict.fromkeys(outcome.people_set for outcome in outcomes))
        colours = dict(zip(dict.fromkeys(outcome.attack for outcome in outcomes), (CORAL, TEAL, SAND), strict=True))
        for number, (attack, colour) in enumerate(colours.items()):
            mine = [outcome for outcome in outcomes if outcome.attack == attack]
            places = [names.index(outcome.people_set) + 0.26 * (number - 1) for outcome in mine]
            axes.bar(places, [100 * outcome.sessions for outcome in mine], 0.24, color=colour, label=attack)
        for outcome in outcomes:
            place = names.index(outcome.people_set)
            axes.hlines(100 * outcome.chance, place - 0.42, place + 0.42, color=QUIET, linestyle="--", linewidth=1)
        axes.set_xticks(range(len(names)), names)
        axes.set_ylabel("sessions put down to the right person, %")
        axes.legend(fontsize=8)
        return figure


def main() -> None:
    """Attack, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--page", type=Path, default=Path("docs/privacy.md"))
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/privacy"))
    options = parser.parse_args()
    folder = recordings(options.recordings)
    sets = [] if folder is None else list(recorded_sets(folder))
    outcomes = [outcome for people in sets or [model_set()] for outcome in play(people, options.rounds)]
    console = Console(width=118)
    rows = [
        (
            f"{outcome.people_set}: {outcome.attack}",
            str(outcome.people),
            f"{outcome.chance:.1%}",
            f"{outcome.windows:.1%}",
            f"{outcome.sessions:.1%}",
            f"{outcome.least:.1%} to {outcome.greatest:.1%}",
        )
        for outcome in outcomes
    ]
    columns = ("motion", "people", "chance", "of a second's window", "of a session", "least and greatest of rounds")
    console.print(table(f"Put down to the right person, random forest of {TREES} trees", columns, rows))
    keep(options.out, "privacy", [asdict(outcome) for outcome in outcomes], {"privacy": draw(outcomes)})
    if not sets:
        console.print(
            f"no recordings: these are the motion model's people, so {options.page} stays as it is. --recordings DIR "
            f"or POLYCLINIC_DATA names a folder with {' and '.join(RECORDED)}. Written: {options.out}/privacy.json"
        )
        return
    picture = options.page.parent / "benchmarks" / "privacy.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes((options.out / "privacy.png").read_bytes())
    options.page.write_text(render(columns, rows, 2 * options.rounds, DRAWS))
    console.print(f"written: {options.page}, {picture}, {options.out}/privacy.json")


if __name__ == "__main__":
    main()
