"""What is delivered: an observer with the server's own client library, before anything is measured.

Every avatar that it should see has to be there, every state it holds has to be one that was sent, and the states have
to change as often as those that were sent.
"""

import asyncio
import itertools
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import numpy as np
from numpy.typing import NDArray
from polyclinic_client import Entity, Moved, Room, join

from tests.bench.peers.colyseus import ColyseusProcess, Variant, metres_of, reserve_seats
from tests.bench.peers.colyseus import write_plan as write_colyseus_plan
from tests.bench.peers.contestants import ROOM, open_room, rooms_of
from tests.bench.peers.install import COLYSEUS, node
from tests.bench.peers.motion import Numbers, numbers_of_all
from tests.bench.support.compiled import SWARM, compiled
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.plan import rings, write_plan
from tests.bench.support.swarm import LOAD_CORE, SERVER_CORE, tickets
from tests.support.server_process import ServerProcess

_CROWD: Final = ROOM - 1
"""With the observer they are as many as a room holds, and more than are visible in the open one."""
_WATCHED_SECONDS: Final = 4.0
_MOVING_SECONDS: Final = 60.0
_CHANGED_ENOUGH: Final = 0.8
"""Two poses that fall into one frame make one change; on a machine that others use they often do."""
_NEAR: Final = 0.005
"""Metres, and parts of a quaternion: what is farther off was not sent."""

Sent = NDArray[np.float64]


class WrongDelivery(Exception):
    """A server that does not deliver what the benchmark says it does."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What the observer saw."""

    avatars: int
    strange: int
    """Avatars whose last state nobody sent."""
    changed: float
    """Changes, as a share of those that were sent in the same time."""

    def check(self, what: str, shown: int) -> None:
        """Raise `WrongDelivery` unless all was delivered."""
        if self.avatars != shown or self.strange or self.changed < _CHANGED_ENOUGH:
            raise WrongDelivery(
                f"{what}: {self.avatars} of {shown} avatars seen, {self.strange} in states that nobody sent, "
                f"{self.changed:.0%} of the changes"
            )


class Crowd:
    """The load client at work, to be watched; a context manager."""

    def __init__(self, plan: Path, port: int, pid: int, dialect: Sequence[str] = ()) -> None:
        numbers = (port, TICK_HZ, 100, _MOVING_SECONDS, 1, pid)
        self._command = ["taskset", "-c", str(LOAD_CORE), str(compiled(SWARM)), str(plan), *map(str, numbers), *dialect]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Crowd":
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        while (words := self._process.stdout.readline().split()) != ["joined", str(_CROWD)]:
            if not words:
                raise WrongDelivery("the crowd was not let in")
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


def watch_colyseus(variant: Variant, traces: Path | None) -> Watched:
    """Watch a Colyseus room with its own SDK. Raises `WrongDelivery`."""
    poses = numbers_of_all(_halls(variant.visible), TICK_HZ, traces)[:_CROWD]
    with (
        tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name,
        ColyseusProcess(variant, ROOM) as server,
    ):
        plan = Path(name) / "plan"
        write_colyseus_plan(plan, reserve_seats(server.port, _CROWD), poses, variant.fields)
        with Crowd(plan, server.port, server.pid, ["colyseus"]):
            command = ["taskset", "-c", str(LOAD_CORE), node(), "check.mjs", str(server.port), str(_WATCHED_SECONDS)]
            seen = json.loads(subprocess.check_output(command, cwd=COLYSEUS, text=True).splitlines()[-1])["avatars"]
    patches = max(1, sum(each["patches"] for each in seen))
    watched = Watched(
        avatars=len(seen),
        strange=_strangers([metres_of(each["values"], variant.fields) for each in seen], poses),
        changed=sum(each["changes"] for each in seen) / patches / _share_of_changes(poses),
    )
    watched.check(f"Colyseus, {variant.fields}", variant.visible or _CROWD)
    return watched


def watch_polyclinic(visible: int | None, traces: Path | None) -> Watched:
    """Watch a Polyclinic room with its Python client. Raises `WrongDelivery`."""
    halls = _halls(visible)
    poses = numbers_of_all(halls, TICK_HZ, traces)[:_CROWD]
    with tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name:
        facility = halls.write(Path(name))
        with ServerProcess(f"--facility={facility}", "--log-level=warning", cores=[SERVER_CORE]) as server:
            plan = Path(name) / "plan"
            sent = rings(halls.stage, halls.parties, TICK_HZ, traces)[:_CROWD]
            write_plan(plan, tickets(server.http, halls)[:_CROWD], sent)
            port = urlsplit(server.world).port
            assert port is not None
            with Crowd(plan, port, server.pid):
                moves, seen = asyncio.run(_follow(server.http, halls.room_ids[0]))
    shown = visible or _CROWD
    watched = Watched(
        avatars=len(seen),
        strange=_strangers([_numbers_of(each) for each in seen], poses),
        changed=moves / (_WATCHED_SECONDS * TICK_HZ * shown) / _share_of_changes(poses),
    )
    watched.check("Polyclinic", shown)
    return watched


async def _follow(address: str, room_id: str) -> tuple[int, list[Entity]]:
    """Count the moves of avatars, and return those in sight at the end."""
    async with join(address, room=room_id, name="Observer", role="patient") as room:
        moves: Counter[str] = Counter()
        reading = asyncio.create_task(_count(room, moves))
        await asyncio.sleep(1.0)
        moves.clear()
        began = time.monotonic()
        await asyncio.sleep(_WATCHED_SECONDS)
        share = _WATCHED_SECONDS / (time.monotonic() - began)
        seen = list(room.avatars.values())
        reading.cancel()
    return round(moves["moved"] * share), seen


async def _count(room: Room, moves: Counter[str]) -> None:
    async for change in room.changes():
        moves["moved"] += isinstance(change, Moved)


def _halls(visible: int | None) -> Halls:
    return rooms_of(ROOM) if visible is None else open_room(ROOM)


def _numbers_of(entity: Entity) -> Numbers:
    nothing = ((float("nan"),) * 3, (float("nan"),) * 4)
    parts = (part or nothing for part in (entity.head, entity.left, entity.right))
    return tuple(itertools.chain.from_iterable((*point, *rotation) for point, rotation in parts))


def _share_of_changes(poses: Sequence[Sequence[Numbers]]) -> float:
    pairs = [before != after for ring in poses for before, after in itertools.pairwise(ring)]
    return sum(pairs) / len(pairs)


def _strangers(seen: Sequence[Numbers], poses: Sequence[Sequence[Numbers]]) -> int:
    """Count those seen whose numbers nobody sent; what is no number is not looked at."""
    sent = np.array([pose for ring in poses for pose in ring]).reshape(-1, 3, 7)
    return sum(not _was_sent(np.array(each).reshape(3, 7), sent) for each in seen)


def _was_sent(each: Sent, sent: Sent) -> bool:
    places = np.abs(sent[..., :3] - each[:, :3]).max(axis=-1)
    # A rotation is the same with all its signs turned.
    turns = np.minimum(
        np.abs(sent[..., 3:] - each[:, 3:]).max(axis=-1), np.abs(sent[..., 3:] + each[:, 3:]).max(axis=-1)
    )
    return bool((np.nanmax(np.maximum(places, turns), axis=-1) < _NEAR).any())
