"""What a room tells: the entities in it, and each change as a type of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from protocol.ids import Tier
from protocol.snapshot import AvatarState, FloatPose, FloatState, state_to_floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.messages import ObjectFacts


@dataclass(frozen=True)
class Entity:
    """Somebody or something in sight, as it was when this was made: a later state is a later Entity."""

    id: int
    kind: Literal["avatar", "prop", "panel"]
    name: str
    role: str
    """What an avatar is here for, such as `clinician`; empty for things."""
    look: str
    """The avatar's look, or the thing's model."""
    state: AvatarState
    """The integers of the wire."""
    thing: ObjectFacts | None = None
    """Of a thing: who holds it and how, and what the server counts of it; None for avatars."""
    tick: int = 0
    """The room's tick in which the state was told (u32, which wraps)."""
    tier: Tier = Tier.FULL
    """How finely the server tells it."""

    @property
    def holder(self) -> int:
        """The entity that holds this thing; 0 for nobody, and for avatars."""
        return 0 if self.thing is None else self.thing.holder

    @cached_property
    def tracked(self) -> FloatState:
        """Everything the state says, in metres and quaternions; hands in the room's frame."""
        return state_to_floats(self.state)

    @property
    def head(self) -> FloatPose | None:
        """Position (m) and rotation (x y z w) of the head, or of the one part of a thing; None while not tracked."""
        return self.tracked.head

    @property
    def left(self) -> FloatPose | None:
        """The left hand, in the room's frame; None while not tracked."""
        return self.tracked.left

    @property
    def right(self) -> FloatPose | None:
        """The right hand, in the room's frame; None while not tracked."""
        return self.tracked.right

    @property
    def voice(self) -> float:
        """How loud it speaks, 0 to 1."""
        return self.tracked.voice

    @property
    def seated(self) -> bool:
        """Whether it sits."""
        return self.tracked.seated

    @property
    def signing(self) -> bool:
        """Whether the avatar talks in sign language."""
        return self.tracked.signing


@dataclass(frozen=True)
class Person:
    """Somebody in the room, whether in sight or not."""

    entity: int
    name: str
    role: str


@dataclass(frozen=True)
class Entered:
    """An entity came into sight."""

    entity: Entity


@dataclass(frozen=True)
class Moved:
    """An entity in sight moved, spoke, sat down or lost tracking. Only its newest state is told."""

    entity: Entity
    time: int
    """The server's clock at that tick, ms (u32, which wraps)."""


@dataclass(frozen=True)
class Handled:
    """A thing in sight was taken, passed on, offered, put down or pushed. Only how it is now is told."""

    entity: Entity
    time: int
    """The server's clock at that tick, ms (u32, which wraps)."""


@dataclass(frozen=True)
class Wanted:
    """Somebody wishes for what one holds: put it down within 3 s, and it passes to them."""

    thing: int
    entity: int
    name: str


@dataclass(frozen=True)
class Left:
    """An entity went out of sight; `entity` is how it was last seen."""

    entity: Entity


@dataclass(frozen=True)
class RosterChanged:
    """Who is in the room has changed."""

    people: Mapping[int, Person]
    """Everybody in the room, by entity id; this session's own among them."""
    joined: tuple[Person, ...]
    left: tuple[Person, ...]
    """Who came and left at once is in `joined` and in `left`, unless more came before this was read."""


@dataclass(frozen=True)
class Said:
    """Somebody wrote to the room; one's own words come back too."""

    entity: int
    name: str
    text: str
    time: int
    """The server's clock, ms (u32, which wraps)."""


@dataclass(frozen=True)
class SaidEarlier:
    """Somebody wrote to the room before one came; told in rooms that keep what is written."""

    name: str
    text: str
    age: float
    """s; how long ago."""


@dataclass(frozen=True)
class Written:
    """What stands on a panel; told of those that were written on as one comes, and whenever one is."""

    panel: int
    text: str
    version: int
    """How often it was written on."""


@dataclass(frozen=True)
class Corrected:
    """The server did not believe a pose. Move your own origin so that your head is at `position` (m)."""

    position: tuple[float, float, float]
    reason: Literal["bounds", "speed"]
    sequence: int


@dataclass(frozen=True)
class FeatureEvent:
    """An event of a feature that this client has no type for."""

    feature: str
    type: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Reconnected:
    """The connection was lost and is back.

    `resumed`: the same session, with every event that came in between. Otherwise it is a new session with another
    entity id: all that was in sight is told to have left, the roster comes anew, and what was said in between is
    lost.
    """

    resumed: bool


Change = (
    Entered
    | Moved
    | Handled
    | Wanted
    | Left
    | RosterChanged
    | Said
    | SaidEarlier
    | Written
    | Corrected
    | FeatureEvent
    | Reconnected
)
