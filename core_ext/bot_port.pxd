"""The client side of a load test in C: what all bots really sent, and one port a bot that checks what it is sent."""

cimport cython
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from picows.picows cimport WSFrame, WSListener, WSTransport

from core_ext.frame_decoder cimport FrameDecoder
from core_ext.pose_ring cimport Sender, SentPose

cdef enum:
    CANARY_BYTES = 17
    FAULTS = 13
    AGE_BINS = 16384
    ZONES = 64


cdef struct RoomFacts:
    char[CANARY_BYTES] canary
    int32_t[6] bounds
    int32_t[ZONES][6] zones
    int zone_count
    uint64_t private_zones


@cython.final
cdef class Witness:
    cdef Sender* senders
    cdef int sender_count
    cdef int sender_capacity
    # Open addressing, entity id to sender + 1; a power of two, at most half full.
    cdef uint32_t* hashed_ids
    cdef int32_t* hashed_senders
    cdef uint32_t hash_capacity
    cdef RoomFacts* rooms
    cdef int room_count

    cdef public bint measuring
    cdef uint64_t[FAULTS] faults
    cdef uint64_t[AGE_BINS] ages
    cdef readonly int64_t age_max_ns
    cdef readonly uint64_t frames
    cdef readonly uint64_t records
    cdef readonly uint64_t snapshot_bytes
    cdef readonly uint64_t messages
    cdef readonly uint64_t poses
    cdef readonly uint64_t checked
    cdef readonly uint64_t dated
    cdef readonly uint64_t strangers
    cdef readonly list samples
    cdef object unknown

    cdef int32_t find(self, uint32_t entity) noexcept nogil
    cdef void insert(self, uint32_t entity, int32_t sender) noexcept nogil
    cdef int grow_hash(self) except -1
    cdef void date(self, int64_t age_ns) noexcept nogil
    cdef int fault(self, int kind, str detail) except -1
    cdef void place_in_zone(self, int room, SentPose* pose) noexcept nogil


@cython.final
cdef class BotPort(WSListener):
    cdef readonly WSTransport transport
    cdef readonly Witness witness
    cdef readonly FrameDecoder decoder
    cdef readonly bint verifying
    cdef readonly bint paused
    cdef readonly int room
    cdef readonly int sender
    cdef public int64_t clock_offset_ms
    cdef object receiver
    cdef bint closed
    cdef bint gone
    cdef bint has_tick
    cdef uint32_t last_tick

    # By alias: the sender, or one of the negative marks of bot_port.pyx; and the number of the pose last matched.
    cdef int32_t* held_senders
    cdef int64_t* held_numbers
    cdef int held_capacity
    # One more than any alias that ever entered.
    cdef int greatest_alias

    cdef bint moving
    cdef const int32_t[:, ::1] rows
    cdef Py_ssize_t cursor
    cdef int direction
    cdef int32_t[3] offset
    cdef uint16_t sequence
    cdef uint8_t[256] buffer

    cdef int on_message(self, const uint8_t* data, Py_ssize_t size, Py_ssize_t header) except -1
    cdef int on_snapshot(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef int search_canaries(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef void warm_views(self) noexcept nogil
    cdef void warm_poses(self) noexcept nogil
    cdef int reserve(self) except -1
    cdef int note_entered(self, int alias) except -1
    cdef int check_record(self, int alias, int64_t now_ns) except -1
    cdef int check_match(self, int alias, int64_t number, int64_t now_ns) except -1
    cdef int check_held(self, int alias, int64_t now_ns) except -1
    cdef void next_pose(self, SentPose* pose) noexcept
    cdef int send_next(self, int64_t now_ns) except -1


@cython.final
cdef class PoseWheel:
    cdef list ports
    cdef list slots
    cdef readonly double hz
    cdef int64_t started_ns
    cdef int64_t position
