"""Whose pages may ask for more than to read."""

import pytest
from starlette.types import Receive, Scope, Send

from server.frontdesk.pages import KnownPages
from server.identity.origins import Origins
from tests.support.front_desk import Answer, FrontDesk, call
from tests.support.origins import LISTED, REFUSED


async def greet(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def ask(method: str, headers: dict[str, str]) -> Answer:
    return await call(KnownPages(greet, Origins(LISTED)), method, "/", headers, [])


@pytest.mark.parametrize("origin", LISTED)
async def test_a_known_page_may_ask_for_anything(origin: str) -> None:
    assert (await ask("POST", {"origin": origin})).status == 200


async def test_what_is_no_page_may_ask_for_anything() -> None:
    assert (await ask("POST", {})).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "WHATEVER"])
async def test_another_sites_page_may_change_nothing(method: str) -> None:
    answer = await ask(method, {"origin": "https://evil.example"})
    assert (answer.status, answer.code) == (403, "origin_refused")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("variant", [name for name, sent in REFUSED.items() if len(sent) == 1])
async def test_what_only_looks_like_a_known_origin_is_refused(variant: str) -> None:
    assert (await ask("POST", {"origin": REFUSED[variant][0]})).code == "origin_refused"


async def test_two_origins_are_none() -> None:
    assert (await ask("POST", {"origin": LISTED[0], "Origin": LISTED[0]})).code == "origin_refused"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reading_is_for_every_page_and_no_other_sites_page_can_see_it(method: str) -> None:
    answer = await ask(method, {"origin": "https://evil.example"})
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_a_ticket_remembers_whose_page_asked_for_it(front_desk: FrontDesk) -> None:
    front_desk.desk.origins.allow(LISTED)
    wish = {"name": "Ann", "role": "patient"}
    answer = await front_desk.post("/v1/rooms/lobby/tickets", wish, {"origin": LISTED[1]})
    assert front_desk.tickets.redeem(answer.json["ticket"], 1.0, LISTED[1]).origin == LISTED[1]


async def test_the_whole_front_desk_is_behind_it(front_desk: FrontDesk) -> None:
    for path in ("/v1/rooms/lobby/tickets", "/v1/rooms", "/nowhere"):
        answer = await front_desk.post(path, {}, {"origin": "https://evil.example"})
        assert (answer.status, answer.code) == (403, "origin_refused")
        assert answer.headers["x-content-type-options"] == "nosniff"
