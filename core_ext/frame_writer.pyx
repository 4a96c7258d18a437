"""Frames as bytes: the head, and the records of those who are due, each encoded once a tick and class.

What is final is a C function like any other: a frame calls some of them for each record.
"""

cimport cython
from libc.stdint cimport int8_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

from core_ext cimport wire
from core_ext.bits cimport trailing_zeros
from core_ext.budget cimport note_cost
from core_ext.buffer cimport AvatarState, write_number, write_u16, write_u32
from core_ext.entity_table cimport EntityTable, Permission, same_permission
from core_ext.interest cimport Interest
from core_ext.observers cimport NOT_HELD, Member, Observer
from core_ext.priority cimport CLASSES, class_of
from core_ext.record_state cimport begin_record, show_in_tier
from core_ext.record_writer cimport write_delta
from core_ext.record_writer cimport write_full as write_full_record
from core_ext.stream cimport CACHE_LINE, DELTA_INLINE, Stream, StreamStore, age_byte, keep_delta

cdef enum:
    # An audience that nobody was in for so many ticks begins anew, whether or not its memory was needed: when it does
    # must not depend on who else is in the room.
    IDLE_TICKS = 128
    NOBODY_FACED = -1


cdef class FrameWriter:
    """Writes the parts of frames. The base of `SnapshotEncoder`, which decides what goes into each."""

    def __cinit__(self, EntityTable table not None, Interest interest not None):
        if interest.table is not table:
            raise ValueError("the interest sets are of another table")
        self.table = table
        self.interest = interest
        self.audience = NOBODY_FACED
        self.due = <Member**>malloc(2 * interest.places * sizeof(Member*))
        self.due_streams = <Stream**>malloc(interest.places * sizeof(Stream*))
        self.by_alias = <int32_t*>malloc(interest.places * sizeof(int32_t))
        self.map_bits = <uint64_t*>calloc(interest.words, sizeof(uint64_t))
        if not (self.due and self.due_streams and self.by_alias and self.map_bits):
            raise MemoryError(f"no memory for frames of {interest.places} entities")

    def __dealloc__(self):
        cdef int number
        for number in range(self.audience_count):
            free(self.audiences[number].streams_memory)
            free(self.audiences[number].stores)
        free(self.audiences)
        free(self.due)
        free(self.due_streams)
        free(self.by_alias)
        free(self.map_bits)

    cdef int face(self, Observer* observer, Permission permitted) except -1 nogil:
        cdef Audience* audience
        cdef int i
        cdef uint64_t clearance = observer.clearance
        if self.audience == NOBODY_FACED or not is_of(&self.audiences[self.audience], permitted, clearance):
            self.audience = NOBODY_FACED
            self.audience = self.find_audience(permitted, clearance)
        audience = &self.audiences[self.audience]
        if self.tick - audience.used_tick > IDLE_TICKS:
            self.begin_audience(audience)
        audience.used_tick = self.tick
        self.streams = audience.streams
        self.stores = audience.stores
        if observer.audience != audience.serial:
            # No version of other streams is one of these: what it holds is followed by full records.
            observer.audience = audience.serial
            for i in range(observer.member_count):
                observer.members[i].version = 0
        return 0

    # The place of this audience: one that is there, else one that is idle, else a new one.
    cdef int find_audience(self, Permission permitted, uint64_t clearance) except -1 nogil:
        cdef Audience* audiences
        cdef int number, place = NOBODY_FACED
        for number in range(self.audience_count):
            if is_of(&self.audiences[number], permitted, clearance):
                return number
            if self.tick - self.audiences[number].used_tick > IDLE_TICKS:
                place = number
        if place == NOBODY_FACED:
            audiences = <Audience*>realloc(self.audiences, (self.audience_count + 1) * sizeof(Audience))
            if not audiences:
                with gil:
                    raise MemoryError("no memory for an audience")
            self.audiences = audiences
            memset(&audiences[self.audience_count], 0, sizeof(Audience))
            self.begin_audience(&audiences[self.audience_count])
            place = self.audience_count
            self.audience_count += 1
        else:
            self.begin_audience(&self.audiences[place])
        self.audiences[place].permitted = permitted
        self.audiences[place].clearance = clearance
        return place

    cdef int begin_audience(self, Audience* audience) except -1 nogil:
        cdef size_t places = <size_t>self.table.capacity * CLASSES
        cdef void* memory = calloc(places + 1, sizeof(Stream))
        cdef StreamStore* stores = <StreamStore*>calloc(places, sizeof(StreamStore))
        if not memory or not stores:
            free(memory)
            free(stores)
            with gil:
                raise MemoryError(f"no memory for the streams of {self.table.capacity} entities")
        free(audience.streams_memory)
        free(audience.stores)
        self.audience_serial += 1
        audience.serial = self.audience_serial
        audience.used_tick = self.tick
        audience.streams = <Stream*>at_cache_line(memory)
        audience.streams_memory = memory
        audience.stores = stores
        return 0

    cdef void begin_frame(self, const Observer* observer) noexcept nogil:
        self.soon = self.comes_soon(observer)
        self.header_bytes = wire.FRAME_SOON_HEADER_BYTES if self.soon else wire.FRAME_HEADER_BYTES
        self.budget = observer.budget

    cdef uint8_t* write_parts(self, uint8_t* out, const uint8_t* end, Observer* observer, bint ages) noexcept nogil:
        self.keep_changed()
        self.map_bytes = self.choose_map()
        return self.write_records(self.write_head(out, observer, ages), end, ages)

    # Whether what has passed since the last frame may stand for the tick and the clock.
    @cython.final
    cdef bint comes_soon(self, const Observer* observer) noexcept nogil:
        return (
            observer.framed
            and self.tick - observer.frame_tick <= <uint32_t>wire.SOON_MAX
            and self.tick_ms - observer.frame_ms <= <uint32_t>wire.SOON_MAX
        )

    # Header, leaves and enters.
    @cython.final
    cdef uint8_t* write_head(self, uint8_t* out, Observer* observer, bint ages) noexcept nogil:
        cdef bint wide = self.interest.wide
        out[0] = wire.KIND_SNAPSHOT
        out[1] = <uint8_t>(
            (wire.FRAME_WIDE if wide else 0)
            | (wire.FRAME_AGES if ages else 0)
            | (wire.FRAME_LEAVES if observer.gone_count else 0)
            | (wire.FRAME_ENTERS if self.enter_count else 0)
            | (wire.FRAME_MAP if self.map_bytes else 0)
            | (wire.FRAME_SOON if self.soon else 0)
        )
        if self.soon:
            out[2] = <uint8_t>(self.tick - observer.frame_tick)
            out[3] = <uint8_t>(self.tick_ms - observer.frame_ms)
        else:
            write_u32(out + 2, self.tick)
            write_u32(out + 6, self.tick_ms)
        out += self.header_bytes
        if observer.gone_count:
            out = self.write_leaves(write_number(out, observer.gone_count, wide), observer)
        if self.enter_count:
            out = self.write_enters(write_number(out, self.enter_count, wide))
        return out

    @cython.final
    cdef uint8_t* write_leaves(self, uint8_t* out, Observer* observer) noexcept nogil:
        cdef int word, bit
        for word in range(self.interest.words):
            if not observer.gone[word]:
                continue
            for bit in range(64):
                if observer.gone[word] >> bit & 1:
                    out = write_number(out, word * 64 + bit, self.interest.wide)
            observer.gone[word] = 0
        observer.gone_count = 0
        return out

    @cython.final
    cdef uint8_t* write_enters(self, uint8_t* out) noexcept nogil:
        cdef Member* member
        cdef uint16_t size
        cdef int32_t i
        for i in range(self.due_count):
            member = self.due[i]
            if member.held_class != NOT_HELD:
                continue
            size = self.table.facts_size[member.slot]
            out = write_number(out, member.alias, self.interest.wide)
            write_u32(out, self.table.entity_id[member.slot])
            write_u16(out + 4, size)
            memcpy(out + 6, self.table.facts[member.slot], size)
            member.facts_version = self.table.facts_version[member.slot]
            out += 6 + size
        return out

    # Leave out those of whom the client holds the newest already.
    @cython.final
    cdef void keep_changed(self) noexcept nogil:
        cdef Member* member
        cdef Stream* stream
        cdef int shown
        cdef int32_t i, count = 0
        for i in range(self.due_count):
            member = self.due[i]
            shown = member.shown_class
            stream = self.newest(member)
            if member.held_class == shown and member.version == stream.version:
                member.sent_tick = self.tick
                if self.budget:
                    note_cost(self.budget, class_of(member.shown), 0)
                continue
            self.due[count] = member
            self.due_streams[count] = stream
            count += 1
        self.due_count = count

    # Bytes of a map of aliases when that takes less than the aliases, else 0; with a budget always 0, since records
    # then go in the order of importance.
    @cython.final
    cdef int32_t choose_map(self) noexcept nogil:
        cdef int32_t i, size, highest = 0
        if self.budget:
            return 0
        for i in range(self.due_count):
            highest = max(highest, <int32_t>self.due[i].alias)
        size = (highest >> 3) + 1
        return size if size < self.due_count * (2 if self.interest.wide else 1) else 0

    @cython.final
    cdef uint8_t* write_records(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil:
        return self.write_mapped(out, ages) if self.map_bytes else self.write_listed(out, end, ages)

    # In the order of aliases, which a map tells.
    @cython.final
    cdef uint8_t* write_mapped(self, uint8_t* out, bint ages) noexcept nogil:
        cdef uint32_t alias
        cdef int32_t i, word
        for i in range(self.due_count):
            alias = self.due[i].alias
            self.by_alias[alias] = i
            self.map_bits[alias >> 6] |= <uint64_t>1 << (alias & 63)
        out = write_number(out, self.map_bytes, self.interest.wide)
        memcpy(out, self.map_bits, self.map_bytes)
        out += self.map_bytes
        for word in range((self.map_bytes + 7) >> 3):
            while self.map_bits[word]:
                alias = 64 * word + trailing_zeros(self.map_bits[word])
                self.map_bits[word] &= self.map_bits[word] - 1
                out = self.write_record(out, self.by_alias[alias], ages)
                self.note_held(self.by_alias[alias])
        self.records_written += self.due_count
        return out

    # Each with its alias: those who enter first, since an enter without a record is none; the others while they fit.
    @cython.final
    cdef uint8_t* write_listed(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil:
        cdef bint wide = self.interest.wide
        cdef uint8_t* start = out
        cdef uint8_t* after
        cdef Member* member
        cdef int32_t i, count = 0
        out = write_number(out, 0, wide)
        if self.enter_count:
            for i in range(self.due_count):
                if self.due[i].held_class == NOT_HELD:
                    out = self.write_record(write_number(out, self.due[i].alias, wide), i, ages)
                    self.note_held(i)
                    count += 1
                    self.due[i] = NULL
        for i in range(self.due_count):
            member = self.due[i]
            if not member:
                continue
            after = self.write_record(write_number(out, member.alias, wide), i, ages)
            if after > end:
                continue
            if self.budget:
                note_cost(self.budget, class_of(member.shown), after - out)
            self.note_held(i)
            count += 1
            out = after
        self.records_written += count
        write_number(start, count, wide)
        return out

    # One past the record, and its age, of the member at this place among those who are due.
    @cython.final
    cdef uint8_t* write_record(self, uint8_t* out, int32_t place, bint ages) noexcept nogil:
        cdef const Member* member = self.due[place]
        cdef Stream* stream = self.due_streams[place]
        cdef StreamStore* store
        if member.held_class == member.shown_class and member.version == stream.previous:
            if stream.delta_size <= DELTA_INLINE:
                memcpy(out, stream.delta, stream.delta_size)
            else:
                memcpy(out, self.store_of(stream).long_delta, stream.delta_size)
            out += stream.delta_size
        else:
            store = self.store_of(stream)
            if not stream.full_size or store.full_version != stream.version:
                self.write_full(stream, store)
            memcpy(out, store.full, stream.full_size)
            out += stream.full_size
        if ages:
            out[0] = age_byte(self.tick_ms, stream.sampled_at)
            out += 1
        return out

    # The client holds what was written of it from here on.
    @cython.final
    cdef void note_held(self, int32_t place) noexcept nogil:
        cdef Member* member = self.due[place]
        member.held_class = member.shown_class
        member.version = self.due_streams[place].version
        member.sent_tick = self.tick

    @cython.final
    cdef void write_full(self, Stream* stream, StreamStore* store) noexcept nogil:
        stream.full_size = <uint16_t>write_full_record(store.full, &store.base)
        store.full_version = stream.version
        self.encoded += 1

    @cython.final
    cdef Stream* stream_of(self, const Member* member) noexcept nogil:
        return &self.streams[<size_t>member.shown_class * self.table.capacity + member.slot]

    @cython.final
    cdef StreamStore* store_of(self, const Stream* stream) noexcept nogil:
        return &self.stores[stream - self.streams]

    @cython.final
    cdef const AvatarState* state_of(self, const Member* member, AvatarState* masked) noexcept nogil:
        if not member.masked:
            return &self.table.states[member.slot]
        self.interest.mask_slot(member.slot, masked)
        return masked

    # The stream that a member is shown with the value that is to be shown now, encoded at most once a tick.
    @cython.final
    cdef Stream* newest(self, const Member* member) noexcept nogil:
        cdef int32_t slot = member.slot
        cdef int tier = member.shown.tier, period = member.shown.period
        cdef Stream* stream = self.stream_of(member)
        cdef StreamStore* store = self.store_of(stream)
        cdef AvatarState masked
        cdef int zone = self.table.zone_index[slot]
        cdef int8_t private_zone = <int8_t>(zone if zone >= 0 and self.table.private_mask >> zone & 1 else -1)
        cdef uint32_t mask = (<uint32_t>1 << period) - 1
        if (
            not stream.version
            or stream.facts_version != self.table.facts_version[slot]
            or stream.private_zone != private_zone
            or stream.masked != member.masked
        ):
            # Another entity's, known by other facts, from the other side of a curtain, or of another body: no delta
            # leads here, and no trend tells of what was there. It must not come late either.
            begin_record(&store.base, self.state_of(member, &masked), tier)
            stream.facts_version = self.table.facts_version[slot]
            stream.version += 1
            stream.previous = stream.version
        elif stream.asked == self.serial:
            return stream
        else:
            # A value that nobody asked for in the entity's turn is too old for those who ask between turns.
            stream.asked = self.serial
            if phase_of(self.table, self.tick, slot, tier) & mask and self.tick - stream.tick <= mask:
                return stream
            self.take_newest(stream, store, member)
        stream.sampled_at = self.table.sampled_at[slot]
        stream.private_zone = private_zone
        stream.masked = member.masked
        stream.asked = self.serial
        stream.tick = self.tick
        return stream

    @cython.final
    cdef void take_newest(self, Stream* stream, StreamStore* store, const Member* member) noexcept nogil:
        cdef uint8_t delta[wire.RECORD_BYTES_MAX]
        cdef AvatarState masked, shown
        cdef Py_ssize_t size
        show_in_tier(self.state_of(member, &masked), member.shown.tier, &shown)
        size = write_delta(delta, &store.base, &shown)
        if not size:
            return
        self.encoded += 1
        keep_delta(stream, store, delta, size)
        stream.previous = stream.version
        stream.version += 1


# The first cache line that begins in it.
cdef inline void* at_cache_line(void* memory) noexcept nogil:
    return <void*>((<uintptr_t>memory + CACHE_LINE - 1) & ~<uintptr_t>(CACHE_LINE - 1))


cdef inline bint is_of(const Audience* audience, Permission permitted, uint64_t clearance) noexcept nogil:
    return same_permission(audience.permitted, permitted) and audience.clearance == clearance
