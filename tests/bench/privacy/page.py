"""docs/privacy.md: the figures, and what they do and do not say."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

_PAGE: Final = Path(__file__).with_name("page.md")


def render(columns: Sequence[str], rows: Iterable[Sequence[str]], rounds: int, draws: int) -> str:
    """Lay the page out."""
    lines = ["| " + " | ".join(columns) + " |", "|---" + "|---:" * (len(columns) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return _PAGE.read_text().format(table="\n".join(lines), rounds=rounds, draws=draws)
