"""One client's WebSocket in the world: poses into its room's table, snapshots out of its room's encoder."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from core_ext.entity_table cimport EntityTable
from core_ext.interest cimport Interest
from core_ext.snapshot cimport SnapshotEncoder
from core_ext.web_socket cimport WebSocket


cdef class WorldPort(WebSocket):
    # As in `Traffic`, for this port alone.
    cdef readonly uint64_t poses_in
    cdef readonly uint64_t snapshots_out
    cdef readonly uint64_t snapshots_skipped
    # Of `bytes_in`, at most so many may come before `bind`; 0 is no limit.
    cdef public uint64_t stranger_bytes_max

    # Where poses go and snapshots come from, while `bound`.
    cdef readonly bint bound
    cdef EntityTable table
    cdef SnapshotEncoder encoder
    cdef Interest interest
    cdef int slot
    cdef int observer
    cdef bint ages
    # Of `bytes_out`, what the client's budget knows of.
    cdef uint64_t bytes_charged

    cdef int64_t pose_credit
    cdef uint32_t pose_updated_ms

    cdef int take_pose(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1
    # Whether the socket is still there afterwards.
    cdef bint send_snapshot(self) except -1
