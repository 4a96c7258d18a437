"""Who sees whom. Permission first, then distance; those already seen keep their place."""

cimport cython
from libc.math cimport sqrt
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort
from libc.string cimport memcpy, memset

from core_ext.attention cimport Attention, Candidate, squared
from core_ext.entity_table cimport WEIGHT_ONE, EntityTable, Permission, distance_between, distance_squared, perceptible
from core_ext.grid cimport Grid
from core_ext.observers cimport NOT_HELD, Member, Observer
from core_ext.priority cimport REASON_CONVERSATION, REASON_NEAR, REASON_PROMINENT, REASON_TIED

cdef extern from *:
    """
    static inline int polyclinic_lowest_bit(uint64_t bits) { return __builtin_ctzll(bits); }
    """
    int lowest_bit "polyclinic_lowest_bit"(uint64_t bits) noexcept nogil

cdef enum:
    # Squared distances are weighed so that a newcomer has to be clearly nearer than the member it displaces.
    MEMBER_WEIGHT = 4
    NEWCOMER_WEIGHT = 5
    # Of those who stay whatever their distance; less than any other key.
    FIXED_KEY = -1


@cython.final
cdef class Interest(Attention):
    """The interest sets of a room's observers.

    Candidates of an observer are the present entities but its own, in zones it may perceive: the room at large, public
    zones, private ones granted to it or around its own head; and not those who withdrew all that it is there for. First
    come those it is tied to, then members it converses with (at most 4 m away, face to face, one of them heard within
    10 s; at most 4), then the most prominent of the room (who signs or speaks, with a role of more than common weight;
    at most `reserved`). The nearest take the other places: a newcomer is at most `radius_mm` away, head to head; a
    member stays up to `hysteresis_mm` beyond. Those with the smallest (key, slot) win, at most `cap` in all; key is the
    squared distance, times 4 for a member and 5 for a newcomer. How much of each is shown, and how often, is said in
    `core_ext/priority.pxd`; when all places are taken the tiers end nearer, so that about `detailed` people are in the
    first. Whole millimetres throughout, so every implementation agrees.
    """

    def __cinit__(
        self, EntityTable table not None, Grid grid not None, *, radius_mm, hysteresis_mm, int reserved=0,
        int refresh=1, **_,
    ):
        if not 0 <= reserved <= min(self.cap, RESERVED_MAX):
            raise ValueError(f"reserved is 0 to cap, at most {RESERVED_MAX}, got {reserved}")
        if refresh < 1:
            raise ValueError(f"refresh is at least 1, got {refresh}")
        grid.bind(table)
        self.grid = grid
        self.reserved = reserved
        self.refresh = refresh
        self.enter_squared = squared(radius_mm, "radius_mm")
        squared(hysteresis_mm, "hysteresis_mm")
        self.leave_squared = squared(radius_mm + hysteresis_mm, "radius_mm + hysteresis_mm")
        self.chosen = <Candidate*>malloc(self.places * sizeof(Candidate))
        self.next_members = <Member*>malloc(self.places * sizeof(Member))
        self.taken = <uint32_t*>calloc(table.capacity, sizeof(uint32_t))
        self.alias_bits = <uint64_t*>calloc(self.words, sizeof(uint64_t))
        self.prominent = <Prominent*>malloc(table.capacity * sizeof(Prominent))
        if not self.prominent or not self.chosen or not self.next_members or not self.taken or not self.alias_bits:
            raise MemoryError(f"no memory for interest sets of {self.places}")

    def __dealloc__(self):
        free(self.chosen)
        free(self.next_members)
        free(self.taken)
        free(self.alias_bits)
        free(self.prominent)

    def begin_tick(self, uint32_t tick, uint32_t now_ms):
        """Note the tick and the server clock, and who is prominent now."""
        self.note_tick(tick, now_ms)

    def update(self, int observer):
        """Recompute the interest set from the table and the grid as they are now; returns the number of members."""
        self.check_observer(observer)
        return self.update_members(observer)

    def step(self):
        """Update the sets whose turn this tick is, and those that never had one: each once in `refresh` ticks."""
        cdef int observer
        with nogil:
            for observer in range(self.observer_limit):
                if self.observers[observer].used:
                    self.update_due(observer)

    # --- one tick ---

    cdef void note_tick(self, uint32_t tick, uint32_t now_ms) noexcept nogil:
        cdef int slot
        self.tick = tick
        self.now_ms = now_ms
        self.forget_voices()
        self.prominent_count = 0
        if not self.reserved:
            return
        for slot in range(self.table.limit):
            if self.table.weight[slot] > WEIGHT_ONE and self.table.present[slot]:
                self.note_prominent(slot)
        qsort(self.prominent, self.prominent_count, sizeof(Prominent), by_prominence)

    # All of them, hidden ones too: who may be perceived is asked for each observer, so that nobody behind a curtain
    # takes the place of another.
    cdef void note_prominent(self, int32_t slot) noexcept nogil:
        cdef Prominent* noted = &self.prominent[self.prominent_count]
        noted.rank = self.prominence(slot)
        if not noted.rank:
            return
        noted.slot = slot
        noted.generation = self.table.generation[slot]
        self.prominent_count += 1

    # Above all who signs, then who speaks, then by the weight of the role; 0 for who is not seen from everywhere.
    cdef int prominence(self, int32_t slot) noexcept nogil:
        cdef int rank = 0
        if self.table.signing[slot]:
            rank += 512
        if self.speaks(slot):
            rank += 256
        return rank + self.table.weight[slot] if rank else 0

    cdef void update_due(self, int index) noexcept nogil:
        cdef Observer* observer = &self.observers[index]
        cdef bint turn = (self.tick + <uint32_t>index) % <uint32_t>self.refresh == 0 or self.has_crossed(observer)
        if turn or not observer.begun or self.tick - observer.updated_tick >= <uint32_t>self.refresh:
            self.update_members(index)

    # --- one update ---

    cdef int update_members(self, int index) noexcept nogil:
        cdef Observer* observer = &self.observers[index]
        cdef Permission permitted
        self.chosen_count = 0
        self.fixed_count = 0
        self.worst = 0
        self.worst_key = FIXED_KEY
        self.mark += 1
        # An observer whose own entity is gone sees nothing.
        if self.alive(observer):
            permitted = self.cross(observer)
            self.taken[observer.slot] = self.mark
            self.fix_all(observer, permitted)
            self.choose_members(observer, permitted)
            self.choose_fixed(observer)
            self.choose_newcomers(observer, permitted)
        self.draw_edges_in(observer)
        if self.changed or self.chosen_count != observer.member_count:
            self.adopt(observer)
        self.detail_members(observer, self.chosen)
        self.changed = False
        observer.updated_tick = self.tick
        observer.begun = 1
        return observer.member_count

    # --- those who are in it wherever they are ---

    # Ties, then conversation, then the prominent, as far as there are places.
    cdef void fix_all(self, const Observer* observer, Permission permitted) noexcept nogil:
        cdef const Member* member
        cdef int before
        cdef int32_t i
        for i in range(observer.tie_count):
            self.fix(observer, permitted, observer.ties[i].slot, observer.ties[i].generation, REASON_TIED)
        before = self.fixed_count
        for i in range(observer.member_count):
            member = &observer.members[i]
            if member.converses:
                self.fix(observer, permitted, member.slot, member.generation, REASON_CONVERSATION)
                if self.fixed_count - before == CONVERSATION_MAX:
                    break
        before = self.fixed_count
        for i in range(self.prominent_count):
            if self.fixed_count - before == self.reserved:
                return
            self.fix(observer, permitted, self.prominent[i].slot, self.prominent[i].generation, REASON_PROMINENT)

    cdef void fix(
        self, const Observer* observer, Permission permitted, int32_t slot, uint32_t generation, int reason
    ) noexcept nogil:
        cdef int i
        if (
            self.fixed_count == self.places
            or self.fixed_count == FIXED_MAX
            or slot == observer.slot
            or not perceptible(self.table, slot, generation, permitted)
        ):
            return
        for i in range(self.fixed_count):
            if self.fixed[i].slot == slot:
                return
        self.fixed[self.fixed_count].slot = slot
        self.fixed[self.fixed_count].reason = <uint8_t>reason
        self.fixed_count += 1

    # Why it is fixed, REASON_NEAR if it is not.
    cdef int fixed_reason(self, int32_t slot) noexcept nogil:
        cdef int i
        for i in range(self.fixed_count):
            if self.fixed[i].slot == slot:
                return self.fixed[i].reason
        return REASON_NEAR

    # Those of them who are not members yet.
    cdef void choose_fixed(self, const Observer* observer) noexcept nogil:
        cdef int i
        for i in range(self.fixed_count):
            if self.taken[self.fixed[i].slot] != self.mark:
                self.taken[self.fixed[i].slot] = self.mark
                self.choose(
                    FIXED_KEY, distance_between(self.table, self.fixed[i].slot, observer.slot), self.fixed[i].slot,
                    self.fixed[i].reason,
                )

    # --- the nearest ---

    # Members keep their place in the set, so that an update that changes nobody moves nothing.
    cdef void choose_members(self, const Observer* observer, Permission permitted) noexcept nogil:
        cdef const int32_t* xs = self.table.x
        cdef const int32_t* zs = self.table.z
        cdef int64_t x = xs[observer.slot], y = self.table.y[observer.slot], z = zs[observer.slot]
        cdef const Member* member
        cdef Candidate* candidate
        cdef int64_t dx, dy, dz, distance
        cdef int32_t slot, i
        cdef int reason = REASON_NEAR
        for i in range(observer.member_count):
            member = &observer.members[i]
            slot = member.slot
            if not perceptible(self.table, slot, member.generation, permitted):
                continue
            dx = xs[slot] - x
            dy = self.table.y[slot] - y
            dz = zs[slot] - z
            distance = dx * dx + dy * dy + dz * dz
            if self.fixed_count:
                reason = self.fixed_reason(slot)
            self.taken[slot] = self.mark
            if reason == REASON_NEAR and distance > self.leave_squared:
                continue
            candidate = &self.chosen[self.chosen_count]
            candidate.key = distance * MEMBER_WEIGHT if reason == REASON_NEAR else FIXED_KEY
            candidate.distance = distance
            candidate.slot = slot
            candidate.origin = i
            candidate.reason = <uint8_t>reason
            # The worst so far: all but a few updates need no other search for it.
            if candidate.key > self.worst_key or (candidate.key == self.worst_key and self.after_worst(slot)):
                self.worst = self.chosen_count
                self.worst_key = candidate.key
            self.chosen_count += 1
        self.note_limit()

    cdef void choose_newcomers(self, const Observer* observer, Permission permitted) noexcept nogil:
        cdef int64_t x = self.table.x[observer.slot], z = self.table.z[observer.slot]
        cdef int64_t reach
        cdef int row, left, right
        if not self.grid.count or self.limit < 0:
            return
        if self.chosen_count < self.places:
            self.choose_rings(observer, permitted)
            return
        # No place is left: only who is nearer than the worst, which is not far.
        reach = <int64_t>sqrt(<double>self.limit) + 1
        left = self.grid.column_at(x - reach)
        right = self.grid.column_at(x + reach)
        for row in range(self.grid.row_at(z - reach), self.grid.row_at(z + reach) + 1):
            self.choose_run(
                observer, permitted, row * self.grid.columns + left, row * self.grid.columns + right
            )

    # Ring by ring of cells outwards from the observer, until no newcomer of the next ring could win.
    cdef void choose_rings(self, const Observer* observer, Permission permitted) noexcept nogil:
        cdef int64_t x = self.table.x[observer.slot], z = self.table.z[observer.slot]
        cdef int64_t nearest = 0
        cdef int columns = self.grid.columns
        cdef int column, row, line, left, right, ring = 0
        column = self.grid.column_at(x)
        row = self.grid.row_at(z)
        while nearest >= 0 and nearest * nearest <= self.limit:
            left = max(column - ring, 0)
            right = min(column + ring, columns - 1)
            for line in range(max(row - ring, 0), min(row + ring, self.grid.rows - 1) + 1):
                if line == row - ring or line == row + ring:
                    self.choose_run(observer, permitted, line * columns + left, line * columns + right)
                    continue
                # Between its first and last line a ring has one cell on either side.
                if column - ring >= 0:
                    self.choose_run(observer, permitted, line * columns + left, line * columns + left)
                if column + ring < columns:
                    self.choose_run(observer, permitted, line * columns + right, line * columns + right)
            ring += 1
            nearest = self.grid.ring_distance(x, z, ring)

    # The entities of neighbouring cells, which lie next to each other in the grid's columns.
    cdef void choose_run(
        self, const Observer* observer, Permission permitted, int first_cell, int last_cell
    ) noexcept nogil:
        cdef const int32_t* xs = self.grid.x
        cdef const int32_t* ys = self.grid.y
        cdef const int32_t* zs = self.grid.z
        cdef int32_t x = self.table.x[observer.slot]
        cdef int32_t y = self.table.y[observer.slot]
        cdef int32_t z = self.table.z[observer.slot]
        cdef int64_t limit = self.limit
        cdef int64_t distance
        cdef int32_t place, slot
        for place in range(self.grid.starts[first_cell], self.grid.starts[last_cell + 1]):
            distance = distance_squared(xs[place], ys[place], zs[place], x, y, z)
            if distance > limit:
                continue
            slot = self.grid.slots[place]
            if self.taken[slot] == self.mark:
                continue
            if perceptible(self.table, slot, self.grid.generation[place], permitted):
                self.choose(distance * NEWCOMER_WEIGHT, distance, slot, REASON_NEAR)
                limit = self.limit

    # Take in one who is no member: while there are places, else instead of the worst if that is worse.
    cdef void choose(self, int64_t key, int64_t distance, int32_t slot, int reason) noexcept nogil:
        cdef int32_t place = self.chosen_count
        if place == self.places:
            if not before(key, slot, &self.chosen[self.worst]) or self.worst_key == FIXED_KEY:
                return
            place = self.worst
        else:
            self.chosen_count += 1
        self.chosen[place].key = key
        self.chosen[place].distance = distance
        self.chosen[place].slot = slot
        self.chosen[place].origin = -1
        self.chosen[place].reason = <uint8_t>reason
        self.changed = True
        if self.chosen_count == self.places:
            self.find_worst()

    # The one who would go first, and the squared distance beyond which no newcomer takes its place.
    cdef void find_worst(self) noexcept nogil:
        cdef int32_t i
        if self.chosen_count == self.places:
            self.worst = 0
            for i in range(1, self.chosen_count):
                if before(self.chosen[self.worst].key, self.chosen[self.worst].slot, &self.chosen[i]):
                    self.worst = i
            self.worst_key = self.chosen[self.worst].key
        self.note_limit()

    cdef void note_limit(self) noexcept nogil:
        self.limit = self.enter_squared
        if self.chosen_count == self.places:
            self.limit = min(self.enter_squared, self.worst_key // NEWCOMER_WEIGHT)
            if self.worst_key == FIXED_KEY:
                self.limit = -1

    cdef bint after_worst(self, int32_t slot) noexcept nogil:
        return not self.chosen_count or slot > self.chosen[self.worst].slot

    # In a crowd the tiers end nearer. People stand about evenly, so that of those within the distance of the last one
    # the share within a nearer one is that of their squares.
    cdef void draw_edges_in(self, Observer* observer) noexcept nogil:
        cdef int64_t near
        observer.edges = self.edges
        if self.chosen_count < self.places or self.detailed >= self.places or self.worst_key == FIXED_KEY:
            return
        near = self.chosen[self.worst].distance // self.places * self.detailed
        if near < self.edges.near:
            observer.edges.near = near
            observer.edges.far = <int64_t>(<double>self.edges.far * <double>near / <double>self.edges.near)

    # --- the new set ---

    # Make the chosen the interest set: aliases of those who stay, the lowest free ones for those who come.
    cdef void adopt(self, Observer* observer) noexcept nogil:
        cdef const Member* held
        cdef int32_t i
        cdef int word
        self.order_newcomers()
        memset(self.alias_bits, 0, self.words * sizeof(uint64_t))
        for i in range(self.chosen_count):
            if self.chosen[i].origin >= 0:
                held = &observer.members[self.chosen[i].origin]
                self.alias_bits[held.alias // 64] |= <uint64_t>1 << (held.alias % 64)
        for i in range(observer.member_count):
            held = &observer.members[i]
            word = held.alias // 64
            if held.held_class != NOT_HELD and not self.alias_bits[word] >> (held.alias % 64) & 1:
                observer.gone[word] |= <uint64_t>1 << (held.alias % 64)
                observer.gone_count += 1
        word = 0
        for i in range(self.chosen_count):
            if self.chosen[i].origin >= 0:
                self.next_members[i] = observer.members[self.chosen[i].origin]
                continue
            while not ~self.alias_bits[word]:
                word += 1
            self.begin_member(&self.next_members[i], self.chosen[i].slot, word)
        observer.member_count = self.chosen_count
        memcpy(observer.members, self.next_members, self.chosen_count * sizeof(Member))

    # Those who stay in the order they are in, then the newcomers by (key, slot): which of them gets which alias must
    # not depend on the cells of the grid. Rings were looked through outwards, so that little is out of order.
    cdef void order_newcomers(self) noexcept nogil:
        cdef Candidate chosen
        cdef int32_t i, place
        for i in range(1, self.chosen_count):
            chosen = self.chosen[i]
            place = i
            while place and self.chosen[place - 1].origin < 0 and (
                chosen.origin >= 0 or before(chosen.key, chosen.slot, &self.chosen[place - 1])
            ):
                self.chosen[place] = self.chosen[place - 1]
                place -= 1
            if place != i:
                self.chosen[place] = chosen

    # A newcomer with the lowest alias that is free in a word of them.
    cdef void begin_member(self, Member* member, int32_t slot, int word) noexcept nogil:
        cdef int bit = lowest_bit(~self.alias_bits[word])
        self.alias_bits[word] |= <uint64_t>1 << bit
        memset(member, 0, sizeof(Member))
        member.slot = slot
        member.generation = self.table.generation[slot]
        member.alias = <uint16_t>(word * 64 + bit)
        member.held_class = NOT_HELD
        member.fresh = 1


# The greater rank first; of equals, the one in the lower slot.
cdef int by_prominence(const void* one, const void* other) noexcept nogil:
    cdef const Prominent* first = <const Prominent*>one
    cdef const Prominent* second = <const Prominent*>other
    if first.rank != second.rank:
        return second.rank - first.rank
    return first.slot - second.slot


cdef inline bint before(int64_t key, int32_t slot, const Candidate* other) noexcept nogil:
    return key < other.key or (key == other.key and slot < other.slot)
