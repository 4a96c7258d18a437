from dataclasses import replace

import pytest

from server.config.limits import LimitSettings, RateSettings
from server.doorway.arrivals import Arrivals
from server.frontdesk.app import create_front_desk
from server.world.directory import Directory
from tests.support.front_desk import FrontDesk, call


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/rooms/", "/v1/rooms/lobby/tickets/x", "/v2/rooms"])
async def test_an_address_with_nothing_at_it_is_not_found(front_desk: FrontDesk, path: str) -> None:
    answer = await front_desk.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("path", ["/v1", "/healthz/", "/metrics/", "/nowhere/..", "/assets/.."])
async def test_nothing_is_redirected_to_a_host_that_a_client_says_this_is(front_desk: FrontDesk, path: str) -> None:
    answer = await front_desk.get(path, {"host": "evil.example"})
    assert answer.status == 404
    assert "evil" not in repr(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/rooms/lobby/tickets"),
        ("DELETE", "/v1/rooms/lobby"),
        ("PUT", "/v1/rooms"),
        ("POST", "/v1/facility"),
        ("POST", "/healthz"),
        ("POST", "/v1/scenes/lobby.glb"),
    ],
)
async def test_a_method_that_an_address_does_not_take_is_refused(front_desk: FrontDesk, method: str, path: str) -> None:
    answer = await front_desk.get(path, method=method)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["allow"]


async def test_rooms_are_opened_at_a_pace_of_their_own(front_desk: FrontDesk) -> None:
    limits = LimitSettings(loopback=True, openings=RateSettings(burst=1, per_second=0.1))
    app = create_front_desk(replace(front_desk.desk, arrivals=Arrivals(limits)), front_desk.client)
    headers = {"content-type": "application/json", "host": "127.0.0.1:8080"}
    for path, statuses in (("/v1/rooms", [422, 429]), ("/v1/pairings", [201, 201])):
        assert [(await call(app, "POST", path, headers, [b"{}"])).status for _ in statuses] == statuses


async def test_head_is_answered_without_a_body(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/healthz", method="HEAD")
    assert answer.status == 200


async def test_a_fault_leaks_nothing_and_is_raised_for_the_log(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_directory: Directory, room_id: str, _role: str | None) -> None:
        raise RuntimeError(f"secret of {room_id}")

    monkeypatch.setattr(Directory, "admit", broken)
    sent = []

    async def remember(message: dict[str, object]) -> None:
        sent.append(message)

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        with pytest.raises(RuntimeError, match="secret"):
            await front_desk.app(scope, receive, send)  # type: ignore[arg-type]  # handed through as it came

    answer = await call(app, "GET", "/v1/rooms/lobby", {}, [])  # type: ignore[arg-type]  # the same
    assert (answer.status, answer.code) == (500, "internal")
    assert b"secret" not in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
