"""The entities of one room: hot columns as arrays, the rest as one record a slot."""

cimport cython
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from core_ext cimport wire
from core_ext.buffer cimport AvatarState
from core_ext.carrying cimport NOBODY, Carrying
from core_ext.movement cimport Facing, Movement

# What `accept_pose` returns: stored as sent, stored after a correction, or refused and nothing changed.
cpdef enum:
    POSE_STORED = 0
    POSE_CORRECTED = 1
    POSE_MALFORMED = -1

# Why a pose was corrected.
cpdef enum:
    CORRECTED_BOUNDS = 1
    CORRECTED_SPEED = 2

# The zone of what is in no zone.
cdef enum:
    AT_LARGE = -1

# Everybody's weight: they count in quarters.
cdef enum:
    WEIGHT_ONE = 4


cdef struct Correction:
    int32_t x
    int32_t y
    int32_t z
    uint32_t count
    uint16_t sequence
    uint8_t reason
    uint8_t pending


cdef struct Box:
    int32_t low[3]
    int32_t high[3]


# What somebody may perceive.
cdef struct Permission:
    # The private zones, one bit each.
    uint64_t zones
    # What it is there for, one bit each: who has withdrawn all of these is hidden from it. 0: nobody is hidden so.
    uint8_t purposes


@cython.final
cdef class EntityTable:
    cdef readonly int capacity
    cdef readonly int count
    cdef readonly uint64_t poses_stored
    # One past the highest slot that may be in use: what loops over slots run to.
    cdef int limit

    # Columns by slot. x, y, z: the last place of the head, mm, kept while the head is not tracked.
    cdef int32_t* x
    cdef int32_t* y
    cdef int32_t* z
    cdef int8_t* zone_index
    cdef uint8_t* kind
    # 1 when the slot is used and its entity can be perceived at all; else 0.
    cdef uint8_t* present
    cdef uint8_t* used
    # Changes when the slot's entity is removed: slot and generation name an entity for good.
    cdef uint32_t* generation
    cdef uint32_t* entity_id
    # Server clock of the newest sample, ms.
    cdef uint32_t* sampled_at
    # Where the head looks, seen from above; any length. Kept while the head is not tracked.
    cdef Facing* facing
    # How much it matters what the entity does, in quarters.
    cdef uint8_t* weight
    # When its voice was last heard, ms, and whether it ever was.
    cdef uint32_t* heard_at
    cdef uint8_t* heard
    cdef uint8_t* signing
    # Whether its voice reaches nobody, whatever its poses say.
    cdef uint8_t* silent
    # The purposes, one bit each, for which nobody may perceive the entity.
    cdef uint8_t* withdrawn
    cdef AvatarState* states
    cdef Movement* movements
    cdef uint8_t** facts
    cdef uint16_t* facts_size
    # How often the facts of the slot were replaced or its entity was removed, and how often those of any were
    # replaced: an observer that has seen all changes need not look for them.
    cdef uint32_t* facts_version
    cdef readonly uint32_t facts_changes

    cdef Carrying carrying

    cdef Correction* latest
    cdef int32_t* pending
    cdef int pending_count

    cdef Box bounds
    cdef Box zones[64]
    cdef int zone_count
    cdef uint64_t private_mask

    # The whole path of a pose from the socket: the checks and corrections of SPEC 5.1, then the state is stored.
    # `slot` must be one that `add` gave out; a slot that is free refuses every pose as malformed.
    cdef int accept_pose(self, int slot, const uint8_t* data, Py_ssize_t size, uint32_t now_ms) noexcept nogil

    cdef int check_slot(self, int slot) except -1
    cdef int keep_facts(self, int slot, bytes facts) except -1
    cdef int zone_at(self, int32_t x, int32_t y, int32_t z) noexcept nogil
    cdef int believe_head(self, int slot, AvatarState* state, uint32_t now_ms) noexcept nogil
    cdef void move_to(self, int slot, int32_t x, int32_t y, int32_t z) noexcept nogil
    cdef void note_moved(self, int slot) noexcept nogil
    cdef void bring(self, int slot) noexcept nogil
    cdef void empty_hands(self, int slot) noexcept nogil
    cdef void correct(self, int slot, uint16_t sequence, uint8_t reason) noexcept nogil
    cdef void forget_correction(self, int slot) noexcept nogil


# Bit of the private zone an entity is in, else 0: perceivable by a mask that holds all bits of it.
cdef inline uint64_t private_bit(EntityTable table, int slot) noexcept nogil:
    cdef int zone = table.zone_index[slot]
    return 0 if zone < 0 else table.private_mask & (<uint64_t>1 << zone)


# Whether the slot still holds that entity, and it may be perceived by who is permitted that.
cdef inline bint perceptible(EntityTable table, int32_t slot, uint32_t generation, Permission permitted) noexcept nogil:
    return table.present[slot] and table.generation[slot] == generation and permits(table, slot, permitted)


# Whether who is permitted that may perceive whatever is in the slot, were it present.
cdef inline bint permits(EntityTable table, int32_t slot, Permission permitted) noexcept nogil:
    cdef uint64_t hidden = table.private_mask & ~permitted.zones
    return (
        (not hidden or table.zone_index[slot] < 0 or not hidden >> table.zone_index[slot] & 1)
        and not (permitted.purposes and withdrawn_from(table, slot, permitted.purposes))
    )


# Whether the entity in the slot, or who carries it, has withdrawn all of these purposes.
cdef inline bint withdrawn_from(EntityTable table, int32_t slot, uint8_t purposes) noexcept nogil:
    cdef int32_t carrier = table.carrying.carriers[slot].slot
    return not purposes & ~table.withdrawn[slot] or (carrier != NOBODY and not purposes & ~table.withdrawn[carrier])


cdef inline bint same_permission(Permission one, Permission other) noexcept nogil:
    return one.zones == other.zones and one.purposes == other.purposes


# Whether its voice was heard within the last `ms` before `now_ms`.
cdef inline bint heard_within(EntityTable table, int32_t slot, uint32_t now_ms, int32_t ms) noexcept nogil:
    return table.heard[slot] and <int32_t>(now_ms - table.heard_at[slot]) <= ms


cdef inline int64_t distance_squared(
    int32_t x, int32_t y, int32_t z, int32_t other_x, int32_t other_y, int32_t other_z
) noexcept nogil:
    cdef int64_t dx = <int64_t>x - other_x
    cdef int64_t dy = <int64_t>y - other_y
    cdef int64_t dz = <int64_t>z - other_z
    return dx * dx + dy * dy + dz * dz


# Squared, head to head, mm.
cdef inline int64_t distance_between(EntityTable table, int32_t one, int32_t other) noexcept nogil:
    return distance_squared(table.x[one], table.y[one], table.z[one], table.x[other], table.y[other], table.z[other])


# A box as Python has it: smallest x y z, then largest.
cdef inline int read_box(box, Box* out) except -1:
    cdef int axis
    values = tuple(box)
    if len(values) != 6:
        raise ValueError(f"a box is 6 numbers, smallest x y z then largest x y z; got {values!r}")
    for axis in range(3):
        low, high = values[axis], values[axis + 3]
        if not -wire.HEAD_POSITION_MAX <= low <= high <= wire.HEAD_POSITION_MAX:
            raise ValueError(f"a box goes from its smallest to its largest corner, within 24 bits; got {values!r}")
        out.low[axis] = low
        out.high[axis] = high
    return 0
