"""The audit log of a real server: what it holds after a visit, a kill, a full disk and an erasure."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from protocol.codec import decode_server, encode
from protocol.messages import Bye, Event, Operation, Result
from server.audit.record import decode
from tests.support.audit import lines_of
from tests.support.clinic_files import write_clinic
from tests.support.server_process import ROOT, ServerProcess
from tests.support.visitor import ask, close_code, join, next_message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from server.audit.record import Record

WORDS = "my-knee-hurts-since-tuesday"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3") as server:
        yield server


def polyclinic(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def metrics(server: ServerProcess) -> str:
    with urllib.request.urlopen(f"{server.http}/metrics", timeout=10.0) as answer:  # noqa: S310 - our own server
        return str(answer.read(), "utf-8")


def records(folder: Path) -> list[Record]:
    return [decode(line[65:-1]) for line in lines_of(folder)]


async def say(connection: ClientConnection, text: str) -> Result:
    await connection.send(encode(Operation(op=os.urandom(16), feature="chat", type="say", body={"text": text})))
    while True:
        message: Any = decode_server(await next_message(connection))
        if isinstance(message, Result):
            return message
        assert isinstance(message, Event)


async def visit(server: ServerProcess) -> None:
    connection, _ = await join(server, name="Zacharias-Canary")
    assert (await say(connection, WORDS)).ok
    await connection.send(encode(Bye()))
    assert await close_code(connection) == 1000


async def test_a_visit_is_in_the_log_without_a_name_or_a_word(server: ServerProcess, tmp_path: Path) -> None:
    await visit(server)
    assert server.terminate() == 0
    folder = tmp_path / "clinic.audit"
    done = [record.action for record in records(folder)]
    assert [action for action in done if not action.startswith("sight")] == [
        "log_created",
        "ticket_issued",
        "joined",
        "chat_said",
        "left",
    ]
    assert len({record.agent for record in records(folder)[1:]}) == 1
    verified = polyclinic("audit", "verify", folder)
    assert (verified.returncode, verified.stderr) == (0, "")
    for file in folder.iterdir():
        assert b"Zacharias" not in file.read_bytes()
        assert WORDS.encode() not in file.read_bytes()
    exported = polyclinic("audit", "export", folder).stdout.splitlines()
    # Besides, that the log was opened by the export, and that it was exported.
    assert [json.loads(line)["resourceType"] for line in exported] == ["AuditEvent"] * (len(done) + 2)


async def test_what_a_server_signs_its_witness_has_and_what_is_wrong_there_is_told(tmp_path: Path) -> None:
    witness, folder = tmp_path / "elsewhere" / "checkpoints", tmp_path / "clinic.audit"
    witness.parent.mkdir()
    file = write_clinic(tmp_path)
    text = file.read_text()
    assert "\n[audit] " in text
    file.write_text(text.replace("\n[audit] ", f'\n[audit]\nwitness = "{witness}"\n# ', 1))
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3", f"--facility={file}") as server:
        await visit(server)
        assert server.terminate() == 0
    seen = witness.read_bytes()
    assert seen == b"".join(lines_of(folder, "checkpoints")) != b""
    verified = polyclinic("audit", "verify", folder, "--witness", witness)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert f"the witness saw {len(records(folder))} records, the same\n" in verified.stdout
    # In its signature, in what it signs, and in the last line.
    for at in (0, len(seen) // 2, len(seen) - 2):
        witness.write_bytes(seen[:at] + bytes((seen[at] ^ 1,)) + seen[at + 1 :])
        assert told_of(folder, witness).startswith("witness: record ")
    for size in (0, 1, len(seen) - 1):
        witness.write_bytes(seen[:size])
        told = polyclinic("audit", "verify", folder, "--witness", witness)
        if size:
            assert told.returncode == 1
            assert told.stderr.startswith("witness: record ")
        else:
            # Of which it was given nothing, a witness says so.
            assert "the witness saw 0 records" in told.stdout
    witness.write_bytes(seen)
    # Cut back together, log and checkpoints are whole: who was told of the rest knows better.
    for name, left in (("log", 1), ("checkpoints", 1)):
        lines = lines_of(folder, name)
        assert len(lines) > left
        (folder / name).write_bytes(b"".join(lines[:left]))
    assert polyclinic("audit", "verify", folder).returncode == 0
    assert f"the witness saw {_first_beyond(seen, 1)} records" in told_of(folder, witness)


def told_of(folder: Path, witness: Path) -> str:
    told = polyclinic("audit", "verify", folder, "--witness", witness)
    assert told.returncode == 1
    return told.stderr


def _first_beyond(checkpoints: bytes, size: int) -> int:
    sizes = [int(line.split(b'"size":')[1].split(b",")[0]) for line in checkpoints.splitlines()]
    return next(each for each in sizes if each > size)


def status_of(url: str, body: dict[str, str]) -> int:
    try:
        ask(url, body)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return 200


async def test_strangers_who_are_refused_are_one_record(server: ServerProcess, tmp_path: Path) -> None:
    wish = {"name": "Zacharias-Canary", "role": "patient"}
    for _ in range(20):
        assert await asyncio.to_thread(status_of, f"{server.http}/v1/rooms/nowhere/tickets", wish) == 404
    assert server.terminate() == 0
    told = [(record.action, record.outcome, record.detail) for record in records(tmp_path / "clinic.audit")[1:]]
    assert told == [("strangers_refused", "refused", {"room_unknown": 20})]


async def test_a_server_that_is_killed_goes_on_with_its_log(server: ServerProcess, tmp_path: Path) -> None:
    await visit(server)
    server.process.kill()
    server.process.wait()
    folder = tmp_path / "clinic.audit"
    assert polyclinic("audit", "verify", "--live", folder).returncode == 0
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3") as again:
        assert again.terminate() == 0
    assert records(folder)[-1].action == "log_opened"
    assert polyclinic("audit", "verify", folder).returncode == 0


async def test_a_log_that_was_tampered_with_is_not_gone_on_with(server: ServerProcess, tmp_path: Path) -> None:
    await visit(server)
    server.terminate()
    log = tmp_path / "clinic.audit" / "log"
    log.write_bytes(log.read_bytes().replace(b'"patient"', b'"learner"', 1))
    started = polyclinic("serve", f"--store={tmp_path}/clinic.sqlite3")
    assert started.returncode == 1
    assert "the audit log does not verify: log: record 1, byte" in started.stderr


@pytest.fixture
def keeping_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server whose lobby keeps what is said."""
    file = write_clinic(tmp_path)
    file.write_text(file.read_text().replace('id = "lobby"', 'id = "lobby"\nkeep_chat = 20'))
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3", f"--facility={file}") as server:
        yield server


