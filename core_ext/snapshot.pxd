"""Snapshot frames: each entity encoded once a tick and class, each observer's frame copied together from that."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint64_t

from core_ext.budget cimport Budget
from core_ext.frame_writer cimport FrameWriter
from core_ext.observers cimport Member, Observer

cdef enum:
    # Free bytes in front of a frame, for the header of a WebSocket frame.
    FRAME_HEADROOM = 16


@cython.final
cdef class SnapshotEncoder(FrameWriter):
    cdef readonly uint64_t frames_written
    cdef readonly uint64_t bytes_written

    # The frame `write_frame` made last: FRAME_HEADROOM writable bytes lie in front of it. Valid until the next one.
    cdef uint8_t* frame_start
    cdef Py_ssize_t frame_size

    cdef uint8_t* buffer
    cdef Py_ssize_t buffer_size

    # Write the frame of one observer from its current members; its size, 0 when its budget has nothing to say, or -1
    # with IndexError (no such observer) or MemoryError set, and then nothing counts as sent. No Python object is
    # touched but to raise.
    cdef Py_ssize_t write_frame(self, int observer, bint ages) except -1 nogil

    cdef void drop_old_facts(self, Observer* observer) noexcept nogil
    cdef void drop(self, Observer* observer, Member* member) noexcept nogil
    cdef void choose_due(self, Observer* observer) noexcept nogil
    cdef bint turn_of(self, const Member* member) noexcept nogil
    cdef int reserve(self, const Observer* observer) except -1 nogil
    cdef Py_ssize_t fit_budget(self, Observer* observer) noexcept nogil
    cdef int64_t fit_enters(self, Budget* budget, int64_t left) noexcept nogil
    cdef int64_t enter_size(self, const Member* member) noexcept nogil
    cdef void put_late_first(self) noexcept nogil
