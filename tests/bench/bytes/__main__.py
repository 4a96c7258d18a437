"""What an avatar costs on the wire, and the error it makes, on recorded motion.

    python -m tests.bench.bytes [--recordings FOLDER] [--out artefacts/bench/bytes]

Head and both hands, fingers, and faces while speaking, in the full tier at 20 Hz, by the compiled codec: written at one
end, read at the other, compared with what was recorded. Then a full lobby with tiers, all bytes of its frames. Then
what other steps, predictions and codes would have cost.
Bytes are counts: the same on every machine. Without recordings it all runs on the project's own motion and says so.
The exit status is 1 if a budget was missed that is not only told, with its reason.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from loadtest.plots import style
from tests.bench.bytes import face, fingers, lobby, motion, sweeps
from tests.bench.bytes.families import FAMILIES, OWN, Family, motions_of
from tests.bench.bytes.figures import fingers_figure, motion_figure, sweep_figure
from tests.bench.bytes.hand_model import told_hand
from tests.bench.bytes.outcome import Budget, Outcome, budget_table
from tests.bench.bytes.tracked_hands import tracked_hands
from tests.bench.support.show import Board, keep, recordings

Section = Callable[[Path | None, Board], Outcome]


def motion_section(folder: Path | None, board: Board) -> Outcome:
    """Head and both hands."""
    families: tuple[Family, ...] = (*FAMILIES, OWN) if folder is not None else (OWN,)
    costs = [
        board.play(
            family.name,
            lambda _, family=family: motion.cost_of(family, motions_of(family, folder)),  # type: ignore[misc]
            lambda cost: f"{cost.per_sample:.2f} bytes an update",
        )
        for family in families
    ]
    outcome = motion.outcome_of(costs)
    outcome.figures["motion"] = motion_figure(costs)
    return outcome


def fingers_section(folder: Path | None, board: Board) -> Outcome:
    """26 joints of both hands."""
    hands = tracked_hands(folder)
    costs = board.play(
        "fingers",
        lambda _: fingers.finger_costs(hands),
        lambda costs: ", ".join(f"{cost.source} {cost.per_update:.1f} bytes more" for cost in costs),
    )
    outcome = fingers.outcome_of(costs)
    learned = fingers.learned_hand(hands)
    if learned is not None:
        outcome.told["learned_hand"] = told_hand(learned)
    outcome.figures["fingers"] = fingers_figure(costs)
    return outcome


def face_section(folder: Path | None, board: Board) -> Outcome:
    """52 blendshapes."""
    costs = board.play(
        "faces",
        lambda _: face.face_costs(face.faces_of(folder)),
        lambda costs: ", ".join(f"{cost.source} {cost.dearest:.1f} bytes more" for cost in costs),
    )
    return face.outcome_of(costs)


def lobby_section(folder: Path | None, board: Board) -> Outcome:
    """400 people in the sample facility's lobby."""
    source = lobby.OWN if folder is None else lobby.RECORDED
    cost = board.play(
        "full lobby with tiers",
        lambda _: lobby.lobby_cost(source, lobby.parts_of(folder)),
        lambda cost: f"{cost.per_seen:.2f} bytes for each avatar in sight and tick",
    )
    return lobby.outcome_of(cost)


def study_section(folder: Path | None, board: Board) -> Outcome:
    """Other steps, predictions and codes, on the families that have a budget."""
    families = [family for family in FAMILIES if family.bytes_max is not None] if folder is not None else [OWN]
    sets: sweeps.Sets = {family.name: motions_of(family, folder) for family in families}
    found = {
        name: board.play(
            name,
            lambda _, sweep=sweep: sweep(sets),  # type: ignore[misc]
            lambda points: f"{len(points)} choices",
        )
        for name, sweep in sweeps.SWEEPS.items()
    }
    outcome = sweeps.outcome_of(found)
    outcome.figures["rate-distortion"] = sweep_figure(found)
    return outcome


SECTIONS: Final[tuple[Section, ...]] = (motion_section, fingers_section, face_section, lobby_section, study_section)
"""Each measures and judges by itself."""
_OTHER_ROUNDS: Final = 3 + len(sweeps.SWEEPS)


def report(outcome: Outcome, folder: Path | None, out: Path, console: Console) -> None:
    """Print tables and budgets, and write JSON and plots."""
    for each in outcome.tables:
        console.print(each)
    for note in outcome.notes:
        console.print(note, highlight=False)
    console.print(budget_table(outcome.budgets))
    budgets = [
        {
            "budget": each.name,
            "limit": each.limit,
            "measured": each.measured,
            "unit": each.unit,
            "held": each.held,
            "reason": each.reason,
        }
        for each in outcome.budgets
    ]
    keep(out, "bytes", {"recordings": folder is not None, "budgets": budgets, **outcome.told}, outcome.figures)
    console.print(f"wrote {out}/bytes.json and {', '.join(f'{stem}.png' for stem in outcome.figures)}", highlight=False)


def verdict(budgets: Sequence[Budget]) -> str:
    """The last line: what was missed, if anything."""
    missed = [each.name for each in budgets if each.fails]
    told = [each.name for each in budgets if not each.held and each.reason]
    held = sum(each.held for each in budgets)
    words = [f"MISSED: {'; '.join(missed)}"] if missed else []
    words += [f"missed and told: {'; '.join(told)}"] if told else []
    return "; ".join([*words, f"{held} of {len(budgets)} budgets held"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=Path, help="directory of recorded motion, else POLYCLINIC_DATA")
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench/bytes"))
    parser.add_argument("--pictures", type=Path, help="keep the picture of the decision record there as well")
    options = parser.parse_args()
    folder = recordings(options.recordings)
    families = 1 if folder is None else len(FAMILIES) + 1
    outcome = Outcome()
    with Board(families + _OTHER_ROUNDS) as board:
        for section in SECTIONS:
            outcome.add(section(folder, board))
    console = Console()
    report(outcome, folder, options.out, console)
    if options.pictures is not None:
        with style():
            outcome.figures["rate-distortion"].savefig(options.pictures / "precision-and-prediction.png", dpi=100)
    console.print(verdict(outcome.budgets), highlight=False)
    sys.exit(1 if any(each.fails for each in outcome.budgets) else 0)


if __name__ == "__main__":
    main()
