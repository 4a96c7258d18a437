"""One WebSocket of the world server: what RFC 6455 and SPEC section 1.1 demand of a frame, poses straight into the
room's table, snapshots straight from the room's encoder."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from picows.picows cimport WSFrame, WSListener, WSMsgType, WSTransport

from core_ext cimport wire
from core_ext.entity_table cimport EntityTable
from core_ext.interest cimport Interest
from core_ext.snapshot cimport SnapshotEncoder


# What went through all ports that share it. Frames are WebSocket frames, bytes count their headers.
cdef class Traffic:
    cdef readonly uint64_t frames_in
    cdef readonly uint64_t bytes_in
    cdef readonly uint64_t poses_in
    cdef readonly uint64_t frames_out
    cdef readonly uint64_t bytes_out
    cdef readonly uint64_t snapshots_out
    cdef readonly uint64_t snapshots_skipped


cdef class WorldPort(WSListener):
    cdef readonly WSTransport transport
    cdef object receiver
    cdef Traffic traffic
    # CLOCK_MONOTONIC when the server's clock was zero, s.
    cdef public double epoch
    # As in `Traffic`, for this port alone.
    cdef readonly uint64_t frames_in
    cdef readonly uint64_t bytes_in
    cdef readonly uint64_t poses_in
    cdef readonly uint64_t frames_out
    cdef readonly uint64_t bytes_out
    cdef readonly uint64_t snapshots_out
    cdef readonly uint64_t snapshots_skipped
    cdef readonly uint32_t last_received_ms

    # Where poses go and snapshots come from, while `bound`.
    cdef readonly bint bound
    cdef EntityTable table
    cdef SnapshotEncoder encoder
    cdef Interest interest
    cdef int slot
    cdef int observer
    cdef bint ages

    # Bytes wait in the transport.
    cdef bint paused
    # A close frame has gone out or come in: nothing else is sent or believed any more.
    cdef readonly bint closing
    cdef int close_code
    cdef str close_reason
    cdef object abort_timer
    # The newest ping that could not be answered yet: RFC 6455 section 5.5.3 lets the older ones go.
    cdef bytes unanswered_ping

    # The message that is being put together from fragments; `fragments` is 0 when there is none.
    cdef uint8_t* assembly
    cdef Py_ssize_t assembly_size
    cdef int fragments
    cdef uint32_t assembly_began_ms

    # Arrival of the last poses, a ring: the one to be overwritten next is the oldest.
    cdef int64_t pose_credit
    cdef uint32_t pose_updated_ms
    cdef uint32_t control_credit_ms
    cdef uint32_t control_updated_ms

    cdef uint32_t now_ms(self) noexcept nogil
    cdef int take_pose(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1
    cdef int take_frame(self, WSFrame frame, uint32_t now) except -1
    cdef int take_data(self, WSFrame frame, uint32_t now) except -1
    cdef int take_control(self, WSFrame frame, uint32_t now) except -1
    cdef int take_close(self, WSFrame frame) except -1
    cdef int take_fragment(self, WSFrame frame, uint32_t now) except -1
    cdef int take_message(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1
    cdef int drop_assembly(self) noexcept
    cdef int send_snapshot(self) except -1
    cdef int write(self, WSMsgType kind, const char* data, Py_ssize_t size) except -1
    cdef int count_out(self, Py_ssize_t size) noexcept
    cdef int fault(self, int code, str reason) except -1
    cdef int fail(self, object error) except -1
    cdef int shut(self, int code, str reason) except -1
    cdef int adopt_parser_fault(self) except -1
