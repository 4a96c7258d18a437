"""The front desk on a real port, asked over real sockets by the standard library's client."""

import asyncio
import contextlib
import gc
import http.client
import json
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import h11
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.frontdesk.desk import Phase
from server.frontdesk.listener import FrontDeskServer
from server.store.sqlite import Store
from tests.support.front_desk import WORLD_PORT, FrontDesk, sample_desk

HOST = "127.0.0.1"


class Running:
    """A front desk that listens; `ask` and the rest run in a thread, so that the event loop can answer."""

    def __init__(self, front_desk: FrontDesk, port: int) -> None:
        self.front_desk = front_desk
        self.port = port

    async def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        return await asyncio.to_thread(self._ask, method, path, body, headers or {})

    def _ask(self, method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5.0)
        payload = None if body is None else json.dumps(body).encode()
        said = ({} if body is None else {"Content-Type": "application/json"}) | headers
        connection.request(method, path, payload, said)
        response = connection.getresponse()
        answer = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        connection.close()
        return answer

    async def say(self, data: bytes) -> bytes:
        """Send bytes as they are and read until the server hangs up."""

        def speak() -> bytes:
            with socket.create_connection((HOST, self.port), timeout=5.0) as peer:
                peer.sendall(data)
                answer = b""
                # A server that hangs up on bytes it has not read resets the connection, and its answer may be lost.
                with contextlib.suppress(ConnectionResetError):
                    while chunk := peer.recv(65_536):
                        answer += chunk
                return answer

        return await asyncio.to_thread(speak)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    front_desk = sample_desk()
    server = FrontDeskServer(front_desk.app)
    port = await server.start(HOST, 0)
    yield Running(front_desk, port)
    await server.stop(1.0)


async def test_a_person_finds_a_room_and_gets_a_ticket_to_it(running: Running) -> None:
    status, _, body = await running.ask("GET", "/v1/rooms")
    assert status == 200
    room = json.loads(body)["rooms"][0]["id"]
    status, headers, body = await running.ask(
        "POST", f"/v1/rooms/{room}/tickets", {"name": "Ann Ådahl", "role": "patient", "avatar": "plain"}
    )
    answer = json.loads(body)
    assert (status, headers["cache-control"]) == (201, "no-store")
    assert answer["world"] == f"ws://{HOST}:{WORLD_PORT}/world"
    assert running.front_desk.tickets.redeem(answer["ticket"], now=1.0).name == "Ann Ådahl"


async def test_the_world_is_found_at_the_name_the_client_used(running: Running) -> None:
    _, _, body = await running.ask(
        "POST", "/v1/rooms/lobby/tickets", {"name": "Ann", "role": "patient"}, {"Host": "clinic.local:9000"}
    )
    assert json.loads(body)["world"] == f"ws://clinic.local:{WORLD_PORT}/world"


async def test_health_readiness_and_metrics_are_there_for_the_operator(running: Running) -> None:
    assert (await running.ask("GET", "/healthz"))[0] == 200
    assert (await running.ask("GET", "/readyz"))[0] == 200
    running.front_desk.readiness.phase = Phase.STOPPING
    assert (await running.ask("GET", "/readyz"))[0] == 503
    status, _, body = await running.ask("GET", "/metrics")
    assert status == 200
    assert b"process_cpu_seconds_total" in body


async def test_many_clients_at_once_get_a_ticket_each(running: Running) -> None:
    wish = {"name": "Bo", "role": "patient"}
    answers = await asyncio.gather(*(running.ask("POST", "/v1/rooms/auditorium/tickets", wish) for _ in range(60)))
    assert {status for status, _, _ in answers} == {201}
    assert len({json.loads(body)["ticket"] for _, _, body in answers}) == 60


async def test_one_connection_serves_one_request_after_another(running: Running) -> None:
    def ask_twice() -> list[int]:
        connection = http.client.HTTPConnection(HOST, running.port, timeout=5.0)
        statuses = []
        for path in ("/healthz", "/v1/rooms/nowhere", "/v1/scenes/lobby.glb"):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()
        return statuses

    assert await asyncio.to_thread(ask_twice) == [200, 404, 200]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_hung_up_on_and_nobody_else_is_hurt(running: Running, request_bytes: bytes) -> None:
    answer = await running.say(request_bytes)
    assert answer[:13] in {b"HTTP/1.1 400 ", b""}
    assert (await running.ask("GET", "/healthz"))[0] == 200


async def test_a_body_that_is_too_large_is_refused_while_it_comes(running: Running) -> None:
    head = b"POST /v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    answer = await running.say(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"too_large"' in answer


async def test_a_visit_is_on_the_disk_before_the_answer_comes(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    store = await Store.open(file)
    running.front_desk.keep = store.room_opened
    status, _, body = await running.ask("POST", "/v1/rooms", {"type": "consult", "name": "Visit 17", "role": "patient"})
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT id FROM rooms_opened").fetchall() == [(json.loads(body)["id"],)]
    assert status == 201
    await store.close()


async def test_stopping_lets_a_client_that_waits_between_requests_go() -> None:
    server = FrontDeskServer(sample_desk().app)
    port = await server.start(HOST, 0)
    idle = http.client.HTTPConnection(HOST, port, timeout=5.0)
    await asyncio.to_thread(idle.request, "GET", "/healthz")
    response = await asyncio.to_thread(idle.getresponse)
    response.read()
    began = asyncio.get_running_loop().time()
    await server.stop(1.0)
    assert asyncio.get_running_loop().time() - began < 1.0
    idle.close()


async def test_a_connection_that_sent_no_http_is_freed_without_the_garbage_collector(running: Running) -> None:
    gc.collect()
    gc.disable()
    try:
        before = connections_alive()
        assert (await running.say(b"nonsense\r\n\r\n")).startswith(b"HTTP/1.1 400")
        async with asyncio.timeout(5.0):
            # The end of a connection is told to its protocol by one of the loop's next turns.
            while connections_alive() > before:  # noqa: ASYNC110 - and to nobody else
                await asyncio.sleep(0.01)
    finally:
        gc.enable()


def connections_alive() -> int:
    return sum(isinstance(thing, H11Protocol | h11.Connection) for thing in gc.get_objects())
