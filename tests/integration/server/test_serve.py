"""`polyclinic serve` as a process of its own: how it starts, how it refuses to, how it stops."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loadtest.frontdesk import FrontDesk
from server.identity.local_names import in_address, network_addresses
from tests.support.clinic_files import write_clinic
from tests.support.server_process import ROOT, ServerProcess
from tests.support.visitor import ask, close_code, join

if TYPE_CHECKING:
    from pathlib import Path

STOP_SECONDS = 15.0
"""A server that waits for a client would take longer; how fast it stops beside other tests says nothing."""


def run_serve(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a server that is not expected to start, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "server.main", "serve", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture
def facility(tmp_path: Path) -> Path:
    """A copy of the sample facility that may be spoilt."""
    return write_clinic(tmp_path)


def spoil(facility: Path, old: str, new: str) -> None:
    text = facility.read_text()
    assert old in text
    facility.write_text(text.replace(old, new, 1))


# Starting -------------------------------------------------------------------------------------------------------------


def test_what_may_not_be_meant_is_a_warning_at_the_start(facility: Path) -> None:
    spoil(facility, 'model = "teddy"', 'model = "tedy"')
    with ServerProcess("--facility", str(facility)) as server:
        lines = [json.loads(line) for line in server.errors.splitlines()]
    warned = [(line["event"], line["code"], line["key"]) for line in lines if "code" in line]
    # A store that was named and that is made anew may be a slip of the pen.
    assert [line["event"] for line in lines if line["level"] == "warning"] == ["store_made", "facility_doubt"][::-1]
    assert warned == [("facility_doubt", "model_missing", "rooms[1].objects[0].model")]


def test_a_proxy_of_which_nobody_says_where_it_is_is_a_warning_at_the_start() -> None:
    with ServerProcess("--behind-proxy", "--world-url", "wss://clinic.example/world") as told:
        warned = [json.loads(line).get("code") for line in told.errors.splitlines() if '"facility_doubt"' in line]
    assert warned == ["open_to_everybody"]
    with ServerProcess("--behind-proxy") as untold:
        lines = [json.loads(line) for line in untold.errors.splitlines() if '"facility_doubt"' in line]
    assert [line["code"] for line in lines] == ["open_to_everybody", "proxy_without_world_url"]
    assert lines[1]["reason"] == "a proxy stands before this server, and tickets lead past it"


def test_the_ready_line_tells_addresses_that_answer() -> None:
    with ServerProcess() as server:
        assert ask(f"{server.http}/readyz") == {"status": "ready"}
        names = {room["id"] for room in ask(f"{server.http}/v1/rooms?role=patient")["rooms"]}
        assert names >= {"lobby", "waiting", "consult-1", "consult-2", "ward", "simulation", "auditorium"}
        host, port = server.world.removeprefix("ws://").rsplit(":", 1)
        socket.create_connection((host, int(port)), timeout=5.0).close()


def test_the_admin_interface_is_on_the_loopback_whatever_the_host_or_not_at_all() -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - as an operator says it
    with ServerProcess(f"--host={everywhere}", "--behind-proxy") as server:
        assert server.admin.startswith("http://127.0.0.1:")
        assert ask(f"{server.admin}/v1/admin/rooms")["rooms"]
        # Listening everywhere, it names no address that cannot be opened; in an invitation neither.
        invited = ask(f"{server.admin}/v1/admin/invitations", {"room": "ward", "role": "patient"})["link"]
        port = server.http.rpartition(":")[2]
        network = [f"http://{in_address(each)}:{port}" for each in network_addresses(everywhere)]
        assert invited.startswith((network or [server.http])[0])
        # Others are to come by the proxy.
        assert server.network == []
        for address in (server.http, *network):
            assert "//0.0.0.0" not in address
            assert ask(f"{address}/readyz") == {"status": "ready"}
    with ServerProcess("--admin-port=-1") as server:
        assert server.admin == ""


def test_nothing_but_the_ready_line_is_on_standard_output() -> None:
    with ServerProcess() as server:
        assert server.terminate() == 0
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""
        assert all(json.loads(line)["event"] for line in server.errors.splitlines())


def test_a_facility_may_say_where_to_listen(facility: Path, tmp_path: Path) -> None:
    spoil(facility, "resume_seconds = 30.0", "resume_seconds = 12.5")
    with ServerProcess("--facility", str(facility)) as server:

        async def visit() -> float:
            connection, welcome = await join(server)
            await connection.close()
            return welcome.resume_seconds

        assert asyncio.run(visit()) == 12.5


# Refusing to start ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--http-port", "--world-port", "--admin-port"])
def test_a_port_in_use_is_one_line_and_status_1(option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"--http-port": "0", "--world-port": "0", "--admin-port": "0"} | {option: str(port)}
        options = [word for pair in ports.items() for word in pair]
        result = run_serve(*options, "--store", str(tmp_path / "store.sqlite3"))
    assert result.returncode == 1
    line = one_line(result)
    assert line.startswith(f"cannot listen on 127.0.0.1:{port}: Address already in use; stop what listens there, ")
    assert line.endswith(f"or choose another port with {option}")
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_another_server_has_open_is_one_line_and_status_1_and_stays_as_it_is() -> None:
    with ServerProcess() as server:
        store, there = server.folder / "store.sqlite3", sorted(server.folder.iterdir())
        result = run_serve("--http-port=0", "--world-port=0", "--admin-port=0", "--store", str(store))
        assert sorted(server.folder.iterdir()) == there
        assert ask(f"{server.http}/readyz") == {"status": "ready"}
    assert result.returncode == 1
    assert one_line(result) == f"{store}: another server has it open; stop that, or give this one its own --store"


@pytest.mark.parametrize(
    ("options", "status", "line"),
    [
        (["--store", "."], 1, ".: expected a file for the store, got a folder; name a file in it"),
        (["--store", "none/x.sqlite3"], 1, "none/x.sqlite3: expected a folder {folder}/none for the store, got none; "),
        (
            ["--facility", "none.toml"],
            2,
            "none.toml: file: expected a facility file that can be read, got No such file",
        ),
        (["--facility", "."], 2, ".: file: expected a regular file, got a folder"),
        (["--tls-cert", "none.pem"], 2, "none.pem: cannot be read: No such file or directory"),
        (["--tls-cert", "."], 2, ".: cannot be read: Is a directory"),
        (["--tls-key", "none.pem"], 2, "none.pem: it is a key without its certificate; "),
        (["--host", "0.0.0.0"], 2, "0.0.0.0 is reached from other machines, "),  # noqa: S104 - refused
        (["--http-port=1", "--world-port=1"], 1, "cannot listen on 127.0.0.1:1: "),
        (["--host", "nobody.invalid", "--behind-proxy"], 1, "cannot listen on nobody.invalid:0: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_served_is_one_line_and_leaves_nothing_behind(
    options: list[str], status: int, line: str, tmp_path: Path
) -> None:
    result = run_serve("--http-port=0", "--world-port=0", "--admin-port=0", *options, folder=tmp_path)
    assert result.returncode == status
    assert one_line(result).startswith(line.format(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_scene_is_one_line_and_status_2(facility: Path) -> None:
    spoil(facility, 'scene = "ward.glb"', 'scene = "garden.glb"')
    result = run_serve("--facility", str(facility))
    assert result.returncode == 2
    line = one_line(result)
    assert line.startswith(f"{facility}: rooms[4].scene: expected a file in ")
    assert line.endswith(", got 'garden.glb'")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("capacity = 400", "capacity = 0", "rooms[0].capacity: expected int >= 1, got 0"),
        ("capacity = 400", "capactiy = 400", "rooms[0].capactiy: expected one of the keys "),
        ('type = "ward"', 'type = "spa"', "rooms[4].type: expected one of auditorium, consult, "),
        ('id = "waiting"', 'id = "lobby"', "rooms[1].id: expected a value used once, got 'lobby'"),
        ("http_port = 8080", 'http_port = "web"', "server.http_port: expected int, got str"),
        ("[server]", "[server", "file: expected TOML, got "),
    ],
)
def test_a_wrong_facility_is_one_line_and_status_2(facility: Path, old: str, new: str, line: str) -> None:
    spoil(facility, old, new)
    result = run_serve("--facility", str(facility))
    assert result.returncode == 2
    assert one_line(result).startswith(f"{facility}: {line}")


def test_a_store_that_is_no_store_is_one_line_and_status_1(tmp_path: Path) -> None:
    store = tmp_path / "letter.sqlite3"
    store.write_text("Dear doctor, " * 100)
    result = run_serve("--http-port", "0", "--world-port", "0", "--store", str(store))
    assert result.returncode == 1
    assert one_line(result).startswith(f"{store}: expected a SQLite file")
    assert list(tmp_path.iterdir()) == [store]
    assert store.read_text().startswith("Dear doctor")


# Stopping -------------------------------------------------------------------------------------------------------------


def test_an_operator_may_have_everything_looked_through_for_garbage() -> None:
    told = 'polyclinic_gc_pause_seconds_count{generation="full"} 1.0'
    with ServerProcess() as server:
        server.process.send_signal(signal.SIGUSR1)
        desk = FrontDesk(server.http)
        until = time.monotonic() + 10.0
        # It comes with one of the next checks, of which there are 20 a second.
        while told not in desk.metrics() and time.monotonic() < until:
            pass
        assert told in desk.metrics()
        desk.close()
        assert server.terminate() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once_with_status_0(number: signal.Signals) -> None:
    with ServerProcess() as server:
        asked = time.monotonic()
        server.process.send_signal(number)
        assert server.process.wait(10.0) == 0
        assert time.monotonic() - asked < STOP_SECONDS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_waits_for_something_as_it_starts_stops_at_once(number: signal.Signals, tmp_path: Path) -> None:
    audit = tmp_path / "store.audit"
    audit.mkdir()
    with closing(sqlite3.connect(audit / "subjects.sqlite3")) as held:
        held.execute("PRAGMA journal_mode = WAL")
        held.execute("BEGIN IMMEDIATE")
        options = ["--http-port=0", "--world-port=0", "--admin-port=0", f"--store={tmp_path / 'store.sqlite3'}"]
        server = subprocess.Popen([sys.executable, "-m", "server.main", "serve", *options], cwd=ROOT)
        try:
            until = time.monotonic() + 60.0
            while not (audit / "checkpoints").exists() and time.monotonic() < until:
                pass
            asked = time.monotonic()
            server.send_signal(number)
            assert server.wait(10.0) == 0
            assert time.monotonic() - asked < STOP_SECONDS
        finally:
            server.kill()
            server.wait()


async def test_a_stop_tells_every_client_to_come_back_and_waits_for_none() -> None:
    with ServerProcess() as server:
        visitors = [await join(server, room) for room in ("lobby", "auditorium", "consult-1") for _ in range(5)]
        codes = [asyncio.create_task(close_code(connection)) for connection, _ in visitors]
        asked = time.monotonic()
        status = await asyncio.to_thread(server.terminate)
        took = time.monotonic() - asked
        assert status == 0
        assert took < STOP_SECONDS
        assert set(await asyncio.gather(*codes)) <= {1012, 4000}
        assert [json.loads(line)["event"] for line in server.errors.splitlines() if '"error"' in line] == []


async def test_a_client_that_does_not_answer_does_not_hold_the_server_up() -> None:
    with ServerProcess() as server:
        connection, _ = await join(server)
        # Nothing is read any more: the close frame waits in the kernel and is never answered.
        connection.transport.pause_reading()
        asked = time.monotonic()
        status = await asyncio.to_thread(server.terminate)
        assert (status, time.monotonic() - asked < STOP_SECONDS) == (0, True)
        connection.transport.abort()


def ask_on(server: ServerProcess) -> None:
    """Ask to come in until it is refused: what came before the server read its signal may be answered still."""
    while True:
        ask(f"{server.http}/v1/rooms/lobby/tickets", {"name": "Bo", "role": "patient"})


async def test_while_it_stops_the_front_desk_lets_nobody_in() -> None:
    with ServerProcess() as server:
        connection, _ = await join(server)
        connection.transport.pause_reading()
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(OSError, match=r"503|refused|reset|closed"):
            await asyncio.to_thread(ask_on, server)
        assert server.process.poll() is None
        assert await asyncio.to_thread(server.process.wait, 10.0) == 0
        connection.transport.abort()


# Visits ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_visit_opened_on_demand_survives_a_restart(number: signal.Signals, tmp_path: Path) -> None:
    store = f"--store={tmp_path / 'visits.sqlite3'}"
    with ServerProcess(store) as server:
        visit = ask(f"{server.http}/v1/rooms", {"type": "consult", "name": "Visit 17", "role": "patient"})
        server.process.send_signal(number)
        server.process.wait(10.0)
    with ServerProcess(store) as server:
        assert ask(f"{server.http}/v1/rooms/{visit['id']}?role=patient")["name"] == "Visit 17"
        connection, welcome = await join(server, visit["id"])
        assert (welcome.room.name, welcome.room.tick_hz) == ("Visit 17", 60)
        await connection.close()
