"""What is looked through, when, and who is told."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from server.ops.garbage import ALL_SECONDS, MOST_OBJECTS, YOUNG_OBJECTS, YOUNG_SECONDS, GarbageCollector


class Node:
    """A cycle of its own; its class counts those that are alive."""

    alive = 0

    def __init__(self) -> None:
        self.me: Node | None = self
        Node.alive += 1

    def __del__(self) -> None:
        Node.alive -= 1


@dataclass
class Facility:
    """Somebody may be in it; notes the pauses it is told."""

    occupied: bool = True
    pauses: list[tuple[str, float]] = field(default_factory=list)

    @property
    def generations(self) -> list[str]:
        return [generation for generation, _ in self.pauses]


@pytest.fixture
def facility() -> Facility:
    return Facility()


@pytest.fixture
def collector(facility: Facility) -> Iterator[GarbageCollector]:
    gc.collect()
    Node.alive = 0
    collector = GarbageCollector(
        lambda generation, seconds: facility.pauses.append((generation, seconds)), lambda: facility.occupied
    )
    collector.begin(100.0)
    yield collector
    if not gc.isenabled():
        collector.end()


def test_the_automatic_collector_rests_while_ours_works(collector: GarbageCollector) -> None:
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 0
    collector.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.collect()


def test_few_new_objects_wait_for_a_second(collector: GarbageCollector, facility: Facility) -> None:
    for _ in range(10):
        Node()
    collector.check(100.0 + YOUNG_SECONDS / 2)
    assert (Node.alive, facility.pauses) == (10, [])
    collector.check(100.0 + YOUNG_SECONDS)
    assert (Node.alive, facility.generations) == (0, ["young"])
    assert 0.0 < facility.pauses[0][1] < 1.0
    collector.check(100.1 + YOUNG_SECONDS)
    assert facility.generations == ["young"]


def test_many_new_objects_are_looked_through_at_once(collector: GarbageCollector, facility: Facility) -> None:
    for _ in range(YOUNG_OBJECTS):
        Node()
    collector.check(100.01)
    assert (Node.alive, facility.generations) == (0, ["young"])


def test_what_was_looked_through_once_is_not_again(collector: GarbageCollector) -> None:
    kept = [Node() for _ in range(YOUNG_OBJECTS)]
    collector.check(100.01)
    assert gc.get_freeze_count() > len(kept)
    assert sum(len(gc.get_objects(generation)) for generation in range(3)) < 100
    kept.clear()
    collector.check(102.0)
    # Its cycles are garbage now, and frozen.
    assert Node.alive == YOUNG_OBJECTS


def test_a_heap_too_large_for_one_look_is_kept_unlooked(collector: GarbageCollector, facility: Facility) -> None:
    for _ in range(MOST_OBJECTS + 1):
        Node()
    collector.check(100.01)
    assert (Node.alive, facility.pauses) == (MOST_OBJECTS + 1, [])
    assert len(gc.get_objects(generation=0)) < 100


def test_everything_is_looked_through_only_while_nobody_is_there(
    collector: GarbageCollector, facility: Facility
) -> None:
    for _ in range(MOST_OBJECTS + 1):
        Node()
    collector.check(100.01)
    collector.check(100.0 + ALL_SECONDS)
    assert "full" not in facility.generations
    facility.occupied = False
    collector.check(100.1 + ALL_SECONDS)
    assert Node.alive == 0
    collector.check(100.2 + ALL_SECONDS)
    assert facility.generations.count("full") == 1
    collector.check(101.0 + 2 * ALL_SECONDS)
    assert facility.generations.count("full") == 2


def test_an_operator_may_ask_for_everything_at_any_time(collector: GarbageCollector, facility: Facility) -> None:
    for _ in range(MOST_OBJECTS + 1):
        Node()
    collector.check(100.01)
    collector.ask_for_all()
    collector.check(100.02)
    assert (Node.alive, facility.generations) == (0, ["full"])
    assert gc.get_freeze_count() > 0
    collector.check(100.03)
    assert facility.generations == ["full"]
