"""Errors as people and programs read them: `application/problem+json` (RFC 9457) with a stable `code`."""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.doorway.problem_document import PROBLEM_TYPE, problem_document
from server.errors import PolyclinicError, RequestError


class BodyTooLarge(RequestError):
    """A body of more bytes than any request needs."""

    code = "too_large"
    http_status = 413


class BodyTooSlow(RequestError):
    """A body that did not come in time, or not to its end."""

    code = "too_slow"
    http_status = 408


class NotHttp(RequestError):
    """Bytes that are no request of HTTP, or one whose end two readers may see in two places."""

    code = "not_http"
    http_status = 400
    words = "this is no HTTP request"


class NotJson(RequestError):
    """A body that does not say that it is JSON."""

    code = "unsupported_media_type"
    http_status = 415
    words = "the body must be JSON, with the header Content-Type: application/json"


_CODES: Final = {404: "not_found", 405: "method_not_allowed"}
"""Codes of what the router refuses."""

_WORDS: Final = {
    404: "there is nothing at this address",
    405: "this address does not take that method",
}


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Make a problem document."""
    return Response(problem_document(status, code, detail), status, headers, PROBLEM_TYPE)


def problem_of(error: PolyclinicError) -> Response:
    """Make the problem document of what the server itself refuses."""
    return problem(error.http_status, error.code, error.told, dict(error.headers))


async def answer_error(_request: Request, error: Exception) -> Response:
    """Answer what the server itself refuses."""
    if not isinstance(error, PolyclinicError):
        raise error
    return problem_of(error)


async def answer_http_error(_request: Request, error: Exception) -> Response:
    """Answer what the router or a file server refuses."""
    if not isinstance(error, HTTPException):
        raise error
    code = _CODES.get(error.status_code, "invalid_request")
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, code, _WORDS.get(error.status_code, "this request cannot be answered"), headers)


async def answer_fault(_request: Request, _error: Exception) -> Response:
    """Answer a fault of ours. What it was is in the log and nobody's business here."""
    return problem(500, "internal", "the server made a mistake; it is in its log")


HANDLERS: Final[dict[Any, Any]] = {
    PolyclinicError: answer_error,
    HTTPException: answer_http_error,
    Exception: answer_fault,
}
