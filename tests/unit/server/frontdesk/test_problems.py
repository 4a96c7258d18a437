import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from server.errors import PolyclinicError, RoleUnknown, RoomClosed, RoomFull, RoomUnknown, Stopping, StoreError
from server.frontdesk.problems import answer_error, answer_fault, answer_http_error, problem

REQUEST = Request({"type": "http"})


def test_a_problem_tells_its_status_in_words_and_its_code() -> None:
    answer = problem(409, "room_full", "every place is taken", {"Retry-After": "5"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
    assert json.loads(bytes(answer.body)) == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "every place is taken",
        "code": "room_full",
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RoomUnknown(), 404, "room_unknown"),
        (RoomClosed(), 410, "room_closed"),
        (RoomFull(2), 409, "room_full"),
        (RoleUnknown(), 422, "role_unknown"),
        (Stopping(), 503, "stopping"),
        (StoreError("full"), 503, "store_unavailable"),
    ],
)
async def test_an_error_of_the_server_keeps_its_code(error: PolyclinicError, status: int, code: str) -> None:
    answer = await answer_error(REQUEST, error)
    assert (answer.status_code, json.loads(bytes(answer.body))["code"]) == (status, code)


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not_found"), (405, "method_not_allowed"), (400, "invalid_request")]
)
async def test_what_the_router_refuses_has_a_code_too(status: int, code: str) -> None:
    answer = await answer_http_error(REQUEST, HTTPException(status, headers={"Allow": "GET"}))
    assert (answer.status_code, json.loads(bytes(answer.body))["code"]) == (status, code)
    assert answer.headers["allow"] == "GET"


async def test_a_fault_of_ours_tells_nothing_of_itself() -> None:
    answer = await answer_fault(REQUEST, RuntimeError("password=hunter2"))
    assert answer.status_code == 500
    assert b"hunter2" not in bytes(answer.body)
    assert b"RuntimeError" not in bytes(answer.body)


async def test_an_error_of_another_kind_is_passed_on() -> None:
    with pytest.raises(KeyError):
        await answer_error(REQUEST, KeyError("x"))
    with pytest.raises(KeyError):
        await answer_http_error(REQUEST, KeyError("x"))