async def test_who_is_erased_while_the_server_runs_is_in_no_store(
    keeping_server: ServerProcess, tmp_path: Path
) -> None:
    server = keeping_server
    await visit(server)
    folder = tmp_path / "clinic.audit"
    subject = next(iter(_guests(folder)))
    traces = (subject, "Zacharias-Canary", WORDS)
    held = {trace: _holders(tmp_path, trace) for trace in traces}
    assert all(held.values()), held
    erased = polyclinic("audit", "erase", subject, f"--store={tmp_path}/clinic.sqlite3")
    assert erased.returncode == 0, erased.stderr
    assert {trace: _holders(tmp_path, trace) for trace in traces} == {trace: [] for trace in traces}
    await visit(server)
    assert server.terminate() == 0
    assert _holders(tmp_path, subject) == []
    assert "subject_erased" in {record.action for record in records(folder)}
    assert polyclinic("audit", "verify", folder).returncode == 0


def _guests(folder: Path) -> set[str]:
    data = b"".join(file.read_bytes() for file in folder.glob("subjects.sqlite3*"))
    return {"guest-" + part[:16].decode() for part in data.split(b"guest-")[1:]}


def _holders(folder: Path, subject: str) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and subject.encode() in file.read_bytes()]


async def test_a_disk_that_is_full_refuses_what_must_be_audited_and_nothing_else(
    server: ServerProcess, tmp_path: Path
) -> None:
    connection, _ = await join(server)
    log = tmp_path / "clinic.audit" / "log"
    # The kernel itself refuses what would make a file longer.
    size = log.stat().st_size
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    for _ in range(20):
        if (await say(connection, "hello")).code == "audit_unavailable":
            break
        await asyncio.sleep(1.0)
    else:
        pytest.fail("the full disk was not noticed")
    with pytest.raises(urllib.error.HTTPError) as ready:
        await asyncio.to_thread(ask, f"{server.http}/readyz")
    assert (ready.value.code, json.loads(ready.value.read())["code"]) == (503, "audit_unavailable")
    with pytest.raises(urllib.error.HTTPError) as ticket:
        await asyncio.to_thread(
            ask, f"{server.http}/v1/rooms/lobby/tickets", {"name": "Bo", "role": "patient", "avatar": "robot"}
        )
    assert (ticket.value.code, json.loads(ticket.value.read())["code"]) == (503, "audit_unavailable")
    assert await asyncio.to_thread(ask, f"{server.http}/healthz") == {"status": "alive"}
    assert "polyclinic_audit_available 0.0" in await asyncio.to_thread(metrics, server)
    # Room on the disk again changes nothing until a restart: whoever is here stays.
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert (await say(connection, "hello")).code == "audit_unavailable"
    assert server.terminate() == 0
    assert log.stat().st_size == size
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3") as again:
        assert await asyncio.to_thread(ask, f"{again.http}/readyz") == {"status": "ready"}
        assert again.terminate() == 0
    assert polyclinic("audit", "verify", tmp_path / "clinic.audit").returncode == 0


