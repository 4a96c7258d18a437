"""One WebSocket of the world server in C.

picows parses frames. It checks opcodes, masks, lengths, control frames and close frames, and closes by itself when one
is wrong; reserved bits, fragments, text, empty messages and floods are checked here. A pose goes into the room's table
and a snapshot to the socket without a Python object; every other message goes up to the receiver.

Encode late, never queue: a snapshot is made only for a port whose transport is empty, so that whoever reads slowly is
skipped, and then gets the newest state.
"""

import socket
import sys

from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy
from picows.picows cimport WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

cimport cython

import picows

from core_ext cimport wire
from core_ext.entity_table cimport POSE_MALFORMED, EntityTable
from core_ext.snapshot cimport SnapshotEncoder

# The C layout of picows' classes is compiled in, and picows promises nothing about it between versions.
COMPILED_AGAINST = "2.3.1"
if picows.__version__ != COMPILED_AGAINST:
    raise ImportError(
        f"core_ext.socket_port was compiled against picows {COMPILED_AGAINST} and found {picows.__version__}: "
        "install that version or build again"
    )

# The kernel keeps no long backlog for a client that does not read. Linux doubles SO_SNDBUF for its bookkeeping.
SEND_BUFFER_BYTES = 65_536
# Of those, at most so many that have not even been sent once: what is in flight does not count, so a long way to the
# client costs no throughput.
UNSENT_BYTES = 16_384
# Linux's number; the socket module names it from Python 3.12 on.
_TCP_NOTSENT_LOWAT = 25

# A peer that does not answer a close frame is cut off after this time.
CLOSE_SECONDS = 1.0
# RFC 6455 section 5.5: a control frame has at most 125 bytes, 2 of them the code.
cdef Py_ssize_t CLOSE_REASON_BYTES_MAX = 123

# A WebSocket header of a server: 2 bytes, and 2 or 8 more for the length of a longer payload.
cdef Py_ssize_t HEADER_ROOM = 16
# A pose costs 1,000, and every millisecond brings as much as there may be poses a second. Poses come late in heaps,
# when a headset roams or this process stalls: honest people are forgiven some seconds of them.
cdef int64_t POSE_COST = 1000
cdef int64_t POSE_CREDIT_MAX = <int64_t>wire.POSES_BURST * POSE_COST
cdef uint32_t CONTROL_COST_MS = 1000 // wire.MESSAGES_PER_SECOND
cdef uint32_t CONTROL_CREDIT_MAX_MS = wire.MESSAGES_BURST * CONTROL_COST_MS

# What picows found wrong, by the code it closed with.
_PARSER_FAULTS = {
    wire.CLOSE_PROTOCOL_ERROR: "framing",
    wire.CLOSE_INVALID_PAYLOAD: "close_reason",
    wire.CLOSE_TOO_BIG: "frame_size",
}


cdef inline Py_ssize_t header_bytes(Py_ssize_t size) noexcept nogil:
    return 2 if size < 126 else 4 if size < 65_536 else 10


# RFC 6455 section 7.4: what a peer may put in a close frame. picows lets 0, 1006 and all from 5000 on pass.
cdef inline bint close_code_valid(int code) noexcept nogil:
    return 1000 <= code < 5000 and not 1004 <= code <= 1006


cdef class Traffic:
    pass


