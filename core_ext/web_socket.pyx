"""A WebSocket's server end in C: RFC 6455 and SPEC section 1.1 up to whole messages.

Its socket waits in a poller. Frames are read, checked and put together here, and written with one `send` each; what the
messages say is the business of a class built on this one.
"""

from libc.errno cimport EAGAIN, EINTR, errno
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy

from core_ext cimport framing, wire
from core_ext.clock cimport monotonic_ns
from core_ext.framing cimport FrameHeader
from core_ext.poller cimport READ_BYTES, Poller

cdef extern from "<sys/socket.h>" nogil:
    enum:
        MSG_NOSIGNAL
        SHUT_WR
    int shutdown(int fd, int how)
    ssize_t recv(int fd, void* data, size_t size, int flags)
    ssize_t send(int fd, const void* data, size_t size, int flags)

# A peer that does not answer a close frame is cut off after this time.
CLOSE_SECONDS = 1.0

# Two bytes of a close frame are its code.
cdef Py_ssize_t CLOSE_REASON_BYTES_MAX = framing.CONTROL_PAYLOAD_MAX - 2

cdef uint32_t CONTROL_COST_MS = 1000 // wire.MESSAGES_PER_SECOND
cdef uint32_t CONTROL_CREDIT_MAX_MS = wire.MESSAGES_BURST * CONTROL_COST_MS


cdef inline bint took_too_long(uint32_t began_ms, uint32_t now) noexcept nogil:
    return now - began_ms > <uint32_t>wire.ASSEMBLY_MS


cdef class Traffic:
    pass


