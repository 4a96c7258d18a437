"""The sockets of all connections in one epoll set, read without a Python object for each event.

An event loop calls a Python callback for each socket that is readable; at tens of thousands of poses a second that
costs more than the poses. A poller is one descriptor for the event loop, and hands each event to its connection in C.
"""

from libc.errno cimport EINTR, errno
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from posix.unistd cimport close

cdef extern from "<sys/epoll.h>" nogil:
    ctypedef union epoll_data_t:
        uint64_t u64
    struct epoll_event:
        uint32_t events
        epoll_data_t data
    enum:
        EPOLL_CLOEXEC
        EPOLL_CTL_ADD
        EPOLL_CTL_MOD
        EPOLL_CTL_DEL
        EPOLLIN
        EPOLLOUT
        EPOLLERR
        EPOLLHUP
    int epoll_create1(int flags)
    int epoll_ctl(int epoll, int operation, int fd, epoll_event* event)
    int epoll_wait(int epoll, epoll_event* events, int count, int timeout)

cdef enum:
    EVENTS_MAX = 512

cdef extern from "Python.h":
    object PyErr_SetFromErrno(object kind)


cdef class Polled:
    def __cinit__(self):
        self.fd = -1

    cdef int on_ready(self, bint readable, bint writable) except -1:
        raise NotImplementedError


cdef class Poller:
    """An epoll set. Not thread-safe: everything happens on the event loop's thread."""

    def __cinit__(self):
        self.waiting = []
        self.free_entries = []
        self.freed_entries = []
        self.scratch = <uint8_t*>malloc(REST_BYTES + READ_BYTES)
        if not self.scratch:
            raise MemoryError("no memory to read into")
        self.epoll = epoll_create1(EPOLL_CLOEXEC)
        if self.epoll < 0:
            PyErr_SetFromErrno(OSError)

    def __dealloc__(self):
        free(self.scratch)
        if self.epoll >= 0:
            close(self.epoll)

    def fileno(self):
        """The descriptor that is readable while a connection has something to read, or can write again."""
        return self.epoll

    cpdef int poll(self) except -1:
        """Let every connection that is ready read and write; how many were. Does not wait."""
        cdef epoll_event[EVENTS_MAX] events
        cdef Polled polled
        cdef bint broken
        cdef int i, count = epoll_wait(self.epoll, events, EVENTS_MAX, 0)
        if count < 0:
            if errno == EINTR:
                return 0
            PyErr_SetFromErrno(OSError)
        self.wakes += 1
        self.events += <uint64_t>count
        self.handling = True
        try:
            for i in range(count):
                polled = self.waiting[<Py_ssize_t>events[i].data.u64]
                if polled is not None:
                    broken = events[i].events & (EPOLLERR | EPOLLHUP) != 0
                    polled.on_ready(broken or events[i].events & EPOLLIN != 0, events[i].events & EPOLLOUT != 0)
        finally:
            self.handling = False
            self.free_entries += self.freed_entries
            self.freed_entries.clear()
        return count

    cdef int add(self, Polled polled, int fd) except -1:
        cdef epoll_event event
        if polled.fd >= 0:
            raise ValueError("it waits already")
        polled.entry = self.free_entries.pop() if self.free_entries else len(self.waiting)
        event.events = EPOLLIN
        event.data.u64 = <uint64_t>polled.entry
        if epoll_ctl(self.epoll, EPOLL_CTL_ADD, fd, &event) < 0:
            self.free_entries.append(polled.entry)
            PyErr_SetFromErrno(OSError)
        if polled.entry == len(self.waiting):
            self.waiting.append(polled)
        else:
            self.waiting[polled.entry] = polled
        polled.fd = fd
        polled.poller = self
        return 0

    # Before its socket is closed: the number may be another socket's a moment later.
    cdef int remove(self, Polled polled) except -1:
        cdef epoll_event event
        if polled.fd < 0:
            return 0
        # What is closed already has left by itself.
        epoll_ctl(self.epoll, EPOLL_CTL_DEL, polled.fd, &event)
        self.waiting[polled.entry] = None
        (self.freed_entries if self.handling else self.free_entries).append(polled.entry)
        polled.fd = -1
        polled.poller = None
        return 0

    cdef int want_writable(self, Polled polled, bint wanted) except -1:
        cdef epoll_event event
        event.events = EPOLLIN | EPOLLOUT if wanted else EPOLLIN
        event.data.u64 = <uint64_t>polled.entry
        if epoll_ctl(self.epoll, EPOLL_CTL_MOD, polled.fd, &event) < 0:
            PyErr_SetFromErrno(OSError)
        return 0
