"""A full lobby: what a crowd costs each of those in it, with tiers, rates, enters, leaves and frame headers.

Everybody moves and everybody sees. The figure is all bytes of all frames for each avatar that somebody sees and each
tick, whether the tick told anything of it or not: times avatars seen and ticks a second it is what a client is sent.
WebSocket headers are not in it (4 bytes a frame).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from core_ext import POSE_MALFORMED, EntityTable, Grid, Interest, SnapshotEncoder
from loadtest.motion.placing import Box, Stage
from loadtest.motion.rows import HEAD, LEFT, RIGHT
from loadtest.motion.supply import Part, from_model, from_traces
from protocol.ids import POSITION_SCALE, Tier
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart
from server.room_types.lobby import LOBBY
from tests.bench.bytes.families import HZ
from tests.bench.bytes.outcome import Budget, Outcome
from tests.bench.support.show import table

BYTES_MAX: Final = 5.7
OWN_BYTES_MAX: Final = 6.4
"""By the project's own model, whose people speak: who is heard is shown in full from farther away."""
AVATARS: Final = 400
HALL: Final[Box] = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)
"""The lobby of the sample facility."""
SETTLE_TICKS: Final = 3 * HZ
TICKS: Final = 5 * HZ
REFRESH: Final = 8
"""Ticks between two updates of an interest set."""
RECORDED: Final = "recorded motion"
OWN: Final = "the project's own model"
_CELL_MM: Final = 2000
_SEED: Final = 1
_FACTS: Final = bytes(60)
"""As long as those of an avatar with a name are."""
_UPRIGHT: Final = (3, 0, 0, 0)
_CENSUS_TICKS: Final = HZ
"""Ticks between two counts of who is shown how."""
_NOBODY_SPEAKS: Final = "Full lobby: the recordings have no voices, so nobody is shown in more detail for being heard."
Class = tuple[Tier, int]
"""How an avatar is shown: tier, and ticks from record to record."""


@dataclass(frozen=True)
class LobbyCost:
    """What the lobby sent in the measured ticks."""

    source: str
    avatars: int
    ticks: int
    seen: int
    """Avatars in sight, summed over observers and ticks."""
    records: int
    bytes: int
    shown: Counter[Class]

    @property
    def per_seen(self) -> float:
        """Bytes for each avatar one sees and each tick."""
        return self.bytes / self.seen

    @property
    def per_record(self) -> float:
        return self.bytes / self.records

    @property
    def visible(self) -> float:
        """Avatars one sees, on average."""
        return self.seen / self.avatars / self.ticks

    def share(self, shown: Class) -> float:
        """Of what is seen, how much is shown like this."""
        return self.shown[shown] / self.shown.total()

    @property
    def told(self) -> dict[str, Any]:
        shares = {f"{tier.name.lower()}, every {period}": self.share((tier, period)) for tier, period in self.shown}
        return {
            "source": self.source,
            "avatars": self.avatars,
            "ticks": self.ticks,
            "visible": self.visible,
            "bytes_per_seen_and_tick": self.per_seen,
            "bytes_per_record": self.per_record,
            "records": self.records,
            "shares": shares,
        }


class Lobby:
    """A lobby that is stepped: one pose of everybody, one frame to everybody."""

    def __init__(self, parts: Sequence[Part], hall: Box, ticks: int) -> None:
        self.table = EntityTable(len(parts), hall)
        self.grid = Grid(_CELL_MM)
        self.interest = Interest(
            self.table,
            self.grid,
            radius_mm=_mm(LOBBY.radius),
            hysteresis_mm=_mm(LOBBY.hysteresis),
            cap=LOBBY.visible,
            tier_mm=(_mm(LOBBY.tiers[0]), _mm(LOBBY.tiers[1])),
            detailed=LOBBY.detailed,
            reserved=LOBBY.reserved,
            refresh=REFRESH,
            tick_hz=HZ,
        )
        self.encoder = SnapshotEncoder(self.table, self.interest)
        self.poses = [poses_of(part, hall, ticks) for part in parts]
        self.slots = [self.table.add(number + 1, 0, _FACTS, 0) for number in range(len(parts))]
        for slot, part in zip(self.slots, parts, strict=True):
            x, y, z = _head(part, part.start, hall)
            self.table.place(slot, x, y, z, _UPRIGHT)
        self.observers = [self.interest.add_observer(slot, 0) for slot in self.slots]
        self.tick = 0

    def step(self) -> None:
        """Run one tick. Raises AssertionError for a pose that breaks the wire's rules."""
        now_ms = (self.tick + 1) * 1000 // HZ
        for slot, poses in zip(self.slots, self.poses, strict=True):
            if self.table.apply_pose(slot, poses[self.tick], now_ms) == POSE_MALFORMED:
                raise AssertionError(f"avatar {slot} sent no pose: {poses[self.tick].hex()}")
        self.tick += 1
        self.table.assign_zones()
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(self.tick, now_ms)
        self.interest.step()
        for observer in self.observers:
            self.encoder.frame(observer, False)

    def seen(self) -> int:
        """Avatars in sight now, summed over observers."""
        return sum(len(self.interest.members(observer)) for observer in self.observers)

    def census(self) -> Counter[Class]:
        """How many of those in sight are shown in which tier and how often, now."""
        shown: Counter[Class] = Counter()
        for observer in self.observers:
            for slot, _, _ in self.interest.members(observer):
                tier, period = self.interest.explain(observer, slot)["shown"]
                shown[Tier(tier), period] += 1
        return shown


