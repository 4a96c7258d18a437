"""What an entity last showed in one class (tier and period): the value that every up-to-date observer holds."""

from libc.stdint cimport int8_t, int32_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memcpy

from core_ext cimport wire
from core_ext.record_state cimport RecordState

cdef enum:
    CACHE_LINE = 64
    # With the numbers before it a cache line: what most observers need of most records is one memory access.
    DELTA_INLINE = 32


cdef struct Stream:
    # Counts values; 0 before the first.
    uint32_t version
    # Version from which the delta leads to `version`; equal to it when there is no delta.
    uint32_t previous
    # Tick at which it last took the newest value, and count of the ticks begun when it last asked whether to.
    uint32_t tick
    uint32_t asked
    uint32_t sampled_at
    uint32_t facts_version
    uint16_t delta_size
    uint16_t full_size
    # The private zone the entity was in, -1 for none.
    int8_t private_zone
    # It is of the entity's masked body.
    uint8_t masked
    uint8_t delta[DELTA_INLINE]


# The same stream's rarer part.
cdef struct StreamStore:
    RecordState base
    uint32_t full_version
    uint8_t long_delta[wire.RECORD_BYTES_MAX]
    uint8_t full[wire.RECORD_BYTES_MAX]


cdef inline void keep_delta(Stream* stream, StreamStore* store, const uint8_t* delta, Py_ssize_t size) noexcept nogil:
    stream.delta_size = <uint16_t>size
    if size <= DELTA_INLINE:
        memcpy(stream.delta, delta, size)
    else:
        memcpy(store.long_delta, delta, size)


# How old a sample was when the tick began, in the wire's units.
cdef inline uint8_t age_byte(uint32_t now_ms, uint32_t sampled_at) noexcept nogil:
    cdef int32_t age = <int32_t>(now_ms - sampled_at)
    if age < 0:
        return 0
    return <uint8_t>min(age // wire.AGE_UNIT_MS, <int32_t>wire.AGE_MAX)
