"""Who sees whom: the interest set of each observer."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from core_ext.entity_table cimport EntityTable
from core_ext.grid cimport Grid


# One entity that an observer sees.
cdef struct Member:
    int32_t slot
    uint32_t generation
    uint16_t alias
    uint8_t tier


# One entity on its way into an interest set, ordered by (key, slot). `origin` is its place among the members
# so far, -1 for a newcomer.
cdef struct Candidate:
    int64_t key
    int32_t slot
    int32_t origin


cdef struct Observer:
    Member* members
    uint64_t granted
    int32_t slot
    uint32_t generation
    int32_t member_count
    # Changes when the observer forgets everything: what was sent under another epoch is not held any more.
    uint32_t epoch
    uint8_t used


@cython.final
cdef class Interest:
    cdef readonly EntityTable table
    cdef readonly Grid grid
    cdef readonly int cap
    # Members an observer has room for: `cap`, or the table's capacity when that is less. Aliases are below it.
    cdef readonly int places
    cdef int64_t enter_squared
    cdef int64_t leave_squared
    cdef int64_t tier_squared[2]
    # Aliases and counts take 2 bytes.
    cdef bint wide

    cdef Observer* observers
    cdef int observer_capacity
    # One past the highest observer that may be in use.
    cdef int observer_limit
    cdef uint32_t next_epoch

    # Scratch of one update.
    cdef Candidate* window
    cdef int window_count
    cdef Member* next_members
    cdef uint8_t* is_member
    cdef uint64_t* alias_bits

    # Recompute the interest set from the table and the grid as they are now; the number of members.
    # `observer` must be one in use; -1 is never returned.
    cdef int update_members(self, int observer) noexcept nogil
    # Whether the observer may see the entity at all: present, the same entity still, and its zone permitted.
    cdef bint perceives(self, const Observer* observer, const Member* member) noexcept nogil
    cdef int check_observer(self, int observer) except -1

    cdef int grow_observers(self) except -1
    cdef uint64_t permitted(self, const Observer* observer) noexcept nogil
    cdef bint visible(self, int32_t slot, uint32_t generation, uint64_t permitted) noexcept nogil
    cdef void offer_members(self, const Observer* observer, uint64_t permitted) noexcept nogil
    cdef void offer_newcomers(self, const Observer* observer, uint64_t permitted) noexcept nogil
    cdef void offer_run(
        self, const Observer* observer, uint64_t permitted, int first_cell, int last_cell
    ) noexcept nogil
    cdef int64_t newcomer_limit(self) noexcept nogil
    cdef void offer(self, int64_t key, int32_t slot, int32_t origin) noexcept nogil
    cdef void adopt_window(self, Observer* observer) noexcept nogil
    cdef int tier_at(self, int64_t distance, int held) noexcept nogil
