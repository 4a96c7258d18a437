"""The front desk as a stranger's requests meet it: any method, path, header and body, and no port."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tests.support.front_desk import Answer, FrontDesk, call, sample_desk

if TYPE_CHECKING:
    from collections.abc import Iterable

METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
STATUSES: Final = {200, 201, 206, 304, 400, 403, 404, 405, 409, 410, 413, 415, 416, 422}
"""What a request may be answered; 500 and its like are the server's own faults, 503 none that this desk has."""

HEADERS: Final = ("host", "content-type", "if-none-match", "range", "origin")
END: Final = b"\n\n"
VISITS_MOST: Final = 200
"""After as many rooms opened, another desk: each stays until somebody leaves it."""


class Desk:
    """A front desk that is made anew now and then."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._desk: FrontDesk | None = None

    def ask(self, data: bytes) -> Answer:
        """Make the request that some bytes stand for: a method, a path, a line for each header, and a body."""
        if self._desk is None or len(self._desk.kept) > VISITS_MOST:
            self._desk = sample_desk()
        head, _, body = data.partition(END)
        method, path, *lines = [*head.decode("latin-1").split("\n"), ""]
        named = METHODS[sum(method.encode("latin-1")) % len(METHODS)]
        headers = dict(zip(HEADERS, lines, strict=False))
        return self.loop.run_until_complete(call(self._desk.app, named, f"/{path}", headers, [body]))


DESK: Final = Desk()


def front_desk(data: bytes) -> bool:
    """Whether a request is granted; whatever is refused is told in the form of a problem."""
    answer = DESK.ask(data)
    assert answer.status in STATUSES, answer.status
    for name, value in answer.headers.items():
        assert (name + value).isprintable()
    if answer.headers.get("content-type") == "application/problem+json" and answer.body:
        assert answer.code
    return answer.status < 400


def seeds() -> Iterable[bytes]:
    """Requests of each kind, quite in order, and some that are not."""
    ticket = b'{"name": "Ann", "role": "patient", "avatar": "plain"}'
    json = b"127.0.0.1:8080\napplication/json"
    for method, path, head, body in (
        (b"G", b"v1/facility", b"", b""),
        (b"G", b"v1/rooms", b"", b""),
        (b"G", b"v1/rooms/lobby", b"", b""),
        (b"G", b"v1/avatars", b"", b""),
        (b"G", b"v1/avatars/vrm-robin.vrm", b"h\nt\netag\nbytes=0-9", b""),
        (b"G", b"scenes/../sample.toml", b"", b""),
        (b"G", b"healthz", b"", b""),
        (b"G", b"metrics", b"", b""),
        (b"O", b"v1/rooms/lobby/tickets", json, ticket),
        (b"O", b"v1/rooms/nowhere/tickets", json, ticket),
        (b"O", b"v1/rooms", json, b'{"type": "consult", "name": "Visit"}'),
        (b"H", b"v1/rooms", json, b""),
    ):
        number = {b"G": 0, b"O": 1, b"H": 2}[method]
        yield bytes((112 + number,)) + b"\n" + path + b"\n" + head + END + body
