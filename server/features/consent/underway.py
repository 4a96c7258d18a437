"""What people gave and withdrew that is on its way to the disk, where it arrives in the order in which it was sent."""

from __future__ import annotations

from collections import Counter
from typing import Final

UNDERWAY_MAX: Final = 16
"""Changes of one consent of a person that may be on their way (SPEC section 8): a disk that stalls must not gather
without bound. One more if it is a withdrawal of what counts, or would: that is never refused."""


class Underway:
    """How many changes of each consent of a room are on their way, by the key under which it is kept."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __getitem__(self, key: str) -> int:
        """Say how many of that consent are."""
        return self._counts[key]

    def sent(self, key: str) -> None:
        """Count one more."""
        self._counts[key] += 1

    def settled(self, key: str) -> None:
        """Count one less, the oldest: it is on the disk, or surely not."""
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]

    def __len__(self) -> int:
        """Say of how many consents any are."""
        return len(self._counts)
