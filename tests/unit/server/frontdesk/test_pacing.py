from starlette.types import Receive, Scope, Send

from server.config.limits import LimitSettings, RateSettings
from server.doorway.arrivals import Arrivals
from server.frontdesk.pacing import Paced

ONE = RateSettings(burst=1, per_second=0.1)


async def greet(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Desk:
    """An application behind `Paced`."""

    def __init__(self, *, behind_proxy: bool = False, **limits: object) -> None:
        settings = LimitSettings(loopback=True, **limits)  # type: ignore[arg-type]  # checked where they are made
        self._app = Paced(greet, Arrivals(settings, lambda: 0.0, behind_proxy=behind_proxy), ["/v1/rooms"])

    async def ask(self, method: str, path: str, peer: str = "192.0.2.7", told: str = "") -> tuple[int, dict[str, str]]:
        """The status and the headers of the answer."""
        answers: list[dict[str, object]] = []

        async def send(message: object) -> None:
            assert isinstance(message, dict)
            answers.append(message)

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(b"x-forwarded-for", told.encode())] if told else []
        client = (peer, 4711) if peer else None
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": client}
        await self._app(scope, receive, send)
        got = answers[0]["headers"]
        assert isinstance(got, list)
        status = answers[0]["status"]
        assert isinstance(status, int)
        return status, {name.decode(): value.decode() for name, value in got}


async def test_who_asks_for_too_many_tickets_is_told_when_to_come_again() -> None:
    desk = Desk(tickets=ONE)
    path = "/v1/rooms/lobby/tickets"
    assert (await desk.ask("POST", path))[0] == 200
    status, headers = await desk.ask("POST", path)
    assert status == 429
    assert headers["retry-after"] == "10"
    assert headers["content-type"] == "application/problem+json"
    # Who is elsewhere, and what else is asked, is nobody's fault.
    assert (await desk.ask("POST", path, peer="192.0.2.8"))[0] == 200
    assert (await desk.ask("GET", "/v1/rooms"))[0] == 200
    assert (await desk.ask("POST", "/v1/rooms"))[0] == 200


async def test_opening_rooms_and_asking_have_limits_of_their_own() -> None:
    desk = Desk(openings=ONE, requests=ONE)
    assert [(await desk.ask("POST", "/v1/rooms"))[0] for _ in range(2)] == [200, 429]
    assert [(await desk.ask("GET", "/v1/rooms"))[0] for _ in range(2)] == [200, 429]
    assert [(await desk.ask("POST", "/v1/anything"))[0] for _ in range(3)] == [200, 200, 200]


async def test_behind_a_proxy_its_word_counts_and_else_nobodys() -> None:
    behind, open_ = Desk(tickets=ONE, behind_proxy=True), Desk(tickets=ONE)
    tellings = ("203.0.113.1", "203.0.113.2")
    assert [(await behind.ask("POST", "/x", told=told))[0] for told in tellings] == [200, 200]
    assert [(await open_.ask("POST", "/x", told=told))[0] for told in tellings] == [200, 429]


async def test_a_connection_without_an_address_counts_too() -> None:
    desk = Desk(tickets=ONE)
    assert [(await desk.ask("POST", "/x", peer=""))[0] for _ in range(2)] == [200, 429]
