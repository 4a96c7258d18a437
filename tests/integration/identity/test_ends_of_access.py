"""A whole server, a real provider, real sockets: access that ends by time or is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from typer.testing import CliRunner

from protocol.ids import VERSION
from protocol.messages import Hello
from protocol.schema import SCHEMA_HASH
from server.identity.subjects import account_subject
from server.main import app
from tests.support.clinic_files import ask_ticket, clinic_with_accounts, people_of
from tests.support.oidc_provider import Provider
from tests.support.raw_websocket import RawWebSocket

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.server_process import ServerProcess


def hello(ticket: str) -> Hello:
    return Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="raw")


def revoke(server: ServerProcess, subject: str) -> object:
    return httpx.post(f"{server.admin}/v1/admin/revocations", json={"subject": subject}).json()


async def test_the_operator_takes_access_back_by_the_providers_name_for_the_account(tmp_path: Path) -> None:
    with Provider() as provider, clinic_with_accounts(provider, tmp_path) as server:
        before = provider.token("ann")
        assert ask_ticket(server, before).status_code == 201
        file = f"--facility={tmp_path / 'clinic.toml'}"
        told = CliRunner().invoke(app, ["revoke", "--account", "ann", file, f"--admin={server.admin}"])
        who = account_subject(provider.issuer, "ann")
        assert (told.exit_code, told.stdout) == (0, f"access of {who} is taken back; sessions ended: 0\n")
        assert ask_ticket(server, before).status_code == 401
        assert ask_ticket(server, provider.token("bo")).status_code == 201
        by_subject = CliRunner().invoke(
            app, ["revoke", account_subject(provider.issuer, "bo"), f"--admin={server.admin}"]
        )
        assert by_subject.exit_code == 0


async def test_access_ends_by_time_and_is_taken_back(tmp_path: Path) -> None:
    with Provider() as provider, clinic_with_accounts(provider, tmp_path) as server:
        port = int(server.world.rpartition(":")[2])
        assert ask_ticket(server, "").status_code == 401
        assert ask_ticket(server, "", "lobby").status_code == 201
        ann, bo, cy = provider.token("ann", 300), provider.token("bo", 300), provider.token("cy", 4)
        async with (
            await RawWebSocket.open(port) as ann_there,
            await RawWebSocket.open(port) as bo_there,
            await RawWebSocket.open(port) as cy_there,
        ):
            for there, bearer in ((ann_there, ann), (bo_there, bo), (cy_there, cy)):
                await there.join(ask_ticket(server, bearer).json()["ticket"])
            kept = ask_ticket(server, ann).json()["ticket"]
            subject = account_subject(provider.issuer, "ann")
            assert subject in {each["subject"] for each in people_of(server)}
            assert revoke(server, subject) == {"subject": subject, "sessions": 1}
            # At once: before the operator has the answer.
            assert subject not in {each["subject"] for each in people_of(server)}
            assert (await ann_there.read_close()) == (4510, "revoked")
            assert ask_ticket(server, ann).status_code == 401
            assert (await cy_there.read_close()) == (4003, "token expired")
            # Bo is undisturbed.
            assert len(people_of(server)) == 1
            assert ask_ticket(server, bo).status_code == 201
        async with await RawWebSocket.open(port) as late:
            late.say(hello(kept))
            assert (await late.read_close())[0] == 4510
        for secret in (ann, bo, cy, kept):
            assert secret[-40:] not in server.errors
