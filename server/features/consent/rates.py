"""How often somebody gives consent: what is given again and again makes them seen and hidden to others as often."""

from __future__ import annotations

from typing import Final

from server.doorway.token_bucket import TokenBucket
from server.errors import OperationRefused

BURST: Final = 12
"""So many at once: each of the six purposes twice."""
EACH_SECONDS: Final = 5.0
"""One more in so many seconds."""


class Rates:
    """How often each person in a room gives what they do not allow, whatever they come by and however often."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}
        """By subject, of those who gave anything lately."""

    def charge(self, subject: str, now: float) -> None:
        """Count one. Raises `OperationRefused` (`rate_limited`) when it is one too many."""
        bucket = self._buckets.get(subject)
        if bucket is None:
            bucket = self._buckets[subject] = TokenBucket(BURST, 1 / EACH_SECONDS, now)
        if not bucket.take(now):
            raise OperationRefused("rate_limited", f"that was often; you may allow it in {bucket.wait():.1f} s")

    def forget(self, now: float) -> None:
        """Forget those who may give as many at once as anybody."""
        self._buckets = {subject: bucket for subject, bucket in self._buckets.items() if bucket.full_at() > now}
