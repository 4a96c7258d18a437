"""One entity's record (SPEC 5.3): the state of a tier, in full or as a delta to what an observer holds."""

from libc.stdint cimport INT8_MAX, INT8_MIN, INT16_MAX, INT16_MIN, int16_t, int32_t, uint8_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from core_ext cimport wire
from core_ext.buffer cimport (
    AvatarState,
    PartState,
    write_hand_position,
    write_head_position,
    write_i16,
    write_rotation,
)


# What an observer of this tier is shown: fewer flags, and zero for what they no longer name.
cdef inline void copy_masked(const AvatarState* state, int tier, AvatarState* out) noexcept nogil:
    cdef uint8_t flags = state.flags
    if tier == wire.TIER_FULL:
        out[0] = state[0]
        return
    flags &= <uint8_t>(wire.TIER_FLAGS_UPPER if tier == wire.TIER_UPPER else wire.TIER_FLAGS_HEAD)
    memset(out, 0, sizeof(AvatarState))
    out.flags = flags
    out.voice = state.voice
    out.head = state.head
    if flags & wire.STATE_LEFT:
        out.left = state.left
    if flags & wire.STATE_RIGHT:
        out.right = state.right


cdef inline uint8_t* write_full_part(uint8_t* out, const PartState* part, bint is_head) noexcept nogil:
    cdef int position_bytes = wire.HEAD_BYTES - wire.ROTATION_BYTES
    if is_head:
        write_head_position(out, part)
    else:
        position_bytes = wire.HAND_BYTES - wire.ROTATION_BYTES
        write_hand_position(out, part)
    write_rotation(out + position_bytes, part)
    return out + position_bytes + wire.ROTATION_BYTES


# Mask byte and every part there is; its size.
cdef inline Py_ssize_t write_full(uint8_t* data, const AvatarState* state) noexcept nogil:
    cdef uint8_t* out = data + 3
    cdef uint8_t flags = state.flags
    cdef int hand
    data[0] = wire.MASK_FULL | wire.MASK_STATE
    data[1] = flags
    data[2] = state.voice
    if flags & wire.STATE_HEAD:
        data[0] |= wire.MASK_HEAD
        out = write_full_part(out, &state.head, True)
    if flags & wire.STATE_LEFT:
        data[0] |= wire.MASK_LEFT
        out = write_full_part(out, &state.left, False)
    if flags & wire.STATE_RIGHT:
        data[0] |= wire.MASK_RIGHT
        out = write_full_part(out, &state.right, False)
    for hand in range(2):
        if flags & (wire.STATE_LEFT_FINGERS << hand):
            data[0] |= wire.MASK_FINGERS
            memcpy(out, state.fingers[hand], wire.FINGER_VALUES)
            out += wire.FINGER_VALUES
    if flags & wire.STATE_FACE:
        data[0] |= wire.MASK_FACE
        memcpy(out, state.face, wire.FACE_VALUES)
        out += wire.FACE_VALUES
    return out - data


cdef inline bint fits_i8(int32_t x, int32_t y, int32_t z) noexcept nogil:
    return INT8_MIN <= x <= INT8_MAX and INT8_MIN <= y <= INT8_MAX and INT8_MIN <= z <= INT8_MAX


cdef inline bint fits_i16(int32_t x, int32_t y, int32_t z) noexcept nogil:
    return INT16_MIN <= x <= INT16_MAX and INT16_MIN <= y <= INT16_MAX and INT16_MIN <= z <= INT16_MAX


cdef inline uint8_t* write_steps(uint8_t* out, int32_t x, int32_t y, int32_t z) noexcept nogil:
    out[0] = <uint8_t>(x & 0xFF)
    out[1] = <uint8_t>(y & 0xFF)
    out[2] = <uint8_t>(z & 0xFF)
    return out + 3


