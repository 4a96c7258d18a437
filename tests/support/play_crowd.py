"""Bring a crowd into a room from the command line: play_crowd.py SERVER ROOM, its people as JSON on the standard input.

Prints `here` once everybody has come in and said what `says` is in the chat, and plays until it is told to stop.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence

from tests.support.crowd import Role, crowd


async def main(server: str, room: str, roles: Sequence[Role], says: Sequence[str]) -> None:
    """Play until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with crowd(server, room, roles) as rooms:
        for person, text in zip(rooms, says, strict=True):
            if text:
                await person.say(text)
        sys.stdout.write("here\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    people = json.load(sys.stdin)
    words = [person.pop("says", "") for person in people]
    asyncio.run(main(sys.argv[1], sys.argv[2], [Role(**person) for person in people], words))
