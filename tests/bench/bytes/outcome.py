"""What a section of the benchmark found, and the budgets it is held to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure
from rich.table import Table


@dataclass(frozen=True)
class Budget:
    """A limit and what was measured against it."""

    name: str
    limit: float
    measured: float
    unit: str
    reason: str = ""
    """Why it may be missed: then it is told, and fails nothing."""

    @property
    def held(self) -> bool:
        return self.measured <= self.limit

    @property
    def fails(self) -> bool:
        return not self.held and not self.reason

    @property
    def words(self) -> str:
        if self.held:
            return "held"
        return f"MISSED, told: {self.reason}" if self.reason else "MISSED"


@dataclass
class Outcome:
    """Everything a section has to show."""

    told: dict[str, Any] = field(default_factory=dict)
    """Raw numbers, for JSON."""
    tables: list[Table] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Take over what another section found."""
        self.told |= other.told
        self.tables += other.tables
        self.budgets += other.budgets
        self.figures |= other.figures
        self.notes += other.notes


def budget_table(budgets: Sequence[Budget]) -> Table:
    """One line for each budget."""
    made = Table(title="Budgets")
    for index, column in enumerate(("budget", "at most", "measured", "")):
        made.add_column(column, justify="right" if index in {1, 2} else "left")
    for each in budgets:
        colour = "green" if each.held else "bold red" if each.fails else "yellow"
        limit, measured = f"{each.limit:g} {each.unit}", f"{each.measured:.2f} {each.unit}"
        made.add_row(each.name, limit, measured, f"[{colour}]{each.words}[/]")
    return made
