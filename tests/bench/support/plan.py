"""Prepares what the lean load client sends: upgrades, hellos and poses, encoded and masked.

The poses are those of the load tester: its motion model, and every second avatar follows a recording if there are any.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from loadtest.motion.placing import Box, Stage
from loadtest.motion.rows import FLAGS, HEAD, LEFT, RIGHT, VOICE, Rows
from loadtest.motion.supply import Part, from_model, from_traces
from protocol.codec import encode
from protocol.ids import VERSION, WORLD_PATH, StateFlag
from protocol.messages import Hello
from protocol.pose import Pose, encode_pose
from protocol.schema import SCHEMA_HASH
from protocol.state import UNTRACKED, AvatarState, TrackedPart
from tests.support.raw_websocket import HEADERS

RING_SECONDS: Final = 4.0
"""How much motion each avatar plays, there and back again."""
_MASKED: Final = 0x80
_BINARY: Final = 0x82
_SHORT: Final = 126


def chunk(data: bytes) -> bytes:
    """Lay out bytes as the C programs read them: a u16 length, then the bytes."""
    return len(data).to_bytes(2, "little") + data


def masked_frame(payload: bytes, mask: bytes) -> bytes:
    """Lay a client's binary frame out, whole and masked (RFC 6455 section 5)."""
    size = len(payload)
    length = bytes([_MASKED | size]) if size < _SHORT else bytes([_MASKED | _SHORT]) + size.to_bytes(2, "big")
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return bytes([_BINARY]) + length + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


def upgrade_request() -> bytes:
    """Write the HTTP request that asks for the WebSocket."""
    return "\r\n".join([f"GET {WORLD_PATH} HTTP/1.1", *HEADERS, "", ""]).encode()


def hello(ticket: str) -> bytes:
    """Write the frame of the first message."""
    return masked_frame(
        encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="polyclinic-bench")),
        b"\x51\x0c\x9e\x77",
    )


def rings(stage: Stage, parties: Sequence[int], hz: float, traces: Path | None, seed: int = 1) -> list[bytes]:
    """Prepare the poses of every avatar, chunk by chunk, in the order of the rooms."""
    draw = random.Random(seed)
    return [
        frames_to_chunks((encode_pose(Pose(state, 0, 0)) for state in states), draw)
        for states in motion(stage, parties, hz, traces, seed)
    ]


def motion(
    stage: Stage, parties: Sequence[int], hz: float, traces: Path | None, seed: int = 1
) -> list[Iterator[AvatarState]]:
    """Let every avatar move for as long as a ring lasts, in the order of the rooms."""
    parts = from_model(stage, parties, hz=hz, seconds=RING_SECONDS, seed=seed)
    if traces is not None:
        recorded = from_traces(traces, stage, parties, hz=hz, seed=seed)
        parts = [pair[index % 2] for index, pair in enumerate(zip(parts, recorded, strict=True))]
    count = round(RING_SECONDS * hz)
    return [_states(part, count, stage.bounds) for part in parts]


def frames_to_chunks(payloads: Iterable[bytes], draw: random.Random) -> bytes:
    """Mask payloads as a client does, each a chunk of its own."""
    return b"".join(chunk(masked_frame(payload, draw.randbytes(4))) for payload in payloads)


def write_plan(file: Path, tickets: Sequence[str], poses: Sequence[bytes]) -> None:
    """Write the whole plan; a ticket for each avatar."""
    upgrade = chunk(upgrade_request())
    with file.open("wb") as plan:
        for ticket, ring in zip(tickets, poses, strict=True):
            plan.write(upgrade + chunk(hello(ticket)) + ring + chunk(b""))


def _states(part: Part, count: int, bounds: Box) -> Iterator[AvatarState]:
    for row in itertools.islice(_there_and_back(part), count):
        flags = int(row[FLAGS])
        head = row[HEAD].copy()
        head[:3] = np.clip(head[:3] + np.array(part.offset_mm), bounds[:3], bounds[3:])
        yield AvatarState(
            flags=flags,
            voice=int(row[VOICE]),
            head=TrackedPart(*head.tolist()) if flags & StateFlag.HEAD else UNTRACKED,
            left=TrackedPart(*row[LEFT].tolist()) if flags & StateFlag.LEFT else UNTRACKED,
            right=TrackedPart(*row[RIGHT].tolist()) if flags & StateFlag.RIGHT else UNTRACKED,
        )


def _there_and_back(part: Part) -> Iterator[Rows]:
    last = len(part.rows) - 1
    for step in itertools.count(part.start % len(part.rows)):
        yield part.rows[last - abs(last - step % (2 * last))] if last else part.rows[0]
