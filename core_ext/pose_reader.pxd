"""A pose message (SPEC 5.1) into a state, and the corrections that need no knowledge of the room."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memcpy, memset

from core_ext cimport wire
from core_ext.buffer cimport (
    AvatarState,
    PartState,
    flags_valid,
    read_hand_position,
    read_head_position,
    read_rotation,
)


cdef inline Py_ssize_t pose_size(uint8_t flags) noexcept nogil:
    cdef Py_ssize_t size = wire.POSE_HEADER_BYTES
    if flags & wire.STATE_HEAD:
        size += wire.HEAD_BYTES
    if flags & wire.STATE_LEFT:
        size += wire.HAND_BYTES
    if flags & wire.STATE_RIGHT:
        size += wire.HAND_BYTES
    if flags & wire.STATE_LEFT_FINGERS:
        size += wire.FINGER_VALUES
    if flags & wire.STATE_RIGHT_FINGERS:
        size += wire.FINGER_VALUES
    if flags & wire.STATE_FACE:
        size += wire.FACE_VALUES
    return size


# A whole pose message into a state; False when it breaks the first list of SPEC 5.1.
cdef inline bint read_pose(const uint8_t* data, Py_ssize_t size, AvatarState* state) noexcept nogil:
    cdef uint8_t flags
    if size < wire.POSE_HEADER_BYTES or data[0] != wire.KIND_POSE:
        return False
    flags = data[1]
    if not flags_valid(flags) or size != pose_size(flags):
        return False
    memset(state, 0, sizeof(AvatarState))
    state.flags = flags
    state.voice = data[8]
    data += wire.POSE_HEADER_BYTES
    if flags & wire.STATE_HEAD:
        read_head_position(data, &state.head)
        if not read_rotation(data + 9, &state.head):
            return False
        data += wire.HEAD_BYTES
    if flags & wire.STATE_LEFT:
        read_hand_position(data, &state.left)
        if not read_rotation(data + 6, &state.left):
            return False
        data += wire.HAND_BYTES
    if flags & wire.STATE_RIGHT:
        read_hand_position(data, &state.right)
        if not read_rotation(data + 6, &state.right):
            return False
        data += wire.HAND_BYTES
    if flags & wire.STATE_LEFT_FINGERS:
        memcpy(state.fingers[0], data, wire.FINGER_VALUES)
        data += wire.FINGER_VALUES
    if flags & wire.STATE_RIGHT_FINGERS:
        memcpy(state.fingers[1], data, wire.FINGER_VALUES)
        data += wire.FINGER_VALUES
    if flags & wire.STATE_FACE:
        memcpy(state.face, data, wire.FACE_VALUES)
    return True


# A sample cannot come from the future, and an older one than the limit says nothing about its true age.
cdef inline uint32_t clamp_sample(uint32_t sampled_at, uint32_t now_ms) noexcept nogil:
    cdef int32_t age = <int32_t>(now_ms - sampled_at)
    if age < 0:
        return now_ms
    if age > wire.SAMPLE_AGE_MAX_MS:
        return now_ms - wire.SAMPLE_AGE_MAX_MS
    return sampled_at


cdef inline bint within_reach(const PartState* hand) noexcept nogil:
    cdef int64_t x = hand.x, y = hand.y, z = hand.z
    return x * x + y * y + z * z <= <int64_t>wire.HAND_REACH_MM * wire.HAND_REACH_MM


# A hand out of reach is one whose tracking is lost, whatever the headset says; its fingers go with it.
cdef inline void drop_distant_hands(AvatarState* state) noexcept nogil:
    if state.flags & wire.STATE_LEFT and not within_reach(&state.left):
        state.flags &= <uint8_t>~(wire.STATE_LEFT | wire.STATE_LEFT_FINGERS)
        memset(&state.left, 0, sizeof(PartState))
        memset(state.fingers[0], 0, wire.FINGER_VALUES)
    if state.flags & wire.STATE_RIGHT and not within_reach(&state.right):
        state.flags &= <uint8_t>~(wire.STATE_RIGHT | wire.STATE_RIGHT_FINGERS)
        memset(&state.right, 0, sizeof(PartState))
        memset(state.fingers[1], 0, wire.FINGER_VALUES)
