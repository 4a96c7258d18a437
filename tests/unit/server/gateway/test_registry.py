import pytest

from protocol.ids import CloseCode
from server.gateway.errors import ResumeRefused
from tests.support.gateway_world import GatewayWorld


def test_a_token_serves_once(world: GatewayWorld) -> None:
    token = world.connect().join().welcomed().resume_token
    registry = world.gateway.registry
    session = registry.redeem(token)
    assert session.room.id == "consult"
    with pytest.raises(ResumeRefused):
        registry.redeem(token)


def test_each_token_voids_the_one_before(world: GatewayWorld) -> None:
    token = world.connect().join().welcomed().resume_token
    registry = world.gateway.registry
    session = registry.redeem(token)
    first = registry.issue_token(session)
    second = registry.issue_token(session)
    assert len({token, first, second}) == 3
    with pytest.raises(ResumeRefused):
        registry.redeem(first)
    assert registry.redeem(second) is session


def test_tokens_fit_the_wire_and_are_hard_to_guess(world: GatewayWorld) -> None:
    tokens = {world.connect().join(room="ward", name=str(index)).welcomed().resume_token for index in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}


def test_a_room_has_the_ports_of_its_live_sessions(world: GatewayWorld) -> None:
    ann, bo = world.connect().join(name="Ann"), world.connect().join(name="Bo")
    other = world.connect().join(room="ward")
    registry = world.gateway.registry
    assert list(registry.ports("consult")) == [ann.port, bo.port]
    assert list(registry.ports("ward")) == [other.port]
    assert registry.live == 3
    ann.lose_socket()
    bo.lose_socket()
    assert list(registry.ports("consult")) == []
    assert (registry.live, registry.waiting) == (1, 2)


def test_those_who_wait_longest_are_given_up_first(world: GatewayWorld) -> None:
    clients = [world.connect().join(name=name) for name in ("Ann", "Bo", "Cy")]
    for client in clients:
        client.lose_socket()
        world.clock.now += 10.0
    registry = world.gateway.registry
    registry.expire(world.clock.now)
    assert registry.waiting == 2
    registry.expire(world.clock.now + 10.0)
    assert registry.waiting == 1


def test_ending_all_who_wait_leaves_nobody_in_the_room(world: GatewayWorld) -> None:
    for name in ("Ann", "Bo"):
        world.connect().join(name=name).lose_socket(CloseCode.GOING_AWAY)
    world.gateway.registry.end_waiting(world.clock.now)
    assert world.gateway.registry.waiting == 0
    assert world.directory.rooms["consult"].members == {}
