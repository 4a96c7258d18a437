"""What an observer holds of an entity between two records of it, and what it expects next (SPEC 5.3).

The same as protocol/record_state.py, trend.py and tiers.py.
"""

from libc.stdint cimport int32_t, uint8_t, uint32_t
from libc.stdlib cimport abs
from libc.string cimport memcmp, memset

from core_ext cimport wire
from core_ext.bits cimport bit_length, zigzag
from core_ext.buffer cimport AvatarState, PartState

cdef enum:
    PARTS = 3
    # Left fingers, right fingers, face.
    VALUE_SETS = 3
    LEVEL_MAX = (1 << wire.VALUE_BITS) - 1
    VOICE_MAX = (1 << wire.VOICE_BITS) - 1


# Of a position or a rotation: what the last record added, in units of the tier, and the low bits of the next codes.
cdef struct Trend:
    int32_t steps[3]
    int32_t spread


cdef struct PartTrend:
    Trend position
    Trend rotation


# `shown` is in the wire's own units whatever the tier. What is not tracked or present has the first trend.
cdef struct RecordState:
    AvatarState shown
    PartTrend trends[3]
    uint8_t spreads[3]
    uint8_t tier


# --- tiers ---


cdef inline uint8_t tier_flags(int tier) noexcept nogil:
    if tier == wire.TIER_FULL:
        return wire.TIER_FLAGS_FULL
    if tier == wire.TIER_UPPER:
        return wire.TIER_FLAGS_UPPER
    return wire.TIER_FLAGS_HEAD if tier == wire.TIER_HEAD else wire.TIER_FLAGS_PRESENCE


cdef inline int position_shift(int tier) noexcept nogil:
    if tier == wire.TIER_FULL:
        return wire.TIER_POSITION_SHIFT_FULL
    if tier == wire.TIER_UPPER:
        return wire.TIER_POSITION_SHIFT_UPPER
    return wire.TIER_POSITION_SHIFT_HEAD if tier == wire.TIER_HEAD else wire.TIER_POSITION_SHIFT_PRESENCE


cdef inline int rotation_shift(int tier) noexcept nogil:
    if tier == wire.TIER_FULL:
        return wire.TIER_ROTATION_SHIFT_FULL
    if tier == wire.TIER_UPPER:
        return wire.TIER_ROTATION_SHIFT_UPPER
    return wire.TIER_ROTATION_SHIFT_HEAD if tier == wire.TIER_HEAD else wire.TIER_ROTATION_SHIFT_PRESENCE


# The nearest of the levels that a u8 has in a record, and the u8 that a level stands for.
cdef inline uint32_t level_of(uint8_t value) noexcept nogil:
    return (<uint32_t>value * LEVEL_MAX + 127) // 255


cdef inline uint8_t value_of(uint32_t level) noexcept nogil:
    return <uint8_t>(level << (8 - wire.VALUE_BITS) | level >> (2 * wire.VALUE_BITS - 8))


cdef inline uint32_t voice_level(uint8_t value) noexcept nogil:
    return (<uint32_t>value * VOICE_MAX + 127) // 255


cdef inline uint8_t voice_of(uint32_t level) noexcept nogil:
    return <uint8_t>(level << (8 - wire.VOICE_BITS) | level >> (2 * wire.VOICE_BITS - 8))


# A multiple of 2^shift, halves up, within a range that may end between two.
cdef inline int32_t nearest(int32_t value, int shift, int32_t most) noexcept nogil:
    cdef int32_t units = (value + ((1 << shift) >> 1)) >> shift
    cdef int32_t limit = most >> shift
    return min(max(units, -limit), limit) * (1 << shift)


# part / whole, at most 1 in magnitude, in counts of a rotation; halves up.
cdef inline int32_t share(int32_t part, int32_t whole) noexcept nogil:
    if whole < 0:
        part = -part
        whole = -whole
    # Positive before the division, which C rounds toward zero.
    return (2 * wire.ROTATION_MAX * (part + whole) + whole) // (2 * whole) - wire.ROTATION_MAX


# Keep of a rotation what turns about the vertical.
cdef inline void keep_yaw(PartState* part) noexcept nogil:
    cdef int32_t y = wire.ROTATION_MAX if part.largest == 1 else part.a if part.largest == 0 else part.b
    cdef int32_t w = wire.ROTATION_MAX if part.largest == 3 else part.c
    part.a = part.b = part.c = 0
    if abs(w) >= abs(y):
        part.largest = 3
        part.b = <short>(share(y, w) if w else 0)
    else:
        part.largest = 1
        part.c = <short>share(w, y)


cdef inline void coarsen(PartState* part, int tier, int32_t most) noexcept nogil:
    cdef int shift = position_shift(tier), turn = rotation_shift(tier)
    part.x = nearest(part.x, shift, most)
    part.y = nearest(part.y, shift, most)
    part.z = nearest(part.z, shift, most)
    if tier == wire.TIER_PRESENCE:
        keep_yaw(part)
    part.a = <short>nearest(part.a, turn, wire.ROTATION_MAX)
    part.b = <short>nearest(part.b, turn, wire.ROTATION_MAX)
    part.c = <short>nearest(part.c, turn, wire.ROTATION_MAX)


