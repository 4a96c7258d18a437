"""Frames as bytes: the head, and the records of those who are due, each encoded once a tick and class."""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

from core_ext cimport wire
from core_ext.buffer cimport AvatarState
from core_ext.budget cimport Budget
from core_ext.entity_table cimport EntityTable, Permission
from core_ext.interest cimport Interest
from core_ext.observers cimport Member, Observer
from core_ext.stream cimport Stream, StreamStore


# Where an entity is in its turns: by its id, which those who see it know and which says nothing of others. In tier
# presence all have theirs together.
cdef inline uint32_t phase_of(EntityTable table, uint32_t tick, int32_t slot, int tier) noexcept nogil:
    return tick if tier == wire.TIER_PRESENCE else tick + table.entity_id[slot]


# The streams of those who may perceive the same: the same private zones, the same people by what these have withdrawn,
# and the same people as they are. What a stream holds follows from who asked for it and when: shared with anybody else,
# it would tell of people behind a curtain, or of how masked people move, by what they look at.
cdef struct Audience:
    Permission permitted
    uint64_t clearance
    # Which audience of this writer it is, counted from 1: streams that begin anew are another's.
    uint32_t serial
    # Tick at which the last frame was made from it.
    uint32_t used_tick
    # By class and slot: those in use lie together.
    Stream* streams
    StreamStore* stores
    # What `streams` is within, to be freed: they begin at a cache line.
    void* streams_memory


cdef class FrameWriter:
    cdef readonly EntityTable table
    cdef readonly Interest interest
    cdef readonly uint64_t records_written
    # Deltas and full records that were encoded, each for all who got it.
    cdef readonly uint64_t encoded

    cdef Audience* audiences
    cdef int audience_count
    cdef uint32_t audience_serial
    # The one whose frame is being made, its streams and their rarer parts.
    cdef int audience
    cdef Stream* streams
    cdef StreamStore* stores
    # Scratch of one frame: members whose records are due, and how many of them enter; behind them as much room again.
    cdef Member** due
    cdef int32_t due_count
    cdef int32_t enter_count
    # The stream of each of those who are due, once only those with something new are left.
    cdef Stream** due_streams
    # Where in `due` an alias is, and a bit for each alias; the bits are zero between two frames.
    cdef int32_t* by_alias
    cdef uint64_t* map_bits
    # How many bytes the map of aliases has, 0 when each record tells its alias.
    cdef int32_t map_bytes
    # The frame's header says what has passed since the last frame; how long it is.
    cdef bint soon
    cdef int header_bytes
    # That of the frame's observer, NULL for none.
    cdef Budget* budget
    # Counts ticks begun; 0 before the first.
    cdef uint32_t serial
    cdef uint32_t tick
    cdef uint32_t tick_ms

    # Take the streams of those who are cleared like this observer and may perceive the same, for its frame.
    cdef int face(self, Observer* observer, Permission permitted) except -1 nogil
    cdef int find_audience(self, Permission permitted, uint64_t clearance) except -1 nogil
    cdef int begin_audience(self, Audience* audience) except -1 nogil
    # Note whose frame comes, and what its header will say.
    cdef void begin_frame(self, const Observer* observer) noexcept nogil
    # Write header, leaves, enters and records of those who are due; records stop before `end` when there is a budget.
    # One past the last byte, and then all of it counts as held.
    cdef uint8_t* write_parts(self, uint8_t* out, const uint8_t* end, Observer* observer, bint ages) noexcept nogil
    # The stream that a member is shown with the value that is to be shown now, encoded at most once a tick.
    cdef Stream* newest(self, const Member* member) noexcept nogil
    # Where that stream is, whatever it holds.
    cdef Stream* stream_of(self, const Member* member) noexcept nogil
    # Its rarer part.
    cdef StreamStore* store_of(self, const Stream* stream) noexcept nogil
    # Encode that value in full.
    cdef void write_full(self, Stream* stream, StreamStore* store) noexcept nogil

    cdef bint comes_soon(self, const Observer* observer) noexcept nogil
    cdef uint8_t* write_head(self, uint8_t* out, Observer* observer, bint ages) noexcept nogil
    cdef uint8_t* write_leaves(self, uint8_t* out, Observer* observer) noexcept nogil
    cdef uint8_t* write_enters(self, uint8_t* out) noexcept nogil
    cdef void keep_changed(self) noexcept nogil
    cdef int32_t choose_map(self) noexcept nogil
    cdef uint8_t* write_records(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil
    cdef uint8_t* write_mapped(self, uint8_t* out, bint ages) noexcept nogil
    cdef uint8_t* write_listed(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil
    cdef uint8_t* write_record(self, uint8_t* out, int32_t place, bint ages) noexcept nogil
    cdef void note_held(self, int32_t place) noexcept nogil
    # What is to be shown of a member: as it is, or masked into `masked`.
    cdef const AvatarState* state_of(self, const Member* member, AvatarState* masked) noexcept nogil
    cdef void take_newest(self, Stream* stream, StreamStore* store, const Member* member) noexcept nogil
