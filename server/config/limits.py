"""The table `[server.limits]` of the facility file: how much may come from one place or one person."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

Many = Annotated[int, Meta(ge=1, le=1_000_000)]


RATES: Final = ("upgrades", "tickets", "openings", "requests")
"""The keys that are rates."""


class RateSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """So many at once, so many a second after that."""

    burst: Many
    """At once."""
    per_second: Annotated[float, Meta(gt=0.0, le=1_000_000.0)]
    """After that."""


class LimitSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one address (of IPv6: one /64) and one person may have; `[server.limits]`.

    A clinic's people may share an address.
    """

    loopback: bool = False
    """Whether the limits hold for this machine's own programs too, a load tester for one."""
    sockets_per_address: Many = 256
    """WebSockets that are open at a time."""
    strangers_per_address: Many = 64
    """Of those, the ones that have not been welcomed yet."""
    sessions_per_person: Many = 4
    """Sessions that a person with an account has at a time; those that wait for a resume make way for the next. Who
    was invited has one."""
    http_per_address: Many = 128
    """Connections to the front desk that are open at a time."""
    upgrades: RateSettings = RateSettings(burst=200, per_second=20.0)
    """WebSockets that are asked for."""
    tickets: RateSettings = RateSettings(burst=100, per_second=5.0)
    """Tickets that are asked for, and whatever else is posted to the front desk."""
    openings: RateSettings = RateSettings(burst=20, per_second=0.2)
    """Rooms that are opened on demand."""
    requests: RateSettings = RateSettings(burst=2_000, per_second=200.0)
    """Every other request of the front desk."""


LIMIT_TABLES: Final[dict[str, type[Struct]]] = {"limits": LimitSettings, **dict.fromkeys(RATES, RateSettings)}
"""The struct behind each table here."""
