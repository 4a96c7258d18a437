"""Records: one entity's state in a snapshot, full or as a delta to what the observer holds (SPEC.md section 5.3).

Readable above fast: core_ext does the same for thousands, and its tests hold it equal to this.
"""

from protocol.bits import BitReader, BitWriter, unzigzag, zigzag
from protocol.errors import MalformedFrame
from protocol.fields import Rotation
from protocol.full_record import (
    full_record,
    make_part,
    read_flags,
    read_full,
    read_part,
    read_rotation,
    read_values,
    read_voice,
    write_part,
    write_rotation,
    write_values,
)
from protocol.ids import FLAGS_BITS, SPREAD_FIRST, VALUE_BITS, VALUE_GROUP, VOICE_BITS, StateFlag, Tier
from protocol.record_state import (
    NO_TREND,
    NOTHING_HELD,
    PARTS,
    VALUES,
    PartTrend,
    RecordState,
    first_held,
    part_of,
    position_units,
    rotation_units,
    values_of,
)
from protocol.state import UNTRACKED, AvatarState, TrackedPart
from protocol.tiers import to_level, to_value
from protocol.trend import Trend, Triple, next_spread

__all__ = [
    "NOTHING_HELD",
    "RecordState",
    "apply_record",
    "delta_record",
    "first_held",
    "full_record",
    "is_full",
]


def delta_record(held: RecordState, state: AvatarState) -> tuple[bytes, RecordState] | None:
    """Lay out what takes a holder of `held` to `state`, which is shown in the same tier; None if nothing changed.

    Returns the record and what is held after it: the values of `state`, and the trends of who read the record.
    """
    if state == held.state:
        return None
    writer = _DeltaWriter(held, state)
    return writer.bits.to_bytes(), writer.after


def apply_record(held: RecordState, data: bytes, offset: int = 0) -> tuple[RecordState, int]:
    """Apply the record at `offset` of `data` to what an observer holds.

    Returns what it holds after it and the offset of the first byte after it. Raises MalformedFrame.
    """
    reader = BitReader(data, offset)
    after = read_full(reader) if reader.read(1) else _DeltaReader(reader, held).after
    return after, reader.end()


def is_full(data: bytes) -> bool:
    """Whether a record is a full one."""
    return bool(data[0] & 1)


class _DeltaWriter:
    """Writes one delta; `after` is what is held once it was read."""

    def __init__(self, held: RecordState, state: AvatarState) -> None:
        self.bits = BitWriter()
        self._held, self._state = held, state
        self.bits.write(0, 1)
        self._write_more()
        self._plain = self._is_plain()
        self.bits.write(self._plain, 1)
        trends = [self._write_part(flag, trend) for flag, trend in zip(PARTS, held.trends, strict=True)]
        spreads = [self._write_values(flag, spread) for flag, spread in zip(VALUES, held.spreads, strict=True)]
        self.after = RecordState(
            state, held.tier, (trends[0], trends[1], trends[2]), (spreads[0], spreads[1], spreads[2])
        )

    def _is_plain(self) -> bool:
        """Whether all parts that last are carried, and none's rotation is written anew."""
        old, new = self._held.state, self._state
        lasting = [(part_of(old, flag), part_of(new, flag)) for flag in PARTS if old.flags & new.flags & flag]
        return all(before != after and not self._is_anew(before, after) for before, after in lasting)

    def _is_anew(self, old: TrackedPart, new: TrackedPart) -> bool:
        """Whether steps do not tell the turn of a part."""
        return new.rotation != old.rotation if self._held.tier is Tier.PRESENCE else new.largest != old.largest

    def _carries(self, flag: StateFlag) -> bool:
        """Whether fingers or a face that were there before and still are have changed."""
        return values_of(self._held.state, flag) != values_of(self._state, flag)

    def _write_more(self) -> None:
        old, new = self._held.state, self._state
        lasting = [flag for flag in VALUES if old.flags & new.flags & flag]
        more = (old.flags, old.voice) != (new.flags, new.voice) or any(self._carries(flag) for flag in lasting)
        self.bits.write(more, 1)
        if not more:
            return
        self.bits.write(new.flags != old.flags, 1)
        if new.flags != old.flags:
            self.bits.write(new.flags, FLAGS_BITS)
        self.bits.write(new.voice != old.voice, 1)
        if new.voice != old.voice:
            self.bits.write(to_level(new.voice, VOICE_BITS), VOICE_BITS)
        for flag in lasting:
            self.bits.write(self._carries(flag), 1)

    def _write_part(self, flag: StateFlag, trend: PartTrend) -> PartTrend:
        if not self._state.flags & flag:
            return NO_TREND
        new = part_of(self._state, flag)
        if not self._held.state.flags & flag:
            write_part(self.bits, self._held.tier, new)
            return NO_TREND
        old = part_of(self._held.state, flag)
        if not self._plain:
            self.bits.write(new != old, 1)
        if new == old:
            return trend.at_rest(self._held.tier)
        tier = self._held.tier
        position = self._write_steps(position_units(old, tier), position_units(new, tier), trend.position)
        return PartTrend(position, self._write_turn(old, new, trend.rotation))

    def _write_turn(self, old: TrackedPart, new: TrackedPart, trend: Trend) -> Trend:
        tier = self._held.tier
        anew = self._is_anew(old, new)
        if not self._plain:
            self.bits.write(anew, 1)
        if anew:
            write_rotation(self.bits, tier, new)
            return trend.turned_over()
        if tier is Tier.PRESENCE:
            return trend
        return self._write_steps(rotation_units(old, tier), rotation_units(new, tier), trend)

    def _write_steps(self, old: Triple, new: Triple, trend: Trend) -> Trend:
        x, y, z = (b - a - step for a, b, step in zip(old, new, trend.expected(), strict=True))
        for residual in (x, y, z):
            self.bits.write_code(zigzag(residual), trend.spread)
        return trend.after((x, y, z))

    def _write_values(self, flag: StateFlag, spread: int) -> int:
        if not self._state.flags & flag:
            return SPREAD_FIRST
        values = values_of(self._state, flag)
        if not self._held.state.flags & flag:
            write_values(self.bits, values)
            return SPREAD_FIRST
        if not self._carries(flag):
            return spread
        held = values_of(self._held.state, flag)
        codes = [zigzag(to_level(b, VALUE_BITS) - to_level(a, VALUE_BITS)) for a, b in zip(held, values, strict=True)]
        told: list[int] = []
        for start in range(0, len(codes), VALUE_GROUP):
            group = codes[start : start + VALUE_GROUP]
            self.bits.write(any(group), 1)
            if any(group):
                told += group
                for code in group:
                    self.bits.write_code(code, spread)
        return next_spread(spread, told)


