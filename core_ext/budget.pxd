"""A client's own limit on bytes a second, held over every window of a second."""

from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memset

from core_ext.priority cimport CLASSES

cdef enum:
    # A window of a second and one tick more, at 120 ticks a second at most: ticks come a little early or late.
    WINDOW_MAX = 121
    COST_FIRST = 12 << 8
    # Each record moves what its class costs by a 16th.
    COST_SHIFT = 4
    # The header of a WebSocket frame, as far as a budget counts it.
    SOCKET_HEADER_BYTES = 4


# Bytes sent at each tick of the last second, a ring.
cdef struct Budget:
    uint32_t bytes_per_second
    uint32_t window
    uint32_t tick
    uint32_t total
    # Ticks in a row at which there was no place for a frame.
    uint32_t refused
    # What a record of each class has cost this client lately, in 256ths of a byte.
    uint32_t costs[CLASSES]
    # What may go to those who enter: half of what the limit allows, saved up for half a second. In 2 * `window` to the
    # byte, so that nothing is lost at few bytes a tick.
    int64_t credit
    uint32_t sent[WINDOW_MAX]


cdef inline void begin_budget(Budget* budget, int tick_hz, uint32_t tick) noexcept nogil:
    cdef int number
    memset(budget, 0, sizeof(Budget))
    budget.window = <uint32_t>tick_hz + 1
    budget.tick = tick
    for number in range(CLASSES):
        budget.costs[number] = COST_FIRST


# Note what a record took, with its alias; nothing when there was nothing new.
cdef inline void note_cost(Budget* budget, int record_class, Py_ssize_t size) noexcept nogil:
    cdef int32_t before = <int32_t>budget.costs[record_class]
    budget.costs[record_class] = <uint32_t>(before + (((<int32_t>size << 8) - before) >> COST_SHIFT))


cdef inline void set_limit(Budget* budget, uint32_t bytes_per_second) noexcept nogil:
    budget.bytes_per_second = bytes_per_second
    budget.credit = <int64_t>bytes_per_second * budget.window


# Forget what was sent before the window that ends with this tick.
cdef inline void advance_budget(Budget* budget, uint32_t tick) noexcept nogil:
    cdef uint32_t passed = tick - budget.tick
    cdef uint32_t at
    cdef int64_t whole = <int64_t>budget.bytes_per_second * budget.window
    budget.credit = min(budget.credit + <int64_t>budget.bytes_per_second * passed, whole)
    if passed >= budget.window:
        budget.total = 0
        memset(budget.sent, 0, sizeof(budget.sent))
        budget.tick = tick
    while budget.tick != tick:
        budget.tick += 1
        at = budget.tick % budget.window
        budget.total -= budget.sent[at]
        budget.sent[at] = 0


# Bytes that may be sent at the tick to which the budget was advanced.
cdef inline int64_t budget_left(const Budget* budget) noexcept nogil:
    return <int64_t>budget.bytes_per_second - <int64_t>budget.total


cdef inline void spend(Budget* budget, uint32_t size) noexcept nogil:
    budget.sent[budget.tick % budget.window] += size
    budget.total += size


# Bytes that may be spent on those who enter.
cdef inline int64_t credit_left(const Budget* budget) noexcept nogil:
    return budget.credit // (2 * budget.window)


cdef inline void spend_credit(Budget* budget, int64_t size) noexcept nogil:
    budget.credit -= size * 2 * budget.window
