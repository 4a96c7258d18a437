"""What is found before anything is made; over whole processes: tests/integration/server."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from server.config import NO_PORT, ServerSettings
from server.errors import CertificateUnusable, PortInUse, StoreError
from server.preflight import demand_place, demand_startable
from server.store.sqlite import Store

NOWHERE = ServerSettings(http_port=0, world_port=0, admin_port=NO_PORT)


def refusal(file: Path) -> str:
    """The one line, without the folder of the tests."""
    with pytest.raises(StoreError) as refused:
        demand_place(file)
    return str(refused.value).replace(f"{file.parent}", "HERE")


async def test_what_can_be_served_is_let_pass_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await demand_startable(NOWHERE)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - not Path's: this is a coroutine


def test_a_place_that_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    # As in a folder of somebody else's; the tests may run as who may look into any.
    assert refusal(tmp_path / ("a" * 300)).endswith("cannot be looked at: File name too long")


async def test_a_store_that_was_closed_is_let_pass(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    await (await Store.open(file)).close()
    demand_place(file)


async def test_a_store_that_is_open_is_not(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    store = await Store.open(file)
    assert refusal(file).startswith("HERE/store.sqlite3: another server has it open; ")
    await store.close()


def test_an_empty_file_is_a_new_store_and_another_file_is_none(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    file.touch()
    demand_place(file)
    file.write_text("Dear doctor")
    assert refusal(file).startswith("HERE/store.sqlite3: expected a SQLite file")
    assert file.read_text() == "Dear doctor"


def test_a_pipe_or_a_device_is_told_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "store.sqlite3")
    assert (
        refusal(tmp_path / "store.sqlite3") == "HERE/store.sqlite3: expected a regular file for the store, got a pipe"
    )
    (tmp_path / "zero").symlink_to("/dev/zero")
    assert refusal(tmp_path / "zero") == "HERE/zero: expected a regular file for the store, got a device"


def test_a_place_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("expected a file for the store, got a folder; name a file in it")
    told = "HERE/x.sqlite3: expected a folder HERE for the store, got none; make it first"
    assert refusal(tmp_path / "none" / "x.sqlite3") == told


@pytest.mark.parametrize(("forbidden", "words"), [(".", "got HERE, which this user"), ("s.sqlite3", "got one that")])
def test_what_this_user_may_not_write_is_told(
    forbidden: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The user of the tests may be one that may write everything.
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != tmp_path / forbidden)
    file = tmp_path / "s.sqlite3"
    file.touch()
    assert words in refusal(file)
    assert not file.read_bytes()


@pytest.mark.skipif(os.geteuid() == 0, reason="this user may write everything")
def test_a_folder_that_really_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "which this user may not write" in refusal(tmp_path / "s.sqlite3")


async def test_ports_are_told_by_their_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PortInUse, match=r":7: --world-port and --http-port are the same; each takes one of its own"):
        await demand_startable(ServerSettings(world_port=7, http_port=7))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf":{port}: Address already in use; .*--admin-port"):
            await demand_startable(ServerSettings(world_port=0, http_port=0, admin_port=port))
    with pytest.raises(PortInUse, match=r"198\.51\.100\.7:0: Cannot assign requested address; .*--host"):
        await demand_startable(ServerSettings(host="198.51.100.7", world_port=0, http_port=0, behind_proxy=True))


async def test_what_may_not_be_spoken_is_found_first(tmp_path: Path) -> None:
    with pytest.raises(CertificateUnusable):
        await demand_startable(ServerSettings(tls_cert=str(tmp_path / "none.pem"), store=str(tmp_path)))
