import json

from server.doorway.arrivals import TooManyConnections
from server.doorway.problem_document import problem_document, raw_answer
from server.errors import Overloaded


def test_a_document_says_it_in_words_and_by_its_code() -> None:
    told = json.loads(problem_document(429, "rate_limited", "too much"))
    assert told == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "too much",
        "code": "rate_limited",
    }


def test_a_whole_answer_ends_the_connection_and_says_when_to_come_again() -> None:
    head, _, body = raw_answer(TooManyConnections()).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 429 Too Many Requests"
    assert "connection: close" in lines
    assert "retry-after: 5" in lines
    assert f"content-length: {len(body)}" in lines
    assert json.loads(body)["code"] == "too_many_connections"


def test_an_error_without_headers_has_none() -> None:
    assert b"retry-after" not in raw_answer(Overloaded())
