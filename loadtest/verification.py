"""What counts as an error, kind by kind: what the ports found in C, and what the bots found in events."""

from collections import Counter
from typing import Final

from core_ext import Witness
from loadtest.handover import Truths

SAMPLES_MAX: Final = 20

EVENT_KINDS: Final = (
    "event_gap",
    "malformed_message",
    "unexpected_message",
    "correction",
    "operation_refused",
    "operation_unanswered",
    "join_failed",
    "session_lost",
    "unseen",
    "foreign_prop",
    "prop_mismatch",
    "prop_order",
)
KINDS: Final = (*Witness.FAULT_KINDS, *EVENT_KINDS)
"""Every kind of error there is in a report."""


class Ledger:
    """All errors of a test, counted by kind, the first of them in words."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.close_codes: Counter[int] = Counter()
        """Of sockets that closed before their bot said goodbye."""
        self.handling: Counter[str] = Counter()
        """Operations on things by type, refused ones as `type:code`."""
        self.truths = Truths(self.note)
        self._counts: Counter[str] = Counter()
        self._samples: list[str] = []

    def note(self, kind: str, detail: str, count: int = 1) -> None:
        """Count an error of one of `EVENT_KINDS`."""
        if kind not in EVENT_KINDS:
            raise ValueError(f"no such kind of error: {kind}")
        self._counts[kind] += count
        if len(self._samples) < SAMPLES_MAX:
            self._samples.append(f"{kind}: {detail}")

    def note_lost(self, name: str, code: int, reason: str) -> None:
        """Count a session whose socket closed before its bot said goodbye."""
        self.close_codes[code] += 1
        self.note("session_lost", f"{name}: closed with {code} {reason}".rstrip())

    def counts(self) -> dict[str, int]:
        """Return the errors by kind, those that did not happen left out."""
        everything = {**self.witness.fault_counts(), **self._counts}
        return {kind: everything[kind] for kind in KINDS if everything.get(kind)}

    @property
    def total(self) -> int:
        """All errors."""
        return sum(self.counts().values())

    def count(self, kind: str) -> int:
        """Errors of one kind."""
        return self.counts().get(kind, 0)

    def samples(self) -> list[str]:
        """Return the first errors in words, those in snapshots before those in events."""
        return [*self.witness.samples, *self._samples][:SAMPLES_MAX]