@cython.final
cdef class WorldPort(WSListener):
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
        self.pose_credit = POSE_CREDIT_MAX
        self.pose_updated_ms = now

    def __dealloc__(self):
        free(self.assembly)

    # What picows calls ------------------------------------------------------------------------------------------------

    cpdef on_ws_connected(self, WSTransport transport):
        self.transport = transport
        underlying = transport.underlying_transport
        # Above zero bytes the transport says `pause_writing`: that makes `writable` exact.
        underlying.set_write_buffer_limits(0, 0)
        connection = underlying.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if sys.platform == "linux":
            connection.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self.last_received_ms = self.now_ms()
        try:
            self.receiver.on_open(self)
        except Exception as error:
            self.fail(error)

    cpdef on_ws_frame(self, WSTransport transport, WSFrame frame):
        cdef uint32_t now = self.now_ms()
        cdef Py_ssize_t size = frame.payload_size + header_bytes(frame.payload_size) + 4
        self.frames_in += 1
        self.bytes_in += size
        self.traffic.frames_in += 1
        self.traffic.bytes_in += size
        self.last_received_ms = now
        if (
            self.bound
            and frame.msg_type == WSMsgType.BINARY
            and frame.fin
            and not self.fragments
            and frame.payload_size > 0
            and <uint8_t>frame.payload_ptr[0] == wire.KIND_POSE
            and not (frame.rsv1 or frame.rsv2 or frame.rsv3 or transport.is_close_frame_sent)
        ):
            self.take_pose(<const uint8_t*>frame.payload_ptr, frame.payload_size, now)
        else:
            self.take_frame(frame, now)

    cpdef on_ws_disconnected(self, WSTransport transport):
        cdef int code = wire.CLOSE_ABNORMAL
        cdef str reason = ""
        if not self.closing and transport.is_close_frame_sent:
            self.adopt_parser_fault()
        if self.closing:
            code, reason = self.close_code, self.close_reason
        self.closing = True
        self.unbind()
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

    cpdef pause_writing(self):
        self.paused = True

    cpdef resume_writing(self):
        self.paused = False
        if self.closing:
            return
        if self.unanswered_ping is not None:
            self.transport.send_pong(self.unanswered_ping)
            self.count_out(len(self.unanswered_ping))
            self.unanswered_ping = None
        try:
            self.receiver.on_writable()
        except Exception as error:
            self.fail(error)

    # What the gateway calls -------------------------------------------------------------------------------------------

    @property
    def writable(self):
        return (
            self.transport is not None
            and not (self.paused or self.closing or self.transport.is_close_frame_sent)
        )

    def bind(self, EntityTable table not None, int slot, SnapshotEncoder encoder not None, int observer, bint ages):
        table.check_slot(slot)
        encoder.interest.check_observer(observer)
        if encoder.table is not table:
            raise ValueError("the encoder is not one of this table")
        self.table = table
        self.encoder = encoder
        self.interest = encoder.interest
        self.slot = slot
        self.observer = observer
        self.ages = ages
        self.bound = not self.closing

    def unbind(self):
        self.bound = False
        self.table = None
        self.encoder = None
        self.interest = None

    def send(self, bytes data not None):
        if self.transport is not None and not self.closing:
            self.write(WSMsgType.BINARY, data, len(data))

    def ping(self):
        if not self.writable:
            return False
        self.transport.send_ping()
        self.count_out(0)
        return True

    def close(self, int code, str reason not None):
        if not self.closing:
            self.shut(code, reason)

    def abort(self):
        if self.transport is not None:
            self.transport.disconnect(False)

    def check(self):
        if self.transport is None or self.closing:
            return
        if self.transport.is_close_frame_sent:
            self.adopt_parser_fault()
        elif self.fragments and self.now_ms() - self.assembly_began_ms > <uint32_t>wire.ASSEMBLY_MS:
            self.fault(wire.CLOSE_MALFORMED, "assembly_time")

    # What has come ----------------------------------------------------------------------------------------------------

    cdef uint32_t now_ms(self) noexcept nogil:
        cdef timespec now
        clock_gettime(CLOCK_MONOTONIC, &now)
        # Through 64 bits, so that it wraps.
        return <uint32_t><int64_t>((<double>now.tv_sec + now.tv_nsec * 1e-9 - self.epoch) * 1000.0)

    cdef int take_pose(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1:
        cdef int outcome
        self.pose_credit = min(
            POSE_CREDIT_MAX, self.pose_credit + <int64_t>(now - self.pose_updated_ms) * wire.POSES_PER_SECOND_MAX
        )
        self.pose_updated_ms = now
        if self.pose_credit < POSE_COST:
            return self.fault(wire.CLOSE_RATE_LIMITED, "pose_rate")
        self.pose_credit -= POSE_COST
        outcome = self.table.accept_pose(self.slot, data, size, now)
        if outcome == POSE_MALFORMED:
            return self.fault(wire.CLOSE_MALFORMED, "pose")
        self.poses_in += 1
        self.traffic.poses_in += 1
        return 0

    cdef int take_frame(self, WSFrame frame, uint32_t now) except -1:
        if not self.closing and self.transport.is_close_frame_sent:
            # picows has found the frame after this one to be wrong, and closed.
            self.adopt_parser_fault()
        if self.closing:
            if frame.msg_type == WSMsgType.CLOSE:
                self.transport.disconnect()
            return 0
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            return self.fault(wire.CLOSE_PROTOCOL_ERROR, "reserved_bits")
        if frame.msg_type == WSMsgType.CLOSE:
            return self.take_close(frame)
        if frame.msg_type == WSMsgType.PING or frame.msg_type == WSMsgType.PONG:
            return self.take_control(frame, now)
        return self.take_data(frame, now)

    cdef int take_data(self, WSFrame frame, uint32_t now) except -1:
        if frame.msg_type == WSMsgType.TEXT:
            return self.fault(wire.CLOSE_UNSUPPORTED_DATA, "text")
        if frame.msg_type == WSMsgType.CONTINUATION:
            if not self.fragments:
                return self.fault(wire.CLOSE_PROTOCOL_ERROR, "continuation_of_nothing")
            return self.take_fragment(frame, now)
        if self.fragments:
            return self.fault(wire.CLOSE_PROTOCOL_ERROR, "interleaved_message")
        if not frame.fin:
            self.assembly_began_ms = now
            return self.take_fragment(frame, now)
        return self.take_message(<const uint8_t*>frame.payload_ptr, frame.payload_size, now)

    cdef int take_fragment(self, WSFrame frame, uint32_t now) except -1:
        cdef Py_ssize_t size = self.assembly_size + frame.payload_size
        cdef uint8_t* data
        if size > wire.MESSAGE_BYTES_MAX:
            return self.fault(wire.CLOSE_TOO_BIG, "message_size")
        if self.fragments == wire.FRAGMENTS_MAX:
            return self.fault(wire.CLOSE_TOO_BIG, "fragments")
        if now - self.assembly_began_ms > <uint32_t>wire.ASSEMBLY_MS:
            return self.fault(wire.CLOSE_MALFORMED, "assembly_time")
        self.fragments += 1
        if frame.payload_size:
            data = <uint8_t*>realloc(self.assembly, size)
            if data == NULL:
                raise MemoryError
            memcpy(data + self.assembly_size, frame.payload_ptr, frame.payload_size)
            self.assembly = data
            self.assembly_size = size
        if not frame.fin:
            return 0
        # The message is over before it is looked at: what it leads to may close this port.
        data = self.assembly
        self.assembly = NULL
        try:
            self.drop_assembly()
            self.take_message(data, size, now)
        finally:
            free(data)
        return 0

    cdef int drop_assembly(self) noexcept:
        free(self.assembly)
        self.assembly = NULL
        self.assembly_size = 0
        self.fragments = 0
        return 0

    cdef int take_message(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1:
        if size == 0:
            return self.fault(wire.CLOSE_MALFORMED, "empty_message")
        if data[0] == wire.KIND_POSE:
            if not self.bound:
                return self.fault(wire.CLOSE_MALFORMED, "kind_not_admitted")
            return self.take_pose(data, size, now)
        if not wire.KIND_HELLO <= data[0] <= wire.KIND_BYE:
            return self.fault(wire.CLOSE_MALFORMED, "unknown_kind")
        try:
            self.receiver.on_message((<const char*>data)[:size])
        except Exception as error:
            self.fail(error)
        return 0

    cdef int take_control(self, WSFrame frame, uint32_t now) except -1:
        self.control_credit_ms = min(CONTROL_CREDIT_MAX_MS, self.control_credit_ms + (now - self.control_updated_ms))
        self.control_updated_ms = now
        if self.control_credit_ms < CONTROL_COST_MS:
            return self.fault(wire.CLOSE_RATE_LIMITED, "control_rate")
        self.control_credit_ms -= CONTROL_COST_MS
        if frame.msg_type == WSMsgType.PONG:
            return 0
        if self.paused:
            self.unanswered_ping = frame.get_payload_as_bytes()
            return 0
        self.transport.send_pong(frame.get_payload_as_bytes())
        self.count_out(frame.payload_size)
        return 0

    cdef int take_close(self, WSFrame frame) except -1:
        cdef int code = <int>frame.get_close_code()
        if frame.payload_size and not close_code_valid(code):
            return self.fault(wire.CLOSE_PROTOCOL_ERROR, "close_code")
        reason = frame.get_close_reason() or ""
        # RFC 6455 section 7.4: on this side nothing is wrong, whatever the peer says of its own.
        self.shut(wire.CLOSE_NORMAL, "")
        self.close_code = code if frame.payload_size else wire.CLOSE_NO_STATUS
        self.close_reason = reason
        self.transport.disconnect()
        return 0

    # What goes out ----------------------------------------------------------------------------------------------------

    cdef int send_snapshot(self) except -1:
        cdef Py_ssize_t size
        self.interest.update_members(self.observer)
        size = self.encoder.write_frame(self.observer, self.ages)
        self.transport.send_reuse_external_buffer(WSMsgType.BINARY, <char*>self.encoder.frame_start, size)
        self.snapshots_out += 1
        self.traffic.snapshots_out += 1
        self.count_out(size)
        return 0

    # The header goes before the payload in one buffer: one send, and what the kernel does not take is copied.
    cdef int write(self, WSMsgType kind, const char* data, Py_ssize_t size) except -1:
        cdef char* buffer = <char*>malloc(HEADER_ROOM + size)
        if buffer == NULL:
            raise MemoryError
        try:
            memcpy(buffer + HEADER_ROOM, data, size)
            self.transport.send_reuse_external_buffer(kind, buffer + HEADER_ROOM, size)
        finally:
            free(buffer)
        self.count_out(size)
        return 0

    cdef int count_out(self, Py_ssize_t size) noexcept:
        size += header_bytes(size)
        self.frames_out += 1
        self.bytes_out += size
        self.traffic.frames_out += 1
        self.traffic.bytes_out += size
        return 0

    # The end ----------------------------------------------------------------------------------------------------------

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
            self.transport._loop.call_exception_handler({"message": "a port could not be closed", "exception": worse})
            self.abort()
        return 0

    cdef int shut(self, int code, str reason) except -1:
        cdef bytes text = reason.encode("utf-8", "replace")[:CLOSE_REASON_BYTES_MAX]
        self.closing = True
        self.close_code = code
        # A character may have been cut in two.
        self.close_reason = text.decode("utf-8", "ignore")
        self.unbind()
        self.drop_assembly()
        self.unanswered_ping = None
        if self.transport is None:
            return 0
        if not self.transport.is_close_frame_sent:
            self.transport.send_close(<WSCloseCode>code, self.close_reason)
            self.count_out(len(text) + 2)
        # Whoever does not read never empties the transport, and a peer may never answer.
        self.abort_timer = self.transport._loop.call_later(CLOSE_SECONDS, self.abort)
        return 0

    # picows has closed by itself and told nobody: say what the peer did.
    cdef int adopt_parser_fault(self) except -1:
        cdef int code = <int>self.transport.close_handshake.sent.code
        return self.fault(code, _PARSER_FAULTS.get(code, "parser"))


def broadcast(ports):
    cdef WorldPort port
    cdef int sent = 0
    # A copy: a port that fails here leaves the list.
    for port in tuple(ports):
        if not port.bound or port.closing or port.transport.is_close_frame_sent:
            continue
        if port.paused:
            port.snapshots_skipped += 1
            port.traffic.snapshots_skipped += 1
            continue
        try:
            port.send_snapshot()
            sent += 1
        except Exception as error:
            port.fail(error)
    return sent
