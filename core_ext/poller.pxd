"""The sockets of all connections in one epoll set, read without a Python object for each event."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef enum:
    # Of one socket at a time: a sender who floods has to wait for its next turn.
    READ_BYTES = 16_384
    # What may lie before it: a frame's beginning that came earlier.
    REST_BYTES = 65_536 + 16


# What waits in a poller for its socket.
cdef class Polled:
    cdef Poller poller
    # Its socket while it is in the poller, else -1.
    cdef int fd
    # Its place in the poller.
    cdef int entry

    # Called by `poll`; what it raises is a fault of this program. `readable`: bytes, the end or an error are there.
    cdef int on_ready(self, bint readable, bint writable) except -1


cdef class Poller:
    cdef int epoll
    # Of REST_BYTES + READ_BYTES: whoever reads uses it, until it returns.
    cdef uint8_t* scratch
    cdef readonly uint64_t wakes
    cdef readonly uint64_t events

    # Who waits, by entry; None where nobody does. An entry set free while events are handled is not given out again
    # before the last of them: an event may still name it.
    cdef list waiting
    cdef list free_entries
    cdef list freed_entries
    cdef bint handling

    cdef int add(self, Polled polled, int fd) except -1
    cdef int remove(self, Polled polled) except -1
    cdef int want_writable(self, Polled polled, bint wanted) except -1
    cpdef int poll(self) except -1
