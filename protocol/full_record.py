"""Full records, and of deltas what does not depend on what is held (SPEC.md section 5.3)."""

from protocol.bits import BitReader, BitWriter, unzigzag, zigzag
from protocol.errors import MalformedFrame, MalformedRotation
from protocol.fields import Rotation, check_rotation
from protocol.ids import (
    FACE_VALUES,
    FINGER_VALUES,
    FLAGS_BITS,
    HAND_POSITION_MAX,
    HEAD_POSITION_MAX,
    ROTATION_BITS,
    ROTATION_MAX,
    SPREAD_BITS,
    SPREAD_FIRST,
    SPREAD_MAX,
    TIER_BITS,
    TIER_FLAGS,
    TIER_POSITION_SHIFT,
    TIER_ROTATION_SHIFT,
    VALUE_BITS,
    VOICE_BITS,
    WIDTH_BITS,
    WIDTH_MAX,
    YAW_BITS,
    StateFlag,
    Tier,
)
from protocol.record_state import (
    NO_TREND,
    PARTS,
    VALUES,
    PartTrend,
    RecordState,
    part_of,
    position_units,
    rotation_units,
    values_of,
)
from protocol.state import UNTRACKED, AvatarState, TrackedPart, check_flags
from protocol.tiers import W, Y, to_level, to_value
from protocol.trend import FIRST_TREND, Trend, Triple


def full_record(held: RecordState) -> bytes:
    """Lay out all that is held without reference to anything: no alias, no age."""
    writer, state = BitWriter(), held.state
    writer.write(1, 1)
    writer.write(held.tier, TIER_BITS)
    writer.write(state.flags, FLAGS_BITS)
    writer.write(to_level(state.voice, VOICE_BITS), VOICE_BITS)
    for flag, trend in zip(PARTS, held.trends, strict=True):
        if state.flags & flag:
            write_part(writer, held.tier, part_of(state, flag))
            write_trend(writer, trend.position)
            if held.tier is not Tier.PRESENCE:
                write_trend(writer, trend.rotation)
    for flag, spread in zip(VALUES, held.spreads, strict=True):
        if state.flags & flag:
            write_values(writer, values_of(state, flag))
            writer.write(spread, SPREAD_BITS)
    return writer.to_bytes()


def write_part(writer: BitWriter, tier: Tier, part: TrackedPart) -> None:
    """Tell a head or a hand without reference to anything: the width that its largest coordinate needs, then all."""
    position = position_units(part, tier)
    width = max(signed_width(value) for value in position)
    writer.write(width, WIDTH_BITS)
    for value in position:
        writer.write_signed(value, width)
    write_rotation(writer, tier, part)


def signed_width(value: int) -> int:
    """Bits of a number in two's complement; 0 has none."""
    return zigzag(value).bit_length()


def write_rotation(writer: BitWriter, tier: Tier, part: TrackedPart) -> None:
    """Tell a rotation without reference to anything."""
    biased = [value + (ROTATION_MAX >> TIER_ROTATION_SHIFT[tier]) for value in rotation_units(part, tier)]
    if tier is Tier.PRESENCE:
        upright = part.largest == W
        writer.write(0 if upright else 1, 1)
        writer.write(biased[1] if upright else biased[2], YAW_BITS)
        return
    writer.write(part.largest, 2)
    for value in biased:
        writer.write(value, ROTATION_BITS - TIER_ROTATION_SHIFT[tier])


def write_trend(writer: BitWriter, trend: Trend) -> None:
    """Tell what is expected of a position or a rotation."""
    writer.write(trend.spread, SPREAD_BITS)
    for step in trend.steps:
        writer.write_code(zigzag(step), trend.spread)


def write_values(writer: BitWriter, values: bytes) -> None:
    """Tell all fingers of a hand, or the face."""
    for value in values:
        writer.write(to_level(value, VALUE_BITS), VALUE_BITS)


def read_full(reader: BitReader) -> RecordState:
    """Read what follows the first bit of a full record. Raises MalformedFrame."""
    tier = Tier(reader.read(TIER_BITS))
    state = AvatarState(read_flags(reader, tier), read_voice(reader))
    (head, heads), (left, lefts), (right, rights) = (_read_moving(reader, tier, state.flags, flag) for flag in PARTS)
    (one, ones), (other, others), (face, faces) = (_read_changing(reader, state.flags, flag) for flag in VALUES)
    after = AvatarState(state.flags, state.voice, head, left, right, one, other, face)
    return RecordState(after, tier, (heads, lefts, rights), (ones, others, faces))


