"""A uniform grid over x and z. Rebuilt each tick by counting sort: nothing to keep in step when entities move."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memset

from core_ext.entity_table cimport EntityTable

cdef enum:
    # More cells than this cost more to clear than they save.
    CELLS_MAX = 1 << 14
    CELL_MM_MAX = 1 << 24


cdef int64_t cells_along(int64_t length, int64_t step_mm) noexcept nogil:
    return length // step_mm + 1


@cython.final
cdef class Grid:
    """Where the present entities of a table are, by square cells of at least `cell_mm`.

    It holds what was true at the last `rebuild`. Entities beyond the room's bounds are kept in its outermost cells.
    """

    def __cinit__(self, int cell_mm):
        if not 1 <= cell_mm <= CELL_MM_MAX:
            raise ValueError(f"a cell is 1 to {CELL_MM_MAX} mm wide, got {cell_mm}")
        self.cell_mm = cell_mm
        self.step_mm = cell_mm

    def __dealloc__(self):
        free(self.starts)
        free(self.slots)
        free(self.x)
        free(self.y)
        free(self.z)
        free(self.generation)
        free(self.cell_of)

    def rebuild(self, EntityTable table not None):
        """Sort the entities present in the table into cells. A grid is of the first table it is given: raises
        ValueError for another, and MemoryError."""
        self.bind(table)
        self.rebuild_from(table)

    cdef int bind(self, EntityTable table) except -1:
        if self.table is None:
            self.table = table
        if self.table is not table:
            raise ValueError("the grid is of another table")
        return 0

    cdef int rebuild_from(self, EntityTable table) except -1 nogil:
        cdef int64_t width = <int64_t>table.bounds.high[0] - table.bounds.low[0]
        cdef int64_t depth = <int64_t>table.bounds.high[2] - table.bounds.low[2]
        cdef int slot, cell, place
        if <void*>self.table != <void*>table:
            with gil:
                raise ValueError("the grid is of another table")
        self.count = 0
        self.step_mm = self.cell_mm
        while cells_along(width, self.step_mm) * cells_along(depth, self.step_mm) > CELLS_MAX:
            self.step_mm *= 2
        self.reserve(cells_along(width, self.step_mm) * cells_along(depth, self.step_mm), table.capacity)
        self.columns = <int>cells_along(width, self.step_mm)
        self.rows = <int>cells_along(depth, self.step_mm)
        self.origin_x = table.bounds.low[0]
        self.origin_z = table.bounds.low[2]

        # Counting sort: how many in each cell, where each cell ends, then fill from the last slot backwards so that
        # every cell begins where it should and holds its slots in ascending order.
        memset(self.starts, 0, (self.columns * self.rows + 1) * sizeof(int32_t))
        for slot in range(table.limit):
            if table.present[slot]:
                cell = self.row_at(table.z[slot]) * self.columns + self.column_at(table.x[slot])
                self.cell_of[slot] = cell
                self.starts[cell] += 1
                self.count += 1
        for cell in range(1, self.columns * self.rows + 1):
            self.starts[cell] += self.starts[cell - 1]
        for slot in range(table.limit - 1, -1, -1):
            if table.present[slot]:
                cell = self.cell_of[slot]
                self.starts[cell] -= 1
                place = self.starts[cell]
                self.slots[place] = slot
                self.x[place] = table.x[slot]
                self.y[place] = table.y[slot]
                self.z[place] = table.z[slot]
                self.generation[place] = table.generation[slot]
        return 0

    cdef int reserve(self, int64_t cells, int entities) except -1 nogil:
        if cells > self.cell_capacity:
            self.starts = <int32_t*>grown(self.starts, (cells + 1) * sizeof(int32_t))
            self.cell_capacity = <int>cells
        if entities > self.entity_capacity:
            self.slots = <int32_t*>grown(self.slots, entities * sizeof(int32_t))
            self.x = <int32_t*>grown(self.x, entities * sizeof(int32_t))
            self.y = <int32_t*>grown(self.y, entities * sizeof(int32_t))
            self.z = <int32_t*>grown(self.z, entities * sizeof(int32_t))
            self.generation = <uint32_t*>grown(self.generation, entities * sizeof(uint32_t))
            self.cell_of = <int32_t*>grown(self.cell_of, entities * sizeof(int32_t))
            self.entity_capacity = entities
        return 0

    cdef int column_at(self, int64_t x) noexcept nogil:
        return <int>min(max((x - self.origin_x), 0) // self.step_mm, <int64_t>(self.columns - 1))

    cdef int row_at(self, int64_t z) noexcept nogil:
        return <int>min(max((z - self.origin_z), 0) // self.step_mm, <int64_t>(self.rows - 1))

    cdef int64_t ring_distance(self, int64_t x, int64_t z, int ring) noexcept nogil:
        cdef int column = self.column_at(x)
        cdef int row = self.row_at(z)
        cdef int64_t nearest = -1
        # An entity beyond the room's bounds is farther away than its cell, never nearer.
        if column + ring < self.columns:
            nearest = nearer(nearest, self.origin_x + (column + ring) * self.step_mm - x)
        if column - ring >= 0:
            nearest = nearer(nearest, x - (self.origin_x + (column - ring + 1) * self.step_mm))
        if row + ring < self.rows:
            nearest = nearer(nearest, self.origin_z + (row + ring) * self.step_mm - z)
        if row - ring >= 0:
            nearest = nearer(nearest, z - (self.origin_z + (row - ring + 1) * self.step_mm))
        return nearest

    def query(self, int64_t x, int64_t z, int64_t radius_mm):
        """Slots of the entities at most `radius_mm` from (x, z) in those two axes, ascending."""
        cdef int row, column, first_column, last_column, place
        cdef int64_t dx, dz
        found = []
        if radius_mm < 0 or not self.count:
            return found
        if not (-CELL_MM_MAX <= x <= CELL_MM_MAX and -CELL_MM_MAX <= z <= CELL_MM_MAX and radius_mm <= 4 * CELL_MM_MAX):
            raise ValueError(f"beyond 24 bits of millimetres: {(x, z, radius_mm)!r}")
        first_column = self.column_at(x - radius_mm)
        last_column = self.column_at(x + radius_mm)
        for row in range(self.row_at(z - radius_mm), self.row_at(z + radius_mm) + 1):
            column = row * self.columns
            for place in range(self.starts[column + first_column], self.starts[column + last_column + 1]):
                dx = self.x[place] - x
                dz = self.z[place] - z
                if dx * dx + dz * dz <= radius_mm * radius_mm:
                    found.append(self.slots[place])
        found.sort()
        return found


cdef inline int64_t nearer(int64_t nearest, int64_t distance) noexcept nogil:
    if distance < 0:
        distance = 0
    return distance if nearest < 0 or distance < nearest else nearest


# `realloc`, but an error instead of NULL: the old block is still the caller's then.
cdef void* grown(void* block, size_t size) except NULL nogil:
    cdef void* bigger = realloc(block, size)
    if not bigger:
        with gil:
            raise MemoryError(f"no memory for {size} bytes of the grid")
    return bigger
