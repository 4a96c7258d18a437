"""What a patient says and is called, and lines made to look like a log's: found in nothing that the server writes down.

The same words go into every field there is, of every route of both HTTP ports, every message of the WebSocket and every
operation of every feature, valid and not. Then everything that the server wrote is searched: its log at the most
talkative level, its metrics, the reasons of its closes, the headers of its answers, and what is left of it when it is
killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import signal
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
import msgspec
import pytest

from protocol.codec import encode
from protocol.ids import SUBPROTOCOL, VERSION, Kind
from protocol.messages import Bye, Hello, Operation, Resume
from protocol.schema import SCHEMA_HASH
from server.frontdesk import bodies
from tests.support import canaries
from tests.support.misuse import Door
from tests.support.raw_websocket import BINARY, CLOSE, HEADERS, TEXT, RawWebSocket, close_frame, frame, upgrade_request
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.misuse import HttpAnswer

CANARY = "Zdenka-Canary-HIV-1987"
LINE = f'{CANARY}\r\n{{"event": "forged", "level": "error"}}'
"""As a value that wants to be a line of its own."""
WORDS = (CANARY, LINE, f"\x1b[2J{CANARY}", f"{CANARY}\u2028{CANARY}", f"{CANARY}\0")
NO_HTTP = f"{CANARY}\r\n\r\n".encode()
FORGED = re.compile(rb"Zdenka|forged", re.IGNORECASE)

LEAVE = frame(BINARY, encode(Bye()))
"""Else the session would keep its place."""
TEXTS = (("chat", "say"), ("emergency", "break_glass"), ("panels", "write"))
"""Operations that take a text."""
PLACES = (("ward", "clinician"), ("simulation", "facilitator"))
"""Where glass may be broken, and where there is a panel; and by whom."""


@pytest.fixture
def door(server: ServerProcess) -> Iterator[Door]:
    """Without bystanders: the server may be killed here."""
    yield Door(server)
    assert len(server.errors.splitlines()) == len([json.loads(line) for line in server.errors.splitlines()])


def ask_everything(door: Door) -> list[tuple[str, str]]:
    """Say the words in every field of the front desk; all headers of its answers."""
    headers: list[tuple[str, str]] = []
    for words in WORDS:
        escaped = "".join(f"%{byte:02X}" for byte in words.encode())
        plain = re.sub(r"[^ -~]", "", words)
        sound = {"name": "Ann", "role": "patient", "avatar": "plain"}
        bodies: list[object] = [{**sound, key: words} for key in (*sound, words)]
        bodies += [words.encode(), {words: words}, [words], {"type": words, "name": words}]
        answers = [door.request("POST", "/v1/rooms/lobby/tickets", body) for body in bodies]
        answers += [door.request("POST", "/v1/rooms", body) for body in bodies]
        answers += [
            door.request("POST", "/v1/rooms", {"type": "consult", "name": plain, "role": "patient"}),
            *(
                door.request(method, path)
                for method in ("GET", "POST", "DELETE", "PUT")
                for path in (
                    f"/{escaped}",
                    f"/v1/rooms/{escaped}",
                    f"/v1/rooms/{escaped}/tickets",
                    f"/v1/avatars/{escaped}.vrm",
                    f"/scenes/{escaped}",
                    f"/v1/rooms/lobby?token={escaped}",
                )
            ),
            *(
                door.request("GET", "/v1/rooms", headers={name: plain})
                for name in ("User-Agent", "Origin", "Referer", "Authorization", "Cookie", "X-Forwarded-For", "Host")
            ),
        ]
        headers += [header for answer in answers for header in answer.headers]
    return headers


def ask_every_route(door: Door, words: str) -> list[tuple[str, str]]:
    """Say the words in the path, the query, the headers and each field of the body of every route; all headers."""
    headers: list[tuple[str, str]] = []
    kept = set()
    plain = re.sub(r"[^ -~]", "", words)
    for route in canaries.WISHES:
        method = route.split(" ", 1)[0]
        invited = invite(door)
        known = {"invitation": invited["invitation"]}
        sound = route.split(" ", 1)[1].replace("{room}", "lobby").replace("{invitation}", invited["id"])
        answers = [
            *(at_port(door, method, path) for path in canaries.addresses(route, words)),
            at_port(door, method, sound, headers={"Authorization": f"Bearer {plain}", "User-Agent": plain}),
        ]
        if method == "POST":
            told = [at_port(door, method, sound, body) for body in canaries.bodies(route, words, known)]
            kept |= {route for answer in told if answer.status == 201}
            answers += told
        headers += [header for answer in answers for header in answer.headers]
        assert max(answer.status for answer in answers) < 500, route
    if words.isprintable():
        assert kept >= canaries.KEEPING
    return headers


def at_port(
    door: Door, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    """Ask at the port that a path is of."""
    address = door.server.admin if path.startswith(canaries.ADMIN) else door.server.http
    return door.request(method, path, body, headers, address=address)


def invite(door: Door, **said: str) -> dict[str, str]:
    """Invite a patient into the lobby, as the operator; what the answer says."""
    answer = at_port(door, "POST", "/v1/admin/invitations", {"room": "lobby", "role": "patient", **said})
    assert answer.status == 201, answer.body
    made: dict[str, str] = json.loads(answer.body)
    return made


async def knock_everywhere(door: Door) -> bytes:
    """Say the words before the WebSocket is there; all that is answered."""
    heard = b""
    for words in (CANARY, LINE.replace("\r\n", "")):
        for request in (
            upgrade_request(f"/world?name={CANARY}"),
            upgrade_request(f"/{CANARY}"),
            *(upgrade_request(headers=(*HEADERS, f"{name}: {words}")) for name in ("Origin", "Cookie", "User-Agent")),
            upgrade_request(headers=(*HEADERS[:-1], f"Sec-WebSocket-Protocol: {words}")),
            upgrade_request(headers=(*HEADERS[:-1], f"Sec-WebSocket-Protocol: {SUBPROTOCOL}, {CANARY}")),
            NO_HTTP,
        ):
            async with await RawWebSocket.knock(door.world_port, request) as client:
                head = await client.read_head()
                heard += head
                # What is no HTTP, picows says again to whoever said it, and to nobody else.
                if request != NO_HTTP and not head.startswith(b"HTTP/1.1 101 "):
                    heard += await client.reader.read()
    return heard


def first_messages(words: str) -> list[bytes]:
    """What says the words before anybody is let in."""
    hello = Hello(version=VERSION, schema=SCHEMA_HASH, ticket="x", client="raw")
    resume = Resume(version=VERSION, schema=SCHEMA_HASH, token="x", last_event=0)  # noqa: S106 - none
    return [
        *(encode(replaced(hello, key, words)) for key in hello.__struct_fields__),
        *(encode(replaced(resume, key, words)) for key in resume.__struct_fields__),
        bytes((Kind.HELLO,)) + _packed({words: words}),
        bytes((Kind.HELLO,)) + _packed({**_fields(hello), words: 1}),
        bytes((Kind.HELLO,)) + _packed({**_fields(hello), "version": words}),
        bytes((Kind.HELLO,)) + _packed({1: words}),
        bytes((Kind.HELLO,)) + words.encode(),
    ]


def later_messages(words: str) -> list[bytes]:
    """What says the words and costs the connection, or not."""
    op = Operation(op=os.urandom(16), feature="chat", type="say", body={"text": words})
    return [
        encode(op),
        *(encode(replaced(op, key, words[:32])) for key in ("feature", "type")),
        encode(replaced(op, "body", {words: words})),
        encode(replaced(op, "body", {"text": [words, {words: words}]})),
        bytes((Kind.OPERATION,)) + _packed({**_fields(op), words: words}),
        bytes((Kind.OPERATION,)) + _packed({**_fields(op), "op": words}),
        bytes((Kind.CLOCK,)) + _packed({"sent": words}),
        bytes((Kind.BYE,)) + _packed({words: words}),
        bytes((Kind.REFRESH,)) + _packed({"ticket": words}),
        bytes((Kind.REFRESH,)) + _packed({words: words}),
        words.encode(),
    ]


Message = TypeVar("Message", Hello, Resume, Operation)


def _fields(message: Hello | Resume | Operation) -> dict[str, object]:
    return {key: getattr(message, key) for key in message.__struct_fields__}


def replaced(message: Message, key: str, value: object) -> Message:
    """A message with one key changed."""
    return type(message)(**(_fields(message) | {key: value}))  # type: ignore[arg-type]  # checked by who reads it


def _packed(value: object) -> bytes:

    packed: bytes = msgpack.packb(value)
    return packed


async def last_words(client: RawWebSocket) -> bytes:
    """What the server says at the end, which has to come: the close frame's payload."""
    return await client.read_until(CLOSE)


