"""Those who see: whose eyes they are, what they may perceive, whom they are tied to, how much their clients want."""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memset

from core_ext cimport wire
from core_ext.budget cimport Budget, advance_budget, begin_budget, set_limit, spend
from core_ext.entity_table cimport EntityTable, Permission, permits, private_bit, same_permission

cdef enum:
    CAP_MAX = 65535
    OBSERVERS_FIRST = 16
    TICK_HZ_MAX = 120
    BYTES_PER_SECOND_MAX = 1 << 27


cdef class Observers:
    """The observers of a room, by number. The base of `Interest`, which decides what they see."""

    def __cinit__(self, EntityTable table not None, *_, int cap, int tick_hz=20, **__):
        if not 1 <= cap <= CAP_MAX:
            raise ValueError(f"cap is 1 to {CAP_MAX}, got {cap}")
        if not 1 <= tick_hz <= TICK_HZ_MAX:
            raise ValueError(f"tick_hz is 1 to {TICK_HZ_MAX}, got {tick_hz}")
        self.table = table
        self.cap = cap
        self.places = min(cap, table.capacity)
        self.tick_hz = tick_hz
        self.wide = cap > wire.ALIASES_NARROW_MAX
        self.words = self.places // 64 + 1

    def __dealloc__(self):
        cdef int observer
        for observer in range(self.observer_limit):
            free_memory(&self.observers[observer])
        free(self.observers)

    def add_observer(self, int slot, uint64_t granted_zones):
        """Let the entity in `slot` see; returns the number of the observer. Bit i of `granted_zones`: it may perceive
        private zone i from anywhere. Raises IndexError if the slot is free."""
        cdef int observer = 0
        self.table.check_slot(slot)
        while observer < self.observer_limit and self.observers[observer].used:
            observer += 1
        if observer == self.observer_capacity:
            self.grow_observers()
        self.give_memory(&self.observers[observer])
        self.observers[observer].granted = granted_zones
        self.observers[observer].slot = slot
        self.observers[observer].generation = self.table.generation[slot]
        self.observers[observer].used = 1
        self.observer_limit = max(self.observer_limit, observer + 1)
        return observer

    def remove_observer(self, int observer):
        """Forget the observer; its number may be given to another."""
        self.check_observer(observer)
        free_memory(&self.observers[observer])
        memset(&self.observers[observer], 0, sizeof(Observer))

    def set_granted(self, int observer, uint64_t mask):
        """Change which private zones the observer may perceive from anywhere."""
        self.check_observer(observer)
        self.observers[observer].granted = mask

    def set_purposes(self, int observer, uint8_t purposes):
        """Say what the observer is there for, one bit each: it perceives nobody who withdrew all of it. 0, as at the
        beginning: it perceives people whatever they withdrew."""
        self.check_observer(observer)
        self.observers[observer].purposes = purposes

    def set_withdrawn(self, int slot, uint8_t purposes):
        """Hide the entity, and what it carries, from observers who are there for these purposes and for no other, one
        bit each, from the next frame on (`set_purposes`); 0 from nobody."""
        self.table.check_slot(slot)
        self.table.withdrawn[slot] = purposes

    def permits(self, int observer, int slot):
        """Whether the observer may perceive the entity in a slot, near or far, present or not."""
        cdef const Observer* asking
        self.check_observer(observer)
        self.table.check_slot(slot)
        asking = &self.observers[observer]
        return asking.slot == slot or bool(permits(self.table, slot, self.permitted(asking)))

    def tie(self, int observer, int slot):
        """Keep the entity in `slot` in the observer's set, in full, wherever it goes: they handle a thing together, or
        one examines the other. At most 8: raises ValueError for more, IndexError for no observer or entity."""
        cdef Observer* tied
        cdef int i
        self.check_observer(observer)
        self.table.check_slot(slot)
        tied = &self.observers[observer]
        self.drop_stale_ties(tied)
        for i in range(tied.tie_count):
            if tied.ties[i].slot == slot:
                return
        if tied.tie_count == TIES_MAX:
            raise ValueError(f"an observer has at most {TIES_MAX} ties")
        tied.ties[tied.tie_count].slot = slot
        tied.ties[tied.tie_count].generation = self.table.generation[slot]
        tied.tie_count += 1

    # Those to entities that are gone: they must not take the places of others.
    cdef void drop_stale_ties(self, Observer* observer) noexcept nogil:
        cdef int i, count = 0
        for i in range(observer.tie_count):
            if self.table.generation[observer.ties[i].slot] == observer.ties[i].generation:
                observer.ties[count] = observer.ties[i]
                count += 1
        observer.tie_count = count

    def untie(self, int observer, int slot):
        """Undo `tie`; nothing if they are not tied."""
        cdef Observer* tied
        cdef int i
        self.check_observer(observer)
        tied = &self.observers[observer]
        for i in range(tied.tie_count):
            if tied.ties[i].slot == slot:
                tied.tie_count -= 1
                tied.ties[i] = tied.ties[tied.tie_count]
                return

    def set_budget(self, int observer, int64_t bytes_per_second):
        """Send the observer's client at most so many bytes over any second, 0 for no limit. Raises ValueError."""
        cdef Observer* told
        self.check_observer(observer)
        if not 0 <= bytes_per_second <= BYTES_PER_SECOND_MAX:
            raise ValueError(f"a budget is 0 to {BYTES_PER_SECOND_MAX} bytes a second, got {bytes_per_second}")
        told = &self.observers[observer]
        # At once what the budget allows, and all of it again when there is none.
        told.begun = 0
        told.stretch = 0
        if not bytes_per_second:
            free(told.budget)
            told.budget = NULL
            return
        if not told.budget:
            told.budget = <Budget*>malloc(sizeof(Budget))
            if not told.budget:
                raise MemoryError("no memory for a budget")
            begin_budget(told.budget, self.tick_hz, self.tick)
        set_limit(told.budget, <uint32_t>bytes_per_second)

    def charge(self, int observer, uint32_t size):
        """Count bytes that were sent to the observer's client beside its frames."""
        self.check_observer(observer)
        self.note_sent(observer, size)

    cdef void note_sent(self, int observer, uint32_t size) noexcept nogil:
        if self.observers[observer].budget:
            advance_budget(self.observers[observer].budget, self.tick)
            spend(self.observers[observer].budget, size)

    def clear(self, int observer):
        """Forget everything, what was sent included: the client lost it all (resume) and gets every entity anew."""
        self.check_observer(observer)
        self.forget_held(observer)
        self.observers[observer].member_count = 0
        self.observers[observer].begun = 0

    cdef void forget_held(self, int observer) noexcept nogil:
        cdef Observer* forgetful = &self.observers[observer]
        cdef int i
        for i in range(forgetful.member_count):
            forgetful.members[i].held_class = NOT_HELD
        memset(forgetful.gone, 0, self.words * sizeof(uint64_t))
        forgetful.gone_count = 0
        forgetful.framed = 0

    def members(self, int observer):
        """The interest set as (slot, alias, tier), most important first."""
        cdef Member* member
        cdef int i
        self.check_observer(observer)
        found = []
        for i in range(self.observers[observer].member_count):
            member = &self.observers[observer].members[i]
            found.append((member.slot, member.alias, member.shown.tier))
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

    cdef int give_memory(self, Observer* observer) except -1:
        observer.members = <Member*>malloc(self.places * sizeof(Member))
        observer.gone = <uint64_t*>calloc(self.words, sizeof(uint64_t))
        if not observer.members or not observer.gone:
            free_memory(observer)
            raise MemoryError(f"no memory for an interest set of {self.places}")
        return 0

    cdef Permission permitted(self, const Observer* observer) noexcept nogil:
        cdef Permission permitted
        permitted.zones = 0
        permitted.purposes = 0
        if self.alive(observer):
            permitted.zones = observer.granted | private_bit(self.table, observer.slot)
            permitted.purposes = observer.purposes
        return permitted

    cdef bint has_crossed(self, const Observer* observer) noexcept nogil:
        return self.alive(observer) and not same_permission(self.permitted(observer), observer.permitted)

    # Nothing of what it saw on the other side stays, neither who kept a place nor in which detail: what it asks for
    # from here on is shared with others, who must not learn of it.
    cdef Permission cross(self, Observer* observer) noexcept nogil:
        cdef Permission permitted = self.permitted(observer)
        cdef Member* member
        cdef int i
        if same_permission(permitted, observer.permitted):
            return permitted
        for i in range(observer.member_count):
            member = &observer.members[i]
            if member.held_class != NOT_HELD:
                observer.gone[member.alias // 64] |= <uint64_t>1 << (member.alias % 64)
                observer.gone_count += 1
        observer.member_count = 0
        observer.stretch = 0
        observer.permitted = permitted
        return permitted

    cdef bint alive(self, const Observer* observer) noexcept nogil:
        return self.table.generation[observer.slot] == observer.generation


cdef void free_memory(Observer* observer) noexcept nogil:
    free(observer.members)
    free(observer.gone)
    free(observer.budget)
    observer.members = NULL
    observer.gone = NULL
    observer.budget = NULL
