"""The turns of a poller, on a loop whose time is moved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from server.gateway.sockets import BUSY_SECONDS, QUIET_TURNS, TURN_SECONDS, WAKES, SocketTurns

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from core_ext import Poller


class PollerDouble:
    def __init__(self) -> None:
        self.ready = 0
        self.polls = 0

    def fileno(self) -> int:
        return 7

    def poll(self) -> int:
        self.polls += 1
        return self.ready


class TimerDouble:
    def __init__(self, call: Callable[[], None]) -> None:
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class LoopDouble:
    def __init__(self) -> None:
        self.now = 5.0
        self.readers: dict[int, Callable[[], None]] = {}
        self.timers: list[TimerDouble] = []

    def time(self) -> float:
        return self.now

    def add_reader(self, fd: int, call: Callable[[], None]) -> None:
        self.readers[fd] = call

    def remove_reader(self, fd: int) -> None:
        self.readers.pop(fd, None)

    def call_later(self, delay: float, call: Callable[[], None]) -> TimerDouble:
        assert delay == TURN_SECONDS
        self.timers.append(TimerDouble(call))
        return self.timers[-1]


class Turns:
    def __init__(self) -> None:
        self.poller = PollerDouble()
        self.loop = LoopDouble()
        self.turns = SocketTurns(cast("Poller", self.poller), cast("asyncio.AbstractEventLoop", self.loop))

    def wake(self, times: int, seconds: float) -> None:
        """Let sockets be ready so often, evenly over a time."""
        for _ in range(times):
            self.loop.now += seconds / times
            self.loop.readers[7]()

    def turn(self) -> None:
        self.loop.now += TURN_SECONDS
        self.loop.timers[-1].call()


@pytest.fixture
def world() -> Turns:
    return Turns()


def test_little_is_answered_at_once(world: Turns) -> None:
    world.wake(WAKES * 3, BUSY_SECONDS * 3.3)
    assert world.poller.polls == WAKES * 3
    assert not world.turns.in_turns


def test_much_waits_for_its_turn(world: Turns) -> None:
    world.wake(WAKES, BUSY_SECONDS / 2)
    assert world.turns.in_turns
    assert world.loop.readers == {}
    world.poller.ready = 30
    for _ in range(QUIET_TURNS * 2):
        world.turn()
    assert world.turns.in_turns
    assert world.poller.polls == WAKES + QUIET_TURNS * 2


def test_when_it_is_quiet_again_each_socket_is_answered_at_once(world: Turns) -> None:
    world.wake(WAKES, BUSY_SECONDS / 2)
    for _ in range(QUIET_TURNS):
        world.turn()
    assert not world.turns.in_turns
    assert world.loop.timers[-1].cancelled
    world.wake(1, 0.0)
    assert world.poller.polls == WAKES + QUIET_TURNS + 1


@pytest.mark.parametrize("busy", [False, True])
def test_after_the_end_nothing_is_called(world: Turns, *, busy: bool) -> None:
    world.wake(WAKES, BUSY_SECONDS / 2 if busy else 1.0)
    world.turns.stop()
    assert world.loop.readers == {}
    assert all(timer.cancelled for timer in world.loop.timers)
