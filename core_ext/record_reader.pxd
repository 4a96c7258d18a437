"""One entity's record (SPEC 5.3) into the state that an observer holds, every read bounded and every rule checked."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memset

from core_ext cimport wire
from core_ext.bits cimport BitSource, finish_bits, get, get_code, get_signed, refuse_bits, unzigzag
from core_ext.buffer cimport PartState, flags_valid
from core_ext.record_state cimport (
    LEVEL_MAX,
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
    tier_flags,
    value_of,
    values_at,
    values_count,
    voice_of,
)


# Where a reader is, where its bytes end, and what was wrong with them: once set, nothing is read any more.
cdef struct Cursor:
    const uint8_t* data
    const uint8_t* end
    const char* fault


# The next `count` bytes, NULL and a fault when they are not there.
cdef inline const uint8_t* take(Cursor* cursor, Py_ssize_t count) noexcept nogil:
    cdef const uint8_t* taken = cursor.data
    if cursor.fault:
        return NULL
    if cursor.end - taken < count:
        cursor.fault = "cut short"
        return NULL
    cursor.data = taken + count
    return taken


cdef inline bint refuse(Cursor* cursor, const char* fault) noexcept nogil:
    if not cursor.fault:
        cursor.fault = fault
    return False


# A position in units of the tier.
cdef inline void set_position(
    BitSource* source, PartState* part, int64_t x, int64_t y, int64_t z, int shift, int number
) noexcept nogil:
    cdef int64_t most = (wire.HEAD_POSITION_MAX if number == 0 else wire.HAND_POSITION_MAX) >> shift
    if not (-most <= x <= most and -most <= y <= most and -most <= z <= most):
        refuse_bits(source, "position out of range")
        return
    part.x = <int32_t>x * (1 << shift)
    part.y = <int32_t>y * (1 << shift)
    part.z = <int32_t>z * (1 << shift)


# The three components of a rotation in units of the tier.
cdef inline void set_rotation(
    BitSource* source, PartState* part, int64_t a, int64_t b, int64_t c, int turn
) noexcept nogil:
    cdef int64_t most = wire.ROTATION_MAX >> turn
    if not (-most <= a <= most and -most <= b <= most and -most <= c <= most):
        refuse_bits(source, "not a rotation")
        return
    part.a = <short>(a * (1 << turn))
    part.b = <short>(b * (1 << turn))
    part.c = <short>(c * (1 << turn))


cdef inline void get_rotation(BitSource* source, PartState* part, int tier) noexcept nogil:
    cdef int turn = rotation_shift(tier)
    cdef int32_t middle = wire.ROTATION_MAX >> turn
    cdef int width = wire.ROTATION_BITS - turn
    cdef int32_t a, b, c
    if tier == wire.TIER_PRESENCE:
        part.largest = 1 if get(source, 1) else 3
        a = <int32_t>get(source, wire.YAW_BITS) - middle
        set_rotation(source, part, 0, a if part.largest == 3 else 0, a if part.largest == 1 else 0, turn)
        return
    part.largest = <uint8_t>get(source, 2)
    a = <int32_t>get(source, width) - middle
    b = <int32_t>get(source, width) - middle
    c = <int32_t>get(source, width) - middle
    set_rotation(source, part, a, b, c, turn)


cdef inline void get_part(BitSource* source, PartState* part, int tier, int number) noexcept nogil:
    cdef int width = <int>get(source, wire.WIDTH_BITS)
    cdef int32_t x, y, z
    if width > wire.WIDTH_MAX:
        refuse_bits(source, "a position too wide")
        return
    x = get_signed(source, width)
    y = get_signed(source, width)
    z = get_signed(source, width)
    set_position(source, part, x, y, z, position_shift(tier), number)
    get_rotation(source, part, tier)


cdef inline int32_t get_spread(BitSource* source) noexcept nogil:
    cdef int32_t spread = <int32_t>get(source, wire.SPREAD_BITS)
    if spread > wire.SPREAD_MAX:
        refuse_bits(source, "a spread too large")
        return 0
    return spread


cdef inline void get_trend(BitSource* source, Trend* trend) noexcept nogil:
    cdef int axis
    trend.spread = get_spread(source)
    for axis in range(3):
        trend.steps[axis] = unzigzag(get_code(source, trend.spread))


cdef inline void get_values(BitSource* source, uint8_t* values, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        values[i] = value_of(get(source, wire.VALUE_BITS))


cdef inline void get_full(BitSource* source, RecordState* held) noexcept nogil:
    cdef uint8_t flags
    cdef int number, tier
    memset(held, 0, sizeof(RecordState))
    tier = <int>get(source, wire.TIER_BITS)
    flags = <uint8_t>get(source, wire.FLAGS_BITS)
    held.tier = <uint8_t>tier
    if not flags_valid(flags) or flags & ~tier_flags(tier):
        refuse_bits(source, "invalid flags")
        return
    held.shown.flags = flags
    held.shown.voice = voice_of(get(source, wire.VOICE_BITS))
    for number in range(PARTS):
        begin_part(&held.trends[number])
        if flags & (wire.STATE_HEAD << number):
            get_part(source, part_at(&held.shown, number), tier, number)
            get_trend(source, &held.trends[number].position)
            if tier != wire.TIER_PRESENCE:
                get_trend(source, &held.trends[number].rotation)
    for number in range(VALUE_SETS):
        held.spreads[number] = wire.SPREAD_FIRST
        if flags & (wire.STATE_LEFT_FINGERS << number):
            get_values(source, values_at(&held.shown, number), values_count(number))
            held.spreads[number] = <uint8_t>get_spread(source)


# Three codes: the trend goes on, and its steps are what they say.
cdef inline void get_steps(BitSource* source, Trend* trend) noexcept nogil:
    cdef uint32_t code, total = 0
    cdef int axis
    for axis in range(3):
        code = get_code(source, trend.spread)
        total += code
        trend.steps[axis] = expected(trend.steps[axis]) + unzigzag(code)
    trend.spread = next_spread(trend.spread, total, 3)


cdef inline void get_turn(BitSource* source, PartState* part, Trend* trend, int tier, bint plain) noexcept nogil:
    cdef int turn = rotation_shift(tier)
    if not plain and get(source, 1):
        get_rotation(source, part, tier)
        trend.steps[0] = trend.steps[1] = trend.steps[2] = 0
    elif tier != wire.TIER_PRESENCE:
        get_steps(source, trend)
        set_rotation(
            source, part,
            <int64_t>(part.a >> turn) + trend.steps[0],
            <int64_t>(part.b >> turn) + trend.steps[1],
            <int64_t>(part.c >> turn) + trend.steps[2],
            turn,
        )


cdef inline void get_moved(
    BitSource* source, PartState* part, PartTrend* trend, int tier, int number, bint plain
) noexcept nogil:
    cdef int shift = position_shift(tier)
    if not plain and not get(source, 1):
        rest_part(trend, tier)
        return
    get_steps(source, &trend.position)
    set_position(
        source, part,
        <int64_t>(part.x >> shift) + trend.position.steps[0],
        <int64_t>(part.y >> shift) + trend.position.steps[1],
        <int64_t>(part.z >> shift) + trend.position.steps[2],
        shift, number,
    )
    get_turn(source, part, &trend.rotation, tier, plain)


# Groups in which anything changed; the spread that suits the next ones.
cdef inline uint8_t get_changes(BitSource* source, uint8_t* values, int count, uint8_t spread) noexcept nogil:
    cdef uint32_t code, total = 0, told = 0
    cdef int group, start, i
    cdef int64_t level
    for group in range(count // wire.VALUE_GROUP):
        start = group * wire.VALUE_GROUP
        if not get(source, 1):
            continue
        told += wire.VALUE_GROUP
        for i in range(start, start + wire.VALUE_GROUP):
            code = get_code(source, spread)
            total += min(code, <uint32_t>1 << 20)
            level = <int64_t>level_of(values[i]) + unzigzag(code)
            if not 0 <= level <= LEVEL_MAX:
                refuse_bits(source, "a value out of range")
                return spread
            values[i] = value_of(<uint32_t>level)
    return <uint8_t>next_spread(spread, total, told) if told else spread


# Flags, voice, and which of the fingers and the face that last are carried: bit 0 left, 1 right, 2 face.
cdef inline uint8_t get_more(BitSource* source, RecordState* held) noexcept nogil:
    cdef uint8_t before = held.shown.flags, carried = 0
    cdef int number
    if not get(source, 1):
        return 0
    if get(source, 1):
        held.shown.flags = <uint8_t>get(source, wire.FLAGS_BITS)
        if not flags_valid(held.shown.flags) or held.shown.flags & ~tier_flags(held.tier):
            refuse_bits(source, "invalid flags")
            return 0
    if get(source, 1):
        held.shown.voice = voice_of(get(source, wire.VOICE_BITS))
    for number in range(VALUE_SETS):
        if before & held.shown.flags & (wire.STATE_LEFT_FINGERS << number) and get(source, 1):
            carried |= <uint8_t>(1 << number)
    return carried


cdef inline void get_delta(BitSource* source, RecordState* held) noexcept nogil:
    cdef uint8_t before = held.shown.flags
    cdef uint8_t carried = get_more(source, held)
    cdef bint plain = get(source, 1)
    cdef uint8_t flags = held.shown.flags, flag
    cdef uint8_t* values
    cdef PartState* part
    cdef int number
    if source.fault:
        return
    for number in range(PARTS):
        flag = <uint8_t>(wire.STATE_HEAD << number)
        part = part_at(&held.shown, number)
        if before & flags & flag:
            get_moved(source, part, &held.trends[number], held.tier, number, plain)
            continue
        begin_part(&held.trends[number])
        memset(part, 0, sizeof(PartState))
        if flags & flag:
            get_part(source, part, held.tier, number)
    for number in range(VALUE_SETS):
        flag = <uint8_t>(wire.STATE_LEFT_FINGERS << number)
        values = values_at(&held.shown, number)
        if carried >> number & 1:
            held.spreads[number] = get_changes(source, values, values_count(number), held.spreads[number])
        elif not before & flags & flag:
            held.spreads[number] = wire.SPREAD_FIRST
            memset(values, 0, values_count(number))
            if flags & flag:
                get_values(source, values, values_count(number))


# A record over the state it changes; False with `cursor.fault` set when it breaks a rule. `entered`: the alias came in
# this frame, so the record has to be full.
cdef inline bint take_record(Cursor* cursor, bint entered, RecordState* held) noexcept nogil:
    cdef BitSource source
    if cursor.fault:
        return False
    source.data = cursor.data
    source.position = 0
    source.size = cursor.end - cursor.data
    source.fault = NULL
    if get(&source, 1):
        get_full(&source, held)
    elif entered and not source.fault:
        return refuse(cursor, "an entity enters without a full record")
    else:
        get_delta(&source, held)
    if not finish_bits(&source):
        return refuse(cursor, source.fault)
    cursor.data += source.position >> 3
    return True
