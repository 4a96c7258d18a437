"""The objects of a room: where they are, in whose hand, and what everybody who sees them is told of that.

Nothing here decides who may do what: that is a feature's (`server/features/props`).
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from protocol.codec import encode_facts
from protocol.ids import PROP_HAND_REACH_MM, PROP_HEAD_REACH_MM, StateFlag
from server.world.entity import object_facts, object_kind, upright_rotation
from server.world.wire_time import wire_time
from server.world.zone import box_to_millimetres, to_millimetres

if TYPE_CHECKING:
    from core_ext import EntityTable, Interest
    from protocol.messages import Grip, Millimetres, ObjectFacts, PackedRotation
    from server.config import ObjectSettings, RoomSettings
    from server.world.member import Member
    from server.world.zone import Zones

Side = Literal["left", "right"]

_UINT32 = 0xFFFFFFFF


@dataclass(slots=True, eq=False)
class Thing:
    """An object of the facility file, as it is now."""

    entity: int
    slot: int
    """In the room's entity table."""
    settings: ObjectSettings
    facts: ObjectFacts
    """What those who see it are told."""
    rotation: PackedRotation
    """How it stood when it was last put somewhere."""


class Things:
    """All objects of one room."""

    def __init__(self, settings: RoomSettings, table: EntityTable, interest: Interest, zones: Zones) -> None:
        self._bounds = box_to_millimetres(settings.bounds)
        self._table = table
        self._interest = interest
        self._zones = zones
        self.placed: dict[int, Thing] = {}
        """By entity id."""

    def set_up(self, entity: int, settings: ObjectSettings, now: float) -> None:
        """Stand an object where the facility file has it."""
        facts = object_facts(settings)
        slot = self._table.add(entity, object_kind(settings), encode_facts(facts), wire_time(now))
        rotation = upright_rotation(math.radians(settings.yaw))
        self._table.place(slot, *to_millimetres(settings.position), rotation)
        self.placed[entity] = Thing(entity, slot, settings, facts, rotation)

    # What may be known and reached ------------------------------------------------------------------------------------

    def perceives(self, member: Member, slot: int) -> bool:
        """Whether a member may perceive an entity, were it near."""
        return self._interest.permits(member.observer, slot)

    def perceived(self, member: Member, entity: int) -> Thing | None:
        """Find the thing of that id if a member may perceive it.

        One behind a curtain and one that is not there take the same steps, so that the time does not tell which.
        """
        thing = self.placed.get(entity)
        seen = self.perceives(member, member.slot if thing is None else thing.slot)
        return thing if seen else None

    def perceives_at(self, member: Member, position: Millimetres) -> bool:
        """Whether a member may perceive what is at a place."""
        return self._zones.perceived(self._zones.at(position), member.granted, self._table.zone(member.slot))

    def reaches(self, member: Member, position: Millimetres, hand: Side | None = None) -> bool:
        """Whether a place is within a member's reach, and within that of a hand if that hand is tracked."""
        head = self._table.position(member.slot)
        if math.dist(head, position) > PROP_HEAD_REACH_MM:
            return False
        flags, _, _, left, right, *_ = self._table.state(member.slot)
        if hand is None or not flags & (StateFlag.LEFT if hand == "left" else StateFlag.RIGHT):
            return True
        offset = left if hand == "left" else right
        palm = tuple(a + b for a, b in zip(head, offset[:3], strict=True))
        return math.dist(palm, position) <= PROP_HAND_REACH_MM

    def where(self, thing: Thing) -> Millimetres:
        """Where a thing is; while it is held, where the hand is."""
        return self._table.position(thing.slot)

    def home(self, thing: Thing) -> Millimetres:
        """Where the facility has a thing, whatever has become of it."""
        return to_millimetres(thing.settings.position)

    def inside(self, position: Millimetres) -> Millimetres:
        """Find the nearest place within the room."""
        x, y, z = (
            max(low, min(high, value))
            for value, low, high in zip(position, self._bounds[:3], self._bounds[3:], strict=True)
        )
        return x, y, z

    # What is done with them -------------------------------------------------------------------------------------------

    def carry(self, thing: Thing, member: Member, hand: Side, grip: Grip) -> None:
        """Let a thing ride in a member's hand, whose eyes it stays before."""
        self._table.carry(thing.slot, member.slot, hand == "right")
        # Who holds on to eight others already sees it because it is near.
        with suppress(ValueError):
            self._interest.tie(member.observer, thing.slot)
        self._tell(thing, holder=member.entity, hand=hand, grip=grip, offered=False)

    def let_go(self, thing: Thing, member: Member) -> None:
        """Undo the bond between a thing and who held it; `carry` or `put` follows."""
        self._interest.untie(member.observer, thing.slot)

    def put(self, thing: Thing, position: Millimetres, rotation: PackedRotation) -> None:
        """Put a thing somewhere; nobody holds it from here on."""
        self._table.place(thing.slot, *position, rotation)
        thing.rotation = rotation
        self._tell(thing, **LAID_DOWN)

    def drop(self, thing: Thing, member: Member) -> None:
        """Put a thing upright where its holder has it, inside the room, on the holder's side of a curtain.

        A hand may be 8 m from the head, behind a wall: what nobody could reach there goes where the head is.
        """
        position = self.inside(self.where(thing))
        if self._zones.at(position) != self._table.zone(member.slot) or not self.reaches(member, position):
            position = self._table.position(member.slot)
        self.put(thing, position, upright_rotation(math.radians(thing.settings.yaw)))

    def offer(self, thing: Thing, *, offered: bool) -> None:
        """Tell that a thing may be taken from its holder, or no longer."""
        self._tell(thing, offered=offered)

    def recall(self, thing: Thing, position: Millimetres, rotation: PackedRotation) -> None:
        """Stand a thing where it was put before the room was opened."""
        self._table.place(thing.slot, *self.inside(position), rotation)
        thing.rotation = rotation

    def _tell(self, thing: Thing, **changes: object) -> None:
        thing.facts = changed_facts(thing.facts, **changes)
        self._table.set_facts(thing.slot, encode_facts(thing.facts))


LAID_DOWN: Final = MappingProxyType({"holder": 0, "hand": "", "grip": (), "offered": False})
"""The facts of what nobody holds."""


def changed_facts(before: ObjectFacts, **changes: object) -> ObjectFacts:
    """Say what the facts of a thing are after a change of it."""
    after = replace(before, authority=before.authority + 1 & _UINT32, **changes)
    return after if after.holder == before.holder else replace(after, ownership=before.ownership + 1 & _UINT32)
