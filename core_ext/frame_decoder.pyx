"""One observer's view of a room, decoded from its snapshot frames without a Python object per entity."""

cimport cython
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from core_ext cimport wire
from core_ext.bits cimport trailing_zeros
from core_ext.buffer cimport read_u16, read_u32, state_as_tuple
from core_ext.record_reader cimport Cursor, refuse, take, take_record

from protocol.errors import MalformedFrame

cdef enum:
    ALIASES_FIRST = 64
    FRAME_FLAGS_ALL = (
        wire.FRAME_WIDE | wire.FRAME_AGES | wire.FRAME_LEAVES | wire.FRAME_ENTERS | wire.FRAME_MAP | wire.FRAME_SOON
    )
    # A frame begins with its kind and its flags; then comes when it was.
    FRAME_START_BYTES = 2
    MOMENT_BYTES = wire.FRAME_HEADER_BYTES - FRAME_START_BYTES
    MOMENT_SOON_BYTES = wire.FRAME_SOON_HEADER_BYTES - FRAME_START_BYTES
    BYTE_BITS = 8


# A count or an alias; -1 with `cursor.fault` set when it is not there.
cdef inline int take_number(Cursor* cursor, bint wide) noexcept nogil:
    cdef const uint8_t* data = take(cursor, 2 if wide else 1)
    if not data:
        return -1
    return read_u16(data) if wide else data[0]


