"""One person with several sessions."""

import pytest

from server.config.limits import LimitSettings
from server.doorway.arrivals import Arrivals
from server.identity.tickets import Claims
from tests.support.gateway_world import ClientDouble, GatewayWorld

MOST = LimitSettings().sessions_per_person


def join(world: GatewayWorld, subject: str = "account-ann", room: str = "ward") -> ClientDouble:
    claims = Claims(room=room, subject=subject, name="Ann", role="patient", avatar="plain")
    return world.connect().hello(world.tickets.issue(claims, world.clock.now))


def test_a_person_may_be_here_several_times_and_not_without_end(world: GatewayWorld) -> None:
    there = [join(world) for _ in range(MOST)]
    assert [client.close_code() for client in there] == [None] * MOST
    assert join(world).close_code() == 4504
    assert len(world.directory.rooms["ward"].members) == MOST
    # Neither those who are there nor anybody else notices.
    assert [client.close_code() for client in there] == [None] * MOST
    assert join(world, "account-bo").close_code() is None
    there[0].lose_socket(1000)
    assert join(world).close_code() is None


def test_an_invitation_for_one_person_is_one_session(world: GatewayWorld) -> None:
    """A pass that is handed on."""
    there = [join(world, "invited-1") for _ in range(MOST)]
    other = join(world, "invited-2")
    assert [client.close_code() for client in there] == [4509] * (MOST - 1) + [None]
    assert join(world, "invited-1", "consult").close_code() is None
    assert there[-1].close_code() == 4509
    assert other.close_code() is None


def test_the_limit_is_over_all_rooms(world: GatewayWorld) -> None:
    for number in range(MOST):
        join(world, room=("ward", "consult")[number % 2])
    assert join(world, room="consult").close_code() == 4504


def test_a_session_that_waits_makes_way_and_the_oldest_first(world: GatewayWorld) -> None:
    """Somebody loads the page again and again."""
    tokens = []
    for _ in range(3 * MOST):
        client = join(world)
        assert client.close_code() is None
        tokens.append(client.welcomed().resume_token)
        client.lose_socket()
    assert world.gateway.session_counts["suspended"] == MOST
    assert world.connect().resume(tokens[-MOST - 1], 0).close_code() == 4508
    assert world.connect().resume(tokens[-MOST], 0).close_code() is None


def test_who_finds_no_place_keeps_what_waits(world: GatewayWorld) -> None:
    waiting = join(world)
    for _ in range(MOST - 1):
        join(world)
    waiting.lose_socket()
    room = world.directory.rooms["consult"]
    for number in range(room.capacity):
        join(world, f"account-{number}", "consult")
    assert join(world, room="consult").close_code() == 4006
    assert world.connect().resume(waiting.welcomed().resume_token, 0).close_code() is None


def test_what_waits_gives_its_place_in_a_full_room_up(world: GatewayWorld) -> None:
    room = world.directory.rooms["consult"]
    assert room.capacity < MOST
    waiting = [join(world, room="consult") for _ in range(room.capacity)]
    for _ in range(MOST - room.capacity):
        join(world)
    for client in waiting:
        client.lose_socket()
    assert join(world, room="consult").close_code() is None


def test_guests_are_somebody_else_each_time(world: GatewayWorld) -> None:
    for number in range(2 * MOST):
        assert join(world, f"guest-{number:016x}").close_code() is None


def test_how_many_is_the_facilitys_to_say(world: GatewayWorld) -> None:
    world.gateway.devices._arrivals = Arrivals(LimitSettings(sessions_per_person=1))
    assert join(world).close_code() is None
    assert join(world).close_code() == 4504


def test_who_has_gone_is_forgotten(world: GatewayWorld) -> None:
    clients = [join(world) for _ in range(MOST)]
    for client in clients:
        client.lose_socket()
    world.advance(60.0)
    assert world.gateway.registry._by_subject == {}


@pytest.fixture
def strict(world: GatewayWorld) -> GatewayWorld:
    """Where a second device supersedes the first."""
    world.gateway.devices.policy = "supersede"
    return world


def test_a_second_device_supersedes_the_first_and_nobody_else(strict: GatewayWorld) -> None:
    first, other = join(strict), join(strict, "account-bo")
    token = first.welcomed().resume_token
    second = join(strict)
    assert first.close_code() == 4509
    assert second.close_code() is None
    assert other.close_code() is None
    assert len(strict.directory.rooms["ward"].members) == 2
    # Nothing is left to come back to.
    assert strict.connect().resume(token, 0).close_code() == 4508


def test_it_supersedes_in_every_room_and_what_waits_as_well(strict: GatewayWorld) -> None:
    waiting = join(strict, room="consult")
    waiting.lose_socket()
    assert join(strict).close_code() is None
    assert strict.directory.rooms["consult"].members == {}
    assert strict.gateway.session_counts["suspended"] == 0


def test_a_full_room_has_ones_own_place(strict: GatewayWorld) -> None:
    for subject in ("account-bo", "account-cy"):
        join(strict, subject, "consult")
    first = join(strict, room="consult")
    assert join(strict, room="consult").close_code() is None
    assert first.close_code() == 4509


def test_who_finds_no_place_keeps_the_one_they_have(strict: GatewayWorld) -> None:
    for subject in ("account-bo", "account-cy", "account-di"):
        join(strict, subject, "consult")
    first = join(strict)
    assert join(strict, room="consult").close_code() == 4006
    assert first.close_code() is None


def test_guests_supersede_nobody(strict: GatewayWorld) -> None:
    first = join(strict, "guest-0123456789abcdef")
    join(strict, "guest-0123456789abcdef")
    assert first.close_code() is None