class _DeltaReader:
    """Reads one delta over what is held; `after` is what is held then."""

    def __init__(self, reader: BitReader, held: RecordState) -> None:
        self._reader, self._held = reader, held
        self._flags, self._voice = held.state.flags, held.state.voice
        self._carried = StateFlag(0)
        if reader.read(1):
            self._read_more()
        self._plain = bool(reader.read(1))
        parts = (self._read_part(flag, trend) for flag, trend in zip(PARTS, held.trends, strict=True))
        (head, heads), (left, lefts), (right, rights) = parts
        values = (self._read_values(flag, spread) for flag, spread in zip(VALUES, held.spreads, strict=True))
        (one, ones), (other, others), (face, faces) = values
        state = AvatarState(self._flags, self._voice, head, left, right, one, other, face)
        self.after = RecordState(state, held.tier, (heads, lefts, rights), (ones, others, faces))

    def _read_more(self) -> None:
        before = self._flags
        if self._reader.read(1):
            self._flags = read_flags(self._reader, self._held.tier)
        if self._reader.read(1):
            self._voice = read_voice(self._reader)
        for flag in VALUES:
            if before & self._flags & flag and self._reader.read(1):
                self._carried |= flag

    def _read_part(self, flag: StateFlag, trend: PartTrend) -> tuple[TrackedPart, PartTrend]:
        tier = self._held.tier
        if not self._flags & flag:
            return UNTRACKED, NO_TREND
        if not self._held.state.flags & flag:
            return read_part(self._reader, tier, flag), NO_TREND
        held = part_of(self._held.state, flag)
        if not self._plain and not self._reader.read(1):
            return held, trend.at_rest(self._held.tier)
        position, moving = self._read_steps(position_units(held, tier), trend.position)
        rotation, turning = self._read_turn(held, trend.rotation)
        return make_part(tier, flag, position, rotation), PartTrend(moving, turning)

    def _read_turn(self, held: TrackedPart, trend: Trend) -> tuple[Rotation, Trend]:
        tier = self._held.tier
        units = rotation_units(held, tier)
        if not self._plain and self._reader.read(1):
            return read_rotation(self._reader, tier), trend.turned_over()
        if tier is Tier.PRESENCE:
            return (held.largest, *units), trend
        turned, trend = self._read_steps(units, trend)
        return (held.largest, *turned), trend

    def _read_steps(self, held: Triple, trend: Trend) -> tuple[Triple, Trend]:
        x, y, z = (unzigzag(self._reader.read_code(trend.spread)) for _ in range(3))
        after = trend.after((x, y, z))
        return (held[0] + after.steps[0], held[1] + after.steps[1], held[2] + after.steps[2]), after

    def _read_values(self, flag: StateFlag, spread: int) -> tuple[bytes, int]:
        """One hand's fingers or the face; zeros when not present."""
        held = values_of(self._held.state, flag)
        if not self._flags & flag:
            return bytes(len(held)), SPREAD_FIRST
        if not self._held.state.flags & flag:
            return read_values(self._reader, flag), SPREAD_FIRST
        if flag not in self._carried:
            return held, spread
        levels = [to_level(value, VALUE_BITS) for value in held]
        told: list[int] = []
        for start in range(0, len(levels), VALUE_GROUP):
            if not self._reader.read(1):
                continue
            for index in range(start, start + VALUE_GROUP):
                told.append(self._reader.read_code(spread))
                levels[index] += unzigzag(told[-1])
        if min(levels) < 0 or max(levels) >= 1 << VALUE_BITS:
            raise MalformedFrame(f"{flag.name}: a value out of range")
        return bytes(to_value(level, VALUE_BITS) for level in levels), next_spread(spread, told)