cdef inline void coarsen_values(uint8_t* out, const uint8_t* values, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        out[i] = value_of(level_of(values[i]))


# What an observer of this tier holds of a state once it was sent to it.
cdef inline void show_in_tier(const AvatarState* state, int tier, AvatarState* out) noexcept nogil:
    cdef uint8_t flags = state.flags & tier_flags(tier)
    memset(out, 0, sizeof(AvatarState))
    out.flags = flags
    out.voice = voice_of(voice_level(state.voice))
    if flags & wire.STATE_HEAD:
        out.head = state.head
        if tier != wire.TIER_FULL:
            coarsen(&out.head, tier, wire.HEAD_POSITION_MAX)
    if flags & wire.STATE_LEFT:
        out.left = state.left
        if tier != wire.TIER_FULL:
            coarsen(&out.left, tier, wire.HAND_POSITION_MAX)
    if flags & wire.STATE_RIGHT:
        out.right = state.right
        if tier != wire.TIER_FULL:
            coarsen(&out.right, tier, wire.HAND_POSITION_MAX)
    if flags & wire.STATE_LEFT_FINGERS:
        coarsen_values(out.fingers[0], state.fingers[0], wire.FINGER_VALUES)
    if flags & wire.STATE_RIGHT_FINGERS:
        coarsen_values(out.fingers[1], state.fingers[1], wire.FINGER_VALUES)
    if flags & wire.STATE_FACE:
        coarsen_values(out.face, state.face, wire.FACE_VALUES)


# --- the three parts and the three sets of values, by number ---


cdef inline PartState* part_at(AvatarState* state, int number) noexcept nogil:
    return &state.head if number == 0 else &state.left if number == 1 else &state.right


cdef inline const PartState* shown_part(const AvatarState* state, int number) noexcept nogil:
    return &state.head if number == 0 else &state.left if number == 1 else &state.right


cdef inline uint8_t* values_at(AvatarState* state, int number) noexcept nogil:
    if number < 2:
        return state.fingers[number]
    return state.face


cdef inline const uint8_t* shown_values(const AvatarState* state, int number) noexcept nogil:
    if number < 2:
        return state.fingers[number]
    return state.face


cdef inline int values_count(int number) noexcept nogil:
    return wire.FINGER_VALUES if number < 2 else wire.FACE_VALUES


cdef inline bint same_rotation(const PartState* one, const PartState* other) noexcept nogil:
    return one.a == other.a and one.b == other.b and one.c == other.c and one.largest == other.largest


cdef inline bint same_part(const PartState* one, const PartState* other) noexcept nogil:
    return one.x == other.x and one.y == other.y and one.z == other.z and same_rotation(one, other)


cdef inline bint same_values(const AvatarState* one, const AvatarState* other, int number) noexcept nogil:
    return memcmp(shown_values(one, number), shown_values(other, number), values_count(number)) == 0


# --- trends ---


cdef inline void begin_trend(Trend* trend) noexcept nogil:
    trend.steps[0] = trend.steps[1] = trend.steps[2] = 0
    trend.spread = wire.SPREAD_FIRST


cdef inline void begin_part(PartTrend* trend) noexcept nogil:
    begin_trend(&trend.position)
    begin_trend(&trend.rotation)


cdef inline int32_t expected(int32_t step) noexcept nogil:
    return (step * wire.PREDICTION + (1 << (wire.PREDICTION_SHIFT - 1))) >> wire.PREDICTION_SHIFT


# Halfway up to what would have suited the codes at once, down by one.
cdef inline int32_t next_spread(int32_t spread, uint32_t total, uint32_t count) noexcept nogil:
    # Two limits that no spread reaches keep the product within 32 bits.
    cdef uint32_t mean = 9 * min(total, <uint32_t>1 << 27) // (16 * count)
    cdef int32_t suited = min(bit_length(mean), <int>wire.SPREAD_MAX)
    if suited > spread:
        return (spread + suited + 1) >> 1
    return max(suited, spread - 1)


# A record left the part out.
cdef inline void rest_trend(Trend* trend) noexcept nogil:
    trend.steps[0] = trend.steps[1] = trend.steps[2] = 0
    if trend.spread:
        trend.spread -= 1


cdef inline void rest_part(PartTrend* trend, int tier) noexcept nogil:
    rest_trend(&trend.position)
    if tier != wire.TIER_PRESENCE:
        rest_trend(&trend.rotation)


# The state of an entity that was never told of before.
cdef inline void begin_record(RecordState* held, const AvatarState* state, int tier) noexcept nogil:
    cdef int number
    memset(held, 0, sizeof(RecordState))
    show_in_tier(state, tier, &held.shown)
    held.tier = <uint8_t>tier
    for number in range(PARTS):
        begin_part(&held.trends[number])
    for number in range(VALUE_SETS):
        held.spreads[number] = wire.SPREAD_FIRST
