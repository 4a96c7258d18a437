"""Snapshots: the frame a server sends each tick and what an observer holds after it (SPEC.md section 5.2).

With `state`, `pose` and `record`, whose names this module also offers, the readable reference and oracle of core_ext.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from protocol.errors import MalformedFrame, MalformedPose
from protocol.ids import AGE_MAX, AGE_UNIT_MS, MAP_NARROW_BYTES_MAX, MAP_WIDE_BYTES_MAX, SOON_MAX, FrameFlag, Kind
from protocol.packed import PackedReader
from protocol.pose import Pose, decode_pose, encode_pose, pose_size
from protocol.record import NOTHING_HELD, RecordState, apply_record, delta_record, first_held, full_record, is_full
from protocol.state import (
    UNTRACKED,
    AvatarState,
    FloatPose,
    FloatState,
    TrackedPart,
    mask_for_tier,
    pose_from_floats,
    state_to_floats,
)
from protocol.tiers import show_in_tier

__all__ = [
    "NOTHING_HELD",
    "UNTRACKED",
    "AvatarState",
    "Enter",
    "FloatPose",
    "FloatState",
    "Frame",
    "FrameChanges",
    "HeldEntity",
    "MalformedFrame",
    "MalformedPose",
    "Moment",
    "ObserverView",
    "Pose",
    "Record",
    "RecordState",
    "TrackedPart",
    "Update",
    "age_units",
    "apply_record",
    "decode_frame",
    "decode_pose",
    "delta_record",
    "encode_frame",
    "encode_pose",
    "first_held",
    "full_record",
    "is_full",
    "mask_for_tier",
    "pose_from_floats",
    "pose_size",
    "show_in_tier",
    "state_to_floats",
]

_HEADER: Final = struct.Struct("<BB")
_MOMENT: Final = struct.Struct("<II")
_ENTER_TAIL: Final = struct.Struct("<IH")
# A plain integer: the complement of a flag enum keeps its known bits only and would find no fault.
_FLAGS_ALL: Final = sum(FrameFlag)
_BYTE_BITS: Final = 8
_HALF: Final = 1 << 31
"""Of a u32 that wraps: from here on a difference is one backwards."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A tick and the server clock (ms) when it began: both u32, which wrap."""

    tick: int
    time: int

    def since(self, earlier: "Moment") -> tuple[int, int]:
        """Return how many ticks and milliseconds have passed."""
        return (self.tick - earlier.tick) & 0xFFFFFFFF, (self.time - earlier.time) & 0xFFFFFFFF

    def may_follow(self, earlier: "Moment") -> bool:
        """Whether a server may send a frame of now after one of then: the tick goes up, the clock does not go back."""
        ticks, passed = self.since(earlier)
        return 0 < ticks < _HALF and passed < _HALF

    def soon_after(self, earlier: "Moment") -> bool:
        """Whether a frame may tell it by what has passed since the frame before."""
        return max(self.since(earlier)) <= SOON_MAX


