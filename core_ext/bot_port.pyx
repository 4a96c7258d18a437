"""One bot's WebSocket in C: sends its poses and checks what it is sent against what all bots really sent.

All bots of a test share one `Witness`. Everything for each pose and each record is C; Python sees only events, and
faults.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memset
from picows.picows cimport WSFrame, WSListener, WSMsgType, WSTransport

import msgpack
import picows

from core_ext cimport wire
from core_ext.clock cimport monotonic_ns
from core_ext.frame_decoder cimport FrameDecoder, View
from core_ext.pose_ring cimport (
    NO_MATCH,
    NO_ZONE,
    Sender,
    SentPose,
    newest_match,
    pose_at,
    run_start,
    settled_zone,
    was_in_zone,
)
from core_ext.pose_writer cimport header_bytes, read_part, within, write_pose
from core_ext.witness cimport (
    CANARY_BYTES,
    FOREIGN_CANARY,
    FOREIGN_ENTITY,
    FRAGMENTED,
    GHOST,
    MALFORMED_FACTS,
    MALFORMED_FRAME,
    NOBODY,
    NOT_BINARY,
    OWN_ENTITY,
    PRIVATE_ZONE,
    STALE,
    TICK_ORDER,
    VALUE_MISMATCH,
    Witness,
)

cdef extern from *:
    void prefetch "__builtin_prefetch" (const void* address) noexcept nogil

cdef extern from "string.h" nogil:
    void* memmem(const void* haystack, size_t haystack_size, const void* needle, size_t needle_size)

COMPILED_AGAINST = "2.3.1"
if picows.__version__ != COMPILED_AGAINST:
    raise ImportError(
        f"core_ext.bot_port was compiled against picows {COMPILED_AGAINST} and found {picows.__version__}: "
        "install that version or build again"
    )

# In place of a sender, for what is held under an alias.
cdef enum:
    # Entered before its own bot was told its id: looked up again at the next record.
    UNKNOWN = -2
    # An object of the room, or a person who is not a bot of this test.
    STRANGER = -3
    # A fault was counted; once is enough.
    REPORTED = -4

cdef int ROW_COLUMNS = 23
# What the server may still show after someone left or went behind a curtain: the goodbye's way there and a few ticks.
cdef int64_t GRACE_NS = 1_500_000_000
# How old what is held may be when newer poses were sent.
cdef int64_t STALE_NS = 2_000_000_000
cdef Py_ssize_t CACHE_LINE = 64
cdef Py_ssize_t CANARY_PREFIX_BYTES = 5
cdef bytes CANARY_PREFIX = b"cnry-"
# A WebSocket header of the longest kind fits before the pose in the buffer.
cdef Py_ssize_t HEADROOM = 16


# Whether facts are a map with a name; raises ValueError, as msgpack does for what is none of its own.
cdef int check_facts(bytes facts) except -1:
    told = msgpack.unpackb(facts)
    if not isinstance(told, dict) or "name" not in told:
        raise ValueError("no map with a name")
    return 0


@cython.final
cdef class BotPort(WSListener):
    def __init__(self, Witness witness not None, receiver, bint verifying):
        self.witness = witness
        self.receiver = receiver
        self.verifying = verifying
        self.decoder = FrameDecoder()
        self.room = NOBODY
        self.sender = NOBODY
        self.direction = 1

    def __dealloc__(self):
        free(self.held_senders)
        free(self.held_numbers)

    # ---- the socket -------------------------------------------------------------------------------------------

    cpdef on_ws_connected(self, WSTransport transport):
        self.transport = transport
        # Told at the first byte that waits, so that a pose is skipped rather than queued, as a headset does.
        transport.underlying_transport.set_write_buffer_limits(0)
        self.receiver.on_open(self)

    cpdef on_ws_disconnected(self, WSTransport transport):
        code, reason = 1006, ""
        handshake = transport.close_handshake
        if handshake is not None and handshake.recv is not None:
            code, reason = <int>handshake.recv.code, handshake.recv.reason
        self.closed = True
        self.gone = True
        self.receiver.on_closed(code, reason or "")

    @property
    def open(self):
        return self.transport is not None and not self.gone

    cpdef pause_writing(self):
        self.paused = True

    cpdef resume_writing(self):
        self.paused = False

    cpdef on_ws_frame(self, WSTransport transport, WSFrame frame):
        if frame.msg_type == WSMsgType.BINARY and frame.fin:
            self.on_message(<const uint8_t*>frame.payload_ptr, frame.payload_size)
        elif frame.msg_type == WSMsgType.CLOSE:
            self.closed = True
            transport.send_close(transport.close_handshake.recv.code)
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self.witness.fault(NOT_BINARY, "a text message")
        elif frame.msg_type == WSMsgType.BINARY or frame.msg_type == WSMsgType.CONTINUATION:
            self.witness.fault(FRAGMENTED, "a message in fragments, which this server never sends")

    def feed(self, bytes data):
        """Take one message as if it came from the socket."""
        self.on_message(<const uint8_t*><const char*>data, len(data))

    cdef int on_message(self, const uint8_t* data, Py_ssize_t size) except -1:
        if self.closed:
            return 0
        self.search_canaries(data, size)
        if size == 0:
            self.witness.fault(MALFORMED_FRAME, "an empty message")
        elif data[0] == wire.KIND_SNAPSHOT:
            if self.witness.measuring:
                self.witness.frames += 1
                self.witness.snapshot_bytes += size + header_bytes(size)
            self.on_snapshot(data, size)
        else:
            if self.witness.measuring:
                self.witness.messages += 1
            self.receiver.on_message(PyBytes_FromStringAndSize(<const char*>data, size))
        return 0

    def send(self, bytes data not None):
        if self.transport is not None and not self.closed:
            self.transport.send(WSMsgType.BINARY, data)

    def finish(self, bytes data not None):
        # Closing a socket in which something unread lies resets it, and the peer may lose what was sent last. So the
        # server closes; until then what still comes is let go.
        self.send(data)
        self.closed = True

    def close(self, code):
        if self.transport is not None and not self.gone:
            self.closed = True
            self.transport.send_close(code)
            self.transport.disconnect()

    # ---- what comes in ----------------------------------------------------------------------------------------

    cdef int search_canaries(self, const uint8_t* data, Py_ssize_t size) except -1:
        cdef const uint8_t* end = data + size
        cdef const uint8_t* hit
        if self.room == NOBODY:
            return 0
        while True:
            hit = <const uint8_t*>memmem(data, end - data, b"cnry-", CANARY_PREFIX_BYTES)
            if hit == NULL:
                return 0
            if end - hit < CANARY_BYTES or memcmp(hit, self.witness.rooms[self.room].canary, CANARY_BYTES) != 0:
                found = PyBytes_FromStringAndSize(<const char*>hit, min(CANARY_BYTES, end - hit))
                self.witness.fault(FOREIGN_CANARY, f"{found!r} in a message of kind 0x{data[0]:02x}")
            data = hit + CANARY_PREFIX_BYTES

    # A thousand ports take turns with the cache: what a frame touches lies in memory, line by line. Asked for all at
    # once, the lines come together; waited for one by one, they cost more than the decoding.
    cdef void warm_views(self) noexcept nogil:
        cdef const char* line = <const char*>self.decoder.views
        cdef const char* end = line + self.greatest_alias * sizeof(View)
        cdef int alias
        while line < end:
            prefetch(line)
            line += CACHE_LINE
        if self.verifying:
            for alias in range(self.greatest_alias):
                if self.held_senders[alias] >= 0:
                    prefetch(&self.witness.senders[self.held_senders[alias]])

    cdef void warm_poses(self) noexcept nogil:
        cdef int index
        cdef int32_t held
        cdef Sender* sender
        cdef const char* pose
        for index in range(self.decoder.touched_count):
            held = self.held_senders[self.decoder.touched[index]]
            if held >= 0:
                sender = &self.witness.senders[held]
                pose = <const char*>pose_at(sender, sender.count - 1)
                prefetch(pose)
                prefetch(pose + CACHE_LINE)
                # The one before is most often the one that is shown.
                pose = <const char*>pose_at(sender, sender.count - 2)
                prefetch(pose)
                prefetch(pose + CACHE_LINE)

    cdef int on_snapshot(self, const uint8_t* data, Py_ssize_t size) except -1:
        cdef int index, records
        cdef int64_t now_ns
        self.warm_views()
        records = self.decoder.apply_frame(data, size)
        if records < 0:
            self.witness.fault(MALFORMED_FRAME, self.decoder.fault.decode())
            self.close(wire.CLOSE_MALFORMED)
            return 0
        if self.witness.measuring:
            self.witness.records += records
        self.check_moment()
        if self.held_capacity < self.decoder.alias_capacity:
            self.reserve()
        for index in range(self.decoder.entered_count):
            self.note_entered(self.decoder.entered[index])
        if self.verifying:
            now_ns = monotonic_ns()
            self.warm_poses()
            for index in range(self.decoder.touched_count):
                self.check_record(self.decoder.touched[index], now_ns)
        return 0

    # What a client need not check (SPEC 5.2): ticks go up, the clock does not go back.
    cdef int check_moment(self) except -1:
        cdef uint32_t tick = self.decoder.tick, time_ms = self.decoder.time_ms
        if self.has_tick and <int32_t>(tick - self.last_tick) <= 0:
            self.witness.fault(TICK_ORDER, f"tick {tick} after {self.last_tick}")
        elif self.has_tick and <int32_t>(time_ms - self.last_ms) < 0:
            self.witness.fault(TICK_ORDER, f"clock {time_ms} after {self.last_ms}")
        self.has_tick = True
        self.last_tick = tick
        self.last_ms = time_ms
        return 0

    cdef int reserve(self) except -1:
        cdef int capacity = self.decoder.alias_capacity
        senders = <int32_t*>realloc(self.held_senders, capacity * sizeof(int32_t))
        if senders == NULL:
            raise MemoryError
        self.held_senders = senders
        numbers = <int64_t*>realloc(self.held_numbers, capacity * sizeof(int64_t))
        if numbers == NULL:
            raise MemoryError
        self.held_numbers = numbers
        self.held_capacity = capacity
        return 0

    cdef int note_entered(self, int alias) except -1:
        cdef View* view = &self.decoder.views[alias]
        cdef int32_t sender = self.witness.find(view.entity_id)
        self.held_numbers[alias] = NO_MATCH
        self.held_senders[alias] = sender
        if alias >= self.greatest_alias:
            self.greatest_alias = alias + 1
        if sender == NOBODY:
            self.held_senders[alias] = self.judge_facts(
                view.entity_id, PyBytes_FromStringAndSize(<const char*>view.facts, view.facts_size)
            )
        elif sender == self.sender:
            self.witness.fault(OWN_ENTITY, "a bot was sent its own entity")
            self.held_senders[alias] = REPORTED
        elif self.witness.senders[sender].room != self.room:
            self.witness.fault(FOREIGN_ENTITY, f"entity {view.entity_id} of another room")
            self.held_senders[alias] = REPORTED
        elif self.witness.measuring:
            self.witness.senders[sender].seen = True
        return 0

    def judge_facts(self, uint32_t entity, bytes facts):
        """What to hold an entity for that no bot is known to be: `UNKNOWN`, or `STRANGER`."""
        try:
            check_facts(facts)
        except ValueError as error:
            self.witness.fault(MALFORMED_FACTS, f"{facts[:40]!r}: {error}")
            return REPORTED
        if CANARY_PREFIX not in facts:
            self.witness.strangers += 1
            return STRANGER
        self.witness.unknown.setdefault(entity, []).append((self.room, monotonic_ns()))
        return UNKNOWN

    cdef int check_record(self, int alias, int64_t now_ns) except -1:
        cdef View* view = &self.decoder.views[alias]
        cdef int32_t index = self.held_senders[alias]
        cdef Sender* sender
        cdef int64_t number
        if index == UNKNOWN:
            index = self.held_senders[alias] = self.witness.find(view.entity_id)
            if index == NOBODY:
                self.held_senders[alias] = UNKNOWN
        if index < 0:
            return 0
        sender = &self.witness.senders[index]
        if self.witness.measuring:
            sender.seen = True
            self.witness.checked += 1
        number = newest_match(sender, &view.record)
        if number == NO_MATCH:
            head = (view.record.shown.head.x, view.record.shown.head.y, view.record.shown.head.z)
            self.witness.fault(
                VALUE_MISMATCH,
                f"entity {view.entity_id} shown with flags {view.record.shown.flags} and head {head}, never sent",
            )
            return 0
        return self.check_match(alias, number, now_ns)

    # A record's age counts when it brought the observer something new: not for what it is shown of an avatar that
    # entered, and not when the same value is sent again. Of equal poses in a row the oldest is taken.
    cdef int check_match(self, int alias, int64_t number, int64_t now_ns) except -1:
        cdef Sender* sender = &self.witness.senders[self.held_senders[alias]]
        cdef SentPose* pose = pose_at(sender, number)
        cdef int64_t last = self.held_numbers[alias]
        cdef int64_t first = run_start(sender, number, &self.decoder.views[alias].record)
        self.held_numbers[alias] = number
        if last != NO_MATCH and first > last and self.witness.measuring and not pose.spawn:
            self.witness.date(now_ns - pose_at(sender, first).sent_ns)
        if (
            pose.zone != NO_ZONE
            and pose.inner
            and self.witness.rooms[self.room].private_zones >> pose.zone & 1
            and not was_in_zone(&self.witness.senders[self.sender], pose.zone, now_ns - GRACE_NS)
        ):
            self.witness.fault(PRIVATE_ZONE, f"entity {self.decoder.views[alias].entity_id} in zone {pose.zone}")
        return 0

    def check_view(self):
        """Look at all that is held: nobody who left, nobody behind a curtain, nothing that stopped moving."""
        cdef int alias
        cdef int64_t now_ns = monotonic_ns()
        if self.closed or self.sender == NOBODY:
            return
        for alias in range(min(self.held_capacity, self.decoder.alias_capacity)):
            if self.decoder.views[alias].live and self.held_senders[alias] >= 0:
                # Who stands still is seen without a record.
                if self.witness.measuring:
                    self.witness.senders[self.held_senders[alias]].seen = True
                if self.verifying:
                    self.check_held(alias, now_ns)

    cdef int check_held(self, int alias, int64_t now_ns) except -1:
        cdef View* view = &self.decoder.views[alias]
        cdef Sender* sender = &self.witness.senders[self.held_senders[alias]]
        cdef int zone = settled_zone(sender, now_ns - GRACE_NS)
        cdef int64_t number
        if sender.left_ns:
            if now_ns - sender.left_ns > GRACE_NS:
                self.witness.fault(GHOST, f"entity {view.entity_id} is shown after it left")
                self.held_senders[alias] = REPORTED
            return 0
        if (
            zone != NO_ZONE
            and self.witness.rooms[self.room].private_zones >> zone & 1
            and not was_in_zone(&self.witness.senders[self.sender], zone, now_ns - GRACE_NS)
        ):
            self.witness.fault(PRIVATE_ZONE, f"entity {view.entity_id} is held while in zone {zone}")
            self.held_senders[alias] = REPORTED
            return 0
        number = newest_match(sender, &view.record)
        if number == NO_MATCH or (
            number + 1 < sender.count and now_ns - pose_at(sender, number + 1).sent_ns > STALE_NS
        ):
            self.witness.fault(STALE, f"entity {view.entity_id} is shown as it was over 2 s ago")
            self.held_senders[alias] = REPORTED
        return 0

    # ---- what goes out ----------------------------------------------------------------------------------------

    def join(self, uint32_t entity, int room, spawn):
        self.room = room
        self.sender = self.witness.add_sender(entity, room, spawn)

    def leave(self):
        if self.sender != NOBODY:
            self.witness.sender_left(self.sender)

    def move_along(self, const int32_t[:, ::1] rows not None, Py_ssize_t start, offset_mm):
        if rows.shape[0] == 0 or rows.shape[1] != ROW_COLUMNS:
            raise ValueError(f"motion needs rows of {ROW_COLUMNS} columns, got {rows.shape[0]} x {rows.shape[1]}")
        self.rows = rows
        self.moving = True
        self.cursor = start % rows.shape[0]
        self.direction = 1
        self.offset[0], self.offset[1], self.offset[2] = offset_mm

    # There and back again: a loop without a jump.
    cdef void next_pose(self, SentPose* pose) noexcept:
        cdef const int32_t* row = &self.rows[self.cursor, 0]
        cdef const int32_t* bounds = self.witness.rooms[self.room].bounds
        memset(pose, 0, sizeof(SentPose))
        pose.flags = <uint8_t>row[0]
        pose.voice = <uint8_t>row[1]
        if pose.flags & wire.STATE_HEAD:
            read_part(row + 2, &pose.head)
            pose.head.x = within(<int64_t>pose.head.x + self.offset[0], bounds[0], bounds[3])
            pose.head.y = within(<int64_t>pose.head.y + self.offset[1], bounds[1], bounds[4])
            pose.head.z = within(<int64_t>pose.head.z + self.offset[2], bounds[2], bounds[5])
        if pose.flags & wire.STATE_LEFT:
            read_part(row + 9, &pose.left)
        if pose.flags & wire.STATE_RIGHT:
            read_part(row + 16, &pose.right)
        if not 0 <= self.cursor + self.direction < self.rows.shape[0]:
            self.direction = -self.direction
        if self.rows.shape[0] > 1:
            self.cursor += self.direction

    cdef int send_next(self, int64_t now_ns) except -1:
        cdef Sender* sender
        cdef SentPose* pose
        cdef Py_ssize_t size
        if self.closed or self.paused or not self.moving or self.sender == NOBODY:
            return 0
        sender = &self.witness.senders[self.sender]
        pose = pose_at(sender, sender.count)
        self.next_pose(pose)
        pose.sent_ns = now_ns
        self.witness.place_in_zone(self.room, pose)
        sender.count += 1
        size = write_pose(
            self.buffer + HEADROOM, pose, self.sequence, <uint32_t>(now_ns // 1_000_000 + self.clock_offset_ms)
        )
        self.sequence += 1
        if self.witness.measuring:
            self.witness.poses += 1
        if self.transport is not None:
            self.transport.send_reuse_external_buffer(WSMsgType.BINARY, <char*>self.buffer + HEADROOM, size)
        return 1

    def send_pose(self):
        return self.send_next(monotonic_ns())

    def last_pose(self):
        """The pose sent last as it went over the wire; for tests and faults."""
        cdef Sender* sender
        cdef SentPose* pose
        if self.sender == NOBODY or self.witness.senders[self.sender].count < 2:
            raise ValueError("this port has sent no pose")
        sender = &self.witness.senders[self.sender]
        pose = pose_at(sender, sender.count - 1)
        cdef Py_ssize_t size = write_pose(
            self.buffer + HEADROOM,
            pose,
            <uint16_t>(self.sequence - 1),
            <uint32_t>(pose.sent_ns // 1_000_000 + self.clock_offset_ms),
        )
        return PyBytes_FromStringAndSize(<char*>self.buffer + HEADROOM, size)
