import asyncio
from types import MappingProxyType

import pytest
from polyclinic_client.backlog import Backlog
from polyclinic_client.changes import (
    Change,
    Corrected,
    Entered,
    Entity,
    Left,
    Moved,
    Person,
    Reconnected,
    RosterChanged,
    Said,
)
from polyclinic_client.errors import Disconnected

from protocol.snapshot import AvatarState


def entity(number: int, voice: int = 0) -> Entity:
    return Entity(number, "avatar", f"n{number}", "patient", "plain", AvatarState(voice=voice))


def said(number: int) -> Said:
    return Said(1, "Ada", str(number), 0)


def person(number: int) -> Person:
    return Person(number, f"n{number}", "patient")


def roster(*, joined: tuple[int, ...] = (), left: tuple[int, ...] = (), people: tuple[int, ...] = ()) -> RosterChanged:
    listed = MappingProxyType({number: person(number) for number in people})
    return RosterChanged(listed, tuple(map(person, joined)), tuple(map(person, left)))


async def drain(backlog: Backlog) -> list[Change]:
    backlog.end()
    taken = []
    while (change := await backlog.get()) is not None:
        taken.append(change)
    return taken


async def test_moves_of_one_entity_become_the_newest() -> None:
    backlog = Backlog()
    for voice in range(5):
        backlog.put(Moved(entity(1, voice), voice))
        backlog.put(Moved(entity(2, voice), voice))
    assert await drain(backlog) == [Moved(entity(1, 4), 4), Moved(entity(2, 4), 4)]


async def test_who_came_and_went_unread_leaves_no_trace() -> None:
    backlog = Backlog()
    for change in (Entered(entity(1)), Moved(entity(1), 1), Left(entity(1))):
        backlog.put(change)
    assert await drain(backlog) == []


async def test_who_was_known_and_went_is_told_once_and_moves_no_more() -> None:
    backlog = Backlog()
    for change in (Moved(entity(1), 1), Left(entity(1)), Entered(entity(1, 9))):
        backlog.put(change)
    assert await drain(backlog) == [Left(entity(1)), Entered(entity(1, 9))]


async def test_roster_changes_become_one() -> None:
    backlog = Backlog()
    backlog.put(roster(joined=(1, 2), people=(1, 2, 3)))
    backlog.put(roster(joined=(4,), left=(2, 3), people=(1, 4)))
    assert await drain(backlog) == [roster(joined=(1, 4), left=(3,), people=(1, 4))]


async def test_who_came_and_left_at_once_is_told_unless_more_came_before_it_was_read() -> None:
    backlog = Backlog()
    backlog.put(roster(joined=(2,), left=(2,), people=(1,)))
    assert await backlog.get() == roster(joined=(2,), left=(2,), people=(1,))
    backlog.put(roster(joined=(3,), left=(3,), people=(1,)))
    backlog.put(roster(joined=(4, 5), left=(5,), people=(1, 4)))
    assert await drain(backlog) == [roster(joined=(4,), people=(1, 4))]


async def test_of_corrections_the_newest_counts() -> None:
    backlog = Backlog()
    backlog.put(Corrected((0.0, 0.0, 0.0), "speed", 1))
    backlog.put(Corrected((1.0, 0.0, 0.0), "bounds", 2))
    assert await drain(backlog) == [Corrected((1.0, 0.0, 0.0), "bounds", 2)]


async def test_events_are_all_told_in_order() -> None:
    backlog = Backlog(events_max=3)
    backlog.listen()
    told: list[Change] = [said(1), Reconnected(resumed=True), said(2), said(3)]
    for change in told:
        backlog.put(change)
    assert await drain(backlog) == told


async def test_a_full_backlog_holds_the_socket_until_it_is_read() -> None:
    backlog = Backlog(events_max=2)
    backlog.listen()
    for number in range(2):
        backlog.put(said(number))
    waiting = asyncio.create_task(backlog.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await backlog.get()
    await waiting


async def test_while_nobody_listens_the_oldest_event_gives_way() -> None:
    backlog = Backlog(events_max=2)
    for number in range(4):
        backlog.put(said(number))
    await backlog.room()
    assert await drain(backlog) == [said(2), said(3)]


async def test_what_waits_is_read_before_the_error_of_the_end() -> None:
    backlog = Backlog()
    backlog.put(said(1))
    backlog.end(Disconnected(4503))
    assert await backlog.get() == said(1)
    with pytest.raises(Disconnected):
        await backlog.get()
