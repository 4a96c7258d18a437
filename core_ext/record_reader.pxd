"""One entity's record (SPEC 5.3) into the state that an observer holds, every read bounded and every rule checked."""

from libc.stdint cimport int8_t, int32_t, uint8_t, uint64_t
from libc.string cimport memcpy, memset

from core_ext cimport wire
from core_ext.buffer cimport (
    AvatarState,
    PartState,
    flags_valid,
    read_hand_position,
    read_head_position,
    read_i16,
    read_rotation,
    rotation_valid,
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


cdef inline bint in_range(const PartState* part, int32_t most) noexcept nogil:
    return -most <= part.x <= most and -most <= part.y <= most and -most <= part.z <= most


cdef inline bint take_position(Cursor* cursor, int position_class, PartState* part, bint is_head) noexcept nogil:
    cdef const uint8_t* data
    if position_class == wire.POSITION_ABSOLUTE:
        data = take(cursor, (wire.HEAD_BYTES if is_head else wire.HAND_BYTES) - wire.ROTATION_BYTES)
        if not data:
            return False
        if is_head:
            read_head_position(data, part)
        else:
            read_hand_position(data, part)
    elif position_class == wire.POSITION_ADD_I8:
        data = take(cursor, 3)
        if not data:
            return False
        part.x += <int8_t>data[0]
        part.y += <int8_t>data[1]
        part.z += <int8_t>data[2]
    elif position_class == wire.POSITION_ADD_I16:
        data = take(cursor, 6)
        if not data:
            return False
        part.x += read_i16(data)
        part.y += read_i16(data + 2)
        part.z += read_i16(data + 4)
    elif position_class != wire.POSITION_UNCHANGED:
        return refuse(cursor, "unknown class of a position")
    if not in_range(part, wire.HEAD_POSITION_MAX if is_head else wire.HAND_POSITION_MAX):
        return refuse(cursor, "position out of range")
    return True


cdef inline bint take_rotation(Cursor* cursor, int rotation_class, PartState* part) noexcept nogil:
    cdef const uint8_t* data
    cdef int32_t a, b, c
    if rotation_class == wire.ROTATION_UNCHANGED:
        return True
    if rotation_class == wire.ROTATION_ABSOLUTE:
        data = take(cursor, wire.ROTATION_BYTES)
        if not data:
            return False
        return read_rotation(data, part) or refuse(cursor, "not a rotation")
    if rotation_class != wire.ROTATION_ADD_I8:
        return refuse(cursor, "unknown class of a rotation")
    data = take(cursor, 3)
    if not data:
        return False
    a = part.a + <int8_t>data[0]
    b = part.b + <int8_t>data[1]
    c = part.c + <int8_t>data[2]
    if not rotation_valid(a, b, c):
        return refuse(cursor, "not a rotation")
    part.a = <short>a
    part.b = <short>b
    part.c = <short>c
    return True


# A head or a hand. `held`: it was tracked before; `flag`: its bit in the flags, `bit` in the record's mask.
cdef inline bint take_part(
    Cursor* cursor, uint8_t mask, uint8_t flags, uint8_t held_flags, uint8_t flag, uint8_t bit, PartState* part
) noexcept nogil:
    cdef const uint8_t* data
    cdef bint is_head = bit == wire.MASK_HEAD
    cdef int position_class = wire.POSITION_ABSOLUTE, rotation_class = wire.ROTATION_ABSOLUTE
    if not flags & flag:
        memset(part, 0, sizeof(PartState))
        return not mask & bit or refuse(cursor, "a part that the flags do not name")
    if not mask & bit:
        return held_flags & flag or refuse(cursor, "a part that the flags name is missing")
    if not mask & wire.MASK_FULL:
        data = take(cursor, 1)
        if not data:
            return False
        position_class = data[0] & 0xF
        rotation_class = data[0] >> 4
        if not held_flags & flag and (
            position_class != wire.POSITION_ABSOLUTE or rotation_class != wire.ROTATION_ABSOLUTE
        ):
            return refuse(cursor, "a part newly tracked has to be absolute")
    return take_position(cursor, position_class, part, is_head) and take_rotation(cursor, rotation_class, part)


# Fingers of one hand or a face: all values in a full record, else a mask and those that changed.
cdef inline bint take_values(
    Cursor* cursor, bint full, bint held, uint8_t* values, int count, int mask_bytes
) noexcept nogil:
    cdef const uint8_t* data
    cdef uint64_t mask = 0
    cdef int i
    if full:
        data = take(cursor, count)
        if not data:
            return False
        memcpy(values, data, count)
        return True
    data = take(cursor, mask_bytes)
    if not data:
        return False
    memcpy(&mask, data, mask_bytes)
    if mask >> count:
        return refuse(cursor, "a mask of values that do not exist")
    if not held and mask != (<uint64_t>1 << count) - 1:
        return refuse(cursor, "values newly present have to be complete")
    for i in range(count):
        if mask >> i & 1:
            data = take(cursor, 1)
            if not data:
                return False
            values[i] = data[0]
    return True


cdef inline bint take_fingers(
    Cursor* cursor, uint8_t mask, uint8_t flags, uint8_t held_flags, AvatarState* state
) noexcept nogil:
    cdef uint8_t both = wire.STATE_LEFT_FINGERS | wire.STATE_RIGHT_FINGERS
    cdef uint8_t flag
    cdef int hand
    if mask & wire.MASK_FINGERS and not flags & both:
        return refuse(cursor, "fingers that the flags do not name")
    if not mask & wire.MASK_FINGERS and flags & both & ~held_flags:
        return refuse(cursor, "fingers that the flags name are missing")
    for hand in range(2):
        flag = <uint8_t>(wire.STATE_LEFT_FINGERS << hand)
        if not flags & flag:
            memset(state.fingers[hand], 0, wire.FINGER_VALUES)
        elif mask & wire.MASK_FINGERS and not take_values(
            cursor, mask & wire.MASK_FULL, held_flags & flag, state.fingers[hand], wire.FINGER_VALUES,
            wire.FINGER_MASK_BYTES,
        ):
            return False
    return True


cdef inline bint take_face(
    Cursor* cursor, uint8_t mask, uint8_t flags, uint8_t held_flags, AvatarState* state
) noexcept nogil:
    if not flags & wire.STATE_FACE:
        memset(state.face, 0, wire.FACE_VALUES)
        return not mask & wire.MASK_FACE or refuse(cursor, "a face that the flags do not name")
    if not mask & wire.MASK_FACE:
        return held_flags & wire.STATE_FACE or refuse(cursor, "a face that the flags name is missing")
    return take_values(
        cursor, mask & wire.MASK_FULL, held_flags & wire.STATE_FACE, state.face, wire.FACE_VALUES,
        wire.FACE_MASK_BYTES,
    )


# Mask byte and parts, over the state they change; False with `cursor.fault` set when they break a rule. `entered`:
# the alias came in this frame, so the record has to be full.
cdef inline bint take_record(Cursor* cursor, bint entered, AvatarState* state) noexcept nogil:
    cdef const uint8_t* data = take(cursor, 1)
    cdef uint8_t mask, flags, held_flags
    if not data:
        return False
    mask = data[0]
    if mask & 0x40:
        return refuse(cursor, "bit 6 of a record's mask is not zero")
    if mask & wire.MASK_FULL:
        memset(state, 0, sizeof(AvatarState))
    elif entered:
        return refuse(cursor, "an entity enters without a full record")
    flags = held_flags = state.flags
    if mask & wire.MASK_STATE:
        data = take(cursor, 2)
        if not data:
            return False
        flags = data[0]
        if not flags_valid(flags):
            return refuse(cursor, "invalid flags")
        state.flags = flags
        state.voice = data[1]
    elif mask & wire.MASK_FULL:
        return refuse(cursor, "a full record without its state")
    return (
        take_part(cursor, mask, flags, held_flags, wire.STATE_HEAD, wire.MASK_HEAD, &state.head)
        and take_part(cursor, mask, flags, held_flags, wire.STATE_LEFT, wire.MASK_LEFT, &state.left)
        and take_part(cursor, mask, flags, held_flags, wire.STATE_RIGHT, wire.MASK_RIGHT, &state.right)
        and take_fingers(cursor, mask, flags, held_flags, state)
        and take_face(cursor, mask, flags, held_flags, state)
    )
