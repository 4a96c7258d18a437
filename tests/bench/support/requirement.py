"""What a benchmark holds the server to: each requirement with the measured value, and whether it held."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import msgspec
from rich.console import Console


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and the most that it may be."""

    what: str
    value: float
    most: float
    unit: str = ""
    note: str = ""
    """What else a reader wants to know of it."""

    @property
    def held(self) -> bool:
        """Whether it held; a figure that could not be taken (NaN) did not."""
        return self.value <= self.most

    @property
    def line(self) -> str:
        """Requirement, value, verdict; for people and for `grep`."""
        verdict = "held" if self.held else "MISSED"
        unit = f" {self.unit}" if self.unit else ""
        note = f"  ({self.note})" if self.note else ""
        return f"{verdict:<6}  {self.what}: {self.value:.4g}{unit}, at most {self.most:g}{unit}{note}"


def told(requirements: Sequence[Requirement]) -> list[dict[str, object]]:
    """Lay requirements out for JSON."""
    return [{**msgspec.structs.asdict(each), "held": each.held} for each in requirements]


def conclude(requirements: Sequence[Requirement], console: Console) -> NoReturn:
    """Print a line for each requirement, and exit with 1 if one was missed."""
    for each in requirements:
        console.print(each.line, highlight=False, markup=False, soft_wrap=True)
    sys.exit(0 if all(each.held for each in requirements) else 1)
