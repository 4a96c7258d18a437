"""Entities: their ids, their facts, and how the facility's objects stand."""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import TYPE_CHECKING

from protocol.codec import encode_facts
from protocol.fields import pack_rotation
from protocol.ids import EntityKind
from protocol.messages import AvatarFacts, ObjectFacts

if TYPE_CHECKING:
    from random import Random

    from server.config import ObjectSettings
    from server.world.member import Participant

_ROUNDS = 4
_KINDS = {"prop": EntityKind.PROP, "panel": EntityKind.PANEL}


class EntityIds:
    """The ids of one room's entities: random, not 0, and never given twice while the room is open.

    They are the images of 0, 1, 2, ... under a random permutation of all u32 (a Feistel network of four keyed
    rounds): that nothing repeats needs no memory of what was given, however long the room is open, and that an id
    tells neither when an entity came nor how many came before it needs only the key to be secret.
    """

    def __init__(self, random: Random) -> None:
        self._keys = tuple(random.randbytes(16) for _ in range(_ROUNDS))
        self._next = 0

    def draw(self) -> int:
        """Give the next id."""
        entity = 0
        while entity == 0:
            entity = self._permute(self._next)
            self._next += 1
        return entity

    def _permute(self, value: int) -> int:
        left, right = value >> 16 & 0xFFFF, value & 0xFFFF
        for key in self._keys:
            mixed = blake2b(right.to_bytes(2, "little"), digest_size=2, key=key).digest()
            left, right = right, left ^ int.from_bytes(mixed, "little")
        return left << 16 | right


def avatar_facts(participant: Participant) -> bytes:
    """Encode what observers are told once of an avatar."""
    return encode_facts(
        AvatarFacts(kind="avatar", name=participant.name, role=participant.role, avatar=participant.avatar)
    )


def object_facts(settings: ObjectSettings) -> ObjectFacts:
    """Say what observers are told of an object that nobody has touched yet."""
    return ObjectFacts(kind=settings.kind, name=settings.name, model=settings.model, grabbable=settings.grabbable)


def object_kind(settings: ObjectSettings) -> EntityKind:
    """Give an object's kind as the compiled core takes it."""
    return _KINDS[settings.kind]


def upright_rotation(yaw: float) -> tuple[int, int, int, int]:
    """Pack the rotation of what stands upright, turned by `yaw` radians about +Y: largest index, then a b c."""
    return pack_rotation((0.0, math.sin(yaw / 2.0), 0.0, math.cos(yaw / 2.0)))
