"""What an avatar may move (SPEC 5.1), and where a head looks."""

from libc.math cimport sqrt
from libc.stdint cimport int32_t, int64_t, uint32_t

from core_ext cimport wire
from core_ext.buffer cimport PartState


# What is left of an avatar's freedom to move: micrometres of budget and milliseconds of jump credit.
cdef struct Movement:
    int64_t budget_um
    int32_t jump_credit_ms
    uint32_t updated_ms


cdef struct Facing:
    int32_t x
    int32_t z


cdef inline int64_t most_budget_um() noexcept nogil:
    return <int64_t>wire.MOVEMENT_BUDGET_MM * 1000


cdef inline int64_t most_jump_credit_ms() noexcept nogil:
    return <int64_t>wire.JUMPS_MAX * wire.JUMP_REFILL_MS


cdef inline void begin_movement(Movement* movement, uint32_t now_ms) noexcept nogil:
    movement.budget_um = most_budget_um()
    movement.jump_credit_ms = <int32_t>most_jump_credit_ms()
    movement.updated_ms = now_ms


# Whether a head may go so far: from the budget, else as a free jump. Integers, so that every implementation agrees:
# 1 mm/s for 1 ms is 1 micrometre.
cdef inline bint pay_movement(Movement* movement, int64_t dx, int64_t dy, int64_t dz, uint32_t now_ms) noexcept nogil:
    cdef int64_t squared = dx * dx + dy * dy + dz * dz
    cdef int64_t elapsed = <int32_t>(now_ms - movement.updated_ms)
    cdef int64_t cost
    if elapsed > 0:
        movement.budget_um = min(most_budget_um(), movement.budget_um + elapsed * wire.MOVEMENT_SPEED_MM_S)
        movement.jump_credit_ms = <int32_t>min(most_jump_credit_ms(), movement.jump_credit_ms + elapsed)
    movement.updated_ms = now_ms
    if squared <= <int64_t>wire.MOVEMENT_BUDGET_MM * wire.MOVEMENT_BUDGET_MM:
        # Rounded up, so that what is farther than the budget by anything is beyond it. At most 3.6e13 under the root,
        # far inside what a double holds exactly: the root is off by less than one.
        cost = <int64_t>sqrt(<double>(squared * 1000000))
        if cost * cost < squared * 1000000:
            cost += 1
        if cost <= movement.budget_um:
            movement.budget_um -= cost
            return True
    if movement.jump_credit_ms >= wire.JUMP_REFILL_MS:
        movement.jump_credit_ms -= wire.JUMP_REFILL_MS
        return True
    return False


# Forward is -Z (SPEC 4): that axis turned by the head's rotation, times the square of the quaternion's length, so that
# it stays in whole numbers.
cdef inline Facing facing_of(const PartState* head) noexcept nogil:
    cdef Facing facing
    cdef int32_t q[4]
    cdef int32_t others[3]
    cdef int i, rest = 0
    others[0] = head.a
    others[1] = head.b
    others[2] = head.c
    for i in range(4):
        if i == head.largest:
            q[i] = wire.ROTATION_MAX
        else:
            q[i] = others[rest]
            rest += 1
    facing.x = -2 * (q[0] * q[2] + q[3] * q[1])
    facing.z = q[0] * q[0] + q[1] * q[1] - q[2] * q[2] - q[3] * q[3]
    return facing
