"""Snapshot frames. An entity is encoded once a tick and class; an observer's frame is copied together from that."""

cimport cython
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memmove

from core_ext cimport wire
from core_ext.bits cimport trailing_zeros
from core_ext.budget cimport (
    SOCKET_HEADER_BYTES,
    Budget,
    advance_budget,
    budget_left,
    credit_left,
    note_cost,
    spend,
    spend_credit,
)
from core_ext.buffer cimport AvatarState, write_number, write_u16, write_u32
from core_ext.entity_table cimport EntityTable, perceptible
from core_ext.interest cimport Interest
from core_ext.observers cimport NOT_HELD, Member, Observer
from core_ext.priority cimport CLASSES, PERIODS, class_of
from core_ext.record_state cimport begin_record, show_in_tier
from core_ext.record_writer cimport write_delta
from core_ext.record_writer cimport write_full as write_full_record
from core_ext.stream cimport Stream, StreamStore, age_byte, delta_of, keep_delta

cdef enum:
    # Alias, entity id and length of facts of an enter at most.
    ENTER_BYTES = 8
    # A leave at most.
    LEAVE_BYTES = 2
    # Header and three counts at most.
    FRAME_FIXED_BYTES = wire.FRAME_HEADER_BYTES + 6
    # Alias, record and age at most.
    RECORD_BYTES = wire.RECORD_BYTES_MAX + 3
    # Less than this is not worth a frame of its own, whose headers take 15 bytes, or 9 soon after another.
    FRAME_LEAST_BYTES = 48


