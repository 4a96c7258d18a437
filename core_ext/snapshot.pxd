"""Snapshot frames: each entity encoded once a tick and tier, each observer's frame copied together from that."""

cimport cython
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from core_ext cimport wire
from core_ext.entity_table cimport EntityTable
from core_ext.interest cimport Interest, Member
from core_ext.record_state cimport RecordState

cdef enum:
    # Free bytes in front of a frame, for the header of a WebSocket frame.
    FRAME_HEADROOM = 16
    # Room for the largest record, a multiple of 8.
    RECORD_ROOM = (wire.RECORD_BYTES_MAX + 7) & ~7


# What an entity last showed in one tier: the value every up-to-date observer holds.
cdef struct Baseline:
    RecordState base
    # When it was last compared with the table: the begin_tick and its tick, and the private zone it was in.
    uint64_t serial
    uint64_t private_bit
    uint32_t tick
    uint32_t generation
    # Counts values; 0 before the first.
    uint32_t version
    # Version from which `delta` leads to `version`; equal to it when there is no delta.
    uint32_t previous
    uint32_t full_version
    uint32_t sampled_at
    uint16_t delta_size
    uint16_t full_size
    uint8_t delta[RECORD_ROOM]
    uint8_t full[RECORD_ROOM]


# What one observer holds under one alias.
cdef struct Held:
    int32_t slot
    uint32_t generation
    uint32_t version
    uint8_t tier
    uint8_t live
    # Scratch of one frame: held before it and after it.
    uint8_t kept


cdef struct Client:
    Held* held
    uint32_t epoch
    # One past the highest alias that may be live.
    int32_t alias_limit


@cython.final
cdef class SnapshotEncoder:
    cdef readonly EntityTable table
    cdef readonly Interest interest
    cdef readonly uint64_t frames_written
    cdef readonly uint64_t records_written
    cdef readonly uint64_t bytes_written

    # The frame `write_frame` made last: FRAME_HEADROOM writable bytes lie in front of it. Valid until the next one.
    cdef uint8_t* frame_start
    cdef Py_ssize_t frame_size

    cdef uint8_t* buffer
    cdef Py_ssize_t buffer_size
    cdef Baseline* baselines
    cdef Client* clients
    cdef int client_capacity
    # Scratch of one frame: the members it may show.
    cdef const Member** shown
    cdef uint32_t periods[4]
    # Counts begin_tick; 0 before the first.
    cdef uint64_t serial
    cdef uint32_t tick
    cdef uint32_t tick_ms

    # Write the frame of one observer from its current members; its size, or -1 with IndexError (no such observer) or
    # MemoryError set, and then nothing counts as sent. No Python object is touched but to raise.
    cdef Py_ssize_t write_frame(self, int observer, bint ages) except -1 nogil

    cdef Client* client_of(self, int observer) except NULL nogil
    cdef void drop_held(self, Client* client) noexcept nogil
    cdef int choose_shown(self, int index, Client* client, int32_t* enter_count) noexcept nogil
    cdef int32_t count_leaves(self, const Client* client) noexcept nogil
    cdef int reserve(self, int32_t leave_count, int32_t enter_count, int32_t shown_count) except -1 nogil
    cdef uint8_t* write_leaves(self, uint8_t* out, Client* client) noexcept nogil
    cdef uint8_t* write_enters(self, uint8_t* out, Client* client, int32_t shown_count) noexcept nogil
    cdef uint8_t* write_records(self, uint8_t* out, Client* client, int32_t shown_count, bint ages) noexcept nogil
    cdef uint8_t* write_full_record(self, uint8_t* out, const Member* member, Baseline* baseline) noexcept nogil
    cdef Baseline* refresh(self, int32_t slot, int tier) noexcept nogil
    cdef bint due(self, const Baseline* baseline, int32_t slot, int tier) noexcept nogil
