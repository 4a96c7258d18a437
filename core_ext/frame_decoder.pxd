"""One observer's view of a room, decoded from its snapshot frames."""

cimport cython
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from core_ext.record_reader cimport Cursor
from core_ext.record_state cimport RecordState


# What is held under one alias.
cdef struct View:
    RecordState record
    uint32_t entity_id
    uint8_t* facts
    uint16_t facts_size
    # Age of the sample of the last record in units of 4 ms, -1 when the frame carried none.
    int32_t age
    uint8_t live
    # Number of the frame that entered it, and of the last one with a record of it.
    uint64_t entered_in
    uint64_t touched_in


@cython.final
cdef class FrameDecoder:
    cdef readonly uint64_t frames
    cdef readonly uint64_t records
    cdef readonly uint64_t bytes
    cdef readonly uint64_t enters
    cdef readonly uint64_t leaves
    cdef readonly int count
    # Of the last frame.
    cdef readonly uint32_t tick
    cdef readonly uint32_t time_ms

    # By alias, `alias_capacity` of them; only those below it with `live` hold anything.
    cdef View* views
    cdef int alias_capacity
    # Of the last frame: aliases with a record, in the frame's order; aliases entered; entity ids that left.
    cdef uint16_t* touched
    cdef int touched_count
    cdef uint16_t* entered
    cdef int entered_count
    cdef uint32_t* left
    cdef int left_count

    # What is wrong with the last frame, in words; NULL when nothing is.
    cdef const char* fault

    # Apply one whole message; the number of records, or -1 with `fault` set: then the view is no longer usable.
    cdef int apply_frame(self, const uint8_t* data, Py_ssize_t size) noexcept nogil

    cdef int fail(self, const Cursor* cursor) noexcept nogil
    cdef View* view_of(self, int alias) except NULL
    cdef bint take_leaves(self, Cursor* cursor, bint wide) noexcept nogil
    cdef bint take_enters(self, Cursor* cursor, bint wide) noexcept nogil
    cdef bint take_moment(self, Cursor* cursor, bint soon) noexcept nogil
    cdef bint take_records(self, Cursor* cursor, uint8_t flags) noexcept nogil
    cdef bint take_listed(self, Cursor* cursor, bint wide, bint ages) noexcept nogil
    cdef bint take_mapped(self, Cursor* cursor, bint wide, bint ages) noexcept nogil
    cdef bint take_one(self, Cursor* cursor, int alias, bint ages) noexcept nogil
    cdef bint reserve(self, int aliases) noexcept nogil