async def say_everything(door: Door) -> bytes:
    """Say the words in every field of the WebSocket; all reasons of closes."""
    reasons = b""
    for words in WORDS:
        for message in first_messages(words):
            async with door.socket() as client:
                client.send(frame(BINARY, message))
                reasons += await last_words(client)
        for message in later_messages(words):
            async with door.joined() as client:
                client.send(frame(BINARY, message))
                client.send(close_frame(4000, CANARY.encode()))
                reasons += await last_words(client)
        async with door.joined() as client:
            client.send(frame(TEXT, words.encode()))
            reasons += await last_words(client)
    return reasons


async def operate(door: Door, words: str, room: str, role: str) -> bytes:
    """Say the words in every field of every feature's operations, to a patient in a room; all reasons of closes."""
    reasons = b""
    async with door.joined(CANARY, room=room) as patient:
        there = json.loads(at_port(door, "GET", f"/v1/admin/rooms/{room}/people").body)
        things = {each["kind"]: each["entity"] for each in there["objects"]}
        entities = {"entity": there["people"][0]["entity"], **things}
        operations = canaries.operations(words, entities)
        for _, alike in groupby(operations, lambda operation: (operation.feature, operation.type)):
            async with door.joined(CANARY, room=room, role=role) as client:
                client.send(*(frame(BINARY, encode(operation)) for operation in alike), LEAVE)
                reasons += await last_words(client)
        patient.send(LEAVE)
        reasons += await last_words(patient)
    return reasons


