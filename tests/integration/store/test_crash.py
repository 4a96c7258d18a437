"""What was committed survives a process that is killed while it writes."""

import subprocess
import sys
from pathlib import Path

import pytest

from server.store.sqlite import Store
from server.store.writing import OpenedRoom

ROOT = Path(__file__).parents[3]
ROOMS_BEFORE_THE_KILL = 25

WRITER = """
import asyncio, sys
from pathlib import Path
from server.store.sqlite import Store
from server.store.writing import OpenedRoom

async def write():
    store = await Store.open(Path(sys.argv[1]))
    number = len(await store.opened_rooms())
    while True:
        await store.room_opened(OpenedRoom(id=f"visit-{number}", type="consult", name=f"Visit {number}"))
        print(number, flush=True)
        number += 1

asyncio.run(write())
"""


def kill_a_writer(file: Path) -> int:
    """Let a process write rooms, kill it between two instructions, and return the last number it knew to be kept."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(ROOMS_BEFORE_THE_KILL):
            last = writer.stdout.readline()
        writer.kill()
        # What was printed between the last look and the kill was kept as well.
        for line in writer.stdout.read().splitlines(keepends=True):
            last = line if line.endswith("\n") else last
    assert writer.returncode < 0
    return int(last)


@pytest.fixture
def killed_twice(tmp_path: Path) -> tuple[Path, int]:
    file = tmp_path / "store.sqlite3"
    kill_a_writer(file)
    return file, kill_a_writer(file)


async def test_every_room_that_was_acknowledged_is_there_after_kill_9(killed_twice: tuple[Path, int]) -> None:
    file, last = killed_twice
    store = await Store.open(file)
    rooms = await store.opened_rooms()
    # The one that was being written when the process died may be there or not; all before it must be.
    assert len(rooms) in {last + 1, last + 2}
    assert rooms == [OpenedRoom(id=f"visit-{n}", type="consult", name=f"Visit {n}") for n in range(len(rooms))]
    await store.room_closed("visit-0")
    assert (await store.opened_rooms())[0].id == "visit-1"
    await store.close()
