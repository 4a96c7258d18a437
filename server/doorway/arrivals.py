"""How much comes from where: sockets that are open, sockets of whom nobody knows yet, and what is asked for how often.

Places are counted, and never told: no address goes into a log line, a metric or an answer.
"""

from __future__ import annotations

import enum
import math
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING, Final

import structlog

from protocol.ids import CloseCode
from server.config.limits import LimitSettings
from server.doorway.addresses import UNTOLD, Addresses
from server.doorway.token_bucket import TokenBucket
from server.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.config.limits import RateSettings

PLACES_MAX: Final = 16_384
"""Places whose buckets are remembered, of each class; past it the one that asked the longest ago gets a new one."""

AGAIN_SECONDS: Final = 5
"""After so long it may help to try again where too many sockets are open."""

TOLD_SECONDS: Final = 10.0
"""A limit that is reached again and again is logged as often."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("arrivals")


class Asking(enum.Enum):
    """What is asked for, each with a bucket of its own for each place."""

    UPGRADE = "upgrades"
    TICKET = "tickets"
    OPENING = "openings"
    OTHER = "requests"


class TooManyRequests(RequestError):
    """More of a kind was asked for from one place than it may."""

    code = "rate_limited"
    http_status = 429
    close_code = CloseCode.RATE_LIMITED
    words = "too much was asked for from where you are; try again in a moment"

    def __init__(self, seconds: float) -> None:
        """`seconds`: after which there is room for one again."""
        super().__init__()
        self.retry_after = max(1, math.ceil(seconds))


class TooManyConnections(RequestError):
    """More connections are open from one place, or of one person, than may be."""

    code = "too_many_connections"
    http_status = 429
    close_code = CloseCode.CONNECTION_LIMIT
    words = "too many connections are open from where you are"
    retry_after = AGAIN_SECONDS


class Arrivals:
    """Everything that comes to both public ports of this process."""

    def __init__(
        self,
        settings: LimitSettings | None = None,
        clock: Callable[[], float] = lambda: 0.0,
        *,
        behind_proxy: bool = False,
    ) -> None:
        """`clock` gives seconds of any beginning, monotonic."""
        self.settings = settings or LimitSettings()
        self.refused: Counter[str] = Counter()
        """What was turned away, by the setting that says how much is too much."""
        self._clock = clock
        self._addresses = Addresses(behind_proxy=behind_proxy, loopback=self.settings.loopback)
        self._sockets = _Tally("sockets_per_address", self.settings.sockets_per_address)
        self._strangers = _Tally("strangers_per_address", self.settings.strangers_per_address)
        self._http = _Tally("http_per_address", self.settings.http_per_address)
        self._buckets = {asking: _Buckets(getattr(self.settings, asking.value)) for asking in Asking}
        self._told: dict[str, float] = {}

    def connect_http(self, peer: str) -> Arrival:
        """Count a connection to the front desk. Raises `TooManyConnections`."""
        return self._count(Arrival(self), self._addresses.of_peer(peer), self._http)

    def connect_world(self, peer: str) -> Arrival:
        """Count a connection to the world, of a stranger. Raises `TooManyConnections`."""
        return self._count(Arrival(self), self._addresses.of_peer(peer), self._sockets, self._strangers)

    def upgrade(self, arrival: Arrival, peer: str, forwarded: Sequence[str]) -> None:
        """Note that a connection to the world asks to be a WebSocket; a proxy says now whose it is.

        Raises `TooManyRequests` or `TooManyConnections`.
        """
        self.ask(Asking.UPGRADE, peer, forwarded)
        if self._addresses.behind_proxy:
            self._count(arrival, self._addresses.of_request(peer, forwarded), self._sockets, self._strangers)

    def ask(self, asking: Asking, peer: str, forwarded: Sequence[str]) -> None:
        """Take one of what a place may ask for. Raises `TooManyRequests`."""
        address = self.place_of(peer, forwarded)
        if address is None:
            return
        if address == UNTOLD:
            self._tell("address_untold")
        wait = self._buckets[asking].take(address, self._clock())
        if wait > 0.0:
            self._refuse(asking.value)
            raise TooManyRequests(wait)

    def place_of(self, peer: str, forwarded: Sequence[str]) -> str | None:
        """Say from where a request counts, given all its X-Forwarded-For headers; None if it counts for nobody."""
        return self._addresses.of_request(peer, forwarded)

    def settled(self, arrival: Arrival) -> None:
        """Note that it is known who is there."""
        arrival.drop(self._strangers)

    def demand_session(self, sessions: int) -> None:
        """Raise `TooManyConnections` unless who has so many sessions may have one more."""
        if sessions >= self.settings.sessions_per_person:
            self._refuse("sessions_per_person")
            raise TooManyConnections("you have too many connections open; close one of them")

    def _count(self, arrival: Arrival, address: str | None, *tallies: _Tally) -> Arrival:
        if address is None:
            return arrival
        for tally in tallies:
            if not tally.add(address):
                arrival.leave()
                self._refuse(tally.limit)
                raise TooManyConnections
            arrival.held[tally] = address
        return arrival

    def _refuse(self, limit: str) -> None:
        self.refused[limit] += 1
        self._tell(limit)

    def _tell(self, limit: str) -> None:
        now = self._clock()
        if now - self._told.get(limit, -math.inf) >= TOLD_SECONDS:
            self._told[limit] = now
            _log.warning("limit_reached", reason=limit, count=self.refused[limit])


class Arrival:
    """One connection, which counts for where it comes from until it leaves."""

    __slots__ = ("_arrivals", "held")

    def __init__(self, arrivals: Arrivals | None = None) -> None:
        self._arrivals = arrivals
        self.held: dict[_Tally, str] = {}
        """Where it is counted, and for which place."""

    def settle(self) -> None:
        """Note that it is known who is there."""
        if self._arrivals is not None:
            self._arrivals.settled(self)

    def leave(self) -> None:
        """Count for nothing any more; again is harmless."""
        for tally in tuple(self.held):
            self.drop(tally)

    def drop(self, tally: _Tally) -> None:
        """Count there no more."""
        address = self.held.pop(tally, None)
        if address is not None:
            tally.remove(address)


class _Tally:
    """How many there are of each place; a place that has none is forgotten."""

    def __init__(self, limit: str, most: int) -> None:
        self.limit = limit
        self._most = most
        self._counts: dict[str, int] = {}

    def add(self, address: str) -> bool:
        there = self._counts.get(address, 0)
        if there >= self._most:
            return False
        self._counts[address] = there + 1
        return True

    def remove(self, address: str) -> None:
        left = self._counts[address] - 1
        if left:
            self._counts[address] = left
        else:
            del self._counts[address]


class _Buckets:
    """A bucket for each place that has asked lately."""

    def __init__(self, rate: RateSettings) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, address: str, now: float) -> float:
        """Take one; 0, or the seconds until there is one."""
        self._forget(now)
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = self._buckets[address] = TokenBucket(self._rate.burst, self._rate.per_second, now)
        self._buckets.move_to_end(address)
        return 0.0 if bucket.take(now) else bucket.wait()

    def _forget(self, now: float) -> None:
        """Let go of those who asked the longest ago, if their bucket is full again or there are too many."""
        while self._buckets:
            bucket = next(iter(self._buckets.values()))
            if bucket.full_at() > now and len(self._buckets) < PLACES_MAX:
                return
            self._buckets.popitem(last=False)
