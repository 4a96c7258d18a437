"""The state of one entity in memory, and bounded reads and writes of the wire's packed fields.

Every function here is plain C: the caller has checked the bounds. Bytes go through memcpy, never through a cast
pointer, so that alignment does not matter.
"""

from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from core_ext cimport wire

cdef extern from *:
    """
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    #error "core_ext copies the little-endian wire as it is and needs a little-endian machine"
    #endif
    """


# One tracked part: millimetres, and the rotation as three components over the largest, as on the wire.
# A head is relative to the room's origin, a hand to the head. All zero when it is not tracked.
cdef struct PartState:
    int32_t x
    int32_t y
    int32_t z
    int16_t a
    int16_t b
    int16_t c
    uint8_t largest


# Everything an avatar shows. What the flags do not declare is zero, so equal states have equal fields.
cdef struct AvatarState:
    PartState head
    PartState left
    PartState right
    uint8_t flags
    uint8_t voice
    uint8_t fingers[2][20]
    uint8_t face[52]


cdef inline uint16_t read_u16(const uint8_t* data) noexcept nogil:
    cdef uint16_t value
    memcpy(&value, data, 2)
    return value


cdef inline int16_t read_i16(const uint8_t* data) noexcept nogil:
    cdef int16_t value
    memcpy(&value, data, 2)
    return value


cdef inline uint32_t read_u32(const uint8_t* data) noexcept nogil:
    cdef uint32_t value
    memcpy(&value, data, 4)
    return value


cdef inline int32_t read_i24(const uint8_t* data) noexcept nogil:
    cdef uint32_t value = 0
    memcpy(&value, data, 3)
    return <int32_t>value - (0x1000000 if value & 0x800000 else 0)


cdef inline void write_u16(uint8_t* data, uint16_t value) noexcept nogil:
    memcpy(data, &value, 2)


cdef inline void write_i16(uint8_t* data, int16_t value) noexcept nogil:
    memcpy(data, &value, 2)


cdef inline void write_u32(uint8_t* data, uint32_t value) noexcept nogil:
    memcpy(data, &value, 4)


cdef inline void write_i24(uint8_t* data, int32_t value) noexcept nogil:
    cdef uint32_t bits = <uint32_t>value
    memcpy(data, &bits, 3)


# A count or an alias of a snapshot; one past it.
cdef inline uint8_t* write_number(uint8_t* out, int value, bint wide) noexcept nogil:
    if wide:
        write_u16(out, <uint16_t>value)
        return out + 2
    out[0] = <uint8_t>value
    return out + 1


cdef inline bint rotation_valid(int32_t a, int32_t b, int32_t c) noexcept nogil:
    return (
        -wire.ROTATION_MAX <= a <= wire.ROTATION_MAX
        and -wire.ROTATION_MAX <= b <= wire.ROTATION_MAX
        and -wire.ROTATION_MAX <= c <= wire.ROTATION_MAX
    )


# Reads 4 bytes into the part; False, and the part untouched, when they are not a rotation.
cdef inline bint read_rotation(const uint8_t* data, PartState* part) noexcept nogil:
    cdef uint32_t bits = read_u32(data)
    cdef int32_t a, b, c
    a = <int32_t>((bits >> 2) & 0x3FF) - wire.ROTATION_MAX
    b = <int32_t>((bits >> 12) & 0x3FF) - wire.ROTATION_MAX
    c = <int32_t>(bits >> 22) - wire.ROTATION_MAX
    if not rotation_valid(a, b, c):
        return False
    part.largest = <uint8_t>(bits & 3)
    part.a = <int16_t>a
    part.b = <int16_t>b
    part.c = <int16_t>c
    return True


cdef inline void write_rotation(uint8_t* data, const PartState* part) noexcept nogil:
    cdef uint32_t bits = part.largest
    bits |= <uint32_t>(part.a + wire.ROTATION_MAX) << 2
    bits |= <uint32_t>(part.b + wire.ROTATION_MAX) << 12
    bits |= <uint32_t>(part.c + wire.ROTATION_MAX) << 22
    write_u32(data, bits)


cdef inline void read_head_position(const uint8_t* data, PartState* part) noexcept nogil:
    part.x = read_i24(data)
    part.y = read_i24(data + 3)
    part.z = read_i24(data + 6)


cdef inline void read_hand_position(const uint8_t* data, PartState* part) noexcept nogil:
    part.x = read_i16(data)
    part.y = read_i16(data + 2)
    part.z = read_i16(data + 4)


cdef inline void write_head_position(uint8_t* data, const PartState* part) noexcept nogil:
    write_i24(data, part.x)
    write_i24(data + 3, part.y)
    write_i24(data + 6, part.z)


cdef inline void write_hand_position(uint8_t* data, const PartState* part) noexcept nogil:
    write_i16(data, <int16_t>part.x)
    write_i16(data + 2, <int16_t>part.y)
    write_i16(data + 4, <int16_t>part.z)


# Fingers of a hand that is not tracked make the whole message malformed.
cdef inline bint flags_valid(uint8_t flags) noexcept nogil:
    if flags & wire.STATE_LEFT_FINGERS and not flags & wire.STATE_LEFT:
        return False
    return not (flags & wire.STATE_RIGHT_FINGERS and not flags & wire.STATE_RIGHT)


cdef inline object part_as_tuple(const PartState* part):
    return part.x, part.y, part.z, part.largest, part.a, part.b, part.c


# For Python: the fields of protocol.state.AvatarState in their order, parts as tuples.
cdef inline object state_as_tuple(const AvatarState* state):
    return (
        state.flags,
        state.voice,
        part_as_tuple(&state.head),
        part_as_tuple(&state.left),
        part_as_tuple(&state.right),
        (<const char*>state.fingers[0])[:wire.FINGER_VALUES],
        (<const char*>state.fingers[1])[:wire.FINGER_VALUES],
        (<const char*>state.face)[:wire.FACE_VALUES],
    )
