import asyncio

import pytest

from protocol.ids import HELLO_SECONDS, CloseCode
from server.gateway import gateway as gateway_module
from server.gateway.gateway import SWEEP_SECONDS
from tests.support.gateway_world import ClientDouble, GatewayWorld


def test_sessions_are_counted_by_where_they_are(world: GatewayWorld) -> None:
    world.connect()
    world.connect().join(name="Ann")
    world.connect().join(name="Bo").lose_socket()
    assert world.gateway.session_counts == {"connecting": 1, "live": 1, "suspended": 1}


def test_each_connection_has_its_turn_by_its_own_time_however_many_others_there_are() -> None:
    def turns(others: int) -> list[float]:
        world = GatewayWorld()
        for _ in range(others):
            world.connect()
        world.clock.now += SWEEP_SECONDS / 2
        client = world.connect()
        found = []
        for _ in range(64):
            world.clock.now += SWEEP_SECONDS / 16
            before = client.port.checks
            world.gateway.sweep(world.clock.now)
            found += [world.clock.now] * (client.port.checks - before)
        return found

    assert len(turns(0)) >= 3
    assert turns(0) == turns(1) == turns(2_000)


def test_a_connection_that_is_gone_is_swept_no_more(world: GatewayWorld) -> None:
    client = world.connect()
    client.lose_socket()
    world.advance(HELLO_SECONDS)
    assert client.port.checks == 0
    assert client.port.closed is None


def test_a_room_without_anybody_is_told_nothing(world: GatewayWorld) -> None:
    world.step()
    world.gateway.broadcast(world.directory.rooms["consult"], world.clock.now)
    assert world.telemetry.traffic.snapshots_out == 0


async def close_all_while(world: GatewayWorld, *answering: ClientDouble) -> None:
    """Close everything; these clients answer the close."""
    closing = asyncio.create_task(world.gateway.close_all())
    await asyncio.sleep(0)
    for client in answering:
        client.lose_socket(CloseCode.SERVICE_RESTART)
    await closing


async def test_closing_tells_everybody_and_ends_every_session(world: GatewayWorld) -> None:
    fresh, live, lost = world.connect(), world.connect().join(name="Ann"), world.connect().join(name="Bo")
    lost.lose_socket()
    await close_all_while(world, fresh, live)
    assert fresh.port.closed == (CloseCode.SERVICE_RESTART, "service restart")
    assert live.port.closed == (CloseCode.SERVICE_RESTART, "service restart")
    assert not live.port.aborted
    assert world.directory.rooms["consult"].members == {}
    assert world.gateway.session_counts == {"connecting": 0, "live": 0, "suspended": 0}


async def test_closing_drops_who_does_not_answer(world: GatewayWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "CLOSE_SECONDS", 0.01)
    monkeypatch.setattr(gateway_module, "DROP_SECONDS", 0.01)
    answering, silent = world.connect(), world.connect()
    await close_all_while(world, answering)
    assert silent.port.aborted
    assert not answering.port.aborted


async def test_closing_an_empty_gateway_is_done_at_once(world: GatewayWorld) -> None:
    await asyncio.wait_for(world.gateway.close_all(), 0.5)
    assert world.gateway.session_counts["connecting"] == 0
