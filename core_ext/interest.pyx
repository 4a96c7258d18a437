"""Who sees whom. Permission first, then distance; the nearest win, and those already seen keep their place longer."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memmove, memset

from core_ext cimport wire
from core_ext.entity_table cimport EntityTable
from core_ext.grid cimport Grid

cdef extern from *:
    """
    static inline int polyclinic_lowest_bit(uint64_t bits) { return __builtin_ctzll(bits); }
    """
    int lowest_bit "polyclinic_lowest_bit"(uint64_t bits) noexcept nogil

cdef enum:
    # Farther than any two places of a room; its square times 125 still fits in 64 bits.
    DISTANCE_MAX = 1 << 25
    CAP_MAX = 65535
    OBSERVERS_FIRST = 16
    # Squared distances are weighed so that a newcomer has to be clearly nearer than the member it displaces.
    MEMBER_WEIGHT = 4
    NEWCOMER_WEIGHT = 5


cdef int64_t squared(object distance_mm, str name) except -1:
    if not 0 <= distance_mm <= DISTANCE_MAX:
        raise ValueError(f"{name} is 0 to {DISTANCE_MAX} mm, got {distance_mm}")
    return distance_mm * distance_mm


@cython.final
cdef class Interest:
    """The interest sets of a room's observers.

    Candidates of an observer are the present entities but its own, in zones it may perceive: the room at large, public
    zones, private ones granted to it or around its own head. A newcomer is at most `radius_mm` away, head to head; a
    member stays up to `hysteresis_mm` beyond. Those with the smallest (key, slot) win, at most `cap`; key is the
    squared distance, times 4 for a member and 5 for a newcomer. Up to `tier_mm[0]` an entity is shown in tier 0, up to
    `tier_mm[1]` in tier 1, else in 2; a member keeps a finer tier until it is a tenth beyond. Whole millimetres
    throughout, so every implementation agrees.
    """

    def __cinit__(self, EntityTable table not None, Grid grid not None, *, radius_mm, hysteresis_mm, int cap, tier_mm):
        cdef int64_t words
        if not 1 <= cap <= CAP_MAX:
            raise ValueError(f"cap is 1 to {CAP_MAX}, got {cap}")
        near, far = tier_mm
        if near > far:
            raise ValueError(f"the first tier ends before the second, got {tier_mm!r}")
        grid.bind(table)
        self.table = table
        self.grid = grid
        self.cap = cap
        self.places = min(cap, table.capacity)
        self.wide = cap > wire.ALIASES_NARROW_MAX
        self.enter_squared = squared(radius_mm, "radius_mm")
        squared(hysteresis_mm, "hysteresis_mm")
        self.leave_squared = squared(radius_mm + hysteresis_mm, "radius_mm + hysteresis_mm")
        self.tier_squared[0] = squared(near, "tier_mm[0]")
        self.tier_squared[1] = squared(far, "tier_mm[1]")
        words = self.places // 64 + 1
        self.window = <Candidate*>malloc(self.places * sizeof(Candidate))
        self.next_members = <Member*>malloc(self.places * sizeof(Member))
        self.is_member = <uint8_t*>calloc(table.capacity, sizeof(uint8_t))
        self.alias_bits = <uint64_t*>calloc(words, sizeof(uint64_t))
        if not self.window or not self.next_members or not self.is_member or not self.alias_bits:
            raise MemoryError(f"no memory for interest sets of {self.places}")

    def __dealloc__(self):
        cdef int observer
        for observer in range(self.observer_limit):
            free(self.observers[observer].members)
        free(self.observers)
        free(self.window)
        free(self.next_members)
        free(self.is_member)
        free(self.alias_bits)

    # --- observers ---

    def add_observer(self, int slot, uint64_t granted_zones):
        """Let the entity in `slot` see; returns the number of the observer. Bit i of `granted_zones`: it may perceive
        private zone i from anywhere. Raises IndexError if the slot is free."""
        cdef int observer = 0
        cdef Member* members
        self.table.check_slot(slot)
        while observer < self.observer_limit and self.observers[observer].used:
            observer += 1
        if observer == self.observer_capacity:
            self.grow_observers()
        members = <Member*>malloc(self.places * sizeof(Member))
        if not members:
            raise MemoryError(f"no memory for an interest set of {self.places}")
        self.next_epoch += 1
        self.observers[observer].members = members
        self.observers[observer].granted = granted_zones
        self.observers[observer].slot = slot
        self.observers[observer].generation = self.table.generation[slot]
        self.observers[observer].member_count = 0
        self.observers[observer].epoch = self.next_epoch
        self.observers[observer].used = 1
        self.observer_limit = max(self.observer_limit, observer + 1)
        return observer

    def remove_observer(self, int observer):
        """Forget the observer; its number may be given to another."""
        self.check_observer(observer)
        free(self.observers[observer].members)
        memset(&self.observers[observer], 0, sizeof(Observer))

    def set_granted(self, int observer, uint64_t mask):
        """Change which private zones the observer may perceive from anywhere."""
        self.check_observer(observer)
        self.observers[observer].granted = mask

    def clear(self, int observer):
        """Forget everything, what was sent included: the client lost it all (resume) and gets every entity anew."""
        self.check_observer(observer)
        self.next_epoch += 1
        self.observers[observer].member_count = 0
        self.observers[observer].epoch = self.next_epoch

    def update(self, int observer):
        """Recompute the interest set from the table and the grid as they are now; returns the number of members."""
        self.check_observer(observer)
        return self.update_members(observer)

    def members(self, int observer):
        """The interest set as (slot, alias, tier), most important first."""
        cdef Member* member
        cdef int i
        self.check_observer(observer)
        found = []
        for i in range(self.observers[observer].member_count):
            member = &self.observers[observer].members[i]
            found.append((member.slot, member.alias, member.tier))
        return found

    cdef int check_observer(self, int observer) except -1:
        if observer < 0 or observer >= self.observer_limit or not self.observers[observer].used:
            raise IndexError(f"no observer {observer}")
        return 0

    cdef int grow_observers(self) except -1:
        cdef int capacity = max(<int>OBSERVERS_FIRST, 2 * self.observer_capacity)
        cdef Observer* observers = <Observer*>realloc(self.observers, capacity * sizeof(Observer))
        if not observers:
            raise MemoryError(f"no memory for {capacity} observers")
        memset(&observers[self.observer_capacity], 0, (capacity - self.observer_capacity) * sizeof(Observer))
        self.observers = observers
        self.observer_capacity = capacity
        return 0

    # --- one update ---

    cdef int update_members(self, int index) noexcept nogil:
        cdef Observer* observer = &self.observers[index]
        cdef uint64_t permitted
        self.window_count = 0
        # An observer whose own entity is gone sees nothing.
        if self.table.generation[observer.slot] == observer.generation:
            permitted = self.permitted(observer)
            self.offer_members(observer, permitted)
            self.offer_newcomers(observer, permitted)
        self.adopt_window(observer)
        return observer.member_count

    # The private zones whose entities the observer may perceive.
    cdef uint64_t permitted(self, const Observer* observer) noexcept nogil:
        return observer.granted | self.table.private_bit(observer.slot)

    cdef bint perceives(self, const Observer* observer, const Member* member) noexcept nogil:
        return self.table.generation[observer.slot] == observer.generation and self.visible(
            member.slot, member.generation, self.permitted(observer)
        )

    # Whether the slot still holds that entity, and it may be perceived by who is permitted these private zones.
    cdef bint visible(self, int32_t slot, uint32_t generation, uint64_t permitted) noexcept nogil:
        return (
            self.table.present[slot]
            and self.table.generation[slot] == generation
            and not self.table.private_bit(slot) & ~permitted
        )

    cdef void offer_members(self, const Observer* observer, uint64_t permitted) noexcept nogil:
        cdef const int32_t* x = self.table.x
        cdef const int32_t* y = self.table.y
        cdef const int32_t* z = self.table.z
        cdef int32_t at = observer.slot
        cdef const Member* member
        cdef int32_t slot, i
        cdef int64_t distance
        for i in range(observer.member_count):
            member = &observer.members[i]
            slot = member.slot
            if not self.visible(slot, member.generation, permitted):
                continue
            self.is_member[slot] = 1
            distance = distance_squared(x[slot], y[slot], z[slot], x[at], y[at], z[at])
            if distance <= self.leave_squared:
                self.offer(distance * MEMBER_WEIGHT, slot, i)

    # Ring by ring of cells outwards from the observer, until no newcomer of the next ring could win.
    cdef void offer_newcomers(self, const Observer* observer, uint64_t permitted) noexcept nogil:
        cdef int64_t x = self.table.x[observer.slot], z = self.table.z[observer.slot]
        cdef int64_t nearest = 0
        cdef int columns = self.grid.columns
        cdef int column, row, line, left, right, ring = 0
        if not self.grid.count:
            return
        column = self.grid.column_at(x)
        row = self.grid.row_at(z)
        while nearest >= 0 and nearest * nearest <= self.newcomer_limit():
            left = max(column - ring, 0)
            right = min(column + ring, columns - 1)
            for line in range(max(row - ring, 0), min(row + ring, self.grid.rows - 1) + 1):
                if line == row - ring or line == row + ring:
                    self.offer_run(observer, permitted, line * columns + left, line * columns + right)
                    continue
                # Between its first and last line a ring has one cell on either side.
                if column - ring >= 0:
                    self.offer_run(observer, permitted, line * columns + left, line * columns + left)
                if column + ring < columns:
                    self.offer_run(observer, permitted, line * columns + right, line * columns + right)
            ring += 1
            nearest = self.grid.ring_distance(x, z, ring)

    # Squared distance beyond which no newcomer can win any more.
    cdef int64_t newcomer_limit(self) noexcept nogil:
        if self.window_count < self.places:
            return self.enter_squared
        return min(self.enter_squared, self.window[self.window_count - 1].key // NEWCOMER_WEIGHT)

    # The entities of neighbouring cells, which lie next to each other in the grid's columns.
    cdef void offer_run(
        self, const Observer* observer, uint64_t permitted, int first_cell, int last_cell
    ) noexcept nogil:
        cdef const int32_t* xs = self.grid.x
        cdef const int32_t* ys = self.grid.y
        cdef const int32_t* zs = self.grid.z
        cdef int32_t x = self.table.x[observer.slot]
        cdef int32_t y = self.table.y[observer.slot]
        cdef int32_t z = self.table.z[observer.slot]
        cdef int64_t limit = self.newcomer_limit()
        cdef int64_t distance
        cdef int32_t place, slot
        for place in range(self.grid.starts[first_cell], self.grid.starts[last_cell + 1]):
            distance = distance_squared(xs[place], ys[place], zs[place], x, y, z)
            if distance > limit:
                continue
            slot = self.grid.slots[place]
            if slot == observer.slot or self.is_member[slot]:
                continue
            if self.visible(slot, self.grid.generation[place], permitted):
                self.offer(distance * NEWCOMER_WEIGHT, slot, -1)
                limit = self.newcomer_limit()

    # Keep the best `places` candidates in order. A crowd changes little between two ticks: members are offered in
    # their old order and land at or near the end, newcomers rarely pass the limit, so an ordered window costs less
    # than a heap that has to be sorted afterwards.
    cdef void offer(self, int64_t key, int32_t slot, int32_t origin) noexcept nogil:
        cdef Candidate* window = self.window
        cdef int low = 0, high = self.window_count, middle
        if high and not before(key, slot, &window[high - 1]):
            low = high
        while low < high:
            middle = (low + high) >> 1
            if before(key, slot, &window[middle]):
                high = middle
            else:
                low = middle + 1
        if low == self.places:
            return
        if self.window_count < self.places:
            self.window_count += 1
        memmove(&window[low + 1], &window[low], (self.window_count - 1 - low) * sizeof(Candidate))
        window[low].key = key
        window[low].slot = slot
        window[low].origin = origin

    # Make the window the interest set: aliases of those who stay, the lowest free ones for those who come.
    cdef void adopt_window(self, Observer* observer) noexcept nogil:
        cdef Member* member
        cdef const Candidate* chosen
        cdef const Member* held
        cdef int i, word = 0
        for i in range(observer.member_count):
            self.is_member[observer.members[i].slot] = 0
        for i in range(self.window_count):
            if self.window[i].origin >= 0:
                held = &observer.members[self.window[i].origin]
                self.alias_bits[held.alias // 64] |= <uint64_t>1 << (held.alias % 64)
        for i in range(self.window_count):
            chosen = &self.window[i]
            member = &self.next_members[i]
            member.slot = chosen.slot
            member.generation = self.table.generation[chosen.slot]
            if chosen.origin >= 0:
                held = &observer.members[chosen.origin]
                member.alias = held.alias
                member.tier = <uint8_t>self.tier_at(chosen.key // MEMBER_WEIGHT, held.tier)
                continue
            while not ~self.alias_bits[word]:
                word += 1
            member.alias = <uint16_t>(word * 64 + lowest_bit(~self.alias_bits[word]))
            self.alias_bits[word] |= <uint64_t>1 << (member.alias % 64)
            member.tier = <uint8_t>self.tier_at(chosen.key // NEWCOMER_WEIGHT, wire.TIER_HEAD)
        memcpy(observer.members, self.next_members, self.window_count * sizeof(Member))
        observer.member_count = self.window_count
        memset(self.alias_bits, 0, (self.places // 64 + 1) * sizeof(uint64_t))

    # The tier by distance, but a finer one that is held is kept a tenth farther.
    cdef int tier_at(self, int64_t distance, int held) noexcept nogil:
        cdef int tier = wire.TIER_HEAD
        if distance <= self.tier_squared[0]:
            tier = wire.TIER_FULL
        elif distance <= self.tier_squared[1]:
            tier = wire.TIER_UPPER
        if held < tier and distance * 100 <= self.tier_squared[held] * 121:
            return held
        return tier


cdef inline int64_t distance_squared(
    int32_t x, int32_t y, int32_t z, int32_t other_x, int32_t other_y, int32_t other_z
) noexcept nogil:
    cdef int64_t dx = <int64_t>x - other_x
    cdef int64_t dy = <int64_t>y - other_y
    cdef int64_t dz = <int64_t>z - other_z
    return dx * dx + dy * dy + dz * dz


cdef inline bint before(int64_t key, int32_t slot, const Candidate* other) noexcept nogil:
    return key < other.key or (key == other.key and slot < other.slot)
