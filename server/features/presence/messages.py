"""The bodies of presence's events (SPEC section 6.1)."""

from msgspec import Raw, Struct


class Person(Struct, frozen=True):
    """Somebody in the room."""

    entity: int
    name: str
    role: str


class Roster(Struct, frozen=True):
    """A page of everybody; the first page replaces what the client knew."""

    people: list[Raw]
    """Each an encoded `Person`, at most 200."""
    more: bool
    """Whether another page follows."""


class Changed(Struct, frozen=True):
    """Who came and who left since the client was last told."""

    joined: list[Raw]
    """Each an encoded `Person`, at most 200."""
    left: list[int]
    """Entity ids, at most 200."""
