"""One client's WebSocket in the world: poses into its room's table, snapshots out of its room's encoder.

Neither makes a Python object; every other message goes up to the receiver. Encode late, never queue: a snapshot is made
only for a port that holds no unsent byte, so that whoever reads slowly is skipped, and then gets the newest state.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t

cimport cython

from core_ext cimport wire
from core_ext.entity_table cimport POSE_MALFORMED, EntityTable
from core_ext.framing cimport OPCODE_BINARY, FrameHeader
from core_ext.snapshot cimport SnapshotEncoder
from core_ext.web_socket cimport Traffic, WebSocket

# A pose costs 1,000, and every millisecond brings as much as there may be poses a second. Poses come late in heaps,
# when a headset roams or this process stalls: honest people are forgiven some seconds of them.
cdef int64_t POSE_COST = 1000
cdef int64_t POSE_CREDIT_MAX = <int64_t>wire.POSES_BURST * POSE_COST


@cython.final
cdef class WorldPort(WebSocket):
    def __init__(self, receiver, Traffic traffic not None, double epoch):
        WebSocket.__init__(self, receiver, traffic, epoch)
        self.pose_credit = POSE_CREDIT_MAX
        self.pose_updated_ms = self.now_ms()

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
        self.stranger_bytes_max = 0

    def unbind(self):
        self.bound = False
        self.table = None
        self.encoder = None
        self.interest = None

    cdef int stop(self) except -1:
        self.unbind()
        return 0

    cdef bint header_refused(self, int size, const FrameHeader* header) except -1:
        if self.stranger_bytes_max and size > 0 and self.bytes_in + size + header.size > self.stranger_bytes_max:
            # Nothing more is heard: whoever it is has said more than it takes to come in.
            self.deaf = True
            if not self.closing:
                self.fault(wire.CLOSE_TOO_BIG, "stranger_bytes")
            return True
        return WebSocket.header_refused(self, size, header)

    cdef int take_message(self, const uint8_t* data, Py_ssize_t size, uint32_t now) except -1:
        if size == 0:
            return self.fault(wire.CLOSE_MALFORMED, "empty_message")
        if data[0] == wire.KIND_POSE:
            if self.bound:
                return self.take_pose(data, size, now)
            return self.fault(wire.CLOSE_MALFORMED, "kind_not_admitted")
        if not wire.KIND_HELLO <= data[0] <= wire.KIND_REFRESH:
            return self.fault(wire.CLOSE_MALFORMED, "unknown_kind")
        try:
            self.receiver.on_message((<const char*>data)[:size])
        except Exception as error:
            self.fail(error)
        return 0

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

    # Whether the socket is still there afterwards.
    cdef bint send_snapshot(self) except -1:
        cdef Py_ssize_t size
        self.interest.check_observer(self.observer)
        # What went out since the last frame: events, pongs.
        self.interest.note_sent(self.observer, <uint32_t>(self.bytes_out - self.bytes_charged))
        self.interest.update_due(self.observer)
        size = self.encoder.write_frame(self.observer, self.ages)
        if size:
            self.write_frame(OPCODE_BINARY, self.encoder.frame_start, size)
        self.bytes_charged = self.bytes_out
        if self.fd < 0:
            return False
        if not size:
            return True
        self.snapshots_out += 1
        self.traffic.snapshots_out += 1
        return True


def broadcast(ports):
    cdef WorldPort port
    cdef int sent = 0
    # A copy: a port that fails here leaves the list.
    for port in tuple(ports):
        if not port.bound or port.closing or port.fd < 0:
            continue
        if port.unsent:
            port.snapshots_skipped += 1
            port.traffic.snapshots_skipped += 1
            continue
        try:
            sent += port.send_snapshot()
        except Exception as error:
            port.fail(error)
    return sent
