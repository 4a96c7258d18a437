"""A person at the door of the real server, in as few steps as the wire allows."""

from __future__ import annotations

import asyncio
import contextlib
import json
import urllib.request
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from protocol.codec import decode_server, encode
from protocol.ids import SUBPROTOCOL, VERSION, Kind
from protocol.messages import Hello, Welcome
from protocol.schema import SCHEMA_HASH
from tests.support.raw_websocket import AWAITED_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from polyclinic_client import Room

    from tests.support.server_process import ServerProcess


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    """GET, or POST a body; the answer's JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"content-type": "application/json"})  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=10.0) as answer:  # noqa: S310 - our own server
        return json.loads(answer.read())


async def join(server: ServerProcess, room: str = "lobby", name: str = "Ann") -> tuple[ClientConnection, Welcome]:
    """Get a ticket, open the WebSocket, say hello; the connection and the welcome."""
    wish = {"name": name, "role": "patient", "avatar": "robot"}
    ticket = await asyncio.to_thread(ask, f"{server.http}/v1/rooms/{room}/tickets", wish)
    connection = await say_hello(ticket)
    return connection, await welcome_of(connection)


async def say_hello(ticket: Mapping[str, Any], client: str = "test") -> ClientConnection:
    """Open the WebSocket that a ticket is for, as the front desk gave it, and say hello with it."""
    connection = await connect(
        ticket["world"], subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None, ping_interval=None
    )
    await connection.send(encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket["ticket"], client=client)))
    return connection


async def welcome_of(connection: ClientConnection) -> Welcome:
    """Receive the answer to a hello."""
    welcome = decode_server(await next_message(connection))
    assert isinstance(welcome, Welcome)
    return welcome


async def until_the_end(room: Room) -> None:
    """Take in all changes there are, by the Python client."""
    async with asyncio.timeout(AWAITED_SECONDS):
        async for _ in room.changes():
            pass


async def next_message(connection: ClientConnection) -> bytes:
    """Receive the next message that is not a snapshot."""
    async with asyncio.timeout(AWAITED_SECONDS):
        while True:
            message = await connection.recv()
            assert isinstance(message, bytes)
            if message[0] != Kind.SNAPSHOT:
                return message


async def close_code(connection: ClientConnection) -> int | None:
    """Read until the server closes; its code."""
    async with asyncio.timeout(AWAITED_SECONDS):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await connection.recv()
    return connection.close_code
