"""How much an entity matters to an observer, and so how much of it is shown and how often.

An effective distance says it all: the distance, longer for what is aside or behind, shorter for who has a weighty role
or speaks. Tiers and periods follow from it. A priority that grew by 1 / period with each tick and was sent at 1 would
give the same rates; periods that are powers of two make those who look at an entity equally often do so at the same
ticks, so that they share its records (ADR 15).
"""

from libc.stdint cimport int32_t, int64_t, uint8_t

from core_ext cimport wire
from core_ext.movement cimport Facing

cdef enum:
    TIERS = 4
    # Powers of two: 1 to 16 ticks.
    PERIODS = 5
    CLASSES = TIERS * PERIODS
    PERIOD_LONGEST = PERIODS - 1
    # In steps by which a budget or a strained server makes everything rarer, then coarser.
    STRETCH_MAX = 8
    # What is reserved for those who matter most: they stay as they are for so many steps.
    STRETCH_SPARED = 3
    # Updates for which less would have to do before less is shown: heads turn away and back.
    PATIENCE = 5
    VIEW_AHEAD = 1
    VIEW_ASIDE = 2
    VIEW_BEHIND = 4
    # A weight of 1 for one who is silent, squared.
    BOOST_ONE = 16

# Why an entity is in a set. All but the first are there whatever the distance, and spared longest.
cpdef enum:
    REASON_NEAR = 0
    REASON_PROMINENT = 1
    REASON_CONVERSATION = 2
    REASON_TIED = 3


# What decides how much of an entity an observer is shown.
cdef struct Terms:
    int64_t distance_squared
    int64_t effective_squared
    int32_t view
    # Square of the role's weight in quarters, times 4 for one who speaks.
    int32_t boost
    uint8_t speaking
    uint8_t signing


# Tier, and ticks between two records as a power of two.
cdef struct Detail:
    uint8_t tier
    uint8_t period


# Edges of the tiers, mm squared.
cdef struct Edges:
    int64_t near
    int64_t far


# Where (dx, dz) lies as seen by who faces there: within 60 degrees, within 120, or behind. In float64, in which the
# squares may be rounded, but the same on every machine.
cdef inline int view_of(const Facing* facing, int64_t dx, int64_t dz) noexcept nogil:
    cdef double x = <double>facing.x, z = <double>facing.z
    return view_along(x, z, x * x + z * z, dx, dz)


# The same for one who faces (x, z), whose square is `squared`.
cdef inline int view_along(double x, double z, double squared, int64_t dx, int64_t dz) noexcept nogil:
    cdef double along = x * dx + z * dz
    cdef double whole = squared * <double>(dx * dx + dz * dz)
    cdef bint within_60_of_axis = 4.0 * along * along >= whole
    if along >= 0.0:
        return VIEW_AHEAD if within_60_of_axis else VIEW_ASIDE
    return VIEW_BEHIND if within_60_of_axis else VIEW_ASIDE


cdef inline int64_t effective(int64_t distance_squared, int view, int boost) noexcept nogil:
    if boost == BOOST_ONE:
        return distance_squared * view
    return distance_squared * view * BOOST_ONE // boost


cdef inline Detail natural(int64_t effective_squared, const Edges* edges, int slowest) noexcept nogil:
    cdef Detail detail
    cdef int period = (
        (effective_squared > edges.near)
        + (effective_squared >> 2 > edges.near)
        + (effective_squared >> 4 > edges.near)
        + (effective_squared >> 6 > edges.near)
    )
    detail.tier = <uint8_t>((effective_squared > edges.near) + (effective_squared > edges.far))
    detail.period = <uint8_t>min(period, slowest)
    return detail


# Keep what is finer in `held` up to a tenth beyond its edge.
cdef inline Detail steadied(
    Detail wanted, Detail held, int64_t effective_squared, const Edges* edges
) noexcept nogil:
    cdef int64_t edge = edges.near if held.tier == wire.TIER_FULL else edges.far
    if held.tier < wanted.tier and effective_squared * 100 <= edge * 121:
        wanted.tier = held.tier
    if held.period < wanted.period and (effective_squared >> 2 * held.period) * 100 <= edges.near * 121:
        wanted.period = held.period
    return wanted


# Who matters most is shown well from wherever it is.
cdef inline Detail raised(Detail wanted, const Terms* terms, int reason) noexcept nogil:
    if reason == REASON_TIED or (terms.signing and terms.view == VIEW_AHEAD):
        wanted.tier = wire.TIER_FULL
        wanted.period = 0
    elif reason == REASON_CONVERSATION:
        wanted.tier = min(wanted.tier, <uint8_t>wire.TIER_UPPER)
        wanted.period = 0
    elif reason == REASON_PROMINENT:
        wanted.tier = min(wanted.tier, <uint8_t>wire.TIER_UPPER)
        wanted.period = min(wanted.period, <uint8_t>1)
    return wanted


# Rarer by so many steps, and once nothing is rarer, coarser.
cdef inline Detail stretched(Detail detail, int steps) noexcept nogil:
    cdef int period = detail.period + steps
    cdef int beyond = max(period - PERIOD_LONGEST, 0)
    detail.tier = <uint8_t>min(detail.tier + beyond, <int>wire.TIER_PRESENCE)
    detail.period = <uint8_t>min(period, <int>PERIOD_LONGEST)
    if detail.tier == wire.TIER_PRESENCE:
        detail.period = PERIOD_LONGEST
    return detail


cdef inline int class_of(Detail detail) noexcept nogil:
    return detail.tier * PERIODS + detail.period
