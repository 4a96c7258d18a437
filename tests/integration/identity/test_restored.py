"""A whole server, a real provider: a copy from before is put back, and nothing comes back that was taken back since."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from protocol.codec import decode_server, encode
from protocol.messages import Bye, Event, Operation, Result
from server.audit.record import decode
from server.audit.verify import verify
from server.identity.subjects import account_subject
from tests.support.audit import lines_of
from tests.support.clinic_files import ask_ticket, clinic_with_accounts
from tests.support.server_process import ROOT
from tests.support.visitor import close_code, next_message, say_hello

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from tests.support.oidc_provider import Provider
    from tests.support.server_process import ServerProcess

WORDS = "my-knee-hurts-since-tuesday"


class Clinic:
    """A server over files that stay, and the commands of whoever runs it."""

    def __init__(self, provider: Provider, folder: Path) -> None:
        self.store = folder / "store.sqlite3"
        self.server = clinic_with_accounts(provider, folder, f"--store={self.store}")
        self.facility = folder / "clinic.toml"
        text = self.facility.read_text()
        self.facility.write_text(text.replace('id = "ward"', 'id = "ward"\nkeep_chat = 20'))

    def do(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "server", *map(str, arguments)]
        command += [f"--facility={self.facility}", f"--store={self.store}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done

    def holders(self, *traces: str) -> list[str]:
        return [
            file.name
            for file in self.store.parent.rglob("*")
            if file.is_file() and file.name != "copy" and any(trace.encode() in file.read_bytes() for trace in traces)
        ]


@pytest.fixture
def clinic(provider: Provider, tmp_path: Path) -> Clinic:
    return Clinic(provider, tmp_path)


async def ask(connection: ClientConnection, feature: str, type_: str, body: dict[str, object]) -> Result:
    await connection.send(encode(Operation(op=os.urandom(16), feature=feature, type=type_, body=body)))
    while True:
        message = decode_server(await next_message(connection))
        if isinstance(message, Result):
            assert message.ok, message
            return message


async def told_consents(connection: ClientConnection) -> Any:
    while True:
        message = decode_server(await next_message(connection))
        if isinstance(message, Event) and (message.feature, message.type) == ("consent", "consents"):
            return message.body


async def enter(server: ServerProcess, bearer: str) -> ClientConnection:
    return await say_hello(ask_ticket(server, bearer).json())


def use(server: ServerProcess, word: str) -> tuple[int, str]:
    answer = httpx.post(f"{server.http}/v1/invitations/tickets", json={"invitation": word, "name": "Ann"})
    return answer.status_code, answer.json().get("code", "")


def invite(server: ServerProcess) -> Any:
    return admin(server, "POST", "invitations", {"room": "ward", "role": "patient"})


def admin(server: ServerProcess, method: str, path: str, body: object = None) -> Any:
    answer = httpx.request(method, f"{server.admin}/v1/admin/{path}", json=body)
    answer.raise_for_status()
    return answer.json()


async def test_a_copy_brings_back_nothing_that_was_taken_back_since(
    clinic: Clinic, provider: Provider, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    tokens = {name: provider.token(name, 300) for name in ("ann", "bo", "cy")}
    subjects = {name: account_subject(provider.issuer, name) for name in tokens}
    with clinic.server as server:
        ann, cy = await enter(server, tokens["ann"]), await enter(server, tokens["cy"])
        await ask(ann, "consent", "set", {"purpose": "record_motion", "given": True})
        await ask(ann, "consent", "set", {"purpose": "research", "given": True})
        await ask(cy, "chat", "say", {"text": WORDS})
        revoked, used = invite(server), invite(server)
        clinic.do("backup", copy)
        assert WORDS.encode() in copy.read_bytes()
        # Taken back, all of it: a consent, a use, an invitation, an account's access, a person.
        await ask(ann, "consent", "set", {"purpose": "record_motion", "given": False})
        assert use(server, used["invitation"])[0] == 201
        admin(server, "DELETE", f"invitations/{revoked['id']}")
        assert ask_ticket(server, tokens["bo"]).status_code == 201
        admin(server, "POST", "revocations", {"subject": subjects["bo"]})
        await ann.close()
        # Who is still there goes on being written of.
        await cy.send(encode(Bye()))
        assert await close_code(cy) == 1000
        clinic.do("audit", "erase", subjects["cy"])
        assert server.terminate() == 0
    restored = clinic.do("restore", copy)
    assert restored.stderr == ""
    assert "taken back again: 1 erasure of people, " in restored.stdout
    assert "taken back again: 1 invitation, and uses of 1\ntaken back again: 1 consent\n" in restored.stdout
    with clinic.server.again() as server:
        assert use(server, revoked["invitation"]) == (403, "invitation_revoked")
        assert use(server, used["invitation"]) == (409, "invitation_used")
        back = await enter(server, tokens["ann"])
        assert await told_consents(back) == {"given": ["observe", "research", "treat"]}
        await back.close()
        assert ask_ticket(server, tokens["bo"]).status_code == 401
        assert server.terminate() == 0
    assert clinic.holders(WORDS, subjects["cy"]) == []
    folder = clinic.store.with_suffix(".audit")
    done = [decode(line[65:-1]) for line in lines_of(folder)]
    commands = [(each.action, each.detail["stage"]) for each in done if "operator" in each.detail]
    assert commands == [
        (action, stage) for action in ("store_copied", "erasure", "store_restored") for stage in ("begun", "ended")
    ]
    verify(folder)


def test_an_export_while_the_server_runs_is_written_by_the_server(clinic: Clinic) -> None:
    folder = clinic.store.with_suffix(".audit")
    command = [sys.executable, "-m", "server", "audit", "export", str(folder)]
    with clinic.server as server:
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
        last = json.loads(told.stdout.splitlines()[-1])
        assert (last["type"]["code"], last["subtype"][1]["code"]) == ("110101", "audit_exported")
        assert server.terminate() == 0
    actions = [decode(line[65:-1]).action for line in lines_of(folder)]
    # The server alone opened it.
    assert actions == ["log_created", "audit_exported", "audit_exported"]
