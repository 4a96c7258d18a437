"""Frames of RFC 6455 (sections 5.2, 5.5 and 7.4) as bytes: headers read and written, payloads unmasked."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef enum:
    OPCODE_CONTINUATION = 0x0
    OPCODE_TEXT = 0x1
    OPCODE_BINARY = 0x2
    OPCODE_CLOSE = 0x8
    OPCODE_PING = 0x9
    OPCODE_PONG = 0xA

cdef enum:
    # A control frame's payload, RFC 6455 section 5.5.
    CONTROL_PAYLOAD_MAX = 125
    # Two bytes, eight of length, four of mask.
    HEADER_BYTES_MAX = 14

# What `read_header` returns but the size of a header.
cdef enum:
    HEADER_INCOMPLETE = 0
    HEADER_RESERVED_BITS = -1
    HEADER_WRONG = -2


cdef struct FrameHeader:
    uint64_t size
    uint8_t mask[4]
    uint8_t opcode
    uint8_t fin


cdef inline bint is_control(uint8_t opcode) noexcept nogil:
    return opcode & 0x8


# The header at `data`: its size, 0 if more bytes are needed, else a fault. `masked`: who sends this has to mask, else
# must not.
cdef inline int read_header(const uint8_t* data, Py_ssize_t have, bint masked, FrameHeader* header) noexcept nogil:
    cdef int size = 2, i
    cdef uint8_t length
    if have < 2:
        return HEADER_INCOMPLETE
    if data[0] & 0x70:
        return HEADER_RESERVED_BITS
    header.fin = data[0] >> 7
    header.opcode = data[0] & 0xF
    length = data[1] & 0x7F
    if (
        OPCODE_BINARY < header.opcode < OPCODE_CLOSE
        or header.opcode > OPCODE_PONG
        or (data[1] >> 7) != masked
        or (is_control(header.opcode) and (not header.fin or length > CONTROL_PAYLOAD_MAX))
    ):
        return HEADER_WRONG
    header.size = length
    if length >= 126:
        size = 4 if length == 126 else 10
        if have < size:
            return HEADER_INCOMPLETE
        header.size = 0
        for i in range(2, size):
            header.size = header.size << 8 | data[i]
        # The shortest form is the only one, and the highest bit is zero.
        if header.size < (126 if length == 126 else 65_536) or header.size >> 63:
            return HEADER_WRONG
    if masked:
        if have < size + 4:
            return HEADER_INCOMPLETE
        memcpy(header.mask, data + size, 4)
        size += 4
    return size


cdef inline void unmask(uint8_t* data, Py_ssize_t size, const uint8_t* mask) noexcept nogil:
    cdef uint32_t half
    cdef uint64_t wide, word
    cdef Py_ssize_t i = 0
    memcpy(&half, mask, 4)
    wide = half | <uint64_t>half << 32
    while i + 8 <= size:
        memcpy(&word, data + i, 8)
        word ^= wide
        memcpy(data + i, &word, 8)
        i += 8
    while i < size:
        data[i] ^= mask[i & 3]
        i += 1


cdef inline int header_bytes(Py_ssize_t size) noexcept nogil:
    return 2 if size < 126 else 4 if size < 65_536 else 10


# Write the header of a whole, unmasked frame in front of its payload, where HEADER_BYTES_MAX bytes are free; where the
# frame begins.
cdef inline uint8_t* put_header(uint8_t* payload, Py_ssize_t size, uint8_t opcode) noexcept nogil:
    cdef int bytes_of_length = header_bytes(size) - 2, i
    cdef uint8_t* out = payload - 2 - bytes_of_length
    out[0] = 0x80 | opcode
    out[1] = <uint8_t>(size if not bytes_of_length else 126 if bytes_of_length == 2 else 127)
    for i in range(bytes_of_length):
        out[2 + i] = <uint8_t>(<uint64_t>size >> 8 * (bytes_of_length - 1 - i) & 0xFF)
    return out


# Section 7.4: what a peer may put in a close frame.
cdef inline bint close_code_valid(int code) noexcept nogil:
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code < 5000