# Class byte and what it announces; nothing when the part is held as it is. `held`: it was tracked before.
cdef inline uint8_t* write_part_delta(
    uint8_t* data, const PartState* old, const PartState* new, bint held, bint is_head
) noexcept nogil:
    cdef uint8_t* out = data + 1
    cdef int32_t x = new.x - old.x, y = new.y - old.y, z = new.z - old.z
    cdef int32_t a = new.a - old.a, b = new.b - old.b, c = new.c - old.c
    cdef int position_class, rotation_class
    if held and not x and not y and not z:
        position_class = wire.POSITION_UNCHANGED
    elif held and fits_i8(x, y, z):
        position_class = wire.POSITION_ADD_I8
        out = write_steps(out, x, y, z)
    elif held and fits_i16(x, y, z):
        position_class = wire.POSITION_ADD_I16
        write_i16(out, <int16_t>x)
        write_i16(out + 2, <int16_t>y)
        write_i16(out + 4, <int16_t>z)
        out += 6
    else:
        position_class = wire.POSITION_ABSOLUTE
        if is_head:
            write_head_position(out, new)
            out += wire.HEAD_BYTES - wire.ROTATION_BYTES
        else:
            write_hand_position(out, new)
            out += wire.HAND_BYTES - wire.ROTATION_BYTES
    if held and new.largest == old.largest and not a and not b and not c:
        rotation_class = wire.ROTATION_UNCHANGED
    elif held and new.largest == old.largest and fits_i8(a, b, c):
        rotation_class = wire.ROTATION_ADD_I8
        out = write_steps(out, a, b, c)
    else:
        rotation_class = wire.ROTATION_ABSOLUTE
        write_rotation(out, new)
        out += wire.ROTATION_BYTES
    data[0] = <uint8_t>(position_class | rotation_class << 4)
    return data if not data[0] else out


# Mask of the values that changed and those values. `held`: the values were there before.
cdef inline uint8_t* write_values_delta(
    uint8_t* data, const uint8_t* old, const uint8_t* new, int count, int mask_bytes, bint held
) noexcept nogil:
    cdef uint8_t* out = data + mask_bytes
    cdef uint64_t mask = 0
    cdef int i
    for i in range(count):
        if not held or old[i] != new[i]:
            mask |= <uint64_t>1 << i
            out[0] = new[i]
            out += 1
    memcpy(data, &mask, mask_bytes)
    return out


cdef inline bint fingers_changed(const AvatarState* old, const AvatarState* new, int hand) noexcept nogil:
    cdef uint8_t flag = <uint8_t>(wire.STATE_LEFT_FINGERS << hand)
    if not new.flags & flag:
        return False
    return not old.flags & flag or memcmp(old.fingers[hand], new.fingers[hand], wire.FINGER_VALUES) != 0


cdef inline uint8_t* write_fingers_delta(uint8_t* out, const AvatarState* old, const AvatarState* new) noexcept nogil:
    cdef int hand
    cdef uint8_t flag
    if not fingers_changed(old, new, 0) and not fingers_changed(old, new, 1):
        return out
    for hand in range(2):
        flag = <uint8_t>(wire.STATE_LEFT_FINGERS << hand)
        if new.flags & flag:
            out = write_values_delta(
                out, old.fingers[hand], new.fingers[hand], wire.FINGER_VALUES, wire.FINGER_MASK_BYTES,
                old.flags & flag,
            )
    return out


# Mask byte and what takes a holder of `old` to `new`; its size, 0 when nothing changed.
cdef inline Py_ssize_t write_delta(uint8_t* data, const AvatarState* old, const AvatarState* new) noexcept nogil:
    cdef uint8_t* out = data + 1
    cdef uint8_t* before
    cdef uint8_t flags = new.flags
    data[0] = 0
    if flags != old.flags or new.voice != old.voice:
        data[0] |= wire.MASK_STATE
        out[0] = flags
        out[1] = new.voice
        out += 2
    if flags & wire.STATE_HEAD:
        before = out
        out = write_part_delta(out, &old.head, &new.head, old.flags & wire.STATE_HEAD, True)
        data[0] |= <uint8_t>(wire.MASK_HEAD if out != before else 0)
    if flags & wire.STATE_LEFT:
        before = out
        out = write_part_delta(out, &old.left, &new.left, old.flags & wire.STATE_LEFT, False)
        data[0] |= <uint8_t>(wire.MASK_LEFT if out != before else 0)
    if flags & wire.STATE_RIGHT:
        before = out
        out = write_part_delta(out, &old.right, &new.right, old.flags & wire.STATE_RIGHT, False)
        data[0] |= <uint8_t>(wire.MASK_RIGHT if out != before else 0)
    before = out
    out = write_fingers_delta(out, old, new)
    data[0] |= <uint8_t>(wire.MASK_FINGERS if out != before else 0)
    if flags & wire.STATE_FACE and (
        not old.flags & wire.STATE_FACE or memcmp(old.face, new.face, wire.FACE_VALUES) != 0
    ):
        data[0] |= wire.MASK_FACE
        out = write_values_delta(
            out, old.face, new.face, wire.FACE_VALUES, wire.FACE_MASK_BYTES, old.flags & wire.STATE_FACE
        )
    return out - data if data[0] else 0
