"""What all bots of a load test really sent, and what they found in what they were sent."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from core_ext.pose_ring cimport Sender, SentPose

cdef enum:
    CANARY_BYTES = 17
    FAULTS = 13
    AGE_BINS = 16384
    ZONES = 64
    # In place of a sender.
    NOBODY = -1


cdef struct RoomFacts:
    char[CANARY_BYTES] canary
    int32_t[6] bounds
    int32_t[ZONES][6] zones
    int zone_count
    uint64_t private_zones


# In the order of FAULT_NAMES in witness.pyx.
cdef enum Fault:
    MALFORMED_FRAME
    VALUE_MISMATCH
    UNKNOWN_ENTITY
    FOREIGN_ENTITY
    FOREIGN_CANARY
    PRIVATE_ZONE
    GHOST
    STALE
    TICK_ORDER
    OWN_ENTITY
    NOT_BINARY
    FRAGMENTED
    MALFORMED_FACTS


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
