"""Those who see: whose eyes they are, what they may perceive, whom they are tied to, how much their clients want."""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from core_ext.budget cimport Budget
from core_ext.entity_table cimport EntityTable, Permission
from core_ext.priority cimport Detail, Edges

cdef enum:
    # Of the classes in which a record can be held, none: the observer's client knows nothing of the entity.
    NOT_HELD = 0xFF
    TIES_MAX = 8


# One entity that an observer sees, and what its client holds of it.
cdef struct Member:
    int32_t slot
    uint32_t generation
    # The value that the client holds, of the stream of `held_class`.
    uint32_t version
    # Tick at which the client last got what was new, or there was nothing new.
    uint32_t sent_tick
    # Of the facts that the client holds.
    uint32_t facts_version
    uint16_t alias
    uint8_t reason
    # What priority gives it, and what is left of that under a budget, a strained server and a mask.
    Detail wanted
    Detail shown
    # Updates for which less would have done.
    uint8_t patience
    # Whether the two were in conversation at the last update.
    uint8_t converses
    # It has not been looked at yet.
    uint8_t fresh
    # The observer is not cleared for it: 1, else 0.
    uint8_t masked
    # Class of the stream it is shown: that of `shown`.
    uint8_t shown_class
    # Class of the stream that the client holds a value of; NOT_HELD before the first record.
    uint8_t held_class


# An entity for good, whoever takes its slot after it.
cdef struct Entity:
    int32_t slot
    uint32_t generation


cdef struct Observer:
    Member* members
    # Aliases that the client has to be told to forget, one bit each.
    uint64_t* gone
    # NULL when the client set no limit.
    Budget* budget
    uint64_t granted
    # What it could perceive at its last update.
    Permission permitted
    # In whose circles it is, everybody's aside.
    uint64_t clearance
    # What it is there for, one bit each: it perceives nobody who withdrew all of it. 0: whoever withdrew what.
    uint8_t purposes
    # Where its tiers end, as of the last update: nearer in a crowd.
    Edges edges
    Entity ties[TIES_MAX]
    int32_t slot
    uint32_t generation
    int32_t member_count
    int32_t gone_count
    int32_t tie_count
    uint32_t updated_tick
    # When the last frame was that the client got over this socket; nothing before the first.
    uint32_t frame_tick
    uint32_t frame_ms
    # The table's count of replaced facts up to which the members were looked through.
    uint32_t facts_changes
    # Whose streams the versions of its members are of, 0 for nobody's.
    uint32_t audience
    # The room's count of set circles up to which `masked` of the members is right.
    uint32_t circle_changes
    uint8_t framed
    uint8_t stretch
    uint8_t used
    # It has had its first update.
    uint8_t begun


cdef class Observers:
    cdef readonly EntityTable table
    cdef readonly int cap
    # Members an observer has room for: `cap`, or the table's capacity when that is less. Aliases are below it.
    cdef readonly int places
    cdef readonly int tick_hz
    # Aliases and counts take 2 bytes.
    cdef bint wide
    # Of 64 aliases each.
    cdef int words

    cdef Observer* observers
    cdef int observer_capacity
    # One past the highest observer that may be in use.
    cdef int observer_limit

    cdef uint32_t tick
    cdef uint32_t now_ms

    # Whom the observer may perceive; nothing private once its own entity is gone.
    cdef Permission permitted(self, const Observer* observer) noexcept nogil
    # Whether it may perceive others than at its last update: it is on another side of a curtain, or somebody withdrew
    # what it is there for.
    cdef bint has_crossed(self, const Observer* observer) noexcept nogil
    # Whom it may perceive now; if it has crossed, it has no members any more.
    cdef Permission cross(self, Observer* observer) noexcept nogil
    # Whether its own entity is still there.
    cdef bint alive(self, const Observer* observer) noexcept nogil
    # The client holds nothing any more, not even the time of a frame, and is told of no leaves.
    cdef void forget_held(self, int observer) noexcept nogil
    # Count bytes that were sent to the client beside its frames. `observer` must be one in use.
    cdef void note_sent(self, int observer, uint32_t size) noexcept nogil
    cdef int check_observer(self, int observer) except -1

    cdef int grow_observers(self) except -1
    cdef void drop_stale_ties(self, Observer* observer) noexcept nogil
    cdef int give_memory(self, Observer* observer) except -1
