"""A whole server, a real provider, real HTTP: staff invite, guests come, and a killed server gives no use back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from server import main
from server.identity.subjects import account_subject
from tests.support.clinic_files import clinic_with_accounts, people_of
from tests.support.raw_websocket import RawWebSocket
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.oidc_provider import Provider


@pytest.fixture
def clinic(provider: Provider, tmp_path: Path) -> ServerProcess:
    """The sample facility with accounts, and guests in the lobby alone, over a store that outlives the process."""
    identity = 'staff = ["clinician"]\nroles = { doctor = "clinician" }\n'
    server = clinic_with_accounts(provider, tmp_path, f"--store={tmp_path / 'store.sqlite3'}", identity=identity)
    # Staff, who need a second factor, are no guests.
    file = tmp_path / "clinic.toml"
    file.write_text(file.read_text().replace('"proxy", "clinician", ', '"proxy", ', 1))
    return server


def staff(provider: Provider, *amr: str, roles: str = "doctor") -> dict[str, str]:
    return {"Authorization": f"Bearer {provider.token('dr', roles=[roles], amr=list(amr))}"}


def revocations_in(folder: Path) -> list[Path]:
    return list(folder.glob("*.revoked"))


def read_all(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


def come_again(server: ServerProcess, token: str) -> httpx.Response:
    wish, bearer = {"name": "Ann", "role": "patient"}, {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{server.http}/v1/rooms/ward/tickets", json=wish, headers=bearer)


def issue(server: ServerProcess, headers: dict[str, str]) -> Any:
    wish = {"room": "ward", "role": "patient", "uses": 2}
    return httpx.post(f"{server.http}/v1/invitations", json=wish, headers=headers).json()


def revoke(server: ServerProcess, subject: str) -> object:
    return httpx.post(f"{server.admin}/v1/admin/revocations", json={"subject": subject}).json()


def invite(server: ServerProcess) -> str:
    """Invite a patient, as the operator; the word."""
    made = httpx.post(f"{server.admin}/v1/admin/invitations", json={"room": "ward", "role": "patient"})
    return str(made.json()["invitation"])


def come(server: ServerProcess, word: str) -> httpx.Response:
    return httpx.post(f"{server.http}/v1/invitations/tickets", json={"invitation": word, "name": "Ann"})


def test_staff_invite_with_their_token_and_nobody_else_does(clinic: ServerProcess, provider: Provider) -> None:
    wish = {"room": "ward", "role": "patient"}
    with clinic as server:
        address = f"{server.http}/v1/invitations"
        for headers, status, code in (
            ({}, 401, "unauthenticated"),
            (staff(provider, "pwd"), 403, "mfa_required"),
            (staff(provider, "mfa", roles="visitor"), 403, "forbidden"),
        ):
            refused = httpx.post(address, json=wish, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (status, code)
        doctor = staff(provider, "mfa")
        refused = httpx.post(address, json=wish | {"role": "clinician"}, headers=doctor)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_invitable")
        told = httpx.post(address, json=wish, headers=doctor).json()
        assert told["link"] == f"{server.http}/#invitation={told['invitation']}"
        assert [each["id"] for each in httpx.get(address, headers=doctor).json()["invitations"]] == [told["id"]]
        # Without it nobody comes into the ward.
        guest = httpx.post(f"{server.http}/v1/rooms/ward/tickets", json={"name": "Ann", "role": "patient"})
        assert guest.status_code == 401
        assert come(server, told["invitation"]).status_code == 201


async def test_a_killed_server_gives_no_use_back_and_remembers_what_was_taken_back(
    clinic: ServerProcess, tmp_path: Path
) -> None:
    runner, words = CliRunner(), []
    with clinic as server:
        for _ in range(2):
            made = runner.invoke(main.app, ["invite", "ward", "patient", "--uses=2", "--admin", server.admin])
            assert made.exit_code == 0
            words.append(made.stdout.strip().partition("#invitation=")[2])
        used, taken = words
        stays = come(server, used).json()
        listed = runner.invoke(main.app, ["invite", "--admin", server.admin]).stdout.splitlines()
        assert [line.split("  ")[3] for line in listed] == ["1 of 2 used", "0 of 2 used"]
        came = come(server, taken).json()
        async with await RawWebSocket.open(int(server.world.rpartition(":")[2])) as ann:
            await ann.join(came["ticket"])
            number = listed[1].split("  ")[0]
            revoked = runner.invoke(main.app, ["invite", "--revoke", number, "--admin", server.admin])
            assert revoked.stdout == "taken back; sessions ended: 1\n"
            assert (await ann.read_close()) == (4510, "revoked")
        # The store remembers it of the invitation, nothing of each who came by it.
        assert revocations_in(tmp_path) == []
        server.process.kill()
        server.process.wait()
        log = server.errors
    with clinic.again() as server:
        assert come(server, used).status_code == 201
        for word, status, code in ((used, 409, "invitation_used"), (taken, 403, "invitation_revoked")):
            refused = come(server, word)
            assert (refused.status_code, refused.json()["code"]) == (status, code)
        # The pass of who came before ended with it; another's is good after the restart too.
        assert come_again(server, stays["pass"]).status_code == 201
        refused = come_again(server, came["pass"])
        assert (refused.status_code, refused.json()["code"]) == (403, "invitation_revoked")
        # Who came by a pass alone is shown out with the invitation all the same.
        async with await RawWebSocket.open(int(server.world.rpartition(":")[2])) as bo:
            await bo.join(come_again(server, stays["pass"]).json()["ticket"])
            number = listed[0].split("  ")[0]
            revoked = runner.invoke(main.app, ["invite", "--revoke", number, "--admin", server.admin])
            assert revoked.stdout == "taken back; sessions ended: 1\n"
            assert (await bo.read_close()) == (4510, "revoked")
        log += server.errors
    for secret in (*words, came["pass"], came["ticket"]):
        assert secret[-40:] not in log
    kept = read_all(tmp_path)
    assert not any(word[-40:].encode() in kept for word in words)


async def test_a_pass_that_is_handed_on_is_one_session(clinic: ServerProcess) -> None:
    with clinic as server:
        came = come(server, invite(server)).json()
        port = int(server.world.rpartition(":")[2])
        async with await RawWebSocket.open(port) as ann, await RawWebSocket.open(port) as other:
            await ann.join(came["ticket"])
            await other.join(come_again(server, came["pass"]).json()["ticket"])
            assert (await ann.read_close())[0] == 4509
            assert len(people_of(server)) == 1


async def test_who_is_revoked_takes_along_who_came_by_their_invitations(
    clinic: ServerProcess, provider: Provider
) -> None:
    with clinic as server:
        made = issue(server, staff(provider, "mfa"))
        came = come(server, made["invitation"]).json()
        async with await RawWebSocket.open(int(server.world.rpartition(":")[2])) as ann:
            await ann.join(came["ticket"])
            subject = account_subject(provider.issuer, "dr")
            assert revoke(server, subject) == {"subject": subject, "sessions": 1}
            assert (await ann.read_close()) == (4510, "revoked")
        server.process.kill()
        server.process.wait()
    with clinic.again() as server:
        for refused in (come(server, made["invitation"]), come_again(server, came["pass"])):
            assert (refused.status_code, refused.json()["code"]) == (403, "invitation_revoked")


def test_another_facilitys_invitation_is_told_so(clinic: ServerProcess) -> None:
    with ServerProcess() as other, clinic as server:
        made = httpx.post(f"{other.admin}/v1/admin/invitations", json={"room": "ward", "role": "patient"}).json()
        refused = come(server, made["invitation"])
        assert (refused.status_code, refused.json()["code"]) == (403, "invitation_foreign")
        assert come(other, made["invitation"]).status_code == 201
