"""Errors as programs read them (RFC 9457): the document itself, and a whole HTTP answer for who gets no further."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from server.errors import PolyclinicError

PROBLEM_TYPE: Final = "application/problem+json"


def problem_document(status: int, code: str, detail: str) -> bytes:
    """Write the document; `type` is `about:blank`, so `title` is the status in words and `code` tells which."""
    return msgspec.json.encode(
        {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "code": code,
        }
    )


def raw_answer(error: PolyclinicError) -> bytes:
    """Write the whole answer to a connection that is closed after it, whatever it was about to ask."""
    status = HTTPStatus(error.http_status)
    body = problem_document(status, error.code, error.detail)
    headers = {
        "content-type": PROBLEM_TYPE,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "connection": "close",
        **error.headers,
    }
    told = (f"{name.lower()}: {value}" for name, value in headers.items())
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *told]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
