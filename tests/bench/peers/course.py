"""How every round is played."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.support.swarm import Timing


@dataclass(frozen=True)
class Course:
    """The same for all who take part."""

    timing: Timing
    traces: Path | None
    """Recorded motion for every second avatar; None for the model alone."""
