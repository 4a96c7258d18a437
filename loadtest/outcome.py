"""What was measured: the counters of the window, sampled as it goes."""

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core_ext import Witness
from loadtest.metrics import Reading
from loadtest.progress import Status
from loadtest.verification import Ledger
from protocol.messages import RoomDescription

Counts = NDArray[np.uint64]


@dataclass(frozen=True)
class Sample:
    """The window up to one moment."""

    seconds: float
    avatars: int
    records: int
    bytes: int
    frames: int
    errors: int
    age_p99_ms: float | None
    """Of the time since the sample before."""


@dataclass
class Outcome:
    """What a test found, before it is rounded into a report."""

    ledger: Ledger
    seconds: float
    avatar_seconds: float
    samples: list[Sample]
    ages: Counts
    bots_cpu_seconds: float
    rooms: list[RoomDescription]
    before: Reading | None
    after: Reading | None
    reading_seconds: float
    joins: int = 0
    places: int = 0
    """Avatars that were to be there at a time, and joined."""
    unseen: int = 0

    @property
    def tick_hz(self) -> int:
        """Snapshots a second of the rooms; 0 when none was joined."""
        return max((room.tick_hz for room in self.rooms), default=0)


def age_at(ages: Counts, share: float) -> float | None:
    """Return the age in ms below which `share` of the histogram lies: the upper edge of its bin. None of nothing."""
    total = int(ages.sum())
    if total == 0:
        return None
    index = int(np.searchsorted(np.cumsum(ages), share * total))
    age: float = round((index + 1) * Witness.AGE_BIN_SECONDS * 1000, 3)
    return age


@dataclass
class Sampler:
    """Reads the witness's counters again and again."""

    ledger: Ledger
    started: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    cpu_started: float = field(default_factory=time.process_time)
    _ages: Counts | None = None

    @property
    def seconds(self) -> float:
        """Since the window began."""
        return time.monotonic() - self.started

    def ages(self) -> Counts:
        """Return the histogram so far."""
        return np.frombuffer(self.ledger.witness.age_histogram(), np.uint64)

    def take(self, avatars: int) -> None:
        """Take a sample."""
        witness = self.ledger.witness
        ages = self.ages()
        fresh = ages if self._ages is None else ages - self._ages
        self._ages = ages
        self.samples.append(
            Sample(
                seconds=self.seconds,
                avatars=avatars,
                records=witness.records,
                bytes=witness.snapshot_bytes,
                frames=witness.frames,
                errors=self.ledger.total,
                age_p99_ms=age_at(fresh, 0.99),
            )
        )

    def status(self, avatars: int) -> Status:
        """Say how it goes, over the last sample."""
        if not self.samples:
            return Status(avatars=avatars, errors=self.ledger.total)
        last = self.samples[-1]
        since = self.samples[-2] if len(self.samples) > 1 else Sample(0.0, 0, 0, 0, 0, 0, None)
        span = max(last.seconds - since.seconds, 1e-9)
        return Status(avatars, (last.records - since.records) / span, last.age_p99_ms, self.ledger.total)

    def outcome(
        self, rooms: list[RoomDescription], before: Reading | None, after: Reading | None, reading_seconds: float
    ) -> Outcome:
        """Sum up; called right after the last sample."""
        edges = [0.0, *(sample.seconds for sample in self.samples)]
        return Outcome(
            ledger=self.ledger,
            seconds=edges[-1],
            avatar_seconds=sum(
                sample.avatars * (end - start)
                for sample, start, end in zip(self.samples, edges, edges[1:], strict=False)
            ),
            samples=self.samples,
            ages=self.ages(),
            bots_cpu_seconds=time.process_time() - self.cpu_started,
            rooms=rooms,
            before=before,
            after=after,
            reading_seconds=reading_seconds,
        )
