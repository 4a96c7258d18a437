"""A uniform grid over x and z, rebuilt each tick by counting sort."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t

from core_ext.entity_table cimport EntityTable


@cython.final
cdef class Grid:
    cdef readonly int cell_mm
    # The one table it is of: its slots are indices into columns of that table's length.
    cdef EntityTable table
    # Entities in the grid, all that were present when it was rebuilt.
    cdef readonly int count

    # Width of a cell in use: `cell_mm`, doubled until the room has few enough cells.
    cdef int64_t step_mm
    cdef int32_t origin_x
    cdef int32_t origin_z
    cdef int columns
    cdef int rows

    # Columns sorted by cell (row by row), then by slot. Those of cell i: starts[i] up to starts[i + 1].
    cdef int32_t* starts
    cdef int cell_capacity
    cdef int32_t* slots
    cdef int32_t* x
    cdef int32_t* y
    cdef int32_t* z
    cdef uint32_t* generation
    cdef int32_t* cell_of
    cdef int entity_capacity

    # Sort anew; -1 with ValueError set for a table that the grid is not bound to, or with MemoryError.
    cdef int rebuild_from(self, EntityTable table) except -1 nogil
    # Make it the grid of this table; ValueError if it is another's.
    cdef int bind(self, EntityTable table) except -1
    cdef int column_at(self, int64_t x) noexcept nogil
    cdef int row_at(self, int64_t z) noexcept nogil
    # Distance in x and z that is at least between (x, z) and what is in ring `ring` around its cell, -1 when no
    # such ring is left in the grid.
    cdef int64_t ring_distance(self, int64_t x, int64_t z, int ring) noexcept nogil

    cdef int reserve(self, int64_t cells, int entities) except -1 nogil
