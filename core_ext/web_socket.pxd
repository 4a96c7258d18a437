"""A WebSocket's server end: RFC 6455 and SPEC section 1.1 up to whole messages."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from core_ext.framing cimport FrameHeader
from core_ext.poller cimport Polled


# What went through all ports that share it. Frames are WebSocket frames, bytes count their headers.
cdef class Traffic:
    cdef readonly uint64_t frames_in
    cdef readonly uint64_t bytes_in
    cdef readonly uint64_t poses_in
    cdef readonly uint64_t frames_out
    cdef readonly uint64_t bytes_out
    cdef readonly uint64_t snapshots_out
    cdef readonly uint64_t snapshots_skipped


cdef class WebSocket(Polled):
    cdef object receiver
    cdef Traffic traffic
    # CLOCK_MONOTONIC when the server's clock was zero, s.
    cdef public double epoch
    # As in `Traffic`, for this socket alone.
    cdef readonly uint64_t frames_in
    cdef readonly uint64_t bytes_in
    cdef readonly uint64_t frames_out
    cdef readonly uint64_t bytes_out
    cdef readonly uint32_t last_received_ms

    # Whose socket it is, and the loop that closes late; None before `attach` and after `detached`.
    cdef object let_go
    cdef object loop

    # A close frame has gone out or come in: nothing else is sent or believed any more.
    cdef readonly bint closing
    # What comes has lost its frames: it is read and dropped until the end.
    cdef bint deaf
    # The close handshake is over: the socket goes when all is written.
    cdef bint ending
    cdef int close_code
    cdef str close_reason
    cdef object abort_timer
    # The newest ping that could not be answered yet: RFC 6455 section 5.5.3 lets the older ones go.
    cdef bytes unanswered_ping

    # Bytes that the kernel did not take, from `unsent_at`; NULL when it took all: then the port is writable.
    cdef uint8_t* unsent
    cdef Py_ssize_t unsent_size
    cdef Py_ssize_t unsent_at
    # The beginning of a frame that is not whole yet; NULL when there is none.
    cdef uint8_t* rest
    cdef Py_ssize_t rest_size
    # When the first byte came of the frame that is being read, or of `rest`.
    cdef uint32_t frame_began_ms
    # The message that is being put together from fragments; `fragments` is 0 when there is none.
    cdef uint8_t* assembly
    cdef Py_ssize_t assembly_size
    cdef int fragments
    cdef uint32_t assembly_began_ms

    cdef uint32_t control_credit_ms
    cdef uint32_t control_updated_ms

    # Take a whole message, which may be empty; not called once the socket closes.
    cdef int take_message(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1
    # Let go of all that messages lead to: the socket closes.
    cdef int stop(self) except -1

    cdef uint32_t now_ms(self) noexcept nogil
    cdef int read_socket(self) except -1
    cdef int check_time(self, uint32_t now) except -1
    cdef Py_ssize_t take_frames(self, uint8_t* data, Py_ssize_t have, uint32_t now) except -1
    cdef int keep_rest(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef bint too_much(self, Py_ssize_t more) except -1
    cdef bint header_refused(self, int size, const FrameHeader* header) except -1
    cdef int take_frame(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1
    cdef int take_control(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1
    cdef int take_close(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef int take_fragment(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1
    cdef int drop_assembly(self) noexcept
    cdef int write(self, uint8_t opcode, const char* data, Py_ssize_t size) except -1
    cdef int write_frame(self, uint8_t opcode, uint8_t* payload, Py_ssize_t size) except -1
    cdef int write_unsent(self) except -1
    cdef int lose(self) except -1
    cdef int leave(self) except -1
    cdef int fault(self, int code, str reason) except -1
    cdef int fail(self, object error) except -1
    cdef int shut(self, int code, str reason) except -1
