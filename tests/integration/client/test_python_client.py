"""The Python client against the real server."""

import asyncio
import contextlib
import re
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from polyclinic_client import (
    Change,
    Corrected,
    Disconnected,
    Entered,
    JoinRefused,
    Left,
    Moved,
    Reconnected,
    Room,
    RosterChanged,
    Said,
    join,
)
from polyclinic_client.transport import WebSocketTransport

from tests.support.server_process import ServerProcess

EXAMPLE = Path(__file__).parents[3] / "clients" / "python" / "examples" / "walk_in_a_circle.py"
UPRIGHT = (0.0, 0.0, 0.0, 1.0)
TURNED_ROUND = (0.0, 1.0, 0.0, 0.0)


async def next_of(room: Room, kind: type[Change] | tuple[type[Change], ...], seconds: float = 20.0) -> Any:
    async with asyncio.timeout(seconds):
        async for change in room.changes():
            # Rooms have things too, which come into sight with the people.
            of_a_thing = isinstance(change, Entered | Moved | Left) and change.entity.kind != "avatar"
            if isinstance(change, kind) and not of_a_thing:
                return change
    raise AssertionError(f"the changes ended without a {kind}")


def cut(room: Room) -> None:
    """Lose the connection as a network does: without a word."""
    assert isinstance(room._transport, WebSocketTransport)
    room._transport._connection.transport.abort()


async def test_two_people_see_each_other_move_exactly(server: ServerProcess) -> None:
    async with (
        join(server.http, room="waiting", name="Ada", role="clinician") as ada,
        join(server.http, room="waiting", name="Bo", role="patient") as bo,
    ):
        x, y, z = bo.spawn.position
        head, left = ((x + 0.5, y, z), UPRIGHT), ((x + 0.3, y - 0.4, z - 0.3), UPRIGHT)
        entered = await next_of(ada, Entered)
        assert (entered.entity.id, entered.entity.name, entered.entity.role) == (bo.entity, "Bo", "patient")
        # She goes up to him and looks at him: what is farther or aside is shown more coarsely.
        ada.send_pose(((x + 0.5, y, z - 1.0), TURNED_ROUND))
        bo.send_pose(head, left, voice=1.0)
        seen = entered.entity
        while seen.left is None or seen.head[0] != pytest.approx(head[0], abs=0.0006):
            seen = (await next_of(ada, Moved)).entity
            assert seen.id == bo.entity
        assert seen.left[0] == pytest.approx(left[0], abs=0.0011)
        assert (seen.right, seen.voice) == (None, 1.0)
        assert bo.entity in ada.avatars
        assert ada.entity not in ada.avatars
        await bo.close()
        assert (await next_of(ada, Left)).entity.id == bo.entity


async def test_words_and_the_roster_reach_everybody(server: ServerProcess) -> None:
    async with (
        join(server.http, room="waiting", name="Ada", role="clinician") as ada,
        join(server.http, room="waiting", name="Bo", role="patient") as bo,
    ):
        while {person.name for person in (await next_of(ada, RosterChanged)).people.values()} != {"Ada", "Bo"}:
            pass
        assert (await ada.say("Good morning")).ok
        said = await next_of(bo, Said)
        assert (said.entity, said.name, said.text) == (ada.entity, "Ada", "Good morning")
        refused = await bo.say("x" * 501)
        assert (refused.ok, refused.code) == (False, "too_long")


async def test_a_head_outside_the_room_is_corrected(server: ServerProcess) -> None:
    async with join(server.http, room="waiting", name="Ada", role="clinician") as ada:
        x, y, _ = ada.spawn.position
        ada.send_pose(((x, y, 5.5), UPRIGHT))
        corrected = await next_of(ada, Corrected)
        assert corrected.reason == "bounds"
        assert corrected.position == pytest.approx((x, y, 5.0), abs=0.001)


async def test_a_lost_connection_resumes_with_the_exact_gap(server: ServerProcess) -> None:
    async with (
        join(server.http, room="waiting", name="Ada", role="clinician") as ada,
        join(server.http, room="waiting", name="Bo", role="patient") as bo,
    ):
        await next_of(ada, Entered)
        entity = ada.entity
        assert (await bo.say("one")).ok
        assert (await next_of(ada, Said)).text == "one"
        cut(ada)
        for text in ("two", "three"):
            assert (await bo.say(text)).ok
        heard, reconnected = [], None
        async with asyncio.timeout(20):
            async for change in ada.changes():
                assert not isinstance(change, Left)
                if isinstance(change, Said):
                    heard.append(change.text)
                if isinstance(change, Reconnected):
                    reconnected = change
                if reconnected is not None and len(heard) == 2:
                    break
        assert (heard, reconnected) == (["two", "three"], Reconnected(resumed=True))
        assert ada.entity == entity


