"""Who sees whom as they are, and what the others see: masked (SPEC 7.2)."""

from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport calloc, free

from core_ext cimport wire
from core_ext.buffer cimport AvatarState, state_as_tuple
from core_ext.entity_table cimport EntityTable
from core_ext.masking cimport mask_state
from core_ext.observers cimport Observer, Observers
from core_ext.priority cimport PERIOD_LONGEST


cdef class Fidelity(Observers):
    """The circles of a room's entities. A base of `Interest`, which decides whom observers see."""

    def __cinit__(self, EntityTable table not None, *_, **__):
        cdef int slot
        self.guards = <Guard*>calloc(table.capacity, sizeof(Guard))
        if not self.guards:
            raise MemoryError(f"no memory for the circles of {table.capacity} entities")
        for slot in range(table.capacity):
            begin_guard(&self.guards[slot])
        self.masked_room.floor = table.bounds.low[1]
        self.masked_room.ceiling = table.bounds.high[1]
        while self.masked_period < PERIOD_LONGEST and self.tick_hz > wire.MASKED_HZ_MAX << self.masked_period:
            self.masked_period += 1

    def __dealloc__(self):
        free(self.guards)

    def set_circle(self, int slot, uint64_t circle):
        """Say who sees an entity as it is: observers whose clearance has a bit of `circle`. Bit 0 is everybody's, and
        what an entity begins with. The others see it masked, from the next frame on."""
        self.guard_of(slot).circle = circle
        self.circle_changes += 1

    def set_mask(self, int slot, int height, int span):
        """Set the scales of an entity's masked body, in 1024ths; they begin at 1024. Raises ValueError for what is not
        SCALE_LEAST to SCALE_GREATEST."""
        cdef Guard* guard = self.guard_of(slot)
        cdef int least = wire.SCALE_LEAST, greatest = wire.SCALE_GREATEST
        if not (least <= height <= greatest and least <= span <= greatest):
            raise ValueError(f"a scale is {least} to {greatest}, got {height} and {span}")
        guard.mask.height = height
        guard.mask.span = span

    def show_masked_fingers(self, bint shown):
        """Whether those who are not cleared are told of fingers, as posture."""
        self.masked_room.fingers = shown

    def set_clearance(self, int observer, uint64_t clearance):
        """Say in whose circles the observer is, everybody's aside, from the next frame on."""
        self.check_observer(observer)
        # Those whose clearances do the same share streams.
        self.observers[observer].clearance = clearance & ~<uint64_t>EVERYBODY
        # Its members are looked at anew.
        self.observers[observer].circle_changes = self.circle_changes - 1

    def masked(self, int slot):
        """What those see of an entity who are not cleared for it, in the fields of `EntityTable.state`."""
        cdef AvatarState state
        self.guard_of(slot)
        self.mask_slot(slot, &state)
        return state_as_tuple(&state)

    # That of the entity which has the slot now.
    cdef Guard* guard_of(self, int slot) except NULL:
        cdef Guard* guard
        self.table.check_slot(slot)
        guard = &self.guards[slot]
        if guard.generation != self.table.generation[slot]:
            begin_guard(guard)
            guard.generation = self.table.generation[slot]
        return guard

    cdef bint is_masked(self, const Observer* observer, int32_t slot) noexcept nogil:
        cdef const Guard* guard = &self.guards[slot]
        return (
            guard.generation == self.table.generation[slot]
            and not guard.circle & (observer.clearance | EVERYBODY)
        )

    cdef void mask_slot(self, int32_t slot, AvatarState* out) noexcept nogil:
        mask_state(&self.table.states[slot], &self.guards[slot].mask, &self.masked_room, out)


cdef inline void begin_guard(Guard* guard) noexcept nogil:
    guard.circle = EVERYBODY
    guard.mask.height = wire.SCALE_ONE
    guard.mask.span = wire.SCALE_ONE
