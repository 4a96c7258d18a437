"""A little-endian stream of bits and the code of what prediction left over (SPEC 5.3); protocol/bits.py says it slowly.

Writing is plain C: the caller has room for the longest record. Every read is bounded.
"""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from core_ext cimport wire

cdef extern from *:
    """
    #define polyclinic_highest_bit(number) (31 - __builtin_clz(number))
    #define polyclinic_trailing_zeros(number) __builtin_ctzll(number)
    #define polyclinic_prefetch(address) __builtin_prefetch(address)
    """
    # Of a number that is not 0.
    int highest_bit "polyclinic_highest_bit"(uint32_t number) noexcept nogil
    int trailing_zeros "polyclinic_trailing_zeros"(uint64_t number) noexcept nogil
    # Let memory begin to come to the processor: it is read soon.
    void prefetch "polyclinic_prefetch"(const void* address) noexcept nogil


cdef inline int bit_length(uint32_t number) noexcept nogil:
    return highest_bit(number) + 1 if number else 0


# The sign folded in: 0, -1, 1, -2 become 0, 1, 2, 3.
cdef inline uint32_t zigzag(int32_t value) noexcept nogil:
    return (<uint32_t>value << 1) ^ (<uint32_t>0 - <uint32_t>(value < 0))


cdef inline int32_t unzigzag(uint32_t code) noexcept nogil:
    return -<int32_t>(code >> 1) - 1 if code & 1 else <int32_t>(code >> 1)


# --- writing ---


# Fewer than 32 bits wait in `bits` for the bytes at `out`.
cdef struct BitSink:
    uint8_t* out
    uint64_t bits
    int count


# Append a number of at most 32 bits.
cdef inline void put(BitSink* sink, uint64_t value, int width) noexcept nogil:
    sink.bits |= value << sink.count
    sink.count += width
    if sink.count >= 32:
        memcpy(sink.out, &sink.bits, 4)
        sink.out += 4
        sink.bits >>= 32
        sink.count -= 32


cdef inline void put_code(BitSink* sink, uint32_t number, int spread) noexcept nogil:
    cdef uint32_t high = number >> spread
    cdef uint32_t low = number & ((<uint32_t>1 << spread) - 1)
    cdef uint32_t tail
    cdef int width
    if high < wire.SHORT_PREFIXES:
        put(sink, ((<uint64_t>1 << high) - 1) | <uint64_t>low << (high + 1), <int>high + 1 + spread)
        return
    tail = high - (wire.SHORT_PREFIXES - 1)
    width = highest_bit(tail)
    put(sink, (<uint64_t>1 << (wire.SHORT_PREFIXES + width)) - 1, wire.SHORT_PREFIXES + width + 1)
    put(sink, tail - (<uint32_t>1 << width), width)
    put(sink, low, spread)


# Fill the last byte with zeros; one past it.
cdef inline uint8_t* finish(BitSink* sink) noexcept nogil:
    cdef int size = (sink.count + 7) >> 3
    memcpy(sink.out, &sink.bits, size)
    return sink.out + size


# --- reading ---


# Once `fault` is set, what is read is 0 and means nothing.
cdef struct BitSource:
    const uint8_t* data
    Py_ssize_t position
    Py_ssize_t size
    const char* fault


cdef inline void refuse_bits(BitSource* source, const char* fault) noexcept nogil:
    if not source.fault:
        source.fault = fault


# The next 57 bits or more; zeros past the end.
cdef inline uint64_t peek(const BitSource* source) noexcept nogil:
    cdef Py_ssize_t first = source.position >> 3
    cdef Py_ssize_t left = source.size - first
    cdef uint64_t bits = 0
    if left >= 8:
        memcpy(&bits, source.data + first, 8)
    elif left > 0:
        memcpy(&bits, source.data + first, left)
    return bits >> (source.position & 7)


cdef inline bint skip(BitSource* source, int width) noexcept nogil:
    if source.fault or 8 * source.size - source.position < width:
        refuse_bits(source, "cut short")
        return False
    source.position += width
    return True


# An unsigned number of at most 32 bits.
cdef inline uint32_t get(BitSource* source, int width) noexcept nogil:
    cdef uint64_t bits = peek(source)
    if not skip(source, width):
        return 0
    return <uint32_t>(bits & ((<uint64_t>1 << width) - 1))


# A number in two's complement; one of no bits is 0.
cdef inline int32_t get_signed(BitSource* source, int width) noexcept nogil:
    cdef int32_t value = <int32_t>get(source, width)
    return value - (<int32_t>1 << width) if width and value >> (width - 1) else value


cdef inline uint32_t get_code(BitSource* source, int spread) noexcept nogil:
    cdef int prefix = trailing_zeros(~peek(source) | <uint64_t>1 << (wire.PREFIX_MAX + 1))
    cdef uint64_t number = <uint64_t>prefix
    cdef int width
    if prefix > wire.PREFIX_MAX:
        refuse_bits(source, "a prefix too long")
        return 0
    if not skip(source, prefix + 1):
        return 0
    if prefix >= wire.SHORT_PREFIXES:
        width = prefix - wire.SHORT_PREFIXES
        number = wire.SHORT_PREFIXES - 1 + (<uint64_t>1 << width) + get(source, width)
    number = number << spread | get(source, spread)
    if number >> wire.CODED_BITS_MAX:
        refuse_bits(source, "a number too large")
        return 0
    return <uint32_t>number


# The zeros that fill the last byte; False when they are not, or when anything before was wrong.
cdef inline bint finish_bits(BitSource* source) noexcept nogil:
    if get(source, <int>(-source.position & 7)):
        refuse_bits(source, "the bits after a record are not zero")
    return not source.fault
