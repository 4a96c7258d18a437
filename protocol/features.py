"""The bodies of the features' operations and events (SPEC.md section 6.1): one home for the server and every client."""

from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from protocol.messages import EntityId, Uint32


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody in the room."""

    entity: EntityId
    name: str
    role: str


P = TypeVar("P")
"""A `Person`; for who sends the same people to many, one that is encoded already."""


class Roster(Struct, Generic[P], frozen=True, forbid_unknown_fields=True):
    """A page of everybody, at most 200; the first page replaces what the client knew."""

    people: tuple[P, ...]
    more: bool
    """Whether another page follows."""


class Changed(Struct, Generic[P], frozen=True, forbid_unknown_fields=True):
    """Who came and who left since the client was last told, at most 200 of each."""

    joined: tuple[P, ...]
    left: tuple[EntityId, ...]


class Say(Struct, frozen=True, forbid_unknown_fields=True):
    """Say something to those who may perceive the sender."""

    text: str
    """1 to 500 characters; the length is the feature's to check, for too long a text has a code of its own."""


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody said something."""

    entity: EntityId
    name: str
    text: str
    time: Uint32
    """Server clock, ms."""


@dataclass(frozen=True, slots=True)
class FeatureBodies:
    """What a feature's operations and events carry, by their type."""

    operations: dict[str, Any] = field(default_factory=dict)
    events: dict[str, Any] = field(default_factory=dict)


FEATURES: Final[dict[str, FeatureBodies]] = {
    "presence": FeatureBodies(events={"roster": Roster[Person], "changed": Changed[Person]}),
    "chat": FeatureBodies(operations={"say": Say}, events={"said": Said}),
}
