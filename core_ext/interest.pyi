"""Who sees whom. Permission first, then distance; the nearest win, and those already seen keep their place longer."""

from typing import Self, final

from core_ext import EntityTable, Grid

@final
class Interest:
    """The interest sets of a room's observers.

    Candidates of an observer are the present entities but its own, in zones it may perceive: the room at large, public
    zones, private ones granted to it or around its own head. A newcomer is at most `radius_mm` away, head to head; a
    member stays up to `hysteresis_mm` beyond. Those with the smallest (key, slot) win, at most `cap`; key is the
    squared distance, times 4 for a member and 5 for a newcomer. Up to `tier_mm[0]` an entity is shown in tier 0, up to
    `tier_mm[1]` in tier 1, else in 2; a member keeps a finer tier until it is a tenth beyond. Whole millimetres
    throughout, so every implementation agrees.
    """

    @property
    def table(self) -> EntityTable: ...
    @property
    def grid(self) -> Grid: ...
    @property
    def cap(self) -> int:
        """Most entities an observer sees."""

    @property
    def places(self) -> int:
        """`cap`, or the table's capacity when that is less. Aliases are below it."""

    def __new__(
        cls,
        table: EntityTable,
        grid: Grid,
        *,
        radius_mm: int,
        hysteresis_mm: int,
        cap: int,
        tier_mm: tuple[int, int],
    ) -> Self:
        """Distances are 0 to 2**25 mm, `cap` 1 to 65,535; the grid becomes the table's.

        Raises ValueError, MemoryError.
        """

    def add_observer(self, slot: int, granted_zones: int) -> int:
        """Let the entity in `slot` see; returns the number of the observer.

        Bit i of `granted_zones`: it may perceive private zone i from anywhere. Raises IndexError if the slot is free.
        """

    def remove_observer(self, observer: int) -> None:
        """Forget the observer; its number may be given to another. Raises IndexError for no observer."""

    def set_granted(self, observer: int, mask: int) -> None:
        """Change which private zones the observer may perceive from anywhere. Raises IndexError for no observer."""

    def update(self, observer: int) -> int:
        """Recompute the interest set from the table and the grid as they are now; returns the number of members.

        An observer whose own entity was removed sees nothing. Raises IndexError for no observer.
        """

    def members(self, observer: int) -> list[tuple[int, int, int]]:
        """Return the interest set as (slot, alias, tier), smallest (key, slot) first. Raises IndexError."""

    def clear(self, observer: int) -> None:
        """Forget everything, what was sent included: the client lost it all (resume) and gets every entity anew."""
