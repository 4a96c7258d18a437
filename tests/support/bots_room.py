"""A room of the real core with bots' ports in it, stepped by hand."""

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
import numpy as np

from core_ext import BotPort, EntityTable, Grid, Interest, SnapshotEncoder, Witness

BOUNDS = (-10_000, 0, -10_000, 10_000, 4_000, 10_000)
CURTAIN = (5_000, 0, 5_000, 9_000, 4_000, 9_000)
CANARY = b"cnry-0123456789ab"
OTHER_CANARY = b"cnry-ba9876543210"
LOOK = f"plain-{CANARY.decode()}"
SPAWN = (1_000, 1_600, 1_000)
IDENTITY = (3, 0, 0, 0)


class Ear:
    """A receiver that remembers."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def on_open(self, port: BotPort) -> None:
        raise AssertionError("no socket here")

    def on_message(self, data: bytes) -> None:
        self.messages.append(data)

    def on_closed(self, code: int, reason: str) -> None:
        raise AssertionError("no socket here")


def rows(
    *heads: tuple[int, int, int], flags: int = 7, voice: int = 9
) -> "np.ndarray[tuple[int, ...], np.dtype[np.int32]]":
    made = np.zeros((len(heads), 23), np.int32)
    for row, head in zip(made, heads, strict=True):
        row[0], row[1] = flags, voice
        row[2:9] = (*head, 3, 1, 2, 3)
        row[9:16] = (-200, -400, -300, 0, 4, 5, 6)
        row[16:23] = (200, -400, -300, 1, 7, 8, 9)
    return made


class Room:
    """A room of the real core, and the bots in it; the witness may believe something else about it."""

    def __init__(self, *, private: bool = True, tiers: tuple[int, int] = (8_000, 16_000)) -> None:
        self.table = EntityTable(8, BOUNDS)
        self.table.set_zones([CURTAIN], 0)
        self.grid = Grid(4_000)
        self.interest = Interest(self.table, self.grid, radius_mm=50_000, hysteresis_mm=1_000, cap=8, tier_mm=tiers)
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.witness = Witness()
        self.index = self.witness.add_room(CANARY, BOUNDS, [CURTAIN], int(private))
        self.slots: dict[BotPort, int] = {}
        self.observers: dict[BotPort, int] = {}
        self.tick = 0

    def join(self, entity: int, *, known: bool = True, verifying: bool = True, look: str = LOOK) -> BotPort:
        port = BotPort(self.witness, Ear(), verifying)
        facts = msgpack.packb({"kind": "avatar", "name": f"Bot {entity}", "role": "patient", "avatar": look})
        self.slots[port] = self.table.add(entity, 0, facts, 0)
        self.table.place(self.slots[port], *SPAWN, IDENTITY)
        self.observers[port] = self.interest.add_observer(self.slots[port], 0)
        if known:
            port.join(entity, self.index, SPAWN)
        return port

    def send(self, port: BotPort) -> None:
        """Let a port send its next pose, and the room take it."""
        assert port.send_pose() == 1
        assert self.table.apply_pose(self.slots[port], port.last_pose(), 0) == 0

    def frame_for(self, port: BotPort) -> bytes:
        self.tick += 1
        self.table.assign_zones()
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(self.tick, 16 * self.tick)
        self.interest.update(self.observers[port])
        return self.encoder.frame(self.observers[port], ages=False)

    def show(self, port: BotPort) -> None:
        port.feed(self.frame_for(port))

    def faults(self) -> dict[str, int]:
        return {kind: count for kind, count in self.witness.fault_counts().items() if count}


def pair(room: Room, *heads: tuple[int, int, int]) -> tuple[BotPort, BotPort]:
    """Two bots, the second with motion."""
    ann, bo = room.join(11), room.join(22)
    bo.move_along(rows(*heads), 0, (0, 0, 0))
    return ann, bo