def _read_moving(reader: BitReader, tier: Tier, flags: int, flag: StateFlag) -> tuple[TrackedPart, PartTrend]:
    if not flags & flag:
        return UNTRACKED, NO_TREND
    part, position = read_part(reader, tier, flag), read_trend(reader)
    return part, PartTrend(position, FIRST_TREND if tier is Tier.PRESENCE else read_trend(reader))


def _read_changing(reader: BitReader, flags: int, flag: StateFlag) -> tuple[bytes, int]:
    if not flags & flag:
        return bytes(_count(flag)), SPREAD_FIRST
    return read_values(reader, flag), read_spread(reader)


def read_flags(reader: BitReader, tier: Tier) -> int:
    """Read flags, which the tier has to know. Raises MalformedFrame."""
    flags = check_flags(reader.read(FLAGS_BITS), MalformedFrame)
    if flags & ~TIER_FLAGS[tier]:
        raise MalformedFrame(f"flags 0x{flags:02x} in tier {tier.name}")
    return flags


def read_voice(reader: BitReader) -> int:
    """Read a voice level as the u8 it stands for."""
    return to_value(reader.read(VOICE_BITS), VOICE_BITS)


def read_part(reader: BitReader, tier: Tier, flag: StateFlag) -> TrackedPart:
    """Read what `write_part` wrote. Raises MalformedFrame."""
    width = reader.read(WIDTH_BITS)
    if width > WIDTH_MAX:
        raise MalformedFrame(f"a position of {width} bits")
    x, y, z = (reader.read_signed(width) for _ in range(3))
    return make_part(tier, flag, (x, y, z), read_rotation(reader, tier))


def make_part(tier: Tier, flag: StateFlag, position: Triple, rotation: Rotation) -> TrackedPart:
    """Make a part of a position and a rotation in the units of the tier, both checked."""
    shift, turn = TIER_POSITION_SHIFT[tier], TIER_ROTATION_SHIFT[tier]
    most = HEAD_POSITION_MAX if flag is StateFlag.HEAD else HAND_POSITION_MAX
    x, y, z = (value << shift for value in position)
    if max(abs(x), abs(y), abs(z)) > most:
        raise MalformedFrame(f"{flag.name} position out of range: {x} {y} {z}")
    largest, *rest = rotation
    a, b, c = (value << turn for value in rest)
    try:
        return TrackedPart(x, y, z, *check_rotation((largest, a, b, c)))
    except MalformedRotation as error:
        raise MalformedFrame(str(error)) from error


def read_rotation(reader: BitReader, tier: Tier) -> Rotation:
    """Read a rotation in the units of the tier, its range not yet checked."""
    middle = ROTATION_MAX >> TIER_ROTATION_SHIFT[tier]
    if tier is Tier.PRESENCE:
        sideways, value = reader.read(1), reader.read(YAW_BITS) - middle
        return (Y, 0, 0, value) if sideways else (W, 0, value, 0)
    largest, width = reader.read(2), ROTATION_BITS - TIER_ROTATION_SHIFT[tier]
    a, b, c = (reader.read(width) - middle for _ in range(3))
    return largest, a, b, c


def read_spread(reader: BitReader) -> int:
    """Read a spread. Raises MalformedFrame."""
    spread = reader.read(SPREAD_BITS)
    if spread > SPREAD_MAX:
        raise MalformedFrame(f"a spread of {spread}")
    return spread


def read_trend(reader: BitReader) -> Trend:
    """Read what `write_trend` wrote. Raises MalformedFrame."""
    spread = read_spread(reader)
    x, y, z = (unzigzag(reader.read_code(spread)) for _ in range(3))
    return Trend((x, y, z), spread)


def read_values(reader: BitReader, flag: StateFlag) -> bytes:
    """Read what `write_values` wrote."""
    return bytes(to_value(reader.read(VALUE_BITS), VALUE_BITS) for _ in range(_count(flag)))


def _count(flag: StateFlag) -> int:
    return FACE_VALUES if flag is StateFlag.FACE else FINGER_VALUES