@cython.final
cdef class SnapshotEncoder:
    """Writes what each observer of a room is sent: leaves, enters and records of its interest set (SPEC 5.2, 5.3).

    The stream to an observer is ordered and reliable, so what it was sent last is what it holds: who holds the value
    before the newest gets the delta that everybody of its class (tier and period) shares, who holds an older one the
    shared full record. A class of period p takes the newest value of an entity when (tick + entity id) % p == 0 (in
    tier presence tick % p, so that a slow client gets one frame), and at once for those who would else get a value
    older than that period. On either side of a curtain a stream begins anew.
    """

    def __cinit__(self, EntityTable table not None, Interest interest not None):
        if interest.table is not table:
            raise ValueError("the interest sets are of another table")
        self.table = table
        self.interest = interest
        self.streams = <Stream*>calloc(<size_t>table.capacity * CLASSES, sizeof(Stream))
        self.stores = <StreamStore*>calloc(<size_t>table.capacity * CLASSES, sizeof(StreamStore))
        self.due = <Member**>malloc(2 * interest.places * sizeof(Member*))
        self.due_streams = <Stream**>malloc(interest.places * sizeof(Stream*))
        self.by_alias = <int32_t*>malloc(interest.places * sizeof(int32_t))
        self.map_bits = <uint64_t*>calloc(interest.words, sizeof(uint64_t))
        if not (
            self.streams and self.stores and self.due and self.due_streams and self.by_alias and self.map_bits
        ):
            raise MemoryError(f"no memory for the streams of {table.capacity} entities")

    def __dealloc__(self):
        free(self.streams)
        free(self.stores)
        free(self.due)
        free(self.due_streams)
        free(self.by_alias)
        free(self.map_bits)
        free(self.buffer)

    def begin_tick(self, uint32_t tick, uint32_t now_ms):
        """Say the tick and the server clock of the frames to come; entities may be encoded anew from here."""
        self.tick = tick
        self.tick_ms = now_ms
        self.serial += 1
        self.interest.note_tick(tick, now_ms)

    def frame(self, int observer, bint ages):
        """Write the next frame of this observer from its current members; with the age of each sample if `ages`.

        What it says counts as held by the observer from here on. Empty when the observer's budget leaves it nothing to
        say. Raises IndexError for no observer, RuntimeError before the first `begin_tick` and MemoryError (then nothing
        counts as sent).
        """
        cdef Py_ssize_t size
        if not self.serial:
            raise RuntimeError("no tick has begun")
        size = self.write_frame(observer, ages)
        return (<const char*>self.frame_start)[:size]

    def forget(self, int observer):
        """Let the next frame enter everything anew, without leaves, as the first over a socket: the client lost what it
        held. Raises IndexError for no observer."""
        self.interest.check_observer(observer)
        self.interest.forget_held(observer)

    cdef Py_ssize_t write_frame(self, int index, bint ages) except -1 nogil:
        cdef Observer* observer
        cdef uint8_t* out
        cdef const uint8_t* end
        if index < 0 or index >= self.interest.observer_limit or not self.interest.observers[index].used:
            with gil:
                raise IndexError(f"no observer {index}")
        observer = &self.interest.observers[index]
        self.soon = self.comes_soon(observer)
        self.choose_due(observer)
        self.reserve(observer)
        out = self.frame_start
        end = self.buffer + self.buffer_size
        self.budget = observer.budget
        if observer.budget:
            end = out + min(self.fit_budget(observer), self.buffer_size - FRAME_HEADROOM)
            if end == out:
                self.frame_size = 0
                return 0
        self.keep_changed()
        self.map_bytes = self.choose_map()
        out = self.write_records(self.write_head(out, observer, ages), end, ages)
        self.frame_size = out - self.frame_start
        if observer.budget:
            if self.frame_size == self.header_bytes() + (2 if self.interest.wide else 1):
                # Those that were due had nothing new, or did not fit.
                self.frame_size = 0
                return 0
            spend(observer.budget, <uint32_t>(self.frame_size + SOCKET_HEADER_BYTES))
        observer.frame_tick = self.tick
        observer.frame_ms = self.tick_ms
        observer.framed = 1
        self.frames_written += 1
        self.bytes_written += self.frame_size
        return self.frame_size

    # Whether what has passed since the last frame may stand for the tick and the clock.
    cdef bint comes_soon(self, const Observer* observer) noexcept nogil:
        return (
            observer.framed
            and self.tick - observer.frame_tick <= <uint32_t>wire.SOON_MAX
            and self.tick_ms - observer.frame_ms <= <uint32_t>wire.SOON_MAX
        )

    cdef int header_bytes(self) noexcept nogil:
        return wire.FRAME_SOON_HEADER_BYTES if self.soon else wire.FRAME_HEADER_BYTES

    # Header, leaves and enters.
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
        out += self.header_bytes()
        if observer.gone_count:
            out = self.write_leaves(write_number(out, observer.gone_count, wide), observer)
        if self.enter_count:
            out = self.write_enters(write_number(out, self.enter_count, wide))
        return out

    # The members whose turn it is, and those the client has to forget. Permission is asked for again here: between the
    # update of the interest set and this frame an entity may have gone, or somewhere private.
    cdef void choose_due(self, Observer* observer) noexcept nogil:
        cdef bint alive = self.interest.alive(observer)
        cdef uint64_t permitted = self.interest.permitted(observer) if alive else 0
        cdef Member* member
        cdef int32_t i
        self.due_count = 0
        self.enter_count = 0
        for i in range(observer.member_count):
            member = &observer.members[i]
            if not alive or not perceptible(self.table, member.slot, member.generation, permitted):
                if member.held_class != NOT_HELD:
                    member.held_class = NOT_HELD
                    observer.gone[member.alias // 64] |= <uint64_t>1 << (member.alias % 64)
                    observer.gone_count += 1
                continue
            if member.held_class == NOT_HELD:
                self.enter_count += 1
            elif not self.turn_of(member):
                continue
            self.due[self.due_count] = member
            self.due_count += 1

    cdef bint turn_of(self, const Member* member) noexcept nogil:
        cdef uint32_t mask = (<uint32_t>1 << member.shown.period) - 1
        return not self.phase_of(member.slot, member.shown.tier) & mask or self.tick - member.sent_tick > mask

    # Where the entity is in its turns: by its id, which those who see it know and which says nothing of others. In tier
    # presence all have theirs together.
    cdef uint32_t phase_of(self, int32_t slot, int tier) noexcept nogil:
        return self.tick if tier == wire.TIER_PRESENCE else self.tick + self.table.entity_id[slot]

    cdef int reserve(self, const Observer* observer) except -1 nogil:
        cdef Py_ssize_t size = FRAME_HEADROOM + FRAME_FIXED_BYTES
        cdef uint8_t* buffer
        size += observer.gone_count * <Py_ssize_t>LEAVE_BYTES
        size += self.enter_count * <Py_ssize_t>(ENTER_BYTES + wire.FACTS_BYTES_MAX)
        # One more: a record is written before it is known to fit.
        size += (self.due_count + 1) * <Py_ssize_t>RECORD_BYTES
        if size > self.buffer_size:
            buffer = <uint8_t*>malloc(size)
            if not buffer:
                with gil:
                    raise MemoryError(f"no memory for a frame of {size} bytes")
            free(self.buffer)
            self.buffer = buffer
            self.buffer_size = size
            self.frame_start = buffer + FRAME_HEADROOM
        return 0

    # Bytes that the frame may have, 0 for none: leave out the enters that do not fit, and put those first that have
    # waited long.
    cdef Py_ssize_t fit_budget(self, Observer* observer) noexcept nogil:
        cdef Budget* budget = observer.budget
        cdef int64_t number = 2 if self.interest.wide else 1
        cdef int64_t least = min(<int64_t>FRAME_LEAST_BYTES, <int64_t>budget.bytes_per_second // 16)
        cdef int64_t fixed = self.header_bytes() + number
        cdef int64_t left
        if observer.gone_count:
            fixed += number + number * observer.gone_count
        advance_budget(budget, self.tick)
        left = budget_left(budget) - fixed - SOCKET_HEADER_BYTES
        if left < least:
            # Leaves must not wait for ever: neither for more than there will ever be, nor behind events.
            if not observer.gone_count or budget.refused < budget.window:
                budget.refused += 1
                return 0
            left = 0
        budget.refused = 0
        left -= self.fit_enters(budget, left - number)
        if self.enter_count:
            fixed += number
            left -= number
        elif not observer.gone_count and (left < least or not self.due_count):
            return 0
        self.put_late_first()
        return fixed + left

    # Leave out the enters that do not fit into what is left of the share of those who enter, and all after the first of
    # these. Returns what must be kept back for that one, so that those who are there already do not keep it out.
    cdef int64_t fit_enters(self, Budget* budget, int64_t left) noexcept nogil:
        cdef int64_t share = min(left, credit_left(budget))
        cdef int64_t size, kept_back = 0
        cdef int32_t i, count = 0
        if not self.enter_count:
            return 0
        self.enter_count = 0
        for i in range(self.due_count):
            if self.due[i].held_class == NOT_HELD:
                if kept_back:
                    continue
                size = self.enter_size(self.due[i])
                if size > share:
                    kept_back = max(share, <int64_t>1)
                    continue
                share -= size
                spend_credit(budget, size)
                self.enter_count += 1
            self.due[count] = self.due[i]
            count += 1
        self.due_count = count
        return max(min(kept_back, left), <int64_t>0)

    cdef int64_t enter_size(self, const Member* member) noexcept nogil:
        cdef Stream* stream = self.newest(member.slot, member.shown.tier, member.shown.period)
        cdef StreamStore* store = &self.stores[stream - self.streams]
        if not stream.full_size or store.full_version != stream.version:
            self.write_full(stream, store)
        # Alias, age.
        return ENTER_BYTES + self.table.facts_size[member.slot] + stream.full_size + 3

    # Who has not had its turn for two periods comes before who is more important.
    cdef void put_late_first(self) noexcept nogil:
        cdef Member** late = self.due + self.interest.places
        cdef Member* member
        cdef int32_t i, late_count = 0, count = 0
        for i in range(self.due_count):
            member = self.due[i]
            if member.held_class != NOT_HELD and (self.tick - member.sent_tick) >> member.shown.period >= 2:
                late[late_count] = member
                late_count += 1
            else:
                self.due[count] = member
                count += 1
        if late_count:
            memmove(self.due + late_count, self.due, count * sizeof(Member*))
            memcpy(self.due, late, late_count * sizeof(Member*))

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

    cdef uint8_t* write_enters(self, uint8_t* out) noexcept nogil:
        cdef const Member* member
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
            out += 6 + size
        return out

    # Leave out those of whom the client holds the newest already.
    cdef void keep_changed(self) noexcept nogil:
        cdef Member* member
        cdef Stream* stream
        cdef int shown
        cdef int32_t i, count = 0
        for i in range(self.due_count):
            member = self.due[i]
            shown = class_of(member.shown)
            stream = self.newest(member.slot, member.shown.tier, member.shown.period)
            if member.held_class == shown and member.version == stream.version:
                member.sent_tick = self.tick
                if self.budget:
                    note_cost(self.budget, shown, 0)
                continue
            self.due[count] = member
            self.due_streams[count] = stream
            count += 1
        self.due_count = count

    # Bytes of a map of aliases when that takes less than the aliases, else 0; with a budget always 0, since records
    # then go in the order of importance.
    cdef int32_t choose_map(self) noexcept nogil:
        cdef int32_t i, size, highest = 0
        if self.budget:
            return 0
        for i in range(self.due_count):
            highest = max(highest, <int32_t>self.due[i].alias)
        size = (highest >> 3) + 1
        return size if size < self.due_count * (2 if self.interest.wide else 1) else 0

    cdef uint8_t* write_records(self, uint8_t* out, const uint8_t* end, bint ages) noexcept nogil:
        return self.write_mapped(out, ages) if self.map_bytes else self.write_listed(out, end, ages)

    # In the order of aliases, which a map tells.
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
    cdef uint8_t* write_record(self, uint8_t* out, int32_t place, bint ages) noexcept nogil:
        cdef const Member* member = self.due[place]
        cdef Stream* stream = self.due_streams[place]
        cdef StreamStore* store = &self.stores[stream - self.streams]
        if member.held_class == class_of(member.shown) and member.version == stream.previous:
            memcpy(out, delta_of(stream, store), stream.delta_size)
            out += stream.delta_size
        else:
            if not stream.full_size or store.full_version != stream.version:
                self.write_full(stream, store)
            memcpy(out, store.full, stream.full_size)
            out += stream.full_size
        if ages:
            out[0] = age_byte(self.tick_ms, stream.sampled_at)
            out += 1
        return out

    # The client holds what was written of it from here on.
    cdef void note_held(self, int32_t place) noexcept nogil:
        cdef Member* member = self.due[place]
        member.held_class = <uint8_t>class_of(member.shown)
        member.version = self.due_streams[place].version
        member.sent_tick = self.tick

    cdef void write_full(self, Stream* stream, StreamStore* store) noexcept nogil:
        stream.full_size = <uint16_t>write_full_record(store.full, &store.base)
        store.full_version = stream.version
        self.encoded += 1

    # The stream of a class with the value that is to be shown now, encoded at most once a tick.
    cdef Stream* newest(self, int32_t slot, int tier, int period) noexcept nogil:
        # Class by class: those in use lie together.
        cdef size_t place = <size_t>(tier * PERIODS + period) * self.table.capacity + slot
        cdef Stream* stream = &self.streams[place]
        cdef StreamStore* store = &self.stores[place]
        cdef int zone = self.table.zone_index[slot]
        cdef int8_t private_zone = <int8_t>(zone if zone >= 0 and self.table.private_mask >> zone & 1 else -1)
        cdef uint32_t mask = (<uint32_t>1 << period) - 1
        if (
            not stream.version
            or stream.generation != self.table.generation[slot]
            or stream.private_zone != private_zone
        ):
            # Another entity's, or from the other side of a curtain: no delta leads here, and no trend tells of what was
            # there. It must not come late either.
            begin_record(&store.base, &self.table.states[slot], tier)
            stream.generation = self.table.generation[slot]
            stream.version += 1
            stream.previous = stream.version
        elif stream.asked == self.serial:
            return stream
        else:
            # A value that nobody asked for in the entity's turn is too old for those who ask between turns.
            stream.asked = self.serial
            if self.phase_of(slot, tier) & mask and self.tick - stream.tick <= mask:
                return stream
            self.take_newest(stream, store, slot, tier)
        stream.sampled_at = self.table.sampled_at[slot]
        stream.private_zone = private_zone
        stream.asked = self.serial
        stream.tick = self.tick
        return stream

    cdef void take_newest(self, Stream* stream, StreamStore* store, int32_t slot, int tier) noexcept nogil:
        cdef uint8_t delta[wire.RECORD_BYTES_MAX]
        cdef AvatarState shown
        cdef Py_ssize_t size
        show_in_tier(&self.table.states[slot], tier, &shown)
        size = write_delta(delta, &store.base, &shown)
        if not size:
            return
        self.encoded += 1
        keep_delta(stream, store, delta, size)
        stream.previous = stream.version
        stream.version += 1
