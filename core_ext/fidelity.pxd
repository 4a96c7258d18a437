"""Who sees whom as they are, and what the others see: masked (SPEC 7.2)."""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

from core_ext.buffer cimport AvatarState
from core_ext.masking cimport Mask, MaskedRoom
from core_ext.observers cimport Member, Observer, Observers
from core_ext.priority cimport Detail, class_of

# Bit 0 of a circle: whoever sees the entity at all sees it as it is.
cdef enum:
    EVERYBODY = 1


# What somebody is to those who see them, until the slot is another's.
cdef struct Veil:
    uint64_t circle
    Mask mask
    uint32_t generation


# Note how a member is shown.
cdef inline void show(Member* member, Detail detail) noexcept nogil:
    member.shown = detail
    member.shown_class = <uint8_t>class_of(detail)


cdef class Fidelity(Observers):
    # How often any circle was set: an observer that has seen all changes need not look for them, and in a room
    # without any nobody is masked.
    cdef readonly uint32_t circle_changes
    # Ticks between two records of who is masked, at least, as a power of two.
    cdef readonly int masked_period

    cdef Veil* veils
    cdef MaskedRoom masked_room

    # Whether the observer is not cleared for the entity in `slot`.
    cdef bint is_masked(self, const Observer* observer, int32_t slot) noexcept nogil
    # What those see of an entity who are not cleared for it.
    cdef void mask_slot(self, int32_t slot, AvatarState* out) noexcept nogil
    cdef Veil* veil_of(self, int slot) except NULL
