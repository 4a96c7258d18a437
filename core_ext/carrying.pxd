"""Which entity is in whose hand."""

from libc.stdint cimport int32_t, uint8_t
from libc.stdlib cimport calloc, free

cdef enum:
    NOBODY = -1
    # That one carries.
    LOAD_MAX = 16


# The slot of who carries an entity, NOBODY for nobody.
cdef struct Carrier:
    int32_t slot
    uint8_t right


# Carriers and loads by slot, and the slots that are carried: few, so that looking through all of them costs little.
cdef struct Carrying:
    Carrier* carriers
    uint8_t* load
    int32_t* carried
    int count


# Whether there was memory for it.
cdef inline bint begin_carrying(Carrying* carrying, int capacity) noexcept nogil:
    cdef int slot
    carrying.carriers = <Carrier*>calloc(capacity, sizeof(Carrier))
    carrying.load = <uint8_t*>calloc(capacity, sizeof(uint8_t))
    carrying.carried = <int32_t*>calloc(capacity, sizeof(int32_t))
    carrying.count = 0
    if not carrying.carriers or not carrying.load or not carrying.carried:
        return False
    for slot in range(capacity):
        carrying.carriers[slot].slot = NOBODY
    return True


cdef inline void free_carrying(Carrying* carrying) noexcept nogil:
    free(carrying.carriers)
    free(carrying.load)
    free(carrying.carried)


# The slot must be in nobody's hand.
cdef inline void take_up(Carrying* carrying, int32_t slot, int32_t carrier, bint right) noexcept nogil:
    carrying.carriers[slot].slot = carrier
    carrying.carriers[slot].right = right
    carrying.load[carrier] += 1
    carrying.carried[carrying.count] = slot
    carrying.count += 1


# Whether it was in a hand.
cdef inline bint take_out(Carrying* carrying, int32_t slot) noexcept nogil:
    cdef int i = 0
    if carrying.carriers[slot].slot == NOBODY:
        return False
    carrying.load[carrying.carriers[slot].slot] -= 1
    carrying.carriers[slot].slot = NOBODY
    while carrying.carried[i] != slot:
        i += 1
    carrying.count -= 1
    carrying.carried[i] = carrying.carried[carrying.count]
    return True
