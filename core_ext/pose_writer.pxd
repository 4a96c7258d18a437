"""A row of motion into a pose, and a pose into bytes. Plain C: the caller has checked the bounds."""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t

from core_ext cimport wire
from core_ext.buffer cimport PartState, write_hand_position, write_head_position, write_rotation, write_u16, write_u32
from core_ext.pose_ring cimport SentPose


cdef inline int32_t within(int64_t value, int32_t low, int32_t high) noexcept nogil:
    return <int32_t>(low if value < low else high if value > high else value)


# Of a WebSocket frame that a server sends with a payload of this size.
cdef inline Py_ssize_t header_bytes(Py_ssize_t size) noexcept nogil:
    return 2 if size <= 125 else 4 if size <= 65535 else 10


cdef inline void read_part(const int32_t* columns, PartState* part) noexcept nogil:
    part.x = columns[0]
    part.y = columns[1]
    part.z = columns[2]
    part.largest = <uint8_t>columns[3]
    part.a = <int16_t>columns[4]
    part.b = <int16_t>columns[5]
    part.c = <int16_t>columns[6]


# The pose as it goes over the wire; returns its size.
cdef inline Py_ssize_t write_pose(
    uint8_t* data, const SentPose* pose, uint16_t sequence, uint32_t sampled_at
) noexcept nogil:
    cdef Py_ssize_t size = wire.POSE_HEADER_BYTES
    data[0] = wire.KIND_POSE
    data[1] = pose.flags
    write_u16(data + 2, sequence)
    write_u32(data + 4, sampled_at)
    data[8] = pose.voice
    if pose.flags & wire.STATE_HEAD:
        write_head_position(data + size, &pose.head)
        write_rotation(data + size + 9, &pose.head)
        size += wire.HEAD_BYTES
    if pose.flags & wire.STATE_LEFT:
        write_hand_position(data + size, &pose.left)
        write_rotation(data + size + 6, &pose.left)
        size += wire.HAND_BYTES
    if pose.flags & wire.STATE_RIGHT:
        write_hand_position(data + size, &pose.right)
        write_rotation(data + size + 6, &pose.right)
        size += wire.HAND_BYTES
    return size