def parts_of(folder: Path | None, hall: Box = HALL, avatars: int = AVATARS) -> list[Part]:
    """Let everybody follow a recording from a moment of their own, or the model where there is none."""
    stage = Stage(hall)
    if folder is not None:
        return from_traces(folder, stage, [avatars], hz=HZ, seed=_SEED)
    return from_model(stage, [avatars], hz=HZ, seconds=(SETTLE_TICKS + TICKS) / HZ, seed=_SEED)


def poses_of(part: Part, hall: Box, ticks: int) -> list[bytes]:
    """What an avatar sends, tick for tick: there and back again over its rows, its head kept in the hall."""
    return [
        encode_pose(Pose(_state(part, row, hall), number, 0)) for number, row in enumerate(islice(_path(part), ticks))
    ]


def _path(part: Part) -> Iterator[int]:
    row, onwards = part.start, 1
    while True:
        yield row
        if not 0 <= row + onwards < len(part.rows):
            onwards = -onwards
        row = min(max(row + onwards, 0), len(part.rows) - 1)


def _state(part: Part, row: int, hall: Box) -> AvatarState:
    values = part.rows[row].tolist()
    flags, voice, turn = values[0], values[1], values[HEAD][3:]
    head = TrackedPart(*_head(part, row, hall), *turn)
    return AvatarState(flags, voice, head, TrackedPart(*values[LEFT]), TrackedPart(*values[RIGHT]))


def _head(part: Part, row: int, hall: Box) -> tuple[int, int, int]:
    moved = (int(value) + by for value, by in zip(part.rows[row][HEAD][:3], part.offset_mm, strict=True))
    x, y, z = (min(max(value, hall[axis]), hall[axis + 3]) for axis, value in enumerate(moved))
    return x, y, z


def lobby_cost(
    source: str, parts: Sequence[Part], hall: Box = HALL, *, settle: int = SETTLE_TICKS, ticks: int = TICKS
) -> LobbyCost:
    """Let everybody come in, and after the first frames have settled, count."""
    lobby = Lobby(parts, hall, settle + ticks)
    for _ in range(settle):
        lobby.step()
    records, sent = lobby.encoder.records_written, lobby.encoder.bytes_written
    seen, shown = 0, Counter[Class]()
    for number in range(ticks):
        lobby.step()
        seen += lobby.seen()
        if number % _CENSUS_TICKS == 0:
            shown += lobby.census()
    told = lobby.encoder.records_written - records, lobby.encoder.bytes_written - sent
    return LobbyCost(source, len(parts), ticks, seen, *told, shown)


def outcome_of(cost: LobbyCost) -> Outcome:
    """Lay out what one sees costs, and how it is shown."""
    columns = ("full lobby with tiers", "avatars", "seen", "bytes each and tick", "a record", "records sent")
    figures = (
        f"{cost.visible:.1f}",
        f"{cost.per_seen:.2f}",
        f"{cost.per_record:.2f}",
        f"{cost.records / cost.seen:.0%}",
    )
    costs = table(f"Full lobby, {HZ} Hz, frames whole", columns, [(cost.source, f"{cost.avatars}", *figures)])
    periods = sorted({period for _, period in cost.shown})
    shares = table(
        "Full lobby: how those in sight are shown",
        ("tier", *(f"{HZ / period:g} Hz" for period in periods)),
        [(tier.name.lower(), *(f"{cost.share((tier, period)):.1%}" for period in periods)) for tier in _tiers(cost)],
    )
    limit = BYTES_MAX if cost.source == RECORDED else OWN_BYTES_MAX
    budget = Budget(f"full lobby with tiers, {cost.source}", limit, cost.per_seen, "bytes")
    notes = [_NOBODY_SPEAKS] if cost.source == RECORDED else []
    return Outcome({"lobby": cost.told}, [costs, shares], [budget], notes=notes)


def _tiers(cost: LobbyCost) -> list[Tier]:
    return sorted({tier for tier, _ in cost.shown})


def _mm(metres: float) -> int:
    return round(metres * POSITION_SCALE)
