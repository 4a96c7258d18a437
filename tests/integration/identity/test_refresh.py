"""A whole server, a real provider, real clients: sessions that go on over the end of their tokens."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from polyclinic_client import JoinRefused, join

from protocol.codec import decode_server
from protocol.ids import CloseCode, Kind
from protocol.messages import Refresh, Refreshed
from tests.support.clinic_files import ask_ticket, clinic_with_accounts, people_of
from tests.support.raw_websocket import BINARY, RawWebSocket
from tests.support.visitor import until_the_end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.oidc_provider import Provider
    from tests.support.server_process import ServerProcess

LEEWAY_SECONDS = 0.0
"""A token ends when it says."""
LIFE_SECONDS = 8.0


@pytest.fixture(scope="module")
def server(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("clinic")
    with clinic_with_accounts(provider, folder, identity=f"leeway_seconds = {LEEWAY_SECONDS}\n") as running:
        yield running


async def refreshed(client: RawWebSocket, ticket: str) -> float:
    """Show a fresh ticket; how long the session lasts now."""
    client.say(Refresh(ticket=ticket))
    told = decode_server(await client.read_until(BINARY, Kind.REFRESHED))
    assert isinstance(told, Refreshed)
    return told.expires_in


async def test_a_session_goes_on_with_a_fresh_ticket_and_ends_without(
    provider: Provider, server: ServerProcess
) -> None:
    port = int(server.world.rpartition(":")[2])
    async with await RawWebSocket.open(port) as ann, await RawWebSocket.open(port) as bo:
        welcome = await ann.join(ask_ticket(server, provider.token("ann", LIFE_SECONDS)).json()["ticket"])
        assert 0.0 < welcome.expires_in <= LIFE_SECONDS + 1.0
        await bo.join(ask_ticket(server, provider.token("bo", LIFE_SECONDS)).json()["ticket"])
        fresh = ask_ticket(server, provider.token("ann", 300.0), refreshing=True).json()["ticket"]
        assert await refreshed(ann, fresh) > 200.0
        assert await bo.read_close() == (CloseCode.TOKEN_EXPIRED, "token expired")
        assert welcome.entity in {each["entity"] for each in people_of(server)}
        assert fresh not in server.errors


async def test_somebody_elses_ticket_ends_the_session_and_not_theirs(provider: Provider, server: ServerProcess) -> None:
    port = int(server.world.rpartition(":")[2])
    async with await RawWebSocket.open(port) as ann, await RawWebSocket.open(port) as bo:
        gone = await ann.join(ask_ticket(server, provider.token("ann", 300.0)).json()["ticket"])
        welcome = await bo.join(ask_ticket(server, provider.token("bo", 300.0)).json()["ticket"])
        ann.say(Refresh(ticket=ask_ticket(server, provider.token("bo", 300.0)).json()["ticket"]))
        assert (await ann.read_close())[0] == CloseCode.AUTHENTICATION_INVALID
        there = {each["entity"] for each in people_of(server)}
        assert welcome.entity in there
        assert gone.entity not in there


async def test_the_python_client_refreshes_by_itself_for_as_long_as_it_gets_a_token(
    provider: Provider, server: ServerProcess
) -> None:
    lives = iter([LIFE_SECONDS, LIFE_SECONDS, *[0.0] * 100])
    given: list[str] = []

    async def token() -> str:
        given.append(provider.token("cy", next(lives)))
        return given[-1]

    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(
            join(server.http, room="ward", name="Cy", role="patient", token=token, patience=1.0)
        )
        entity = room.entity
        began = asyncio.get_running_loop().time()
        with pytest.raises(JoinRefused) as ended:
            await until_the_end(room)
        assert room.entity == entity
        # Once it went on; after that no token was good, neither for this session nor for another.
        assert asyncio.get_running_loop().time() - began > LIFE_SECONDS
        assert ended.value.code == "unauthenticated"
        assert len(given) > 2
    for each in given:
        assert each[-40:] not in server.errors
