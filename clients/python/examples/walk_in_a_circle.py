"""Walk in circles in the lobby of a server, `make run`'s if none is named, and greet whoever comes into sight."""

import asyncio
import itertools
import math
import sys

from polyclinic_client import ClientError, Entered, Room, join


async def walk(room: Room) -> None:
    """Take rounds of 2 m radius, from where one appeared towards the room's middle, looking where one goes."""
    x, y, z = room.spawn.position
    start = math.atan2(z, x)
    for step in itertools.count():
        angle = start + step / 300 * 2 * math.pi
        place = (x + 2 * (math.cos(angle) - math.cos(start)), y, z + 2 * (math.sin(angle) - math.sin(start)))
        turn = (math.pi - angle) / 2
        room.send_pose((place, (0.0, math.sin(turn), 0.0, math.cos(turn))))
        await asyncio.sleep(1 / 30)


async def main(server: str = "http://127.0.0.1:8080") -> None:
    """Join, walk, greet, until Ctrl-C."""
    async with join(server, room="lobby", name="Ada", role="clinician") as room:
        print("Ada walks in the lobby; Ctrl-C ends it")
        walking = asyncio.create_task(walk(room))
        async for change in room.changes():
            if isinstance(change, Entered) and change.entity.kind == "avatar":
                await room.say(f"Hello, {change.entity.name}!")
        walking.cancel()


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:2]))
    except (ClientError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        pass
