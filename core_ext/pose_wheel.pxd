"""The wheel that spreads the poses of many ports evenly over the period."""

cimport cython
from libc.stdint cimport int64_t


@cython.final
cdef class PoseWheel:
    cdef list ports
    cdef list slots
    cdef readonly double hz
    cdef int64_t started_ns
    cdef int64_t position
