"""A crowd of Python clients in a room that walk, talk with their hands, sit and look about: the project's own motion.

Kept apart from the load tester's motion model: what fills the map in its tests uses nothing but the public client.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random

from polyclinic_client import Room, join

POSES_PER_SECOND = 30
Point = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


@dataclass(frozen=True)
class Role:
    """Somebody of the crowd: where on the floor, and what to do there; a walker goes on to each of `path` in turn."""

    name: str
    role: str
    path: Sequence[tuple[float, float]]
    talks: bool = False
    seated: bool = False
    looks_at: tuple[float, float] | None = None
    hands: bool = True
    height: float = 1.65
    """Of the eyes when standing."""


@asynccontextmanager
async def crowd(server: str, room: str, roles: Sequence[Role]) -> AsyncIterator[list[Room]]:
    """Bring everybody into a room and keep them moving until the end."""
    async with AsyncExitStack() as stack:
        rooms = [
            await stack.enter_async_context(join(server, room=room, name=role.name, role=role.role)) for role in roles
        ]
        playing = [
            asyncio.create_task(play(joined, role, Random(n)))
            for n, (joined, role) in enumerate(zip(rooms, roles, strict=True))
        ]
        try:
            yield rooms
        finally:
            for task in playing:
                task.cancel()
            await asyncio.gather(*playing, return_exceptions=True)


async def play(room: Room, role: Role, random: Random) -> None:
    """Live one part, pose by pose."""
    phase = random.uniform(0, 2 * math.pi)
    for step in range(1_000_000):
        seconds = step / POSES_PER_SECOND
        x, z, yaw, walking = whereabouts(role, seconds)
        yaw += 0.25 * math.sin(seconds * 0.7 + phase)
        head = (x, 1.25 if role.seated else role.height, z), turned(yaw)
        voice = max(0.0, math.sin(seconds * 0.5 + phase)) * (0.4 + 0.3 * math.sin(seconds * 9)) if role.talks else 0.0
        left, right = (hand(head[0], yaw, side, seconds + phase, walking=walking, voice=voice) for side in (-1, 1))
        room.send_pose(
            head, left if role.hands else None, right if role.hands else None, voice=voice, seated=role.seated
        )
        await asyncio.sleep(1 / POSES_PER_SECOND)


def whereabouts(role: Role, seconds: float) -> tuple[float, float, float, bool]:
    """Give the floor position and the direction after some seconds at 1.1 m/s round the path, and whether it walks."""
    legs = list(zip(role.path, [*role.path[1:], role.path[0]], strict=True))
    lengths = [math.dist(a, b) for a, b in legs]
    if sum(lengths) == 0:
        (x, z), target = role.path[0], role.looks_at or (0.0, 0.0)
        return x, z, math.atan2(-(target[0] - x), -(target[1] - z)), False
    way = seconds * 1.1 % sum(lengths)
    leg = 0
    while way > lengths[leg]:
        way -= lengths[leg]
        leg += 1
    (x0, z0), (x1, z1) = legs[leg]
    share = way / lengths[leg]
    return x0 + (x1 - x0) * share, z0 + (z1 - z0) * share, math.atan2(-(x1 - x0), -(z1 - z0)), True


def hand(
    head: Point, yaw: float, side: int, seconds: float, *, walking: bool, voice: float
) -> tuple[Point, Quaternion]:
    """Place a hand: it swings in walking, gestures in speaking, and rests before the body else."""
    forward = 0.28 * math.sin(seconds * 5) * side if walking else 0.26 + voice * 0.25 * math.sin(seconds * 4 + side)
    aside = (0.27 if walking else 0.17 + voice * 0.2) * side
    down = 0.75 if walking else 0.5 - voice * 0.3
    sin, cos = math.sin(yaw), math.cos(yaw)
    return (head[0] + aside * cos - forward * sin, head[1] - down, head[2] - aside * sin - forward * cos), turned(yaw)


def turned(yaw: float) -> Quaternion:
    """Turn about +Y, counter-clockwise from above."""
    return 0.0, math.sin(yaw / 2), 0.0, math.cos(yaw / 2)