def test_a_note_that_cannot_be_written_down_stops_nothing(server: ServerProcess, tmp_path: Path) -> None:
    keys = sqlite3.connect(tmp_path / "clinic.audit" / "subjects.sqlite3", timeout=30.0, isolation_level=None)
    with closing(keys):
        bodies: list[bytes | int] = [b'{"time":9223372036854775807000,"action":"erasure"}', 10**14]
        for body in bodies:
            keys.execute("INSERT INTO notes (body) VALUES (?)", (body,))
        # A command's own note comes after them, and is written.
        assert polyclinic("backup", tmp_path / "copy", f"--store={tmp_path}/clinic.sqlite3").returncode == 0
        assert keys.execute("SELECT count(*) FROM notes").fetchone() == (2,)
    assert "audit_note_not_understood" in server.errors
    assert "audit_failed" not in server.errors
    assert [each.action for each in records(tmp_path / "clinic.audit")].count("store_copied") == 2


def test_a_server_whose_log_fails_as_it_starts_is_not_ready(tmp_path: Path) -> None:
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3"):
        pass
    with closing(sqlite3.connect(tmp_path / "clinic.audit" / "subjects.sqlite3", isolation_level=None)) as keys:
        note = b'{"time":1,"action":"erasure"}'
        keys.execute("INSERT INTO notes (body) VALUES (?)", (note,))
        keys.execute("CREATE TRIGGER stays BEFORE DELETE ON notes BEGIN SELECT raise(ABORT, 'no'); END")
    ended = polyclinic("serve", f"--store={tmp_path}/clinic.sqlite3", "--http-port=0", "--world-port=0")
    assert ended.returncode != 0
    assert "audit_failed" in ended.stderr
    assert '"ready"' not in ended.stderr
    assert ended.stdout == ""
    assert "the audit log cannot be written" in ended.stderr.splitlines()[-1]


def test_what_a_command_warns_of_is_not_among_its_answer(server: ServerProcess, tmp_path: Path) -> None:
    assert server.terminate() == 0
    folder = tmp_path / "clinic.audit"
    (folder / "subjects.sqlite3").unlink()
    done = polyclinic("audit", "export", folder)
    assert [json.loads(line)["resourceType"] for line in done.stdout.splitlines()][:1] == ["AuditEvent"]
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["subjects_made"]
