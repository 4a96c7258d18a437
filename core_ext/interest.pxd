"""Who sees whom: the interest set of each observer."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from core_ext.attention cimport Attention, Candidate
from core_ext.entity_table cimport Permission
from core_ext.grid cimport Grid
from core_ext.observers cimport Member, Observer

cdef enum:
    RESERVED_MAX = 16
    CONVERSATION_MAX = 4
    FIXED_MAX = 64


# One who is in a set whatever the distance.
cdef struct Fixed:
    int32_t slot
    uint8_t reason


# One who may be seen from anywhere.
cdef struct Prominent:
    int32_t rank
    int32_t slot
    uint32_t generation


@cython.final
cdef class Interest(Attention):
    cdef readonly Grid grid
    # Places for those who are seen from anywhere.
    cdef readonly int reserved
    # Ticks between two updates of a set.
    cdef readonly int refresh
    cdef int64_t enter_squared
    cdef int64_t leave_squared

    # Who may be seen from anywhere, the most prominent first.
    cdef Prominent* prominent
    cdef int prominent_count

    # Scratch of one update. `taken[slot] == mark`: it has been looked at already.
    cdef uint32_t* taken
    cdef uint32_t mark
    cdef Fixed fixed[FIXED_MAX]
    cdef int fixed_count
    # Who is to be in the set. Once there is no place left: who would have to go first, and the squared distance beyond
    # which no newcomer takes its place.
    cdef Candidate* chosen
    cdef int32_t chosen_count
    cdef int32_t worst
    cdef int64_t worst_key
    cdef int64_t limit
    # Whether anybody was chosen who is no member.
    cdef bint changed
    cdef Member* next_members
    cdef uint64_t* alias_bits

    # Note the tick and the server clock, and who is prominent now.
    cdef void note_tick(self, uint32_t tick, uint32_t now_ms) noexcept nogil
    # Update the set if its turn has come, or if it never had one. `observer` must be one in use.
    cdef void update_due(self, int observer) noexcept nogil
    # Recompute the interest set from the table and the grid as they are now; the number of members.
    # `observer` must be one in use.
    cdef int update_members(self, int observer) noexcept nogil

    cdef void note_prominent(self, int32_t slot) noexcept nogil
    cdef int prominence(self, int32_t slot) noexcept nogil
    cdef void fix_all(self, const Observer* observer, Permission permitted) noexcept nogil
    cdef void fix(
        self, const Observer* observer, Permission permitted, int32_t slot, uint32_t generation, int reason
    ) noexcept nogil
    cdef int fixed_reason(self, int32_t slot) noexcept nogil
    cdef void choose_members(self, const Observer* observer, Permission permitted) noexcept nogil
    cdef void choose_fixed(self, const Observer* observer) noexcept nogil
    cdef void choose_newcomers(self, const Observer* observer, Permission permitted) noexcept nogil
    cdef void choose_rings(self, const Observer* observer, Permission permitted) noexcept nogil
    cdef void choose_run(
        self, const Observer* observer, Permission permitted, int first_cell, int last_cell
    ) noexcept nogil
    cdef void choose(self, int64_t key, int64_t distance, int32_t slot, int reason) noexcept nogil
    cdef void find_worst(self) noexcept nogil
    cdef void note_limit(self) noexcept nogil
    cdef bint after_worst(self, int32_t slot) noexcept nogil
    cdef void draw_edges_in(self, Observer* observer) noexcept nogil
    cdef void adopt(self, Observer* observer) noexcept nogil
    cdef void order_newcomers(self) noexcept nogil
    cdef void begin_member(self, Member* member, int32_t slot, int word) noexcept nogil
