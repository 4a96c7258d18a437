"""Snapshot frames. An entity is encoded once a tick and tier; an observer's frame is copied together from that."""

cimport cython
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

from core_ext cimport wire
from core_ext.buffer cimport AvatarState, write_u16, write_u32
from core_ext.entity_table cimport EntityTable
from core_ext.interest cimport Interest, Member, Observer
from core_ext.record_state cimport begin_record, show_in_tier
from core_ext.record_writer cimport write_delta, write_full

cdef enum:
    TIERS = 4
    # Alias, entity id and length of facts of an enter at most.
    ENTER_BYTES = 8
    # A leave at most.
    LEAVE_BYTES = 2
    # Header and three counts at most.
    FRAME_FIXED_BYTES = 16
    # Alias, record and age at most.
    RECORD_BYTES = wire.RECORD_BYTES_MAX + 3


cdef inline uint8_t age_byte(uint32_t now_ms, uint32_t sampled_at) noexcept nogil:
    cdef int32_t age = <int32_t>(now_ms - sampled_at)
    if age < 0:
        return 0
    return <uint8_t>min(age // wire.AGE_UNIT_MS, <int32_t>wire.AGE_MAX)


cdef inline uint8_t* write_number(uint8_t* out, int value, bint wide) noexcept nogil:
    if wide:
        write_u16(out, <uint16_t>value)
        return out + 2
    out[0] = <uint8_t>value
    return out + 1


@cython.final
cdef class SnapshotEncoder:
    """Writes what each observer of a room is sent: leaves, enters and records of its interest set (SPEC 5.2, 5.3).

    The stream to an observer is ordered and reliable, so what it was sent last is what it holds: who holds the value
    before the newest gets the delta that everybody shares, who holds an older one the shared full record. Tier k shows
    the newest value of an entity when (tick + slot) % periods[k] == 0, and at once to those who would else get a value
    older than that period or from inside a private zone that the entity has left.
    """

    def __cinit__(self, EntityTable table not None, Interest interest not None, periods=(1, 1, 1, 1)):
        cdef int tier
        if interest.table is not table:
            raise ValueError("the interest sets are of another table")
        if len(periods) != TIERS or min(periods) < 1:
            raise ValueError(f"a period of at least one tick for each of {TIERS} tiers, got {periods!r}")
        for tier in range(TIERS):
            self.periods[tier] = periods[tier]
        self.table = table
        self.interest = interest
        self.baselines = <Baseline*>calloc(<size_t>table.capacity * TIERS, sizeof(Baseline))
        self.shown = <const Member**>malloc(interest.places * sizeof(Member*))
        if not self.baselines or not self.shown:
            raise MemoryError(f"no memory for the baselines of {table.capacity} entities")

    def __dealloc__(self):
        cdef int observer
        for observer in range(self.client_capacity):
            free(self.clients[observer].held)
        free(self.clients)
        free(self.baselines)
        free(self.shown)
        free(self.buffer)

    def begin_tick(self, uint32_t tick, uint32_t now_ms):
        """Say the tick and the server clock of the frames to come; entities may be encoded anew from here."""
        self.tick = tick
        self.tick_ms = now_ms
        self.serial += 1

    def frame(self, int observer, bint ages):
        """Write the next frame of this observer from its current members; with the age of each sample if `ages`.

        What it says counts as held by the observer from here on. Raises IndexError for no observer, RuntimeError before
        the first `begin_tick` and MemoryError (then nothing counts as sent).
        """
        cdef Py_ssize_t size
        if not self.serial:
            raise RuntimeError("no tick has begun")
        size = self.write_frame(observer, ages)
        return (<const char*>self.frame_start)[:size]

    def forget(self, int observer):
        """Let the next frame enter everything anew, without leaves: the client lost what it held. Raises IndexError for
        no observer."""
        self.interest.check_observer(observer)
        if observer < self.client_capacity and self.clients[observer].held:
            self.drop_held(&self.clients[observer])

    cdef Py_ssize_t write_frame(self, int observer, bint ages) except -1 nogil:
        cdef Client* client = self.client_of(observer)
        cdef bint wide = self.interest.wide
        cdef int32_t leave_count, enter_count, shown_count
        cdef uint8_t* out
        shown_count = self.choose_shown(observer, client, &enter_count)
        leave_count = self.count_leaves(client)
        self.reserve(leave_count, enter_count, shown_count)
        out = self.frame_start
        out[0] = wire.KIND_SNAPSHOT
        out[1] = <uint8_t>(
            (wire.FRAME_WIDE if wide else 0)
            | (wire.FRAME_AGES if ages else 0)
            | (wire.FRAME_LEAVES if leave_count else 0)
            | (wire.FRAME_ENTERS if enter_count else 0)
        )
        write_u32(out + 2, self.tick)
        write_u32(out + 6, self.tick_ms)
        out += wire.FRAME_HEADER_BYTES
        if leave_count:
            out = self.write_leaves(write_number(out, leave_count, wide), client)
        if enter_count:
            out = self.write_enters(write_number(out, enter_count, wide), client, shown_count)
        out = self.write_records(out, client, shown_count, ages)
        self.frame_size = out - self.frame_start
        self.frames_written += 1
        self.bytes_written += self.frame_size
        return self.frame_size

    # What the observer holds, by alias; empty when it has begun anew since its last frame.
    cdef Client* client_of(self, int observer) except NULL nogil:
        cdef Client* client
        cdef int capacity = self.interest.observer_capacity
        if observer < 0 or observer >= self.interest.observer_limit or not self.interest.observers[observer].used:
            with gil:
                raise IndexError(f"no observer {observer}")
        if observer >= self.client_capacity:
            client = <Client*>realloc(self.clients, capacity * sizeof(Client))
            if not client:
                with gil:
                    raise MemoryError(f"no memory for {capacity} observers")
            memset(&client[self.client_capacity], 0, (capacity - self.client_capacity) * sizeof(Client))
            self.clients = client
            self.client_capacity = capacity
        client = &self.clients[observer]
        if not client.held:
            client.held = <Held*>calloc(self.interest.places, sizeof(Held))
            if not client.held:
                with gil:
                    raise MemoryError(f"no memory for what observer {observer} holds")
        if client.epoch != self.interest.observers[observer].epoch:
            client.epoch = self.interest.observers[observer].epoch
            self.drop_held(client)
        return client

    cdef void drop_held(self, Client* client) noexcept nogil:
        memset(client.held, 0, client.alias_limit * sizeof(Held))
        client.alias_limit = 0

    # The members that the frame may show. Permission is asked for again here: between the update of the interest set
    # and this frame an entity may have gone, or somewhere private.
    cdef int choose_shown(self, int index, Client* client, int32_t* enter_count) noexcept nogil:
        cdef const Observer* observer = &self.interest.observers[index]
        cdef const Member* member
        cdef Held* held
        cdef int32_t i, count = 0
        for i in range(client.alias_limit):
            client.held[i].kept = 0
        enter_count[0] = 0
        for i in range(observer.member_count):
            member = &observer.members[i]
            if not self.interest.perceives(observer, member):
                continue
            self.shown[count] = member
            count += 1
            held = &client.held[member.alias]
            if held.live and held.slot == member.slot and held.generation == member.generation:
                held.kept = 1
            else:
                enter_count[0] += 1
        return count

    cdef int32_t count_leaves(self, const Client* client) noexcept nogil:
        cdef int32_t alias, count = 0
        for alias in range(client.alias_limit):
            if client.held[alias].live and not client.held[alias].kept:
                count += 1
        return count

    cdef int reserve(self, int32_t leave_count, int32_t enter_count, int32_t shown_count) except -1 nogil:
        cdef Py_ssize_t size = FRAME_HEADROOM + FRAME_FIXED_BYTES
        cdef uint8_t* buffer
        size += leave_count * <Py_ssize_t>LEAVE_BYTES
        size += enter_count * <Py_ssize_t>(ENTER_BYTES + wire.FACTS_BYTES_MAX)
        size += shown_count * <Py_ssize_t>RECORD_BYTES
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

    cdef uint8_t* write_leaves(self, uint8_t* out, Client* client) noexcept nogil:
        cdef int32_t alias
        for alias in range(client.alias_limit):
            if client.held[alias].live and not client.held[alias].kept:
                out = write_number(out, alias, self.interest.wide)
                client.held[alias].live = 0
        return out

    cdef uint8_t* write_enters(self, uint8_t* out, Client* client, int32_t shown_count) noexcept nogil:
        cdef const Member* member
        cdef uint16_t size
        cdef int32_t i
        for i in range(shown_count):
            member = self.shown[i]
            if client.held[member.alias].kept:
                continue
            size = self.table.facts_size[member.slot]
            out = write_number(out, member.alias, self.interest.wide)
            write_u32(out, self.table.entity_id[member.slot])
            write_u16(out + 4, size)
            memcpy(out + 6, self.table.facts[member.slot], size)
            out += 6 + size
        return out

    cdef uint8_t* write_records(self, uint8_t* out, Client* client, int32_t shown_count, bint ages) noexcept nogil:
        cdef bint wide = self.interest.wide
        cdef uint8_t* start = out
        cdef const Member* member
        cdef Baseline* baseline
        cdef Held* held
        cdef int32_t i, count = 0, alias_limit = 0
        out = write_number(out, 0, wide)
        for i in range(shown_count):
            member = self.shown[i]
            held = &client.held[member.alias]
            alias_limit = max(alias_limit, member.alias + 1)
            baseline = self.refresh(member.slot, member.tier)
            if not held.kept or held.tier != member.tier:
                out = self.write_full_record(out, member, baseline)
            elif held.version == baseline.version:
                continue
            elif held.version == baseline.previous:
                out = write_number(out, member.alias, wide)
                memcpy(out, baseline.delta, baseline.delta_size)
                out += baseline.delta_size
            else:
                out = self.write_full_record(out, member, baseline)
            if ages:
                out[0] = age_byte(self.tick_ms, baseline.sampled_at)
                out += 1
            held.slot = member.slot
            held.generation = member.generation
            held.version = baseline.version
            held.tier = member.tier
            held.live = 1
            count += 1
        # Aliases above the highest shown one have all left by now.
        client.alias_limit = alias_limit
        self.records_written += count
        write_number(start, count, wide)
        return out

    cdef uint8_t* write_full_record(self, uint8_t* out, const Member* member, Baseline* baseline) noexcept nogil:
        if baseline.full_version != baseline.version or not baseline.full_size:
            baseline.full_size = <uint16_t>write_full(baseline.full, &baseline.base)
            baseline.full_version = baseline.version
        out = write_number(out, member.alias, self.interest.wide)
        memcpy(out, baseline.full, baseline.full_size)
        return out + baseline.full_size

    # The value that this tier shows of an entity now, encoded at most once a tick.
    cdef Baseline* refresh(self, int32_t slot, int tier) noexcept nogil:
        cdef Baseline* baseline = &self.baselines[slot * TIERS + tier]
        cdef uint8_t delta[RECORD_ROOM]
        cdef AvatarState shown
        cdef Py_ssize_t size
        if not baseline.version or baseline.generation != self.table.generation[slot]:
            # Another entity's: nobody holds this version of it, and no delta leads to it.
            begin_record(&baseline.base, &self.table.states[slot], tier)
            baseline.generation = self.table.generation[slot]
            baseline.version += 1
            baseline.previous = baseline.version
        elif not self.due(baseline, slot, tier):
            return baseline
        else:
            show_in_tier(&self.table.states[slot], tier, &shown)
            size = write_delta(delta, &baseline.base, &shown)
            if size:
                memcpy(baseline.delta, delta, size)
                baseline.delta_size = <uint16_t>size
                baseline.previous = baseline.version
                baseline.version += 1
        baseline.sampled_at = self.table.sampled_at[slot]
        baseline.private_bit = self.table.private_bit(slot)
        baseline.serial = self.serial
        baseline.tick = self.tick
        return baseline

    cdef bint due(self, const Baseline* baseline, int32_t slot, int tier) noexcept nogil:
        # What was seen inside a private zone must not be shown to those who see the entity outside, and not even late.
        if baseline.private_bit != self.table.private_bit(slot):
            return True
        if baseline.serial == self.serial:
            return False
        # A value that nobody asked for in the entity's turn is too old for those who ask between turns.
        return (
            (self.tick + <uint32_t>slot) % self.periods[tier] == 0
            or self.tick - baseline.tick >= self.periods[tier]
        )