async def test_after_a_restart_of_the_server_one_is_back_in_a_new_session() -> None:
    with ServerProcess() as first:
        ports = [urlsplit(address).port for address in (first.http, first.world)]
        async with join(first.http, room="lobby", name="Ada", role="clinician") as ada:
            assert await asyncio.to_thread(first.terminate) == 0
            with ServerProcess(f"--http-port={ports[0]}", f"--world-port={ports[1]}"):
                assert await next_of(ada, Reconnected, 60) == Reconnected(resumed=False)
                assert (await ada.say("Back again")).ok
                await ada.close()


@pytest.mark.parametrize(
    ("room", "role", "code"), [("attic", "clinician", "room_unknown"), ("lobby", "ghost", "role_unknown")]
)
async def test_the_front_desk_refuses_with_a_stable_code(
    server: ServerProcess, room: str, role: str, code: str
) -> None:
    with pytest.raises(JoinRefused) as refused:
        async with join(server.http, room=room, name="Ada", role=role):
            raise AssertionError("joined")
    assert refused.value.code == code


async def test_nobody_at_the_front_desk_is_told_as_such() -> None:
    with pytest.raises(JoinRefused, match="unreachable"):
        async with join("http://127.0.0.1:9", room="lobby", name="Ada", role="clinician"):
            raise AssertionError("joined")


async def test_who_has_left_cannot_speak(server: ServerProcess) -> None:
    async with join(server.http, room="lobby", name="Ada", role="clinician") as ada:
        await ada.close()
        with pytest.raises(Disconnected):
            await ada.say("hello?")


@pytest.fixture
def heeded_interrupt() -> Iterator[None]:
    """Have what is started heed SIGINT: a shell that runs the tests in the background has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextlib.asynccontextmanager
async def started(*command: str) -> AsyncIterator[Process]:
    running = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
            await running.communicate()


@pytest.mark.usefixtures("heeded_interrupt")
async def test_the_example_walks_its_circle(server: ServerProcess) -> None:
    code = EXAMPLE.read_text()
    assert len(re.findall(r"^ +\S", code, re.MULTILINE)) <= 24
    async with (
        join(server.http, room="lobby", name="Bo", role="patient") as bo,
        started(sys.executable, str(EXAMPLE), server.http) as running,
    ):
        # She sees him at once, and he her with the next update of his interest set: he may hear her first.
        first = await next_of(bo, (Entered, Said))
        second = await next_of(bo, (Entered, Said))
        entered, said = (first, second) if isinstance(first, Entered) else (second, first)
        assert isinstance(entered, Entered)
        assert isinstance(said, Said)
        ada = entered.entity
        assert (ada.name, ada.role) == ("Ada", "clinician")
        assert said.text == "Hello, Bo!"
        places: list[tuple[float, float, float]] = []
        # A round takes her 10 s.
        async with asyncio.timeout(30.0):
            while not places or max(places)[0] - min(places)[0] < 3.9:
                places.append((await next_of(bo, Moved)).entity.head[0])
        running.send_signal(signal.SIGINT)
        assert (await next_of(bo, Left)).entity.id == ada.id
        async with asyncio.timeout(10.0):
            told, _ = await running.communicate()
        assert (running.returncode, told) == (0, b"Ada walks in the lobby; Ctrl-C ends it\n")
        assert max(places)[0] - min(places)[0] < 4.1


@pytest.mark.parametrize(
    ("address", "line"),
    [("http://127.0.0.1:9", "JoinRefused: unreachable: "), ("nonsense", "ValueError: a front desk's address begins ")],
)
def test_the_example_says_in_one_line_that_no_server_is_there(address: str, line: str) -> None:
    alone = subprocess.run([sys.executable, EXAMPLE, address], capture_output=True, text=True, check=False)
    assert alone.returncode == 1
    assert alone.stderr.startswith(line)
    assert len(alone.stderr.splitlines()) == 1
