"""Those who see: whose eyes they are, what they may perceive, whom they are tied to, how much their clients want."""

from typing import Self

from typing_extensions import disjoint_base

from core_ext import EntityTable

@disjoint_base
class Observers:
    """The observers of a room, by number. The base of `Interest`, which decides what they see."""

    @property
    def table(self) -> EntityTable: ...
    @property
    def cap(self) -> int:
        """Most entities an observer sees."""

    @property
    def places(self) -> int:
        """`cap`, or the table's capacity when that is less. Aliases are below it."""

    @property
    def tick_hz(self) -> int: ...
    def __new__(cls, table: EntityTable, *_: object, cap: int, tick_hz: int = 20, **__: object) -> Self:
        """`cap` is 1 to 65,535, `tick_hz` 1 to 120. Raises ValueError."""

    def add_observer(self, slot: int, granted_zones: int) -> int:
        """Let the entity in `slot` see; returns the number of the observer.

        Bit i of `granted_zones`: it may perceive private zone i from anywhere. Raises IndexError if the slot is free.
        """

    def remove_observer(self, observer: int) -> None:
        """Forget the observer; its number may be given to another. Raises IndexError for no observer."""

    def set_granted(self, observer: int, mask: int) -> None:
        """Change which private zones the observer may perceive from anywhere. Raises IndexError for no observer."""

    def set_purposes(self, observer: int, purposes: int) -> None:
        """Say what the observer is there for, one bit each: it perceives nobody who withdrew all of it.

        0, as at the beginning: it perceives people whatever they withdrew. Raises IndexError for no observer.
        """

    def set_withdrawn(self, slot: int, purposes: int) -> None:
        """Hide the entity, and what it carries, from those who are there for these purposes and for no other.

        A bit for each purpose, up to 8; 0: hidden from nobody. From the next frame on, see `set_purposes`. Raises
        IndexError for no entity.
        """

    def permits(self, observer: int, slot: int) -> bool:
        """Whether the observer may perceive the entity in a slot, near or far, present or not.

        Raises IndexError for no observer or entity.
        """

    def tie(self, observer: int, slot: int) -> None:
        """Keep the entity in `slot` in the observer's set, in full, wherever it goes; never where it may not be seen.

        At most 8, those to entities that are gone not counted: raises ValueError for more, IndexError for no observer
        or entity.
        """

    def untie(self, observer: int, slot: int) -> None:
        """Undo `tie`; nothing if they are not tied. Raises IndexError for no observer."""

    def set_budget(self, observer: int, bytes_per_second: int) -> None:
        """Send the observer's client at most so many bytes over any second, 0 for no limit.

        Counted are its frames, with 4 bytes for the header of each, and what `charge` was told of. Raises ValueError
        for less than 0 or more than 2**27, IndexError for no observer, MemoryError.
        """

    def charge(self, observer: int, size: int) -> None:
        """Count bytes that were sent to the observer's client beside its frames. Raises IndexError for no observer."""

    def clear(self, observer: int) -> None:
        """Forget everything, what was sent included: the client lost it all (resume) and gets every entity anew.

        Ties and the budget stay. Raises IndexError for no observer.
        """

    def members(self, observer: int) -> list[tuple[int, int, int]]:
        """Return the interest set as (slot, alias, tier): those in it longest first, under a budget the most important.

        Raises IndexError for no observer.
        """
