"""How much of each member an observer is shown, and how often."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from core_ext.fidelity cimport Fidelity
from core_ext.observers cimport Member, Observer
from core_ext.priority cimport Detail, Edges, Terms


cdef enum:
    # Farther than any two places of a room; its square times 125 still fits in 64 bits.
    DISTANCE_MAX = 1 << 25


# One entity on its way into an interest set, ordered by (key, slot). `origin` is its place among the members so far, -1
# for a newcomer.
cdef struct Candidate:
    int64_t key
    int64_t distance
    int32_t slot
    int32_t origin
    uint8_t reason


cdef class Attention(Fidelity):
    # About how many are in the first tier when all places are taken.
    cdef readonly int detailed
    # The longest period that distance alone gives, as a power of two.
    cdef readonly int slowest
    # Steps by which the server shows far ones less often.
    cdef int strain_steps
    cdef Edges edges

    # Say of each member how much is shown of it, and how often; `chosen` says why and how far away each is.
    cdef void detail_members(self, Observer* observer, Candidate* chosen) noexcept nogil
    # Say of each member whether it is masked, and how often it is shown then.
    cdef void choose_fidelity(self, Observer* observer) noexcept nogil
    # Whether its voice was heard lately.
    cdef bint speaks(self, int32_t slot) noexcept nogil
    cdef void forget_voices(self) noexcept nogil

    cdef int rank(self, const Observer* observer, const Member* member) noexcept nogil
    cdef Candidate candidate(self, const Observer* observer, const Member* member) noexcept nogil
    cdef Terms terms(self, const Observer* observer, int32_t slot, int64_t distance) noexcept nogil
    cdef void want(self, const Observer* observer, Member* member, const Candidate* chosen) noexcept nogil
    cdef void want_all(self, Observer* observer, const Candidate* chosen) noexcept nogil
    cdef bint converses(self, const Observer* observer, int32_t slot, const Terms* terms) noexcept nogil
    cdef void order_members(self, Observer* observer, Candidate* chosen) noexcept nogil
    cdef Detail shown_detail(self, const Member* member, int stretch) noexcept nogil
    cdef int64_t demand(self, const Observer* observer, int stretch) noexcept nogil
    cdef void fit_budget(self, Observer* observer) noexcept nogil


# The square of a distance, mm; -1 with ValueError set for one that no room has.
cdef inline int64_t squared(object distance_mm, str name) except -1:
    if not 0 <= distance_mm <= DISTANCE_MAX:
        raise ValueError(f"{name} is 0 to {DISTANCE_MAX} mm, got {distance_mm}")
    return distance_mm * distance_mm