cdef class WebSocket(Polled):
    def __init__(self, receiver, Traffic traffic not None, double epoch):
        cdef uint32_t now
        self.receiver = receiver
        self.traffic = traffic
        self.epoch = epoch
        self.close_reason = ""
        now = self.now_ms()
        self.last_received_ms = now
        self.control_credit_ms = CONTROL_CREDIT_MAX_MS
        self.control_updated_ms = now

    def __dealloc__(self):
        free(self.assembly)
        free(self.rest)
        free(self.unsent)

    # What the gateway calls -------------------------------------------------------------------------------------------

    def attach(self, Poller poller not None, int fd, let_go, loop):
        self.loop = loop
        self.let_go = let_go
        poller.add(self, fd)
        self.last_received_ms = self.now_ms()
        try:
            self.receiver.on_open(self)
        except Exception as error:
            self.fail(error)

    def detached(self):
        cdef int code = wire.CLOSE_ABNORMAL
        cdef str reason = ""
        self.leave()
        if self.closing:
            code, reason = self.close_code, self.close_reason
        self.closing = True
        self.stop()
        self.drop_assembly()
        if self.abort_timer is not None:
            self.abort_timer.cancel()
            self.abort_timer = None
        try:
            self.receiver.on_closed(code, reason)
        except Exception as error:
            self.fail(error)
        # Nothing calls it after this; letting go of it undoes the circle between the two.
        self.receiver = None
        self.let_go = None

    def fileno(self):
        return self.fd

    @property
    def writable(self):
        return self.fd >= 0 and self.unsent == NULL and not self.closing

    @property
    def unsent_bytes(self):
        return self.unsent_size - self.unsent_at

    @property
    def held_bytes(self):
        cdef Py_ssize_t ping = 0 if self.unanswered_ping is None else len(self.unanswered_ping)
        return self.unsent_size + self.rest_size + self.assembly_size + ping

    def send(self, bytes data not None):
        if self.fd >= 0 and not self.closing:
            self.write(framing.OPCODE_BINARY, data, len(data))

    def ping(self):
        if not self.writable:
            return False
        self.write(framing.OPCODE_PING, b"", 0)
        return True

    def close(self, int code, str reason not None):
        if not self.closing:
            self.shut(code, reason)

    def abort(self):
        self.lose()

    # Cut off a peer that has not answered the close frame. Its answer may have come while this process was busy: and
    # a socket that is closed with unread bytes in it is reset, which may cost the peer the close frame.
    def give_up(self):
        try:
            if self.fd >= 0:
                self.read_socket()
        except Exception as error:
            self.fail(error)
        self.lose()

    def check(self):
        if self.fd >= 0:
            self.check_time(self.now_ms())

    # What a class built on this one does ------------------------------------------------------------------------------

    cdef int take_message(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1:
        raise NotImplementedError

    cdef int stop(self) except -1:
        return 0

    # What the poller calls --------------------------------------------------------------------------------------------

    cdef int on_ready(self, bint readable, bint writable) except -1:
        try:
            if writable:
                self.write_unsent()
            if readable and self.fd >= 0:
                self.read_socket()
        except Exception as error:
            self.fail(error)
        return 0

    # What has come ----------------------------------------------------------------------------------------------------

    cdef uint32_t now_ms(self) noexcept nogil:
        # Through 64 bits, so that it wraps.
        return <uint32_t><int64_t>((monotonic_ns() * 1e-9 - self.epoch) * 1000.0)

    cdef int read_socket(self) except -1:
        cdef uint8_t* data = self.poller.scratch
        cdef Py_ssize_t have = self.rest_size, got, taken
        cdef uint32_t now
        # No second read to find the socket empty: if it is not, the poller comes again.
        got = recv(self.fd, data + have, READ_BYTES, 0)
        if got <= 0:
            if got < 0 and (errno == EAGAIN or errno == EINTR):
                return 0
            return self.lose()
        if self.deaf:
            return 0
        now = self.now_ms()
        self.check_time(now)
        if self.fd < 0:  # too late, and gone before it could be told so: `rest` is let go of
            return 0
        if have:
            memcpy(data, self.rest, have)
            free(self.rest)
            self.rest = NULL
            self.rest_size = 0
        else:
            self.frame_began_ms = now
        have += got
        taken = self.take_frames(data, have, now)
        return self.keep_rest(data + taken, have - taken)

    # A message that is not whole has its time from its first byte, in whatever frames it comes.
    cdef int check_time(self, uint32_t now) except -1:
        cdef bint late = (self.rest != NULL and took_too_long(self.frame_began_ms, now)) or (
            self.fragments > 0 and took_too_long(self.assembly_began_ms, now)
        )
        return self.fault(wire.CLOSE_NO_PONG, "assembly_time") if late and not self.closing else 0

    # The whole frames at `data`; how many bytes they were.
    cdef Py_ssize_t take_frames(self, uint8_t* data, Py_ssize_t have, uint32_t now) except -1:
        cdef FrameHeader header
        cdef Py_ssize_t taken = 0, whole
        cdef uint8_t* payload
        cdef int size
        while self.fd >= 0 and not self.deaf:
            size = framing.read_header(data + taken, have - taken, True, &header)
            if size == framing.HEADER_INCOMPLETE or self.header_refused(size, &header):
                break
            whole = size + <Py_ssize_t>header.size
            if have - taken < whole:
                break
            payload = data + taken + size
            framing.unmask(payload, <Py_ssize_t>header.size, header.mask)
            taken += whole
            self.frames_in += 1
            self.bytes_in += whole
            self.traffic.frames_in += 1
            self.traffic.bytes_in += whole
            self.last_received_ms = now
            if header.opcode == framing.OPCODE_BINARY and header.fin and not self.closing:
                self.take_message(payload, <Py_ssize_t>header.size, now)
            else:
                self.take_frame(&header, payload, now)
            self.frame_began_ms = now
        return taken

    # Never more than a frame may have: `header_refused` has looked at the length that its header declares.
    cdef int keep_rest(self, const uint8_t* data, Py_ssize_t size) except -1:
        if self.deaf or self.fd < 0 or not size or self.too_much(size):
            return 0
        self.rest = <uint8_t*>malloc(size)
        if self.rest == NULL:
            raise MemoryError("no memory for a part of a frame")
        memcpy(self.rest, data, size)
        self.rest_size = size
        return 0

    # Whether as many bytes more would be more than is held for one client; it is closed then.
    cdef bint too_much(self, Py_ssize_t more) except -1:
        if self.receiver.may_hold(more):
            return False
        self.deaf = True
        if not self.closing:
            self.fault(wire.CLOSE_SLOW, "held_bytes")
        return True

    # The checks of SPEC section 1.1 that a header alone can fail, in their order. On the way out only a close frame
    # counts, and other faults no more.
    cdef bint header_refused(self, int size, const FrameHeader* header) except -1:
        if size == framing.HEADER_WRONG or size == framing.HEADER_RESERVED_BITS:
            self.deaf = True
            if not self.closing:
                reserved = size == framing.HEADER_RESERVED_BITS
                self.fault(wire.CLOSE_PROTOCOL_ERROR, "reserved_bits" if reserved else "framing")
            return True
        if framing.is_control(header.opcode):
            return False
        if header.opcode == framing.OPCODE_TEXT:
            code, reason = wire.CLOSE_UNSUPPORTED_DATA, "text"
        elif header.opcode == framing.OPCODE_CONTINUATION and not self.fragments:
            code, reason = wire.CLOSE_PROTOCOL_ERROR, "continuation_of_nothing"
        elif header.opcode == framing.OPCODE_BINARY and self.fragments:
            code, reason = wire.CLOSE_PROTOCOL_ERROR, "interleaved_message"
        elif header.size > wire.MESSAGE_BYTES_MAX:
            code, reason = wire.CLOSE_TOO_BIG, "frame_size"
        elif header.size + self.assembly_size > wire.MESSAGE_BYTES_MAX:
            code, reason = wire.CLOSE_TOO_BIG, "message_size"
        else:
            return False
        # Its payload may be longer than there is room for; whoever sends it does not mind the close frame either.
        self.deaf = header.size > wire.MESSAGE_BYTES_MAX
        if not self.closing:
            self.fault(code, reason)
        return self.deaf

    cdef int take_frame(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1:
        if header.opcode == framing.OPCODE_CLOSE:
            return self.take_close(data, <Py_ssize_t>header.size)
        if self.closing:
            return 0
        if framing.is_control(header.opcode):
            return self.take_control(header, data, now)
        if not self.fragments:
            self.assembly_began_ms = self.frame_began_ms
        return self.take_fragment(header, data, now)

    cdef int take_fragment(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1:
        cdef Py_ssize_t size = self.assembly_size + <Py_ssize_t>header.size
        cdef uint8_t* grown
        if self.fragments == wire.FRAGMENTS_MAX:
            return self.fault(wire.CLOSE_TOO_BIG, "fragments")
        self.fragments += 1
        if header.size and self.too_much(<Py_ssize_t>header.size):
            return 0
        if header.size:
            grown = <uint8_t*>realloc(self.assembly, size)
            if grown == NULL:
                raise MemoryError("no memory for a fragment")
            memcpy(grown + self.assembly_size, data, header.size)
            self.assembly = grown
            self.assembly_size = size
        if not header.fin:
            return 0
        # The message is over before it is looked at: what it leads to may close this port.
        grown = self.assembly
        self.assembly = NULL
        try:
            self.drop_assembly()
            self.take_message(grown, size, now)
        finally:
            free(grown)
        return 0

    cdef int drop_assembly(self) noexcept:
        free(self.assembly)
        self.assembly = NULL
        self.assembly_size = 0
        self.fragments = 0
        return 0

    cdef int take_control(self, const FrameHeader* header, const uint8_t* data, uint32_t now) except -1:
        self.control_credit_ms = min(CONTROL_CREDIT_MAX_MS, self.control_credit_ms + (now - self.control_updated_ms))
        self.control_updated_ms = now
        if self.control_credit_ms < CONTROL_COST_MS:
            return self.fault(wire.CLOSE_RATE_LIMITED, "control_rate")
        self.control_credit_ms -= CONTROL_COST_MS
        if header.opcode == framing.OPCODE_PONG:
            return 0
        if self.unsent:
            self.unanswered_ping = (<const char*>data)[:header.size]
            return 0
        return self.write(framing.OPCODE_PONG, <const char*>data, <Py_ssize_t>header.size)

    cdef int take_close(self, const uint8_t* data, Py_ssize_t size) except -1:
        cdef int code = wire.CLOSE_NO_STATUS
        cdef str reason = ""
        self.deaf = True
        if self.closing:
            self.ending = True
            return self.lose() if self.unsent == NULL else 0
        if size:
            code = data[0] << 8 | data[1] if size > 1 else 0
            if not framing.close_code_valid(code):
                return self.fault(wire.CLOSE_PROTOCOL_ERROR, "close_code")
            try:
                reason = (<const char*>data + 2)[:size - 2].decode("utf-8")
            except UnicodeDecodeError:
                return self.fault(wire.CLOSE_INVALID_PAYLOAD, "close_reason")
        # RFC 6455 section 7.4: on this side nothing is wrong, whatever the peer says of its own.
        self.shut(wire.CLOSE_NORMAL, "")
        self.close_code = code
        self.close_reason = reason
        self.ending = True
        return self.lose() if self.unsent == NULL else 0

    # What goes out ----------------------------------------------------------------------------------------------------

    cdef int write(self, uint8_t opcode, const char* data, Py_ssize_t size) except -1:
        cdef uint8_t* buffer = <uint8_t*>malloc(framing.HEADER_BYTES_MAX + size)
        if buffer == NULL:
            raise MemoryError("no memory for a message")
        try:
            memcpy(buffer + framing.HEADER_BYTES_MAX, data, size)
            self.write_frame(opcode, buffer + framing.HEADER_BYTES_MAX, size)
        finally:
            free(buffer)
        return 0

    # HEADER_BYTES_MAX bytes in front of the payload are written over. What the kernel does not take is kept.
    cdef int write_frame(self, uint8_t opcode, uint8_t* payload, Py_ssize_t size) except -1:
        cdef uint8_t* start = framing.put_header(payload, size, opcode)
        cdef uint8_t* grown
        cdef Py_ssize_t sent = 0
        if self.fd < 0:
            return 0
        size += payload - start
        self.frames_out += 1
        self.bytes_out += size
        self.traffic.frames_out += 1
        self.traffic.bytes_out += size
        if not self.unsent:
            sent = send(self.fd, start, size, MSG_NOSIGNAL)
            if sent == size:
                return 0
            if sent < 0:
                if errno != EAGAIN and errno != EINTR:
                    return self.lose()
                sent = 0
            self.poller.want_writable(self, True)
        grown = <uint8_t*>realloc(self.unsent, self.unsent_size + size - sent)
        if grown == NULL:
            # A part of a frame may be out: nothing that follows could be read.
            self.lose()
            raise MemoryError("no memory for what the socket does not take")
        memcpy(grown + self.unsent_size, start + sent, size - sent)
        self.unsent = grown
        self.unsent_size += size - sent
        if not self.closing and self.too_much(0):
            # It does not read: what waits would only wait for longer.
            return self.lose()
        return 0

    cdef int write_unsent(self) except -1:
        cdef ssize_t sent
        if self.unsent:
            sent = send(self.fd, self.unsent + self.unsent_at, self.unsent_size - self.unsent_at, MSG_NOSIGNAL)
            if sent < 0:
                return 0 if errno == EAGAIN or errno == EINTR else self.lose()
            self.unsent_at += sent
            if self.unsent_at < self.unsent_size:
                return 0
            free(self.unsent)
            self.unsent = NULL
            self.unsent_size = self.unsent_at = 0
        self.poller.want_writable(self, False)
        if self.ending:
            return self.lose()
        if self.closing:
            return 0
        if self.unanswered_ping is not None:
            self.write(framing.OPCODE_PONG, self.unanswered_ping, len(self.unanswered_ping))
            self.unanswered_ping = None
        self.receiver.on_writable()
        return 0

    # The end ----------------------------------------------------------------------------------------------------------

    # Let the socket go; `detached` follows from the loop. What the kernel has taken is still sent.
    cdef int lose(self) except -1:
        if self.fd >= 0:
            self.leave()
            self.let_go()
        return 0

    cdef int leave(self) except -1:
        if self.fd >= 0:
            self.poller.remove(self)
        free(self.unsent)
        free(self.rest)
        self.unsent = self.rest = NULL
        self.unsent_size = self.unsent_at = self.rest_size = 0
        return 0

    cdef int fault(self, int code, str reason) except -1:
        self.shut(code, reason.replace("_", " "))
        try:
            self.receiver.on_fault(code, reason)
        except Exception as error:
            self.fail(error)
        return 0

    # A fault of ours: it ends this connection and no other, so nothing may come out of here.
    cdef int fail(self, object error) except -1:
        try:
            if not self.closing:
                self.shut(wire.CLOSE_INTERNAL_ERROR, "")
            self.receiver.on_error(error)
        except Exception as worse:
            self.loop.call_exception_handler({"message": "a port could not be closed", "exception": worse})
            self.abort()
        return 0

    cdef int shut(self, int code, str reason) except -1:
        cdef bytes payload, text = reason.encode("utf-8", "replace")[:CLOSE_REASON_BYTES_MAX]
        self.closing = True
        self.close_code = code
        # A character may have been cut in two.
        self.close_reason = text.decode("utf-8", "ignore")
        payload = code.to_bytes(2, "big") + self.close_reason.encode()
        self.stop()
        self.drop_assembly()
        self.unanswered_ping = None
        if self.fd < 0:
            return 0
        self.write(framing.OPCODE_CLOSE, payload, len(payload))
        # RFC 6455 section 7.1.1: this side ends first. What still comes is read meanwhile, or it would be a reset.
        if self.deaf and self.fd >= 0 and self.unsent == NULL:
            shutdown(self.fd, SHUT_WR)
        # Whoever does not read never lets this port be empty, and a peer may never answer.
        self.abort_timer = self.loop.call_later(CLOSE_SECONDS, self.give_up)
        return 0
