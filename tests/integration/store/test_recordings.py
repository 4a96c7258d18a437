"""A whole server that is stopped while it records: what was taken is on the disk, in files that can be read."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from loadtest.motion.recorded import read_recording
from protocol.codec import decode_server, encode
from protocol.ids import Kind
from protocol.messages import Operation, Result
from tests.support.clinic_files import write_clinic
from tests.support.server_process import ServerProcess
from tests.support.visitor import ask, next_message, say_hello, welcome_of

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

TICKS = 30


async def done(connection: ClientConnection, type_: str, body: dict[str, object]) -> bool:
    await connection.send(encode(Operation(op=os.urandom(16), feature="consent", type=type_, body=body)))
    while True:
        message = decode_server(await next_message(connection))
        if isinstance(message, Result):
            return message.ok


async def ticks_pass(connection: ClientConnection) -> None:
    seen = 0
    while seen < TICKS:
        message = await connection.recv()
        seen += message[0] == Kind.SNAPSHOT


async def test_a_server_that_stops_leaves_recordings_that_can_be_read(tmp_path: Path) -> None:
    file, folder = write_clinic(tmp_path), tmp_path / "motion"
    file.write_text(file.read_text().replace('id = "consult-1"\n', f'id = "consult-1"\nrecordings = "{folder}"\n'))
    with ServerProcess(f"--facility={file}") as server:
        wish = {"name": "Zacharias-Canary", "role": "clinician"}
        doc = await say_hello(await asyncio.to_thread(ask, f"{server.http}/v1/rooms/consult-1/tickets", wish))
        await welcome_of(doc)
        assert await done(doc, "set", {"purpose": "record_motion", "given": True})
        assert await done(doc, "record", {"kind": "motion", "on": True})
        await ticks_pass(doc)
        assert server.terminate() == 0
    (recorded,) = folder.iterdir()
    assert recorded.name.startswith("consult-1-20")
    assert len(read_recording(recorded).rows) >= TICKS - 1
    assert b"Canary" not in recorded.read_bytes()