def test_every_route_is_tried() -> None:
    assert canaries.routes() == set(canaries.WISHES)


def test_every_body_is_tried() -> None:
    shapes = {each for each in vars(bodies).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)}
    assert shapes == {type(wish) for wish in canaries.WISHES.values() if wish is not None}


async def test_nothing_of_a_person_is_written_down(door: Door) -> None:
    headers = await asyncio.to_thread(ask_everything, door)
    for words in WORDS:
        headers += await asyncio.to_thread(ask_every_route, door, words)
    heard = await knock_everywhere(door)
    async with door.joined(CANARY) as client:
        client.send(frame(BINARY, later_messages(CANARY)[0]))
        reasons = await say_everything(door)
        for words in WORDS:
            for room, role in PLACES:
                reasons += await operate(door, words, room, role)
        written = {
            "metrics": door.metrics().encode(),
            "headers": repr(headers).encode(),
            "answers to knocks": heard,
            "reasons": reasons,
            "health": door.request("GET", "/healthz").body + door.request("GET", "/readyz").body,
        }
        # Last: it has what was done until here.
        written["log"] = door.server.errors.encode()
    for feature, type_ in TEXTS:
        # Words that no feature took were not tried.
        assert door.count("polyclinic_operations_total", feature=feature, outcome="ok", type=type_), type_
    assert len(reasons) > 100
    assert len(headers) > 100
    found = {place: FORGED.search(text) for place, text in written.items()}
    assert {place for place, match in found.items() if match} == set(), found


def dumps_core(server: ServerProcess) -> bool:
    """End a process by a fault of its memory; whether the kernel left a picture of it."""
    server.process.send_signal(signal.SIGSEGV)
    ended = os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    assert ended.si_code in {os.CLD_KILLED, os.CLD_DUMPED}
    return ended.si_code == os.CLD_DUMPED


@contextmanager
def cores_allowed() -> Iterator[int]:
    """Whoever starts a server here lets it dump what it may; the hard limit, bytes."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        yield before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def demand_no_picture(server: ServerProcess, most: int) -> None:
    """Hold a process to its limit for pictures of its memory; `most` is the machine's."""
    limits = Path(f"/proc/{server.pid}/limits").read_text()
    # 1 is what a program of the system's respects too, which 0 is not.
    least = 0 if most == 0 else 1
    assert re.search(rf"^Max core file size\s+{least}\s+{least}\s", limits, re.MULTILINE)


def test_a_server_that_is_killed_leaves_no_picture_of_its_memory() -> None:
    with cores_allowed() as most, ServerProcess() as server:
        demand_no_picture(server, most)
        assert Door(server).request("GET", f"/{CANARY}").status == 404
        assert not dumps_core(server)
        assert not FORGED.search(server.errors.encode())
