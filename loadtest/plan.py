"""What a load test is asked to do: rooms, parties, rates. Decided before the first socket opens."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.errors import LoadTestError
from loadtest.scenario import Scenario

CHECK_ALL_UP_TO: Final = 1500
"""With more avatars than this, only every nth bot checks values unless `--sample-every` says otherwise."""
_PARTY_MIN: Final = 2


@dataclass(frozen=True)
class Request:
    """What the command line said."""

    server: str
    avatars: int
    seconds: float
    scenario: Scenario
    scenario_name: str
    room: str | None = None
    traces: Path | None = None
    role: str | None = None
    seed: int = 1
    sample_every: int | None = None
    hz: float | None = None
    joins_per_second: float = 100.0

    @property
    def checks_every(self) -> int:
        """Every nth bot compares values with what was sent; all check structure, order and canaries."""
        if self.sample_every is not None:
            return self.sample_every
        return -(-self.avatars // CHECK_ALL_UP_TO)


@dataclass(frozen=True)
class Party:
    """The avatars of one room; `room` None: opened on demand from the scenario's type."""

    room: str | None
    size: int
    canary: str


def make_canary() -> str:
    """Draw a mark that stands in the looks of one room's avatars and must never be seen in another room."""
    return f"cnry-{secrets.token_hex(6)}"


def parties(request: Request) -> list[Party]:
    """Divide the avatars among rooms. Raises LoadTestError when they are too few for the scenario."""
    scenario = request.scenario
    if scenario.visit is None or request.room is not None:
        return [Party(request.room or scenario.room, request.avatars, make_canary())]
    if request.avatars < _PARTY_MIN:
        raise LoadTestError(f"--avatars: expected at least {_PARTY_MIN} for rooms of their own, got {request.avatars}")
    sizes = (scenario.size,) if isinstance(scenario.size, int) else scenario.size
    left, counts = request.avatars, list[int]()
    while left > 0:
        counts.append(min(left, sizes[len(counts) % len(sizes)]))
        left -= counts[-1]
    if counts[-1] < _PARTY_MIN:
        # Nobody sits in a consultation room alone: one of the party before comes along, or joins it.
        counts[-2] -= 1
        counts[-1] += 1
        if counts[-2] < _PARTY_MIN:
            counts[-2:] = [counts[-2] + counts[-1]]
    return [Party(None, count, make_canary()) for count in counts]
