"""Snapshot frames: each entity encoded once a tick and class, each observer's frame copied together from that."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from core_ext.budget cimport Budget
from core_ext.entity_table cimport EntityTable
from core_ext.interest cimport Interest
from core_ext.observers cimport Member, Observer
from core_ext.stream cimport Stream, StreamStore

cdef enum:
    # Free bytes in front of a frame, for the header of a WebSocket frame.
    FRAME_HEADROOM = 16


@cython.final
cdef class SnapshotEncoder:
    cdef readonly EntityTable table
    cdef readonly Interest interest
    cdef readonly uint64_t frames_written
    cdef readonly uint64_t records_written
    cdef readonly uint64_t bytes_written
    # Deltas and full records that were encoded, each for all who got it.
    cdef readonly uint64_t encoded

    # The frame `write_frame` made last: FRAME_HEADROOM writable bytes lie in front of it. Valid until the next one.
    cdef uint8_t* frame_start
    cdef Py_ssize_t frame_size

    cdef uint8_t* buffer
    cdef Py_ssize_t buffer_size
    cdef Stream* streams
    cdef StreamStore* stores
    # Scratch of one frame: members whose records are due, and how many of them enter; behind them as much room again.
    cdef Member** due
    cdef int32_t due_count
    cdef int32_t enter_count
    # The stream of each of those who are due, once only those with something new are left.
    cdef Stream** due_streams
    # Where in `due` an alias is, and a bit for each alias; the bits are zero between two frames.
    cdef int32_t* by_alias
    cdef uint64_t* map_bits
    # How many bytes the map of aliases has, 0 when each record tells its alias.
    cdef int32_t map_bytes
    # The frame's header says what has passed since the last frame.
    cdef bint soon
    # That of the frame's observer, NULL for none.
    cdef Budget* budget
    # Counts ticks begun; 0 before the first.
    cdef uint32_t serial
    cdef uint32_t tick
    cdef uint32_t tick_ms

    # Write the frame of one observer from its current members; its size, 0 when its budget has nothing to say, or -1
    # with IndexError (no such observer) or MemoryError set, and then nothing counts as sent. No Python object is
    # touched but to raise.
    cdef Py_ssize_t write_frame(self, int observer, bint ages) except -1 nogil

    cdef void choose_due(self, Observer* observer) noexcept nogil
    cdef bint turn_of(self, const Member* member) noexcept nogil
    cdef bint comes_soon(self, const Observer* observer) noexcept nogil
    cdef int header_bytes(self) noexcept nogil
    cdef void keep_changed(self) noexcept nogil
    cdef int32_t choose_map(self) noexcept nogil
    cdef int reserve(self, const Observer* observer) except -1 nogil
    cdef Py_ssize_t fit_budget(self, Observer* observer) noexcept nogil
    cdef int64_t fit_enters(self, Budget* budget, int64_t left) noexcept nogil
    cdef int64_t enter_size(self, const Member* member) noexcept nogil
    cdef void put_late_first(self) noexcept nogil
    cdef uint8_t* write_head(self, uint8_t* out, Observer* observer, bint ages) noexcept nogil
    cdef uint8_t* write_leaves(self, uint8_t* out, Observer* observer) noexcept nogil
    cdef uint8_t* write_enters(self, uint8_t* out) noexcept nogil
    cdef uint8_t* write_records(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil
    cdef uint8_t* write_listed(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil
    cdef uint8_t* write_mapped(self, uint8_t* out, bint ages) noexcept nogil
    cdef uint8_t* write_record(self, uint8_t* out, int32_t place, bint ages) noexcept nogil
    cdef void note_held(self, int32_t place) noexcept nogil
    cdef Stream* newest(self, int32_t slot, int tier, int period) noexcept nogil
    cdef void take_newest(self, Stream* stream, StreamStore* store, int32_t slot, int tier) noexcept nogil
    cdef uint32_t phase_of(self, int32_t slot, int tier) noexcept nogil
    cdef void write_full(self, Stream* stream, StreamStore* store) noexcept nogil
