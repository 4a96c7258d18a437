"""Who may ask the admin interface."""

import pytest
from starlette.types import Receive, Scope, Send

from server.frontdesk.loopback import LoopbackOnly
from tests.support.front_desk import HERE, Answer, call


async def greet(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def ask(headers: dict[str, str], peer: str = HERE) -> Answer:
    return await call(LoopbackOnly(greet), "GET", "/", headers, [], peer=peer)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8082", "localhost:9999", "LOCALHOST", "[::1]:8082"])
async def test_a_program_of_this_machine_is_served(host: str) -> None:
    assert (await ask({"host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "clinic.example",
        "127.0.0.1.evil.example",
        "evil.example:8082",
        "localhost.evil",
        "192.0.2.7",
        "127.0.0.1:x",
        "",
        "::1",
    ],
)
async def test_a_name_that_is_not_this_machines_is_refused(host: str) -> None:
    answer = await ask({"host": host})
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_no_host_and_two_hosts_are_refused() -> None:
    assert (await ask({})).status == 403
    assert (await ask({"host": "127.0.0.1", "Host": "127.0.0.1"})).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8080"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_page_in_a_browser_is_refused(headers: dict[str, str]) -> None:
    answer = await ask({"host": "127.0.0.1:8082"} | headers)
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_an_address_that_somebody_typed_is_served() -> None:
    assert (await ask({"host": "127.0.0.1:8082", "sec-fetch-site": "none"})).status == 200


@pytest.mark.parametrize("header", ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip"])
async def test_a_proxy_that_says_that_it_is_one_is_refused(header: str) -> None:
    answer = await ask({"host": "127.0.0.1:8082", header: "127.0.0.1"})
    assert (answer.status, answer.code) == (403, "forbidden")


@pytest.mark.parametrize("peer", ["192.0.2.7", "2001:db8::7", ""])
async def test_another_machine_is_refused(peer: str) -> None:
    assert (await ask({"host": "127.0.0.1:8082"}, peer)).status == 403
