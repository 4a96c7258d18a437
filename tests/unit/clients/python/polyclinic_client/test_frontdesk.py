import io
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest
from polyclinic_client.errors import JoinRefused
from polyclinic_client.frontdesk import FrontDesk, Ticket


class Answer(io.BytesIO):
    """What urlopen returns, as far as it is read."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let urlopen give what stands last in the list; what it was asked takes its place."""
    script: list[Any] = []

    def urlopen(request: urllib.request.Request, *, timeout: float) -> Answer:
        answer = script.pop()
        script.append(request)
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return script


def problem(status: int, body: bytes) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("http://desk", status, "", Message(), io.BytesIO(body))


async def test_a_ticket_is_asked_for_by_room_name_and_role(asked: list[Any]) -> None:
    asked.append(b'{"ticket": "t", "world": "ws://desk/world", "expires_in": 60}')
    ticket = await FrontDesk("http://desk/").ticket("a room", name="Ada", role="clinician", avatar="plain")
    assert ticket == Ticket("t", "ws://desk/world", 60)
    assert asked[0].full_url == "http://desk/v1/rooms/a%20room/tickets"
    assert asked[0].data == b'{"name":"Ada","role":"clinician","avatar":"plain"}'


@pytest.mark.parametrize(
    ("answer", "code", "detail"),
    [
        (problem(409, b'{"code": "room_full", "detail": "the lobby is full"}'), "room_full", "the lobby is full"),
        (problem(404, b'{"code": "room_unknown", "title": "no such room"}'), "room_unknown", "no such room"),
        (problem(502, b"<html>"), "unexpected", "http://desk/v1/rooms/lobby/tickets answered 502"),
        (urllib.error.URLError("refused"), "unreachable", "no answer from http://desk/v1/rooms/lobby/tickets"),
        (b"<html>", "unexpected", "no ticket in the answer"),
    ],
)
async def test_every_other_answer_is_a_refusal(asked: list[Any], answer: Any, code: str, detail: str) -> None:
    asked.append(answer)
    with pytest.raises(JoinRefused) as refused:
        await FrontDesk("http://desk").ticket("lobby", name="Ada", role="clinician", avatar="plain")
    assert refused.value.code == code
    assert refused.value.detail.startswith(detail)


def test_an_address_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with http"):
        FrontDesk("file:///etc/passwd")
