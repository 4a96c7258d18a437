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
        self.veils = <Veil*>calloc(table.capacity, sizeof(Veil))
        if not self.veils:
            raise MemoryError(f"no memory for the circles of {table.capacity} entities")
        for slot in range(table.capacity):
            begin_veil(&self.veils[slot])
        self.masked_room.floor = table.bounds.low[1]
        self.masked_room.ceiling = table.bounds.high[1]
        while self.masked_period < PERIOD_LONGEST and self.tick_hz > wire.MASKED_HZ_MAX << self.masked_period:
            self.masked_period += 1

    def __dealloc__(self):
        free(self.veils)

    def set_circle(self, int slot, uint64_t circle):
        """Say who sees an entity as it is: observers whose clearance has a bit of `circle`. Bit 0 is everybody's, and
        what an entity begins with. The others see it masked, from the next frame on."""
        self.veil_of(slot).circle = circle
        self.circle_changes += 1

    def set_mask(self, int slot, int height, int span):
        """Set the scales of an entity's masked body, in 1024ths; they begin at 1024. Raises ValueError for what is not
        SCALE_LEAST to SCALE_GREATEST."""
        cdef Veil* veil = self.veil_of(slot)
        cdef int least = wire.SCALE_LEAST, greatest = wire.SCALE_GREATEST
        if not (least <= height <= greatest and least <= span <= greatest):
            raise ValueError(f"a scale is {least} to {greatest}, got {height} and {span}")
        veil.mask.height = height
        veil.mask.span = span

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
        self.veil_of(slot)
        self.mask_slot(slot, &state)
        return state_as_tuple(&state)

    # That of the entity which has the slot now.
    cdef Veil* veil_of(self, int slot) except NULL:
        cdef Veil* veil
        self.table.check_slot(slot)
        veil = &self.veils[slot]
        if veil.generation != self.table.generation[slot]:
            begin_veil(veil)
            veil.generation = self.table.generation[slot]
        return veil

    cdef bint is_masked(self, const Observer* observer, int32_t slot) noexcept nogil:
        cdef const Veil* veil = &self.veils[slot]
        return (
            veil.generation == self.table.generation[slot]
            and not veil.circle & (observer.clearance | EVERYBODY)
        )

    cdef void mask_slot(self, int32_t slot, AvatarState* out) noexcept nogil:
        mask_state(&self.table.states[slot], &self.veils[slot].mask, &self.masked_room, out)


cdef inline void begin_veil(Veil* veil) noexcept nogil:
    veil.circle = EVERYBODY
    veil.mask.height = wire.SCALE_ONE
    veil.mask.span = wire.SCALE_ONE
