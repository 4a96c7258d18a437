"""The front desk, asked over HTTP: standard library only, in a thread, so that the event loop never waits."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from polyclinic_client.errors import JoinRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ANSWER_SECONDS: Final = 10.0
ANSWER_BYTES_MAX: Final = 1 << 20


class Ticket(Struct, frozen=True):
    """Opens the door once, within `expires_in` seconds; `world` is the WebSocket's address."""

    ticket: str
    world: str
    expires_in: float


class _Problem(Struct, frozen=True):
    """What is read of an RFC 9457 problem."""

    code: str
    detail: str = ""
    title: str = ""


class FrontDesk:
    """The front desk at an address such as `http://127.0.0.1:8080`."""

    def __init__(self, address: str) -> None:
        if urllib.parse.urlsplit(address).scheme not in {"http", "https"}:
            raise ValueError(f"a front desk's address begins with http:// or https://, got {address!r}")
        self._address = address.rstrip("/")

    async def ticket(
        self,
        room: str,
        *,
        name: str,
        role: str,
        avatar: str,
        token: Callable[[], Awaitable[str]] | None = None,
        refreshing: bool = False,
    ) -> Ticket:
        """Ask for a ticket, as who a `token` says one is, else as a guest. Raises JoinRefused, and what `token` does.

        `refreshing`: for a session that is live, and for its `refresh` alone.
        """
        url = f"{self._address}/v1/rooms/{urllib.parse.quote(room, safe='')}/tickets"
        wish = {"name": name, "role": role, "avatar": avatar, **({"refreshing": True} if refreshing else {})}
        bearer = None if token is None else await token()
        answer = await asyncio.to_thread(_post, url, msgspec.json.encode(wish), bearer)
        try:
            return msgspec.json.decode(answer, type=Ticket)
        except msgspec.MsgspecError as error:
            raise JoinRefused("unexpected", f"no ticket in the answer of {url}: {error}") from error


def _post(url: str, body: bytes, bearer: str | None) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    # The scheme was checked when the front desk was made: no file:// gets here.
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310
    if bearer is not None:
        # Not to where somebody else's answer may send it.
        request.add_unredirected_header("Authorization", f"Bearer {bearer}")
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(ANSWER_BYTES_MAX))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(ANSWER_BYTES_MAX), url) from error
    except OSError as error:
        raise JoinRefused("unreachable", f"no answer from {url}: {error}") from error


def _refusal(status: int, body: bytes, url: str) -> JoinRefused:
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except msgspec.MsgspecError:
        return JoinRefused("unexpected", f"{url} answered {status}", status)
    return JoinRefused(problem.code, problem.detail or problem.title, status)
