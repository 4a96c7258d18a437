"""A front desk over real rooms, without a port: the sample facility, a clock set by hand, and requests as calls."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message

from server.avatars import read_avatars
from server.config import SAMPLE_FACILITY, Facility, load_facility
from server.frontdesk.app import create_front_desk
from server.frontdesk.desk import Desk, Phase, Readiness
from server.frontdesk.files import WITHOUT_CLIENT
from server.frontdesk.refusals import Refusals
from server.identity.admission import Admission
from server.identity.locks import Locks
from server.identity.provider import ProviderKeys
from server.identity.tickets import TicketDesk
from server.ops.logging import LogCounts
from server.ops.metrics import Metrics, WorldCounts
from server.room_types import ROOM_TYPES, find_room_type
from server.store.writing import OpenedRoom
from server.world.directory import Directory
from tests.support.audit import Notebook

WORLD_PORT = 8081
HERE = "127.0.0.1"
"""Who asks from the server's own machine."""


class Client(Enum):
    """What a client may do at the end of a body instead of ending it."""

    HANGS_UP = 1
    SAYS_NO_MORE = 2


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable code of a problem, after a look at its form."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json
        assert set(problem) == {"type", "title", "status", "detail", "code"}
        assert problem["status"] == self.status
        assert problem["detail"]
        assert "Traceback" not in problem["detail"]
        return str(problem["code"])


@dataclass
class FrontDesk:
    """The application and what it works with; `now` is its clock, `keep` its store if it has one."""

    facility: Facility
    client: Path = WITHOUT_CLIENT
    now: float = 0.0
    kept: list[OpenedRoom] = field(default_factory=list)
    keep: Callable[[OpenedRoom], Awaitable[None]] | None = None
    readiness: Readiness = field(default_factory=lambda: Readiness(Phase.READY))
    tickets: TicketDesk = field(default_factory=TicketDesk)
    auditor: Notebook = field(default_factory=Notebook)
    keys: ProviderKeys | None = None
    wall: Callable[[], float] = time.time
    locks: Locks | None = field(default_factory=Locks)
    ended: list[str] = field(default_factory=list)
    """Whose sessions were ended, in this order."""

    def __post_init__(self) -> None:
        self.directory = Directory(self.facility.settings, find_room_type, Random(7))
        self.directory.open_named(self.now)
        self.desk = Desk(
            directory=self.directory,
            tickets=self.tickets,
            admission=Admission(
                self.facility.settings.identity, self.facility.settings.rights, self.keys, self.wall, locks=self.locks
            ),
            facility=self.facility,
            avatars=read_avatars(self.facility.avatar_folder),
            metrics=Metrics(lambda: WorldCounts(avatars=3), LogCounts(), tickets=lambda: self.tickets.issued),
            clock=lambda: self.now,
            readiness=self.readiness,
            keep_room=self._keep,
            world_port=lambda: WORLD_PORT,
            auditor=self.auditor,
            refusals=Refusals(self.auditor),
            end_sessions=self._end_sessions,
        )
        self.app: ASGIApp = create_front_desk(self.desk, self.client)

    def _end_sessions(self, subject: str) -> int:
        self.ended.append(subject)
        self.tickets.revoke(subject, self.now)
        return 1

    async def _keep(self, room: OpenedRoom) -> None:
        if self.keep is not None:
            await self.keep(room)
        self.kept.append(room)

    async def get(
        self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", peer: str = HERE
    ) -> Answer:
        said = {"host": "127.0.0.1:8080"} | dict(headers or {})
        return answer_of(await exchange(self.app, method, path, said, [], peer=peer))

    async def post(
        self,
        path: str,
        body: object,
        headers: Mapping[str, str] | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Answer:
        """Post a body as JSON, or the bytes or chunks of bytes that are given; `meanwhile` before its last byte."""
        chunks = [body] if isinstance(body, bytes) else body if isinstance(body, list) else [json.dumps(body).encode()]
        said = {"content-type": "application/json", "host": "127.0.0.1:8080"} | dict(headers or {})
        return await call(self.app, "POST", path, said, chunks, meanwhile=meanwhile)

    async def ticket(self, room: str = "lobby", wish: Mapping[str, object] | None = None) -> Answer:
        """Ask for a ticket as a patient called Ann; `wish` changes that, None leaves a key out."""
        asked = {"name": "Ann", "role": "patient", "avatar": "plain"} | dict(wish or {})
        body = {key: value for key, value in asked.items() if value is not None}
        return await self.post(f"/v1/rooms/{room}/tickets", body)


def sample_desk(**server: object) -> FrontDesk:
    """Make a front desk of the sample facility; `server` replaces values of its `[server]` table."""
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    settings = msgspec.structs.replace(facility.settings.server, **server)
    return FrontDesk(
        msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, server=settings))
    )


async def call(
    app: ASGIApp,
    method: str,
    path: str,
    headers: Mapping[str, str],
    chunks: Sequence[bytes | Client],
    *,
    meanwhile: Callable[[], object] = lambda: None,
    peer: str = HERE,
) -> Answer:
    """Make one request of an ASGI application, with a body that comes in chunks; `meanwhile` before its last byte."""
    return answer_of(await exchange(app, method, path, headers, chunks, meanwhile=meanwhile, peer=peer))


def answer_of(sent: Sequence[Message]) -> Answer:
    """Put together what an application sent."""
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:]))


async def exchange(
    app: ASGIApp,
    method: str,
    path: str,
    headers: Mapping[str, str],
    chunks: Sequence[bytes | Client],
    *,
    meanwhile: Callable[[], object] = lambda: None,
    peer: str = HERE,
) -> list[Message]:
    """Make a request as `call` does, and give what was sent as it was sent: the work of the application alone."""
    waiting: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks if isinstance(chunk, bytes)
    ]
    if Client.HANGS_UP in chunks:
        waiting.append({"type": "http.disconnect"})
    elif Client.SAYS_NO_MORE not in chunks:
        waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Message] = []

    async def receive() -> Message:
        if waiting:
            if len(waiting) == 1:
                meanwhile()
            return waiting.pop(0)
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # never comes

    async def send(message: Message) -> None:
        sent.append(message)

    address, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": (peer, 50_000),
        "server": ("127.0.0.1", 8080),
    }
    await app(scope, receive, send)
    return sent
