"""How much of each member an observer is shown, and how often: priority, and what budgets and strain leave of it."""

from typing import Final, NotRequired, Self, TypedDict

from typing_extensions import disjoint_base

from core_ext.fidelity import Fidelity

VIEWS: Final[dict[int, str]]
"""Where an entity lies as an observer faces."""
REASONS: Final[tuple[str, str, str, str]]
"""Why an entity is in a set: near, prominent, conversation, tied."""

class _Explained(TypedDict):
    """What `explain` says; a detail is (tier, ticks between two records)."""

    present: bool
    permitted: bool
    distance_mm: int
    effective_mm: int
    """Longer for what is aside or behind, shorter for who has a weighty role or speaks."""
    view: str
    """As the observer faces: ahead (within 60 degrees), aside (within 120) or behind."""
    weight: float
    speaking: bool
    """Heard within the last 2 s."""
    signing: bool
    members: int
    cap: int
    tiers_mm: tuple[int, int]
    """Where the observer's tiers end, as of the last update: nearer in a crowd."""
    strain: int
    stretch: int
    """Steps by which the observer's budget makes everything rarer and coarser."""
    bytes_per_second: int
    """The observer's budget, 0 for none."""
    member: bool
    """Whether it is in the set; the rest is said only then."""
    rank: NotRequired[int]
    """Among the members by how much they matter: by reason, then by distance; from 1."""
    reason: NotRequired[str]
    wanted: NotRequired[tuple[int, int]]
    """What priority gives it."""
    shown: NotRequired[tuple[int, int]]
    """What is left of that on a strained server and under a budget."""
    rate_hz: NotRequired[float]
    masked: NotRequired[bool]
    """Whether the observer is not cleared for it."""
    sent_ticks_ago: NotRequired[int | None]
    """Since the client last got what was new, or there was nothing new; None before the first record."""

@disjoint_base
class Attention(Fidelity):
    """What the observers of a room are shown of those they see. The base of `Interest`, which decides whom they see."""

    @property
    def detailed(self) -> int:
        """About how many are in the first tier when all places are taken."""

    @property
    def slowest(self) -> int:
        """The longest period that distance alone gives, 2.5 times a second or more: ticks, as a power of two."""

    @property
    def strain(self) -> int:
        """Steps, each of which halves how often a strained server shows what is not near, down to every 16 ticks."""

    @strain.setter
    def strain(self, steps: int) -> None:
        """Raise ValueError for steps that are not 0 to 4."""

    def __new__(cls, *_: object, tier_mm: tuple[int, int], detailed: int = 65536, **__: object) -> Self:
        """`tier_mm` are 0 to 2**25 mm, the nearer first; `detailed` is at least 1. Raises ValueError."""

    def explain(self, observer: int, slot: int) -> _Explained:
        """Say why the observer gets that entity as it does, from the terms as they are now.

        Raises IndexError for no observer or entity.
        """
