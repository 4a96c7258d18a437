"""A WebSocket's server end that sends back what comes, for tests of the frames alone."""

from libc.stdint cimport uint8_t

from core_ext.web_socket cimport WebSocket


cdef class EchoPort(WebSocket):
    # Of the message that comes, or came last: text or binary.
    cdef uint8_t message_opcode
