"""Questions in pairs: about who or what is there, and about nobody. Their answers are one, in bytes and in time.

Time is compared as ranks, never in seconds: how often the one answer takes longer than the other, asked in turns. That
is half of the time if the two cannot be told apart, however busy the machine is.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from itertools import count
from typing import TYPE_CHECKING

import pytest

from protocol.ids import VERSION, CloseCode, Kind
from protocol.messages import Hello, Operation, Resume
from protocol.schema import SCHEMA_HASH
from tests.support.raw_websocket import BINARY, RawWebSocket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.bystanders import Bystanders
    from tests.support.misuse import Door, HttpAnswer

PAIRS = 150
TRIES = 4
"""A machine that does something else meanwhile can lean to one side by chance, and hardly this often to none."""
SHARE = (0.36, 0.64)
"""With 150 pairs of equals the share of the longer answers is outside of this once in some 30,000 times."""
OPS = count(1)


def share_of_longer(first: list[float], second: list[float]) -> float:
    """How often a time of the first is longer than one of the second, over all pairs; equal ones count half."""
    ordered = sorted([(seconds, 0) for seconds in first] + [(seconds, 1) for seconds in second])
    ranks = sum(rank for rank, (_, which) in enumerate(ordered, 1) if which == 0)
    return (ranks - len(first) * (len(first) + 1) / 2) / (len(first) * len(second))


async def cannot_be_told_apart(
    ask_first: Callable[[], Awaitable[object]], second: Callable[[], Awaitable[object]]
) -> None:
    """Ask both in turns: the answers are the same and neither takes longer."""
    share = 0.0
    for _ in range(TRIES):
        times: tuple[list[float], list[float]] = ([], [])
        answers: list[object] = []
        for pair in range(2 * PAIRS):
            which = pair % 2 if (pair // 2) % 2 else 1 - pair % 2
            begun = time.perf_counter()
            answers.append(await (ask_first, second)[which]())
            times[which].append(time.perf_counter() - begun)
        assert all(answer == answers[0] for answer in answers)
        share = share_of_longer(*times)
        if SHARE[0] < share < SHARE[1]:
            return
    pytest.fail(f"one of the two answers is the longer one in {share:.0%}")


def test_a_share_tells_what_takes_longer() -> None:
    assert share_of_longer([1.0, 3.0], [2.0, 4.0]) == 0.25
    assert share_of_longer([5.0, 6.0], [1.0, 2.0]) == 1.0
    times = [float(number % 17) for number in range(150)]
    assert abs(share_of_longer(times, times) - 0.5) < 0.04


@pytest.mark.unguarded
async def test_an_answer_that_takes_longer_is_found_out() -> None:
    async def quick() -> None:
        await asyncio.sleep(0)

    async def slow() -> None:
        await asyncio.sleep(0.0005)

    with pytest.raises(pytest.fail.Exception):
        await cannot_be_told_apart(slow, quick)


def asking(door: Door, room: str, method: str, role: str = "patient") -> Callable[[], Awaitable[object]]:
    """Ask for a room, or for a ticket to it."""
    path = f"/v1/rooms/{room}" + ("/tickets" if method == "POST" else f"?role={role}")
    body = {"name": "Mal", "role": role, "avatar": "plain"} if method == "POST" else None

    async def ask() -> object:
        answer: HttpAnswer = door.request(method, path, body)
        status, headers, text = answer.essence
        # The question is repeated in the words.
        return status, headers, text.replace(room.encode(), b"ROOM")

    return ask


async def test_a_room_that_a_role_may_not_join_cannot_be_told_from_none(door: Door) -> None:
    assert door.request("GET", "/v1/rooms/ward?role=patient").status == 200
    for method in ("GET", "POST"):
        forbidden, unknown = (asking(door, room, method, "observer") for room in ("ward", "drew"))
        await cannot_be_told_apart(forbidden, unknown)


async def test_the_id_of_a_visit_is_not_found_by_looking_near_it(door: Door) -> None:
    opened = door.request("POST", "/v1/rooms", {"type": "consult", "name": "Visit", "role": "patient"})
    there: str = json.loads(opened.body)["id"]
    near = there[:-1] + ("0" if there[-1] != "0" else "1")
    nowhere = f"consult-{secrets.token_hex(8)}"

    for method in ("GET", "POST"):
        await cannot_be_told_apart(asking(door, near, method), asking(door, nowhere, method))
    assert door.request("GET", f"/v1/rooms/{there}?role=patient").status == 200


def forged(room: str) -> str:
    """A ticket for a room, signed by nobody."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"room": room, "name": "Mal", "jti": "x", "exp": 1e9}, "signature")
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


async def test_a_forged_ticket_does_not_tell_whether_its_room_exists(door: Door) -> None:
    def asking(room: str) -> Callable[[], Awaitable[tuple[int, str]]]:
        return lambda: close_of(door, Hello(version=VERSION, schema=SCHEMA_HASH, ticket=forged(room), client="raw"))

    assert (await asking("lobby")())[0] == CloseCode.AUTHENTICATION_INVALID
    await cannot_be_told_apart(asking("lobby"), asking("lobbx"))


async def test_a_token_of_a_session_that_is_over_is_like_one_that_never_was(door: Door) -> None:
    async with door.socket() as client:
        token = (await client.join(await door.ticket())).resume_token
        client.send(b"\x88\x80mask")
        await client.read_close()
    async with door.socket() as client:
        client.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0))
        assert (await client.read_frame())[1][0] == Kind.WELCOME

    def asking(words: str) -> Callable[[], Awaitable[object]]:
        return lambda: close_of(door, Resume(version=VERSION, schema=SCHEMA_HASH, token=words, last_event=0))

    await cannot_be_told_apart(asking(token), asking(secrets.token_urlsafe(len(token) * 3 // 4)))


async def close_of(door: Door, message: Hello | Resume) -> tuple[int, str]:
    """What a first message is closed with."""
    async with door.socket() as client:
        client.say(message)
        return await client.read_close()


async def test_an_operation_does_not_tell_a_person_from_nobody(door: Door, others: Bystanders) -> None:
    """Only few at a time: refusals are counted."""
    times: tuple[list[float], list[float]] = ([], [])
    answers: list[bytes] = []
    for _ in range(8):
        async with door.socket() as client:
            await client.join(await door.ticket("Mal", "simulation", "facilitator"))
            for pair in range(40):
                entity = others.mover_entity if pair % 2 else secrets.randbits(32) | 1
                begun = time.perf_counter()
                answers.append(await grab(client, entity))
                times[pair % 2].append(time.perf_counter() - begun)
    assert len(set(answers)) == 1
    # Ticks come between: only a difference that is there all the time counts.
    assert 0.3 < share_of_longer(*times) < 0.7


async def grab(client: RawWebSocket, entity: int) -> bytes:
    """Reach for something that may be somebody; the answer, but for the question's id."""
    op = next(OPS).to_bytes(16, "big")
    body = {"prop": entity, "hand": "right", "grip": [0, 0, 0, 3, 0, 0, 0], "ownership": 1}
    client.say(Operation(op=op, feature="props", type="grab", body=body))
    return (await client.read_until(BINARY, Kind.RESULT)).replace(op, bytes(16))
