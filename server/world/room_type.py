"""What a kind of room is: a list of features and a set of defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.world.feature import Feature


TREAT: Final = "treat"
"""The purpose of those who give care: an emergency keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomType:
    """A kind of room. Each value but name and features may be set otherwise by the facility file."""

    name: str
    features: tuple[type[Feature], ...]
    """In the order in which they are called."""
    tick_hz: int
    """Snapshots a second."""
    capacity: int
    """People at a time."""
    visible: int
    """Most entities one person is shown at a time."""
    radius: float
    """m; how far one perceives, from head to head."""
    hysteresis: float
    """m; how much farther than `radius` one who is perceived stays so."""
    tiers: tuple[float, float]
    """m; within the first everything is shown at the full rate, within the second head and hands, beyond it the head;
    the rate falls from the first on. For who is looked at, silent and of common weight."""
    detailed: int = 12
    """About how many are within the first of `tiers` when all places are taken: in a crowd both end nearer."""
    reserved: int = 4
    """Of the visible places, those for people seen from anywhere: with a weighty role, while they speak or sign."""
    fidelity: Literal["care", "group", "sim"] = "care"
    """Who sees whom as they are, see `server.world.clearances`."""
    masked_fingers: bool = False
    """Whether those who are not cleared see fingers, as posture."""
    subjects: tuple[str, ...] = ("patient", "proxy")
    """Roles whose consent the purposes `treat` and `observe` need."""
    speaking_for_others: tuple[str, ...] = ("proxy",)
    """Of these, the roles that consent for somebody else, who may be there too."""
    purposes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PURPOSES)
    """What people are in the room for, by role; those of other roles are there in their own right."""
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    """How much it matters what people do, by role, 0.25 to 16 in quarters; 1 for all others."""


PURPOSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "clinician": (TREAT,),
        "therapist": (TREAT,),
        "interpreter": (TREAT,),
        "observer": ("observe",),
        "learner": ("observe",),
    }
)

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"clinician": 2.0, "therapist": 2.0, "interpreter": 2.0, "facilitator": 2.0}
)
"""Those whom the others are there to see."""
