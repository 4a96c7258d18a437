"""What people consented to is there again after the server was killed, and so is what they withdrew."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from protocol.codec import decode_server, encode
from protocol.ids import CloseCode
from protocol.messages import Event, Operation, Result
from tests.support.clinic_files import ask_ticket, clinic_with_accounts
from tests.support.oidc_provider import Provider
from tests.support.visitor import close_code, next_message, say_hello

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from tests.support.server_process import ServerProcess


async def enter(server: ServerProcess, bearer: str, role: str = "patient") -> ClientConnection:
    return await say_hello(ask_ticket(server, bearer, role=role).json())


async def change(connection: ClientConnection, purpose: str, *, given: bool, op: bytes | None = None) -> Result:
    body = {"purpose": purpose, "given": given}
    await connection.send(encode(Operation(op=op or os.urandom(16), feature="consent", type="set", body=body)))
    while True:
        message = decode_server(await next_message(connection))
        if isinstance(message, Result):
            return message


async def told(connection: ClientConnection) -> Any:
    """What the client is told of its own consents as it comes in."""
    while True:
        message = decode_server(await next_message(connection))
        if isinstance(message, Event) and (message.feature, message.type) == ("consent", "consents"):
            return message.body


async def test_consents_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    store, op = f"--store={tmp_path}/store.sqlite3", os.urandom(16)
    with Provider() as provider:
        ann, cy = provider.token("ann", 300), provider.token("cy", 300)
        roles = ("patient", "learner")
        with clinic_with_accounts(provider, tmp_path, store, roles=roles) as server:
            patient, student = await enter(server, ann), await enter(server, cy, "learner")
            given = await change(patient, "record_motion", given=True, op=op)
            assert given.body == {"given": ["observe", "record_motion", "treat"]}
            withdrawn = await change(patient, "observe", given=False)
            assert withdrawn.body == {"given": ["record_motion", "treat"]}
            assert await close_code(student) == CloseCode.CONSENT_WITHDRAWN
            await change(patient, "record_motion", given=False)
            await change(patient, "research", given=True)
            # The context ends with a SIGKILL.
        with clinic_with_accounts(provider, tmp_path, store, roles=roles) as server:
            patient = await enter(server, ann)
            assert await told(patient) == {"given": ["research", "treat"]}
            assert await close_code(await enter(server, cy, "learner")) == CloseCode.CONSENT_WITHDRAWN
            # What was done before the kill is known: it gets its first result, and gives nothing.
            assert await change(patient, "record_motion", given=True, op=op) == given
            await patient.close()
            assert await told(await enter(server, ann)) == {"given": ["research", "treat"]}
