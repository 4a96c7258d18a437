"""When a room shows less because its server cannot keep up, and when it shows all again."""

from __future__ import annotations

import math
from typing import Final

STRAIN_MAX: Final = 3
"""Steps, each of which halves how often what is far is shown."""

LONG: Final = 0.75
"""Share of its period after which a tick is done late: the next one is in danger."""

SHORT: Final = 0.35
"""Below this share nothing is in danger, and would not be at twice the work either."""

LONG_TICKS: Final = 3
"""Long ticks in a row that are no accident."""

SETTLE_SECONDS: Final = 0.5
"""How long a step takes to tell: rates fall with the next updates of the interest sets."""

CALM_SECONDS: Final = 5.0
"""How long ticks are short before a step is taken back: the load that is left out would come back at once."""

LOAD_STEP: Final = 0.05
"""How much of the smoothed load the newest tick is: what people read does not jump with each."""


class Strain:
    """Follows how long a room's ticks take. Time comes in as an argument."""

    def __init__(self, period: float) -> None:
        """`period` is the time from tick to tick, s."""
        self.level = 0
        self.load = 0.0
        """Share of its period after which a tick is done, smoothed."""
        self._period = period
        self._long = 0
        self._raise_from = -math.inf
        self._calm_since = -math.inf

    def forget(self) -> None:
        """Begin anew: nothing ticks in an empty room, so nothing would ever take its strain back."""
        self.level = 0
        self.load = 0.0
        self._long = 0
        self._raise_from = -math.inf

    def note(self, seconds: float, now: float) -> int:
        """Take in one tick, which was done so long after it was due; the level from here on, 0 to `STRAIN_MAX`."""
        share = seconds / self._period
        self.load += (share - self.load) * LOAD_STEP
        self._long = self._long + 1 if share > LONG else 0
        if share > SHORT:
            self._calm_since = now
        if self._long >= LONG_TICKS and now >= self._raise_from:
            self._long = 0
            self._raise_from = now + SETTLE_SECONDS
            self.level = min(self.level + 1, STRAIN_MAX)
        elif self.level and now - self._calm_since >= CALM_SECONDS:
            self._calm_since = now
            self.level -= 1
        return self.level
