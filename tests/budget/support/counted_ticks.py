"""What runs under callgrind: `python -m tests.budget.support.counted_ticks MARKS.so POSES`, poses in msgpack."""

import ctypes
import gc
import sys
from pathlib import Path

import msgspec

from tests.budget.support.full_room import FullRoom

WARM_UP = 40
"""Ticks until everybody has been told of everybody in sight, and the cohorts of presence have read their roster."""

COUNTED = 4


def main() -> None:
    marks = ctypes.CDLL(sys.argv[1])
    frames = msgspec.msgpack.decode(Path(sys.argv[2]).read_bytes(), type=list[list[bytes]])
    room = FullRoom(frames)
    room.run(WARM_UP)
    # A collection would be counted with whatever it interrupts.
    gc.disable()
    steps = ((b"read", room.read), (b"step", room.step), (b"send", room.send))
    for _ in range(COUNTED):
        room.write_poses()
        for name, step in steps:
            marks.begin()
            step()
            marks.end(name)
        room.drain()
    expected = (WARM_UP + COUNTED) * len(frames)
    assert (room.traffic.poses_in, room.traffic.snapshots_out) == (expected, expected)


if __name__ == "__main__":
    main()
