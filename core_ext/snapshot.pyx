"""Snapshot frames. An entity is encoded once a tick and class; an observer's frame is copied together from that."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memmove

from core_ext cimport wire
from core_ext.bits cimport prefetch
from core_ext.budget cimport (
    SOCKET_HEADER_BYTES,
    Budget,
    advance_budget,
    budget_left,
    credit_left,
    spend,
    spend_credit,
)
from core_ext.entity_table cimport Permission, perceptible
from core_ext.frame_writer cimport FrameWriter, phase_of
from core_ext.observers cimport NOT_HELD, Member, Observer
from core_ext.stream cimport Stream, StreamStore

cdef enum:
    # Alias, entity id and length of facts of an enter at most.
    ENTER_BYTES = 8
    # A leave at most.
    LEAVE_BYTES = 2
    # Header and three counts at most.
    FRAME_FIXED_BYTES = wire.FRAME_HEADER_BYTES + 6
    # Alias, record and age at most; a map is shorter than the aliases counted here.
    RECORD_BYTES = wire.RECORD_BYTES_MAX + 3
    # Less than this is not worth a frame of its own, whose headers take 15 bytes, or 9 soon after another.
    FRAME_LEAST_BYTES = 48


@cython.final
cdef class SnapshotEncoder(FrameWriter):
    """Writes what each observer of a room is sent: leaves, enters and records of its interest set (SPEC 5.2, 5.3).

    The stream to an observer is ordered and reliable, so what it was sent last is what it holds: who holds the value
    before the newest gets the delta that everybody of its class (tier and period) shares, who holds an older one the
    shared full record. A class of period p takes the newest value of an entity when (tick + entity id) % p == 0 (in
    tier presence tick % p, so that a slow client gets one frame), and at once for those who would else get a value
    older than that period. On either side of a curtain a stream begins anew, and where a masked body takes the place of
    a clear one or the other way. Only those share one who may perceive the same and have the same clearance: when it
    took which values tells who looks at the entity.
    """

    def __dealloc__(self):
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
        self.face(observer, self.interest.permitted(observer))
        self.begin_frame(observer)
        if observer.facts_changes != self.table.facts_changes:
            self.drop_old_facts(observer)
        if observer.circle_changes != self.interest.circle_changes:
            self.interest.choose_fidelity(observer)
        self.choose_due(observer)
        self.reserve(observer)
        out = self.frame_start
        end = self.buffer + self.buffer_size
        if observer.budget:
            end = out + min(self.fit_budget(observer), self.buffer_size - FRAME_HEADROOM)
            if end == out:
                self.frame_size = 0
                return 0
        self.frame_size = self.write_parts(out, end, observer, ages) - out
        if observer.budget:
            if self.frame_size == self.header_bytes + (2 if self.interest.wide else 1):
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

    # Who is known by facts that were replaced leaves, and enters again if it still may.
    cdef void drop_old_facts(self, Observer* observer) noexcept nogil:
        cdef Member* member
        cdef int32_t i
        observer.facts_changes = self.table.facts_changes
        for i in range(observer.member_count):
            member = &observer.members[i]
            if member.held_class != NOT_HELD and member.facts_version != self.table.facts_version[member.slot]:
                self.drop(observer, member)

    cdef void drop(self, Observer* observer, Member* member) noexcept nogil:
        member.held_class = NOT_HELD
        observer.gone[member.alias // 64] |= <uint64_t>1 << (member.alias % 64)
        observer.gone_count += 1

    # The members whose turn it is, and those the client has to forget. Permission is asked for again here: between the
    # update of the interest set and this frame an entity may have gone, or somewhere private.
    cdef void choose_due(self, Observer* observer) noexcept nogil:
        cdef bint alive = self.interest.alive(observer)
        cdef Permission permitted = self.interest.permitted(observer)
        cdef Member* member
        cdef int32_t i
        self.due_count = 0
        self.enter_count = 0
        for i in range(observer.member_count):
            member = &observer.members[i]
            if not alive or not perceptible(self.table, member.slot, member.generation, permitted):
                if member.held_class != NOT_HELD:
                    self.drop(observer, member)
                continue
            if member.held_class == NOT_HELD:
                self.enter_count += 1
            elif not self.turn_of(member):
                continue
            prefetch(self.stream_of(member))
            self.due[self.due_count] = member
            self.due_count += 1

    cdef bint turn_of(self, const Member* member) noexcept nogil:
        cdef uint32_t mask = (<uint32_t>1 << member.shown.period) - 1
        cdef uint32_t phase = phase_of(self.table, self.tick, member.slot, member.shown.tier)
        return not phase & mask or self.tick - member.sent_tick > mask

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
        cdef int64_t fixed = self.header_bytes + number
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
        cdef Stream* stream = self.newest(member)
        cdef StreamStore* store = self.store_of(stream)
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
