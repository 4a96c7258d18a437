import pytest

from server.config.limits import LimitSettings, RateSettings
from server.doorway.arrivals import (
    PLACES_MAX,
    Arrival,
    Arrivals,
    Asking,
    TooManyConnections,
    TooManyRequests,
)

HERE, THERE = "192.0.2.7", "192.0.2.8"


class Counted(Arrivals):
    """Arrivals under a clock that a test sets."""

    def __init__(self, *, behind_proxy: bool = False, **limits: object) -> None:
        self.now = 0.0
        settings = LimitSettings(**limits)  # type: ignore[arg-type]  # checked where they are made
        super().__init__(settings, lambda: self.now, behind_proxy=behind_proxy)


def test_one_place_has_so_many_sockets_and_another_its_own() -> None:
    arrivals = Counted(sockets_per_address=2)
    kept = [arrivals.connect_world(HERE) for _ in range(2)]
    with pytest.raises(TooManyConnections):
        arrivals.connect_world(HERE)
    arrivals.connect_world(THERE)
    kept[0].leave()
    arrivals.connect_world(HERE)


def test_who_is_refused_counts_for_nothing() -> None:
    arrivals = Counted(sockets_per_address=3, strangers_per_address=1)
    known = arrivals.connect_world(HERE)
    for _ in range(5):
        with pytest.raises(TooManyConnections):
            arrivals.connect_world(HERE)
    known.settle()
    for _ in range(2):
        arrivals.connect_world(HERE).settle()
    with pytest.raises(TooManyConnections):
        arrivals.connect_world(HERE)
    assert arrivals.refused == {"strangers_per_address": 5, "sockets_per_address": 1}


def test_strangers_are_fewer_than_those_who_are_known() -> None:
    arrivals = Counted(strangers_per_address=1)
    for _ in range(10):
        arrivals.connect_world(HERE).settle()
    arrivals.connect_world(HERE)
    with pytest.raises(TooManyConnections):
        arrivals.connect_world(HERE)


def test_leaving_twice_counts_once() -> None:
    arrivals = Counted(sockets_per_address=2)
    first, _ = arrivals.connect_world(HERE), arrivals.connect_world(HERE)
    first.leave()
    first.settle()
    first.leave()
    arrivals.connect_world(HERE)
    with pytest.raises(TooManyConnections):
        arrivals.connect_world(HERE)


def test_places_that_have_nobody_are_forgotten() -> None:
    arrivals = Counted()
    for arrival in [arrivals.connect_world(f"2001:db8:0:{number:x}::1") for number in range(100)]:
        arrival.leave()
    assert arrivals._sockets._counts == arrivals._strangers._counts == {}


def test_the_front_desk_counts_by_itself() -> None:
    arrivals = Counted(http_per_address=1, sockets_per_address=1)
    arrivals.connect_world(HERE)
    kept = arrivals.connect_http(HERE)
    with pytest.raises(TooManyConnections):
        arrivals.connect_http(HERE)
    kept.leave()
    arrivals.connect_http(HERE)


def test_each_kind_of_asking_has_its_own_bucket() -> None:
    arrivals = Counted(tickets=RateSettings(burst=2, per_second=0.5))
    for _ in range(2):
        arrivals.ask(Asking.TICKET, HERE, [])
    with pytest.raises(TooManyRequests) as refused:
        arrivals.ask(Asking.TICKET, HERE, [])
    assert refused.value.headers == {"Retry-After": "2"}
    arrivals.ask(Asking.OTHER, HERE, [])
    arrivals.ask(Asking.TICKET, THERE, [])
    arrivals.now = 2.0
    arrivals.ask(Asking.TICKET, HERE, [])


def test_buckets_are_forgotten_when_they_are_full_again() -> None:
    arrivals = Counted(tickets=RateSettings(burst=2, per_second=1.0))
    buckets = arrivals._buckets[Asking.TICKET]._buckets
    for number in range(50):
        arrivals.ask(Asking.TICKET, f"10.0.0.{number}", [])
    assert len(buckets) == 50
    arrivals.now = 10.0
    arrivals.ask(Asking.TICKET, HERE, [])
    assert list(buckets) == [HERE]


def test_however_many_places_there_are_memory_is_bounded() -> None:
    arrivals = Counted()
    for number in range(PLACES_MAX + 10):
        arrivals.ask(Asking.TICKET, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", [])
    assert len(arrivals._buckets[Asking.TICKET]._buckets) == PLACES_MAX


def test_behind_a_proxy_somebody_counts_from_the_upgrade_on() -> None:
    arrivals = Counted(behind_proxy=True, sockets_per_address=1)
    for _ in range(10):
        arrivals.connect_world("10.0.0.1")
    first = arrivals.connect_world("10.0.0.1")
    arrivals.upgrade(first, "10.0.0.1", [HERE])
    second = arrivals.connect_world("10.0.0.1")
    with pytest.raises(TooManyConnections):
        arrivals.upgrade(second, "10.0.0.1", [HERE])
    arrivals.upgrade(second, "10.0.0.1", [THERE])
    first.leave()
    arrivals.upgrade(arrivals.connect_world("10.0.0.1"), "10.0.0.1", [HERE])


def test_this_machine_is_not_counted_unless_it_is_to_be() -> None:
    arrivals = Counted(sockets_per_address=1, tickets=RateSettings(burst=1, per_second=0.1))
    for _ in range(10):
        arrivals.connect_world("127.0.0.1")
        arrivals.ask(Asking.TICKET, "127.0.0.1", [])
    counted = Counted(sockets_per_address=1, loopback=True)
    counted.connect_world("127.0.0.1")
    with pytest.raises(TooManyConnections):
        counted.connect_world("127.0.0.1")


def test_a_person_has_so_many_sessions() -> None:
    arrivals = Counted(sessions_per_person=2)
    arrivals.demand_session(1)
    with pytest.raises(TooManyConnections):
        arrivals.demand_session(2)


def test_a_connection_of_no_arrivals_counts_nowhere() -> None:
    arrival = Arrival()
    arrival.settle()
    arrival.leave()
    assert arrival.held == {}
