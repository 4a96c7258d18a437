"""How a value has been changing: what its next change is expected to be, and how far off that may be.

Who sends and who receives a record both keep this, from the records alone, so a record says only what was not expected
(SPEC.md section 5.3). Whole numbers throughout: both ends come to the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocol.bits import zigzag
from protocol.ids import PREDICTION, PREDICTION_SHIFT, SPREAD_FIRST, SPREAD_MAX

Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Trend:
    """Of a position or a rotation, in the units of the tier."""

    steps: Triple = (0, 0, 0)
    """What the last record added."""
    spread: int = SPREAD_FIRST
    """Low bits that the code of the next residuals writes as they are."""

    def expected(self) -> Triple:
        """Predict the next steps: most of the last ones, since a motion goes on and slows down."""
        x, y, z = (step * PREDICTION + (1 << PREDICTION_SHIFT - 1) >> PREDICTION_SHIFT for step in self.steps)
        return x, y, z

    def after(self, residuals: Triple) -> "Trend":
        """Return the trend once the steps were told by what they differ from the expected."""
        x, y, z = (step + residual for step, residual in zip(self.expected(), residuals, strict=True))
        return Trend((x, y, z), next_spread(self.spread, [zigzag(residual) for residual in residuals]))

    def at_rest(self) -> "Trend":
        """Return the trend once a record left the part out."""
        return Trend(spread=max(0, self.spread - 1))

    def turned_over(self) -> "Trend":
        """Return the trend of a rotation whose largest component is another one now."""
        return Trend(spread=self.spread)


FIRST_TREND: Final = Trend()
"""Of what nothing was told before."""


def next_spread(spread: int, codes: Iterable[int]) -> int:
    """Move the spread toward what would have suited these codes: halfway up at once, down by one."""
    told = list(codes)
    suited = min(SPREAD_MAX, (9 * sum(told) // (16 * len(told))).bit_length()) if told else spread
    return (spread + suited + 1) // 2 if suited > spread else max(suited, spread - 1)
