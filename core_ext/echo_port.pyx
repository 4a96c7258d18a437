"""A WebSocket's server end that sends back what comes, for tests of the frames alone."""

from libc.stdint cimport uint8_t, uint32_t

cimport cython

from core_ext cimport wire
from core_ext.framing cimport OPCODE_BINARY, OPCODE_TEXT, FrameHeader, is_control
from core_ext.web_socket cimport Traffic, WebSocket


@cython.final
cdef class EchoPort(WebSocket):
    def __init__(self, receiver, Traffic traffic not None, double epoch):
        WebSocket.__init__(self, receiver, traffic, epoch)
        self.message_opcode = OPCODE_BINARY

    # Text is looked at as if it were binary: what else is wrong with its header counts.
    cdef bint header_refused(self, int size, const FrameHeader* header) except -1:
        cdef FrameHeader seen
        if size < 0 or is_control(header.opcode):
            return WebSocket.header_refused(self, size, header)
        seen = header[0]
        if header.opcode == OPCODE_TEXT:
            seen.opcode = OPCODE_BINARY
        if not self.fragments:
            self.message_opcode = header.opcode
        return WebSocket.header_refused(self, size, &seen)

    cdef int take_fragment(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1:
        # One that does not count: there are some, and there may always be one more.
        if self.fragments == wire.FRAGMENTS_MAX:
            self.fragments -= 1
        return WebSocket.take_fragment(self, header, data, now)

    cdef int take_message(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1:
        if self.message_opcode == OPCODE_TEXT:
            try:
                (<const char*>data)[:size].decode("utf-8")
            except UnicodeDecodeError:
                return self.fault(wire.CLOSE_INVALID_PAYLOAD, "utf8")
        # An empty message may have no address, and memcpy wants one.
        cdef uint8_t none = 0
        return self.write(self.message_opcode, <const char*>(data if size else &none), size)
