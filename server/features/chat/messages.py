"""The bodies of chat's operation and event (SPEC section 6.1)."""

from msgspec import Struct


class Say(Struct, frozen=True, forbid_unknown_fields=True):
    """Say something to those who may perceive the sender."""

    text: str
    """1 to 500 characters; the length is the feature's to check, for too long a text has a code of its own."""


class Said(Struct, frozen=True):
    """Somebody said something."""

    entity: int
    name: str
    text: str
    time: int
    """Server clock, ms."""
