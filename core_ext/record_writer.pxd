"""One entity's record (SPEC 5.3): the state of a tier, in full or as a delta to what an observer holds."""

from libc.stdint cimport int32_t, uint8_t, uint32_t

from core_ext cimport wire
from core_ext.bits cimport BitSink, bit_length, finish, put, put_code, zigzag
from core_ext.buffer cimport AvatarState, PartState
from core_ext.record_state cimport (
    PARTS,
    VALUE_SETS,
    PartTrend,
    RecordState,
    Trend,
    begin_part,
    expected,
    level_of,
    next_spread,
    part_at,
    position_shift,
    rest_part,
    rotation_shift,
    same_part,
    same_rotation,
    same_values,
    shown_part,
    shown_values,
    values_at,
    values_count,
    voice_level,
)


cdef inline void put_rotation(BitSink* sink, const PartState* part, int tier) noexcept nogil:
    cdef int turn = rotation_shift(tier)
    cdef int middle = wire.ROTATION_MAX >> turn
    cdef int width = wire.ROTATION_BITS - turn
    cdef bint upright = part.largest == 3
    if tier == wire.TIER_PRESENCE:
        put(sink, not upright, 1)
        put(sink, ((part.b if upright else part.c) >> turn) + middle, wire.YAW_BITS)
        return
    put(sink, part.largest, 2)
    put(sink, (part.a >> turn) + middle, width)
    put(sink, (part.b >> turn) + middle, width)
    put(sink, (part.c >> turn) + middle, width)


cdef inline void put_part(BitSink* sink, const PartState* part, int tier) noexcept nogil:
    cdef int shift = position_shift(tier)
    cdef int32_t x = part.x >> shift, y = part.y >> shift, z = part.z >> shift
    cdef int width = bit_length(zigzag(x) | zigzag(y) | zigzag(z))
    cdef uint32_t mask = (<uint32_t>1 << width) - 1
    put(sink, width, wire.WIDTH_BITS)
    put(sink, <uint32_t>x & mask, width)
    put(sink, <uint32_t>y & mask, width)
    put(sink, <uint32_t>z & mask, width)
    put_rotation(sink, part, tier)


cdef inline void put_trend(BitSink* sink, const Trend* trend) noexcept nogil:
    cdef int axis
    put(sink, trend.spread, wire.SPREAD_BITS)
    for axis in range(3):
        put_code(sink, zigzag(trend.steps[axis]), trend.spread)