@dataclass(frozen=True, slots=True)
class Enter:
    """An entity comes into sight under an alias; `facts` is a msgpack map, see `codec.decode_facts`."""

    alias: int
    entity: int
    facts: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One entity's record: `data` is the record, full or delta; `age`, in units of 4 ms, counts in frames with ages."""

    alias: int
    data: bytes
    age: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A snapshot message in its parts. `tick` and `time` (server clock, ms) are u32; leaves apply first.

    `mapped`: a map says whose the records are, which then ascend by alias. `before`, of a frame that comes soon after
    another, is when that was: the header says what has passed since.
    """

    tick: int
    time: int
    leaves: tuple[int, ...] = ()
    enters: tuple[Enter, ...] = ()
    records: tuple[Record, ...] = ()
    wide: bool = False
    ages: bool = False
    mapped: bool = False
    before: Moment | None = None

    @property
    def moment(self) -> Moment:
        """When it was."""
        return Moment(self.tick, self.time)


@dataclass(frozen=True, slots=True)
class HeldEntity:
    """What an observer holds of one entity."""

    alias: int
    entity: int
    facts: bytes
    record: RecordState

    @property
    def state(self) -> AvatarState:
        """What it shows."""
        return self.record.state


@dataclass(frozen=True, slots=True)
class Update:
    """An entity after its record; `age_ms` is None in a frame without ages."""

    held: HeldEntity
    age_ms: int | None


@dataclass(frozen=True, slots=True)
class FrameChanges:
    """What a frame did to a view. An entity that entered is also among the updated."""

    tick: int
    time: int
    left: tuple[HeldEntity, ...]
    entered: tuple[HeldEntity, ...]
    updated: tuple[Update, ...]


def age_units(now: int, sampled_at: int) -> int:
    """Return the age byte of a sample when a tick begins; both on the server's clock (ms, u32, which wraps)."""
    elapsed = (now - sampled_at) & 0xFFFFFFFF
    # Differences are signed: a sample from after the tick began is of age 0.
    return 0 if elapsed >> 31 else min(elapsed // AGE_UNIT_MS, AGE_MAX)


def encode_frame(frame: Frame) -> bytes:
    """Lay a snapshot out as a whole message, kind byte included.

    Raises OverflowError if it needs WIDE, or if it does not come soon after the frame before it; ValueError if it is
    mapped and its records do not strictly ascend by alias.
    """
    flags = FrameFlag(0)
    for flag, wanted in (
        (FrameFlag.WIDE, frame.wide),
        (FrameFlag.AGES, frame.ages),
        (FrameFlag.LEAVES, frame.leaves),
        (FrameFlag.ENTERS, frame.enters),
        (FrameFlag.MAP, frame.mapped),
        (FrameFlag.SOON, frame.before),
    ):
        flags |= flag if wanted else 0
    width = 2 if frame.wide else 1
    message = bytearray(_HEADER.pack(Kind.SNAPSHOT, flags) + _moment_bytes(frame))
    if frame.leaves:
        message += len(frame.leaves).to_bytes(width, "little")
        for alias in frame.leaves:
            message += alias.to_bytes(width, "little")
    if frame.enters:
        message += len(frame.enters).to_bytes(width, "little")
        for enter in frame.enters:
            message += enter.alias.to_bytes(width, "little")
            message += _ENTER_TAIL.pack(enter.entity, len(enter.facts)) + enter.facts
    if frame.mapped:
        aliases = _map_of([record.alias for record in frame.records], _map_bytes_max(wide=frame.wide))
        message += len(aliases).to_bytes(width, "little") + aliases
    else:
        message += len(frame.records).to_bytes(width, "little")
    for record in frame.records:
        message += (b"" if frame.mapped else record.alias.to_bytes(width, "little")) + record.data
        if frame.ages:
            message.append(record.age)
    return bytes(message)


def _moment_bytes(frame: Frame) -> bytes:
    if frame.before is None:
        return _MOMENT.pack(frame.tick, frame.time)
    return b"".join(passed.to_bytes(1, "little") for passed in frame.moment.since(frame.before))


def _map_bytes_max(*, wide: bool) -> int:
    return MAP_WIDE_BYTES_MAX if wide else MAP_NARROW_BYTES_MAX


def _map_of(aliases: Sequence[int], bytes_max: int) -> bytes:
    """Set a bit for each alias; no more bytes than that needs."""
    if any(later <= alias for alias, later in pairwise(aliases)):
        raise ValueError(f"the records of a frame with a map ascend by alias, got {aliases}")
    bits = sum(1 << alias for alias in aliases)
    size = (bits.bit_length() + _BYTE_BITS - 1) // _BYTE_BITS
    if size > bytes_max:
        raise OverflowError(f"a map of {size} bytes in a frame of aliases that have {bytes_max} at most")
    return bits.to_bytes(size, "little")


def decode_frame(
    data: bytes, held: Mapping[int, RecordState], before: Moment | None = None
) -> tuple[Frame, dict[int, RecordState]]:
    """Read a whole snapshot message over what an observer holds by alias.

    `before` is when the last frame over the same socket was, None if this is the first. Returns the frame's parts and
    what is held after it. Raises MalformedFrame for any breach of sections 5.2 and 5.3.
    """
    reader = PackedReader(data, MalformedFrame)
    kind, flags = reader.unsigned(1), reader.unsigned(1)
    if kind != Kind.SNAPSHOT:
        raise MalformedFrame(f"kind 0x{kind:02x}")
    if flags & ~_FLAGS_ALL:
        raise MalformedFrame(f"frame flags 0x{flags:02x}")
    frame = _FrameReader(reader, FrameFlag(flags), dict(held), before)
    return frame.read(), frame.states


@dataclass(slots=True)
class ObserverView:
    """What one observer sees over one socket: entities by alias. After MalformedFrame it is worthless."""

    entities: dict[int, HeldEntity] = field(default_factory=dict)
    last: Moment | None = None
    """When the last frame was."""

    def apply(self, data: bytes) -> FrameChanges:
        """Take in a whole snapshot message. Raises MalformedFrame."""
        states = {alias: held.record for alias, held in self.entities.items()}
        frame, states = decode_frame(data, states, self.last)
        self.last = frame.moment
        left = tuple(self.entities.pop(alias) for alias in frame.leaves)
        for enter in frame.enters:
            self.entities[enter.alias] = HeldEntity(enter.alias, enter.entity, enter.facts, states[enter.alias])
        updated = tuple(self._update(record, states[record.alias], ages=frame.ages) for record in frame.records)
        entered = tuple(self.entities[enter.alias] for enter in frame.enters)
        return FrameChanges(frame.tick, frame.time, left, entered, updated)

    def _update(self, record: Record, state: RecordState, *, ages: bool) -> Update:
        before = self.entities[record.alias]
        after = HeldEntity(before.alias, before.entity, before.facts, state)
        self.entities[record.alias] = after
        return Update(after, record.age * AGE_UNIT_MS if ages else None)


class _FrameReader:
    """Reads the parts of a frame after its flags, keeping `states` as the observer would."""

    def __init__(
        self, reader: PackedReader, flags: FrameFlag, states: dict[int, RecordState], before: Moment | None
    ) -> None:
        self._reader = reader
        self._flags = flags
        self._before = before if flags & FrameFlag.SOON else None
        if flags & FrameFlag.SOON and before is None:
            raise MalformedFrame("what has passed since a frame, before the first")
        self._width = 2 if flags & FrameFlag.WIDE else 1
        self.states = states

    def read(self) -> Frame:
        moment = self._read_moment()
        leaves = self._read_leaves() if self._flags & FrameFlag.LEAVES else ()
        enters = self._read_enters() if self._flags & FrameFlag.ENTERS else ()
        records = self._read_records({enter.alias for enter in enters})
        if not self._reader.at_end:
            raise MalformedFrame(f"{len(self._reader.data) - self._reader.offset} bytes after the last record")
        wide, ages, mapped = (bool(self._flags & flag) for flag in (FrameFlag.WIDE, FrameFlag.AGES, FrameFlag.MAP))
        return Frame(moment.tick, moment.time, leaves, enters, records, wide, ages, mapped, self._before)

    def _read_moment(self) -> Moment:
        if self._before is None:
            return Moment(self._reader.unsigned(4), self._reader.unsigned(4))
        ticks, passed = self._reader.unsigned(1), self._reader.unsigned(1)
        return Moment((self._before.tick + ticks) & 0xFFFFFFFF, (self._before.time + passed) & 0xFFFFFFFF)

    def _count_or_alias(self) -> int:
        return self._reader.unsigned(self._width)

    def _read_leaves(self) -> tuple[int, ...]:
        leaves = tuple(self._count_or_alias() for _ in range(self._count_or_alias()))
        for alias in leaves:
            if self.states.pop(alias, None) is None:
                raise MalformedFrame(f"alias {alias} leaves, but is not live")
        return leaves

    def _read_enters(self) -> tuple[Enter, ...]:
        return tuple(self._read_enter() for _ in range(self._count_or_alias()))

    def _read_enter(self) -> Enter:
        alias = self._count_or_alias()
        if alias in self.states:
            raise MalformedFrame(f"alias {alias} enters, but is live")
        self.states[alias] = NOTHING_HELD
        entity, length = self._reader.unsigned(4), self._reader.unsigned(2)
        return Enter(alias, entity, self._reader.take(length))

    def _read_records(self, entered: set[int]) -> tuple[Record, ...]:
        seen: set[int] = set()
        records = []
        for alias in self._read_map() if self._flags & FrameFlag.MAP else self._read_aliases():
            record = self._read_record(alias, entered)
            if record.alias in seen:
                raise MalformedFrame(f"alias {record.alias} twice in a frame")
            seen.add(record.alias)
            records.append(record)
        if missing := entered - seen:
            raise MalformedFrame(f"aliases {sorted(missing)} enter without a record")
        return tuple(records)

    def _read_aliases(self) -> Iterator[int]:
        """Read an alias before each record."""
        for _ in range(self._count_or_alias()):
            yield self._count_or_alias()

    def _read_map(self) -> Iterator[int]:
        """Read all aliases before the first record."""
        size, most = self._count_or_alias(), _map_bytes_max(wide=bool(self._flags & FrameFlag.WIDE))
        if size > most:
            raise MalformedFrame(f"a map of {size} bytes, {most} at most")
        aliases = self._reader.take(size)
        if aliases.endswith(b"\0"):
            raise MalformedFrame("a map that ends with nobody")
        for place, byte in enumerate(aliases):
            yield from (place * _BYTE_BITS + bit for bit in range(_BYTE_BITS) if byte >> bit & 1)

    def _read_record(self, alias: int, entered: set[int]) -> Record:
        if alias not in self.states:
            raise MalformedFrame(f"a record of alias {alias}, which is not live")
        start = self._reader.offset
        self.states[alias], self._reader.offset = apply_record(self.states[alias], self._reader.data, start)
        data = self._reader.data[start : self._reader.offset]
        if alias in entered and not is_full(data):
            raise MalformedFrame(f"alias {alias} enters with a delta")
        return Record(alias, data, self._reader.unsigned(1) if self._flags & FrameFlag.AGES else 0)
