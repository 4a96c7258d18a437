"""A whole server, a real provider, two real clients of one person: a phone while the headset is still in."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from polyclinic_client.errors import Disconnected
from polyclinic_client.frontdesk import Ticket
from polyclinic_client.room import Room
from websockets.exceptions import ConnectionClosed

from protocol.ids import CloseCode
from tests.support.clinic_files import ask_ticket, clinic_with_accounts, people_of
from tests.support.visitor import say_hello, until_the_end, welcome_of

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from protocol.messages import Welcome
    from tests.support.oidc_provider import Provider
    from tests.support.server_process import ServerProcess


async def come_in(server: ServerProcess, bearer: str) -> tuple[ClientConnection, Welcome]:
    """Join the ward from another device, by the websockets library."""
    client = await say_hello(ask_ticket(server, bearer).json(), client="phone")
    return client, await welcome_of(client)


def room_of(server: ServerProcess, bearer: str) -> Room:
    """A client of the Python package, on the first device."""

    async def ask() -> Ticket:
        answer = ask_ticket(server, bearer).json()
        return Ticket(ticket=answer["ticket"], world=answer["world"], expires_in=answer["expires_in"])

    return Room(ask)


async def test_a_second_device_supersedes_the_first_where_the_facility_says_so(
    provider: Provider, tmp_path: Path
) -> None:
    with clinic_with_accounts(provider, tmp_path, identity='second_device = "supersede"\n') as server:
        ann, bo = provider.token("ann", 300), provider.token("bo", 300)
        async with AsyncExitStack() as stack:
            first = room_of(server, ann)
            await first.open()
            stack.push_async_callback(first.close)
            neighbour, _ = await come_in(server, bo)
            stack.push_async_callback(neighbour.close)
            second, welcome = await come_in(server, ann)
            stack.push_async_callback(second.close)
            # The client on the first device knows that it is not to come back: no two devices throw each other out.
            with pytest.raises(Disconnected) as ended:
                await until_the_end(first)
            assert ended.value.close_code == CloseCode.SUPERSEDED
            there = people_of(server)
            assert len(there) == 2
            assert welcome.entity in {each["entity"] for each in there}
            assert neighbour.close_code is None


async def test_a_second_device_joins_as_the_same_person_else(provider: Provider, tmp_path: Path) -> None:
    limits = "[server.limits]\nsessions_per_person = 2\n"
    with clinic_with_accounts(provider, tmp_path, more=limits) as server:
        ann = provider.token("ann", 300)
        async with AsyncExitStack() as stack:
            clients = []
            for _ in range(2):
                client, _ = await come_in(server, ann)
                stack.push_async_callback(client.close)
                clients.append(client)
            there = people_of(server)
            assert len(there) == 2
            assert len({each["subject"] for each in there}) == 1
            # As many as the facility lets one person have, and nobody who is there is thrown out for the next.
            with pytest.raises(ConnectionClosed) as refused:
                await come_in(server, ann)
            assert refused.value.rcvd is not None
            assert refused.value.rcvd.code == CloseCode.CONNECTION_LIMIT
            assert [client.close_code for client in clients] == [None, None]
            # Somebody else is somebody else.
            other, _ = await come_in(server, provider.token("bo", 300))
            stack.push_async_callback(other.close)
            # A guest has no subject beyond the session.
            assert ask_ticket(server, "", "lobby").status_code == 201


async def test_guests_are_another_person_each_time(provider: Provider, tmp_path: Path) -> None:
    with clinic_with_accounts(provider, tmp_path, identity='second_device = "supersede"\n') as server:
        async with AsyncExitStack() as stack:
            for _ in range(6):
                client = await say_hello(ask_ticket(server, "", "lobby").json())
                stack.push_async_callback(client.close)
                await welcome_of(client)
            assert len({each["subject"] for each in people_of(server, "lobby")}) == 6
