"""What comes and goes is freed by reference counts alone: the garbage collector looks at an object once (ADR 17)."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from protocol.ids import CloseCode
from protocol.messages import Bye, Clock
from tests.support.gateway_world import RESUME_SECONDS, GatewayWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 1_000


def join_and_say_goodbye(world: GatewayWorld) -> None:
    client = world.connect().join("ward")
    client.operation("chat", "say", text="Good morning")
    client.operation("chat", "sing")
    client.say(Clock(sent=1.0))
    client.say(Bye()).lose_socket(CloseCode.NORMAL)


def lose_and_resume(world: GatewayWorld) -> None:
    client = world.connect().join("ward")
    token = client.welcomed().resume_token
    client.lose_socket()
    again = world.connect().resume(token, 0)
    # Before the first socket is known to be dead.
    third = world.connect().resume(again.welcomed().resume_token, 0)
    again.lose_socket()
    third.say(Bye()).lose_socket(CloseCode.NORMAL)


def lose_and_never_come_back(world: GatewayWorld) -> None:
    world.connect().join("consult").lose_socket()
    world.advance(RESUME_SECONDS + 1.0)


def be_refused(world: GatewayWorld) -> None:
    full = [world.connect().join("consult") for _ in range(4)]
    world.connect().hello("no ticket").lose_socket()
    world.connect().resume("no token", 0).lose_socket()
    babbler = world.connect()
    babbler.connection.on_message(b"\x01nonsense")
    babbler.lose_socket()
    for client in full:
        client.connection.shut(CloseCode.REMOVED, "removed", world.clock.now)
        client.lose_socket()


def resume_what_never_was(world: GatewayWorld) -> None:
    client = world.connect().join("ward")
    token = client.welcomed().resume_token
    client.lose_socket()
    world.connect().resume(token, 10_000).lose_socket()


def open_a_room_and_close_it(world: GatewayWorld) -> None:
    room = world.directory.open_visit("consult", "Room 2", world.clock.now)
    client = world.connect().join(room.id)
    client.operation("chat", "say", text="Good morning")
    client.say(Bye()).lose_socket(CloseCode.NORMAL)
    assert world.directory.close_empty(world.clock.now) == [room]


def alive() -> Counter[str]:
    return Counter(type(thing).__qualname__ for thing in gc.get_objects())


@pytest.fixture
def world() -> Iterator[GatewayWorld]:
    world = GatewayWorld()
    gc.collect()
    gc.disable()
    yield world
    gc.enable()


@pytest.mark.parametrize(
    "visit",
    [
        join_and_say_goodbye,
        lose_and_resume,
        lose_and_never_come_back,
        be_refused,
        resume_what_never_was,
        open_a_room_and_close_it,
    ],
)
def test_a_thousand_visits_leave_nothing_to_collect(world: GatewayWorld, visit: Callable[[GatewayWorld], None]) -> None:
    def turn() -> None:
        visit(world)
        world.step("ward")
        world.step("consult")
        world.advance(0.05)

    for _ in range(ROUNDS // 10):
        turn()
    gc.collect()
    before = alive()
    for _ in range(ROUNDS):
        turn()
    assert gc.collect() == 0
    # The log's line of the last visit and the like: nothing grows with the visits.
    assert (alive() - before).total() < ROUNDS // 10
