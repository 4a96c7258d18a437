"""Who sees whom as they are, and what the others see: masked (SPEC 7.2)."""

from typing import Self

from typing_extensions import disjoint_base

from core_ext import EntityTable
from core_ext.observers import Observers
from protocol.state import StateNumbers

@disjoint_base
class Fidelity(Observers):
    """The circles of a room's entities. A base of `Interest`, which decides whom observers see."""

    @property
    def circle_changes(self) -> int:
        """How often a circle was set, modulo 2**32."""

    @property
    def masked_period(self) -> int:
        """The shortest period of who is masked, at most 10 times a second: ticks, as a power of two."""

    def __new__(cls, table: EntityTable, *_: object, cap: int, tick_hz: int = 20, **__: object) -> Self:
        """Let everybody see everybody as they are. Raises MemoryError."""

    def set_circle(self, slot: int, circle: int) -> None:
        """Say who sees an entity as it is: observers whose clearance has a bit of `circle`.

        Bit 0 is everybody's, and what an entity begins with. The others see it masked, from the next frame on. Raises
        IndexError for no entity.
        """

    def set_mask(self, slot: int, height: int, span: int) -> None:
        """Set the scales of an entity's masked body, in 1024ths; they begin at 1024.

        Raises ValueError for what is not within `protocol.masking.SCALE_LEAST` to `SCALE_GREATEST`, IndexError for no
        entity.
        """

    def show_masked_fingers(self, shown: bool) -> None:
        """Whether those who are not cleared are told of fingers, as posture."""

    def set_clearance(self, observer: int, clearance: int) -> None:
        """Say in whose circles the observer is, everybody's aside, from the next frame on.

        Raises IndexError for no observer.
        """

    def masked(self, slot: int) -> StateNumbers:
        """Return what those see of an entity who are not cleared for it, in the fields of `EntityTable.state`.

        Raises IndexError for no entity.
        """
