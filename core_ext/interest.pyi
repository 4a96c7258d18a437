"""Who sees whom. Permission first, then distance; those already seen keep their place."""

from typing import Self, final

from core_ext import EntityTable, Grid
from core_ext.attention import Attention

@final
class Interest(Attention):
    """The interest sets of a room's observers.

    Candidates of an observer are the present entities but its own, in zones it may perceive: the room at large, public
    zones, private ones granted to it or around its own head; and not those who withdrew all that it is there for. First
    come those it is tied to, then members it converses with (at most 4 m away, face to face, one of them heard within
    10 s, by the last update; at most 4), then the most prominent of the room (who signs or speaks, with a role of more
    than common weight; at most `reserved`). The nearest take the other places: a newcomer is at most `radius_mm` away,
    head to head; a member stays up to `hysteresis_mm` beyond. Those with the smallest (key, slot) win, at most `cap` in
    all; key is the squared distance, times 4 for a member and 5 for a newcomer. Members keep their alias; newcomers
    take the lowest free ones by (key, slot).

    How much of each is shown, and how often, follows from an effective distance: up to `tier_mm[0]` everything at each
    tick, up to `tier_mm[1]` head and hands, else the head; each doubling beyond `tier_mm[0]` halves the rate. When all
    places are taken both end nearer, so that about `detailed` are in the first. More is shown at once; less only a
    tenth beyond the edge and after 5 updates. Whole millimetres throughout, so every implementation agrees.
    """

    @property
    def grid(self) -> Grid: ...
    @property
    def reserved(self) -> int:
        """Places for those who are seen from anywhere."""

    @property
    def refresh(self) -> int:
        """Ticks between two updates of a set."""

    def __new__(
        cls,
        table: EntityTable,
        grid: Grid,
        *,
        radius_mm: int,
        hysteresis_mm: int,
        cap: int,
        tier_mm: tuple[int, int],
        reserved: int = 0,
        detailed: int = 65536,
        refresh: int = 1,
        tick_hz: int = 20,
    ) -> Self:
        """Make the sets of a room without observers; the grid becomes the table's.

        Distances are 0 to 2**25 mm, `cap` 1 to 65,535, `reserved` at most `cap` and 16, `refresh` ticks, one or more,
        `tick_hz` 1 to 120. Raises ValueError, MemoryError.
        """

    def begin_tick(self, tick: int, now_ms: int) -> None:
        """Note the tick and the server clock (u32, ms), and who is prominent now. The encoder's does so too."""

    def step(self) -> None:
        """Update the sets whose turn this tick is, and those that never had one: each once in `refresh` ticks."""

    def update(self, observer: int) -> int:
        """Recompute the interest set from the table and the grid as they are now; returns the number of members.

        An observer whose own entity was removed sees nothing. Raises IndexError for no observer.
        """
