"""What is asked of Polyclinic beside its peers, and whether it holds."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.peers.capacity import Probe
from tests.bench.peers.contestants import (
    COLYSEUS_OPEN,
    COLYSEUS_OPEN_INT16,
    COLYSEUS_ROOMS,
    POLYCLINIC_OPEN,
    POLYCLINIC_ROOMS,
    STYLY_ROOMS,
    Contestant,
)
from tests.bench.support.show import median_of, summary
from tests.bench.support.swarm import Measured


@dataclass
class Record:
    """What the rounds of a contestant gave."""

    contestant: Contestant
    moderate: list[Measured] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    """Of each round's search."""
    fullest: list[Measured] = field(default_factory=list)
    """With as many avatars as the search found."""
    probes: list[list[Probe]] = field(default_factory=list)

    @property
    def capacity(self) -> float:
        """Avatars for one core: the median of the searches."""
        return statistics.median(self.capacities)

    @property
    def capacity_by_cpu(self) -> float:
        """Avatars for one core, if each cost what it cost when the server was fullest."""
        return statistics.median(each.avatars / each.server_cores for each in self.fullest)

    @property
    def update_bytes(self) -> float:
        """State bytes down for each avatar in each frame, whatever of it changed."""
        return median_of(self.moderate, "frame_bytes") / self.contestant.shown

    def told(self) -> dict[str, Any]:
        """Return all of it, for JSON."""
        return {
            "name": self.contestant.name,
            "hz": self.contestant.hz,
            "capacity": self.capacity,
            "capacity_by_cpu": self.capacity_by_cpu,
            "update_bytes": self.update_bytes,
            "capacities": self.capacities,
            "moderate": [summary(each) for each in self.moderate],
            "fullest": [summary(each) for each in self.fullest],
            "probes": [[{"avatars": p.avatars, "held": p.held, "words": p.words} for p in row] for row in self.probes],
        }


@dataclass(frozen=True)
class Requirement:
    """A ratio that has to be reached."""

    words: str
    ratio: float
    wanted: float

    @property
    def held(self) -> bool:
        return self.ratio >= self.wanted

    @property
    def verdict(self) -> str:
        return "held" if self.held else "MISSED"


Records = Mapping[Contestant, Record]


def requirements(records: Records, cases: Sequence[str]) -> list[Requirement]:
    """Judge the cases that were played."""
    found = []
    if "rooms" in cases:
        mine, theirs = records[POLYCLINIC_ROOMS], records[COLYSEUS_ROOMS]
        found += [
            Requirement("rooms of 50: avatars per core of Colyseus", mine.capacity / theirs.capacity, 3.5),
            Requirement("rooms of 50: fewer bytes than Colyseus", theirs.update_bytes / mine.update_bytes, 8.0),
        ]
    if "open" in cases:
        mine, theirs, small = records[POLYCLINIC_OPEN], records[COLYSEUS_OPEN], records[COLYSEUS_OPEN_INT16]
        # Against whichever of its two variants carries more.
        best = max(theirs.capacity, small.capacity)
        found += [
            Requirement("open room: avatars per core of Colyseus", mine.capacity / best, 8.0),
            Requirement("open room: fewer bytes than Colyseus, int16", small.update_bytes / mine.update_bytes, 5.0),
        ]
    if "styly" in cases:
        mine, theirs = records[POLYCLINIC_ROOMS], records[STYLY_ROOMS]
        found.append(
            Requirement("avatars per core of STYLY-NetSync at its 10 Hz", mine.capacity / theirs.capacity, 15.0)
        )
    return found