@cython.final
cdef class FrameDecoder:
    """What one observer holds after the frames it was sent over one socket, by alias."""

    def __dealloc__(self):
        cdef int alias
        for alias in range(self.alias_capacity):
            free(self.views[alias].facts)
        free(self.views)
        free(self.touched)
        free(self.entered)
        free(self.left)

    def apply(self, bytes data not None):
        """Apply one whole snapshot message, kind byte included; returns the number of its records. Raises
        MalformedFrame for what breaks SPEC 5.2 or 5.3: the view is worthless after that."""
        cdef int records = self.apply_frame(<const uint8_t*><const char*>data, len(data))
        if records < 0:
            raise MalformedFrame(self.fault.decode())
        return records

    def entities(self):
        """(alias, entity id) of everything in sight, by alias."""
        cdef int alias
        found = []
        for alias in range(self.alias_capacity):
            if self.views[alias].live:
                found.append((alias, self.views[alias].entity_id))
        return found

    def state(self, int alias):
        """What is held of an entity, as the fields of `protocol.state.AvatarState`. Raises KeyError."""
        return state_as_tuple(&self.view_of(alias).record.shown)

    def facts(self, int alias):
        """The msgpack map that the entity was entered with. Raises KeyError."""
        cdef const View* view = self.view_of(alias)
        return (<const char*>view.facts)[:view.facts_size]

    def age_ms(self, int alias):
        """Age of the last sample when its tick began, a multiple of 4 ms (1,020 and more: 1,020); None if the frame had
        no ages. Raises KeyError."""
        cdef const View* view = self.view_of(alias)
        return None if view.age < 0 else view.age * wire.AGE_UNIT_MS

    cdef View* view_of(self, int alias) except NULL:
        if alias < 0 or alias >= self.alias_capacity or not self.views[alias].live:
            raise KeyError(alias)
        return &self.views[alias]

    # --- one frame ---

    cdef int apply_frame(self, const uint8_t* data, Py_ssize_t size) noexcept nogil:
        cdef Cursor cursor
        cdef const uint8_t* header
        cdef uint8_t flags
        cursor.data = data
        cursor.end = data + size
        cursor.fault = NULL
        self.fault = NULL
        self.touched_count = self.entered_count = self.left_count = 0
        header = take(&cursor, FRAME_START_BYTES)
        if not header:
            return self.fail(&cursor)
        flags = header[1]
        if header[0] != wire.KIND_SNAPSHOT or flags & ~FRAME_FLAGS_ALL:
            refuse(&cursor, "not the header of a snapshot")
            return self.fail(&cursor)
        if not self.take_moment(&cursor, flags & wire.FRAME_SOON):
            return self.fail(&cursor)
        self.frames += 1
        self.bytes += size
        if flags & wire.FRAME_LEAVES and not self.take_leaves(&cursor, flags & wire.FRAME_WIDE):
            return self.fail(&cursor)
        if flags & wire.FRAME_ENTERS and not self.take_enters(&cursor, flags & wire.FRAME_WIDE):
            return self.fail(&cursor)
        if not self.take_records(&cursor, flags):
            return self.fail(&cursor)
        if cursor.data != cursor.end:
            refuse(&cursor, "bytes after the last record")
            return self.fail(&cursor)
        return self.touched_count

    cdef int fail(self, const Cursor* cursor) noexcept nogil:
        self.fault = cursor.fault
        return -1

    cdef bint take_moment(self, Cursor* cursor, bint soon) noexcept nogil:
        cdef const uint8_t* data = take(cursor, MOMENT_SOON_BYTES if soon else MOMENT_BYTES)
        if not data:
            return False
        if not soon:
            self.tick = read_u32(data)
            self.time_ms = read_u32(data + 4)
            return True
        if not self.frames:
            return refuse(cursor, "what has passed since a frame, before the first")
        self.tick += data[0]
        self.time_ms += data[1]
        return True

    cdef bint take_leaves(self, Cursor* cursor, bint wide) noexcept nogil:
        cdef int _entry, alias, count = take_number(cursor, wide)
        cdef View* view
        for _entry in range(count):
            alias = take_number(cursor, wide)
            if alias < 0:
                return False
            if alias >= self.alias_capacity or not self.views[alias].live:
                return refuse(cursor, "an alias leaves that is not live")
            view = &self.views[alias]
            self.left[self.left_count] = view.entity_id
            self.left_count += 1
            free(view.facts)
            memset(view, 0, sizeof(View))
            self.count -= 1
        self.leaves += self.left_count
        return count >= 0

    cdef bint take_enters(self, Cursor* cursor, bint wide) noexcept nogil:
        cdef int _entry, alias, count = take_number(cursor, wide)
        cdef const uint8_t* data
        cdef View* view
        cdef uint16_t size
        for _entry in range(count):
            alias = take_number(cursor, wide)
            data = take(cursor, 6)
            if not data:
                return False
            size = read_u16(data + 4)
            if not self.reserve(alias + 1):
                return refuse(cursor, "no memory for what enters")
            view = &self.views[alias]
            if view.live:
                return refuse(cursor, "an alias enters that is live")
            view.entity_id = read_u32(data)
            data = take(cursor, size)
            if not data:
                return False
            view.facts = <uint8_t*>malloc(size if size else 1)
            if not view.facts:
                return refuse(cursor, "no memory for what enters")
            memcpy(view.facts, data, size)
            view.facts_size = size
            view.age = -1
            view.live = 1
            view.entered_in = self.frames
            self.entered[self.entered_count] = <uint16_t>alias
            self.entered_count += 1
            self.count += 1
        self.enters += self.entered_count
        return count >= 0

    cdef bint take_records(self, Cursor* cursor, uint8_t flags) noexcept nogil:
        cdef bint wide = flags & wire.FRAME_WIDE, ages = flags & wire.FRAME_AGES
        cdef bint mapped = flags & wire.FRAME_MAP
        cdef int i
        if not (self.take_mapped(cursor, wide, ages) if mapped else self.take_listed(cursor, wide, ages)):
            return False
        for i in range(self.entered_count):
            if self.views[self.entered[i]].touched_in != self.frames:
                return refuse(cursor, "an entity enters without a record")
        self.records += self.touched_count
        return True

    # An alias before each record.
    cdef bint take_listed(self, Cursor* cursor, bint wide, bint ages) noexcept nogil:
        cdef int _record, count = take_number(cursor, wide)
        for _record in range(count):
            if not self.take_one(cursor, take_number(cursor, wide), ages):
                return False
        return count >= 0

    # All aliases before the first record.
    cdef bint take_mapped(self, Cursor* cursor, bint wide, bint ages) noexcept nogil:
        cdef int i, count = take_number(cursor, wide)
        cdef int most = wire.MAP_WIDE_BYTES_MAX if wide else wire.MAP_NARROW_BYTES_MAX
        cdef uint64_t bits
        cdef const uint8_t* aliases
        if count > most:
            return refuse(cursor, "a map longer than aliases go")
        aliases = take(cursor, max(count, 0))
        if not aliases:
            return False
        if count and not aliases[count - 1]:
            return refuse(cursor, "a map that ends with nobody")
        for i in range(count):
            bits = aliases[i]
            while bits:
                if not self.take_one(cursor, BYTE_BITS * i + trailing_zeros(bits), ages):
                    return False
                bits &= bits - 1
        return True

    cdef bint take_one(self, Cursor* cursor, int alias, bint ages) noexcept nogil:
        cdef const uint8_t* age
        cdef View* view
        if alias < 0:
            return False
        if alias >= self.alias_capacity or not self.views[alias].live:
            return refuse(cursor, "a record of an alias that is not live")
        view = &self.views[alias]
        if view.touched_in == self.frames:
            return refuse(cursor, "two records of an alias")
        view.touched_in = self.frames
        self.touched[self.touched_count] = <uint16_t>alias
        self.touched_count += 1
        if not take_record(cursor, view.entered_in == self.frames, &view.record):
            return False
        view.age = -1
        if ages:
            age = take(cursor, 1)
            if not age:
                return False
            view.age = age[0]
        return True

    # Room for that many aliases; False, with all that is held intact, when there is no memory.
    cdef bint reserve(self, int aliases) noexcept nogil:
        cdef int capacity = max(<int>ALIASES_FIRST, self.alias_capacity)
        cdef void* block
        if aliases <= self.alias_capacity:
            return True
        while capacity < aliases:
            capacity *= 2
        block = realloc(self.touched, capacity * sizeof(uint16_t))
        if not block:
            return False
        self.touched = <uint16_t*>block
        block = realloc(self.entered, capacity * sizeof(uint16_t))
        if not block:
            return False
        self.entered = <uint16_t*>block
        block = realloc(self.left, capacity * sizeof(uint32_t))
        if not block:
            return False
        self.left = <uint32_t*>block
        block = realloc(self.views, capacity * sizeof(View))
        if not block:
            return False
        self.views = <View*>block
        memset(&self.views[self.alias_capacity], 0, (capacity - self.alias_capacity) * sizeof(View))
        self.alias_capacity = capacity
        return True
