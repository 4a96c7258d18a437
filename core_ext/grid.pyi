"""A uniform grid over x and z. Rebuilt each tick by counting sort: nothing to keep in step when entities move."""

from typing import Self, final

from core_ext import EntityTable

@final
class Grid:
    """Where the present entities of a table are, by square cells of at least `cell_mm`.

    It holds what was true at the last `rebuild`. Entities beyond the room's bounds are kept in its outermost cells.
    """

    @property
    def cell_mm(self) -> int:
        """Width of a cell as asked for; a large room gets wider ones."""

    @property
    def count(self) -> int:
        """Entities in the grid."""

    def __new__(cls, cell_mm: int) -> Self:
        """Raise ValueError for a width that is not 1 to 2**24 mm."""

    def rebuild(self, table: EntityTable) -> None:
        """Sort the entities present in the table into cells.

        A grid is of the first table it is given: raises ValueError for another, and MemoryError.
        """

    def query(self, x: int, z: int, radius_mm: int) -> list[int]:
        """Slots of the entities at most `radius_mm` from (x, z) in those two axes, ascending.

        Raises ValueError beyond 24 bits of millimetres.
        """
