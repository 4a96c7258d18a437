"""The admin interface of the real server, asked over real HTTP about people who are really there."""

import asyncio
import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from polyclinic_client import Room, join

from tests.support.server_process import ROOT, ServerProcess

UPRIGHT = (0.0, 0.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess() as process:
        yield process


def ask(
    server: ServerProcess, path: str, headers: dict[str, str] | None = None, **query: object
) -> tuple[int, dict[str, Any]]:
    address = urlsplit(server.admin)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10.0)
    try:
        connection.request("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers or {})
        response = connection.getresponse()
        told: dict[str, Any] = json.loads(response.read())
        expected = "application/json" if response.status == 200 else "application/problem+json"
        assert response.getheader("content-type") == expected
        return response.status, told
    finally:
        connection.close()


async def why(server: ServerProcess, observer: object, subject: object, **more: object) -> tuple[int, dict[str, Any]]:
    return await asyncio.to_thread(ask, server, "/v1/admin/why", None, observer=observer, subject=subject, **more)


async def until(
    server: ServerProcess, one: Room, other: Room, good: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Ask until the answer is good: sets are updated four times a second, and less is shown only after a while."""
    async with asyncio.timeout(20.0):
        while True:
            status, told = await why(server, one.entity, other.entity)
            assert status == 200
            if good(told):
                return told
            await asyncio.sleep(0.1)


async def test_the_answer_follows_who_moves(server: ServerProcess) -> None:
    async with (
        join(server.http, room="auditorium", name="Ada Hidden", role="patient") as ada,
        join(server.http, room="auditorium", name="Bo Hidden", role="patient") as bo,
    ):
        ada.send_pose(((0.0, 1.6, 0.0), UPRIGHT))
        bo.send_pose(((0.0, 1.6, -3.0), UPRIGHT))
        near = await until(server, ada, bo, lambda told: told["tier"] == "full" and told["rate_hz"] == 20.0)
        assert near["terms"]["distance_mm"] == 3_000
        assert near["answer"] == "Ada Hidden gets Bo Hidden in tier full at 20 Hz because it is 3.0 m away and ahead"
        bo.send_pose(((0.0, 1.6, 7.0), UPRIGHT))
        far = await until(server, ada, bo, lambda told: told["tier"] == "head")
        assert (far["terms"]["view"], far["terms"]["effective_mm"], far["rate_hz"]) == ("behind", 14_000, 5.0)
        assert "behind: twice as far" in far["lines"]
    assert "Hidden" not in server.errors


async def test_an_operator_finds_rooms_and_people_and_asks_by_name(server: ServerProcess) -> None:
    async with (
        join(server.http, room="ward", name="Cy Hidden", role="clinician") as cy,
        join(server.http, room="ward", name="Di Hidden", role="patient"),
        join(server.http, room="lobby", name="Ed Hidden", role="patient"),
    ):
        _, told = await asyncio.to_thread(ask, server, "/v1/admin/rooms")
        ward = next(room for room in told["rooms"] if room["id"] == "ward")
        assert (ward["people"], ward["tick_hz"], ward["strain"]) == (2, 30, 0)
        _, listed = await asyncio.to_thread(ask, server, "/v1/admin/rooms/ward/people")
        names = {person["name"]: person["entity"] for person in listed["people"]}
        assert names["Cy Hidden"] == cy.entity
        assert (await why(server, "Cy Hidden", "Di Hidden"))[0] == 200
        refusals = {
            ("Cy Hidden", "Ed Hidden"): (409, "not_together"),
            ("Cy Hidden", "Mo Hidden"): (404, "entity_unknown"),
            ("Cy Hidden", "Cy Hidden"): (422, "invalid_request"),
        }
        for (observer, subject), expected in refusals.items():
            status, problem = await why(server, observer, subject)
            assert (status, problem["code"]) == expected
            assert "Hidden" not in problem["detail"]
    assert "Hidden" not in server.errors


async def test_the_command_tells_it_and_leaves_no_name_in_the_log(server: ServerProcess) -> None:
    async with (
        join(server.http, room="waiting", name="Flo Hidden", role="patient"),
        join(server.http, room="waiting", name="Gus Hidden", role="patient"),
    ):

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "server.main", "why", *arguments]
            return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

        told = await asyncio.to_thread(run, "Flo Hidden", "Gus Hidden", "--admin", server.admin)
        assert (told.returncode, told.stderr) == (0, "")
        assert told.stdout.startswith("Flo Hidden gets Gus Hidden in tier ")
        unknown = await asyncio.to_thread(run, "Flo Hidden", "Mo Hidden", "--admin", server.admin)
        assert (unknown.returncode, unknown.stdout) == (2, "")
        assert unknown.stderr == "why: subject 'Mo Hidden': nobody and nothing here has this id or name\n"
        nowhere = await asyncio.to_thread(run, "1", "2", "--admin", "http://127.0.0.1:9")
        assert (nowhere.returncode, nowhere.stderr.count("\n")) == (2, 1)
    assert "Hidden" not in server.errors


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "clinic.example"},
        {"Host": "evil.example:8082"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8080"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_on_the_operators_machine_is_refused(server: ServerProcess, headers: dict[str, str]) -> None:
    status, problem = ask(server, "/v1/admin/rooms", headers)
    assert (status, problem["code"]) == (403, "forbidden")


def test_the_public_port_knows_nothing_of_it(server: ServerProcess) -> None:
    address = urlsplit(server.http)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10.0)
    connection.request("GET", "/v1/admin/rooms")
    assert connection.getresponse().status == 404
    connection.close()