cdef inline void put_values(BitSink* sink, const uint8_t* values, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        put(sink, level_of(values[i]), wire.VALUE_BITS)


# Everything that is held; its size.
cdef inline Py_ssize_t write_full(uint8_t* data, const RecordState* held) noexcept nogil:
    cdef BitSink sink
    cdef int number
    cdef uint8_t flags = held.shown.flags
    sink.out = data
    sink.bits = 0
    sink.count = 0
    put(&sink, 1 | held.tier << 1, 1 + wire.TIER_BITS)
    put(&sink, flags, wire.FLAGS_BITS)
    put(&sink, voice_level(held.shown.voice), wire.VOICE_BITS)
    for number in range(PARTS):
        if flags & (wire.STATE_HEAD << number):
            put_part(&sink, shown_part(&held.shown, number), held.tier)
            put_trend(&sink, &held.trends[number].position)
            if held.tier != wire.TIER_PRESENCE:
                put_trend(&sink, &held.trends[number].rotation)
    for number in range(VALUE_SETS):
        if flags & (wire.STATE_LEFT_FINGERS << number):
            put_values(&sink, shown_values(&held.shown, number), values_count(number))
            put(&sink, held.spreads[number], wire.SPREAD_BITS)
    return finish(&sink) - data


# What the steps from old to new differ from the expected; the trend goes on from there.
cdef inline void put_steps(
    BitSink* sink, Trend* trend, int32_t x, int32_t y, int32_t z
) noexcept nogil:
    cdef uint32_t first = zigzag(x - expected(trend.steps[0]))
    cdef uint32_t second = zigzag(y - expected(trend.steps[1]))
    cdef uint32_t third = zigzag(z - expected(trend.steps[2]))
    put_code(sink, first, trend.spread)
    put_code(sink, second, trend.spread)
    put_code(sink, third, trend.spread)
    trend.spread = next_spread(trend.spread, first + second + third, 3)
    trend.steps[0] = x
    trend.steps[1] = y
    trend.steps[2] = z


# Whether steps do not tell the turn of a part.
cdef inline bint turned_anew(const PartState* old, const PartState* new, int tier) noexcept nogil:
    if tier == wire.TIER_PRESENCE:
        return not same_rotation(old, new)
    return old.largest != new.largest


cdef inline void put_turn(
    BitSink* sink, Trend* trend, const PartState* old, const PartState* new, int tier, bint plain
) noexcept nogil:
    cdef int turn = rotation_shift(tier)
    cdef bint anew = turned_anew(old, new, tier)
    if not plain:
        put(sink, anew, 1)
    if anew:
        put_rotation(sink, new, tier)
        trend.steps[0] = trend.steps[1] = trend.steps[2] = 0
    elif tier != wire.TIER_PRESENCE:
        put_steps(sink, trend, (new.a - old.a) >> turn, (new.b - old.b) >> turn, (new.c - old.c) >> turn)


cdef inline void put_moved(
    BitSink* sink, PartTrend* trend, const PartState* old, const PartState* new, int tier, bint plain
) noexcept nogil:
    cdef int shift = position_shift(tier)
    cdef bint carried = not same_part(old, new)
    if not plain:
        put(sink, carried, 1)
    if not carried:
        rest_part(trend, tier)
        return
    put_steps(sink, &trend.position, (new.x - old.x) >> shift, (new.y - old.y) >> shift, (new.z - old.z) >> shift)
    put_turn(sink, &trend.rotation, old, new, tier, plain)


# Groups in which anything changed; the spread that suits the next ones.
cdef inline uint8_t put_changes(
    BitSink* sink, const uint8_t* old, const uint8_t* new, int count, uint8_t spread
) noexcept nogil:
    cdef uint32_t codes[4]
    cdef uint32_t total = 0, told = 0, any_code
    cdef int group, start, i
    for group in range(count // wire.VALUE_GROUP):
        start = group * wire.VALUE_GROUP
        any_code = 0
        for i in range(wire.VALUE_GROUP):
            codes[i] = zigzag(<int32_t>level_of(new[start + i]) - <int32_t>level_of(old[start + i]))
            any_code |= codes[i]
        put(sink, any_code != 0, 1)
        if not any_code:
            continue
        told += wire.VALUE_GROUP
        for i in range(wire.VALUE_GROUP):
            put_code(sink, codes[i], spread)
            total += codes[i]
    return <uint8_t>next_spread(spread, total, told) if told else spread


# Flags, voice, and which fingers and face that were there and still are have changed.
cdef inline void put_more(
    BitSink* sink, const AvatarState* old, const AvatarState* new, uint8_t changed
) noexcept nogil:
    cdef uint8_t lasting = old.flags & new.flags
    cdef int number
    if old.flags == new.flags and old.voice == new.voice and not changed:
        put(sink, 0, 1)
        return
    put(sink, 1, 1)
    put(sink, old.flags != new.flags, 1)
    if old.flags != new.flags:
        put(sink, new.flags, wire.FLAGS_BITS)
    put(sink, old.voice != new.voice, 1)
    if old.voice != new.voice:
        put(sink, voice_level(new.voice), wire.VOICE_BITS)
    for number in range(VALUE_SETS):
        if lasting & (wire.STATE_LEFT_FINGERS << number):
            put(sink, changed >> number & 1, 1)


# Which fingers and face that were there and still are have changed: bit 0 left, 1 right, 2 face.
cdef inline uint8_t changed_values(const AvatarState* old, const AvatarState* new) noexcept nogil:
    cdef uint8_t lasting = old.flags & new.flags, changed = 0
    cdef int number
    for number in range(VALUE_SETS):
        if lasting & (wire.STATE_LEFT_FINGERS << number) and not same_values(old, new, number):
            changed |= <uint8_t>(1 << number)
    return changed


cdef inline bint same_state(const AvatarState* old, const AvatarState* new, uint8_t changed) noexcept nogil:
    # What a flag does not name is zero in both.
    return (
        old.flags == new.flags
        and old.voice == new.voice
        and not changed
        and same_part(&old.head, &new.head)
        and same_part(&old.left, &new.left)
        and same_part(&old.right, &new.right)
    )


# Whether all parts that last are carried, and none's rotation is written anew.
cdef inline bint is_plain(const AvatarState* old, const AvatarState* new, int tier) noexcept nogil:
    cdef uint8_t lasting = old.flags & new.flags
    cdef const PartState* before
    cdef const PartState* after
    cdef int number
    for number in range(PARTS):
        if lasting & (wire.STATE_HEAD << number):
            before = shown_part(old, number)
            after = shown_part(new, number)
            if same_part(before, after) or turned_anew(before, after, tier):
                return False
    return True


# What takes a holder of `held` to `new`, which is shown in the same tier, and `held` there too; its size, 0 and nothing
# done when nothing changed.
cdef inline Py_ssize_t write_delta(uint8_t* data, RecordState* held, const AvatarState* new) noexcept nogil:
    cdef BitSink sink
    cdef uint8_t changed = changed_values(&held.shown, new)
    cdef uint8_t flag
    cdef bint plain
    cdef int number
    if same_state(&held.shown, new, changed):
        return 0
    plain = is_plain(&held.shown, new, held.tier)
    sink.out = data
    sink.bits = 0
    sink.count = 0
    put(&sink, 0, 1)
    put_more(&sink, &held.shown, new, changed)
    put(&sink, plain, 1)
    for number in range(PARTS):
        flag = <uint8_t>(wire.STATE_HEAD << number)
        if new.flags & held.shown.flags & flag:
            put_moved(
                &sink, &held.trends[number], part_at(&held.shown, number), shown_part(new, number), held.tier, plain
            )
            continue
        begin_part(&held.trends[number])
        if new.flags & flag:
            put_part(&sink, shown_part(new, number), held.tier)
    for number in range(VALUE_SETS):
        flag = <uint8_t>(wire.STATE_LEFT_FINGERS << number)
        if changed >> number & 1:
            held.spreads[number] = put_changes(
                &sink, values_at(&held.shown, number), shown_values(new, number), values_count(number),
                held.spreads[number],
            )
        elif not new.flags & held.shown.flags & flag:
            held.spreads[number] = wire.SPREAD_FIRST
            if new.flags & flag:
                put_values(&sink, shown_values(new, number), values_count(number))
    held.shown = new[0]
    return finish(&sink) - data
