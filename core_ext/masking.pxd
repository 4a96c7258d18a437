"""What those see of an avatar who are not cleared for its motion (SPEC 7.2). The same as protocol/masking.py."""

from libc.math cimport atan2, cos, fabs, floor, sin, sqrt
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t
from libc.string cimport memset

from core_ext cimport wire
from core_ext.buffer cimport AvatarState, PartState

cdef extern from *:
    """
    static const double polyclinic_pi = 3.141592653589793;
    """
    const double pi "polyclinic_pi"


# The body somebody has for those who are not cleared, in parts of SCALE_ONE.
cdef struct Mask:
    int32_t height
    int32_t span


# Of the room the masked stand in: mm, and whether fingers are told at all.
cdef struct MaskedRoom:
    int32_t floor
    int32_t ceiling
    uint8_t fingers


cdef inline int32_t scaled(int64_t value, int32_t scale) noexcept nogil:
    return <int32_t>((value * scale + (wire.SCALE_ONE >> 1)) >> wire.SCALE_BITS)


# Three components over the largest, the first of equals.
cdef inline void pack_quaternion(const double* quaternion, PartState* part) noexcept nogil:
    cdef int16_t others[3]
    cdef int i, largest = 0, rest = 0
    for i in range(1, 4):
        if fabs(quaternion[i]) > fabs(quaternion[largest]):
            largest = i
    for i in range(4):
        if i != largest:
            others[rest] = <int16_t>floor(quaternion[i] / quaternion[largest] * wire.ROTATION_MAX + 0.5)
            rest += 1
    part.largest = <uint8_t>largest
    part.a = others[0]
    part.b = others[1]
    part.c = others[2]


# Keep the turn about the vertical and the nod, each to the nearest step, and no tilt. In float64, by the functions of
# the C library that Python calls as well.
cdef inline void turn_and_nod(PartState* part) noexcept nogil:
    cdef int64_t q[4]
    cdef int64_t others[3]
    cdef double turned[4]
    cdef double steps = <double>(180.0 / wire.HEAD_STEP_DEGREES) / pi, half_step = pi / (360.0 / wire.HEAD_STEP_DEGREES)
    cdef double turn, nod
    cdef int64_t ahead_x, ahead_y, ahead_z
    cdef int i, rest = 0
    others[0] = part.a
    others[1] = part.b
    others[2] = part.c
    for i in range(4):
        if i == part.largest:
            q[i] = wire.ROTATION_MAX
        else:
            q[i] = others[rest]
            rest += 1
    ahead_x = -2 * (q[0] * q[2] + q[3] * q[1])
    ahead_y = 2 * (q[3] * q[0] - q[1] * q[2])
    ahead_z = q[0] * q[0] + q[1] * q[1] - q[2] * q[2] - q[3] * q[3]
    turn = atan2(<double>(-ahead_x), <double>(-ahead_z))
    nod = atan2(<double>ahead_y, sqrt(<double>(ahead_x * ahead_x + ahead_z * ahead_z)))
    turn = floor(turn * steps + 0.5) * half_step
    nod = floor(nod * steps + 0.5) * half_step
    turned[0] = cos(turn) * sin(nod)
    turned[1] = sin(turn) * cos(nod)
    turned[2] = -sin(turn) * sin(nod)
    turned[3] = cos(turn) * cos(nod)
    pack_quaternion(turned, part)


cdef inline void mask_hand(PartState* hand, const Mask* mask) noexcept nogil:
    hand.x = scaled(hand.x, mask.span)
    hand.y = scaled(hand.y, mask.height)
    hand.z = scaled(hand.z, mask.span)


cdef inline void keep_posture(uint8_t* values) noexcept nogil:
    cdef int i, value
    for i in range(wire.FINGER_VALUES):
        value = (values[i] + (1 << (wire.POSTURE_BITS - 1))) >> wire.POSTURE_BITS << wire.POSTURE_BITS
        values[i] = <uint8_t>min(value, 255)


cdef inline void mask_state(
    const AvatarState* state, const Mask* mask, const MaskedRoom* room, AvatarState* out
) noexcept nogil:
    cdef int32_t y
    out[0] = state[0]
    if state.flags & wire.STATE_HEAD:
        y = room.floor + scaled(<int64_t>state.head.y - room.floor, mask.height)
        out.head.y = min(max(y, -wire.HEAD_POSITION_MAX), room.ceiling)
        turn_and_nod(&out.head)
    mask_hand(&out.left, mask)
    mask_hand(&out.right, mask)
    memset(out.face, 0, wire.EYE_VALUES)
    # Who signs talks with the fingers.
    if state.flags & wire.STATE_SIGNING:
        return
    if room.fingers:
        keep_posture(out.fingers[0])
        keep_posture(out.fingers[1])
        return
    out.flags &= <uint8_t>~(wire.STATE_LEFT_FINGERS | wire.STATE_RIGHT_FINGERS)
    memset(out.fingers, 0, sizeof(out.fingers))
