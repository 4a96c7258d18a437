"""Props: who holds what. One holder at a time, and the server's word is what counts.

What happens is not told by events but by the facts of the thing (ADR 20): who comes late, comes back or may not see it
needs nothing of its own. `ownership` and `authority` let a client say which truth it acts upon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct
from msgspec.structs import asdict

from protocol.errors import MalformedRotation
from protocol.features import FEATURES, Grab, Move, Offer, Put, Truth, Wanted
from protocol.fields import check_rotation
from protocol.ids import WISH_SECONDS
from protocol.messages import PackedRotation, Position
from protocol.rights import Right
from server.errors import OperationRefused
from server.world.auditing import Action
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom
from server.world.keeping import Keep, read_each
from server.world.things import LAID_DOWN, changed_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protocol.messages import Grip, Millimetres, ObjectFacts
    from server.world.keeping import Line
    from server.world.member import Member
    from server.world.things import Side, Thing


class Placed(Struct, frozen=True):
    """Where a thing was put down, as it is kept under the thing's name."""

    position: Position
    rotation: PackedRotation


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody reached for what another holds."""

    member: Member
    hand: Side
    grip: Grip
    until: float
    told_at: float
    """When the holder heard of it; `-inf`: it has not."""


class Props(Feature):
    """Things that are handled."""

    name = "props"
    operations = FEATURES[name].operations
    audited: ClassVar = dict.fromkeys(operations, Action.PROP_HANDLED)

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._hands: dict[tuple[int, str], Thing] = {}
        """What is held, by the holder's entity and its hand."""
        self._wishes: dict[int, dict[int, Wish]] = {}
        """By thing, then by who wishes, the first to wish first."""
        self._landing: dict[int, Placed] = {}
        """By entity id, what is put down or pushed, while that is being kept."""

    def on_recall(self, values: Mapping[str, Any], lines: Sequence[Line], now: float) -> None:  # noqa: ARG002 - the interface's
        """Stand things where they were put, unless the facility does not let them be handled any more."""
        things = [thing for thing in self.room.things.placed.values() if thing.facts.grabbable]
        kept = [(thing, values[thing.settings.name]) for thing in things if thing.settings.name in values]
        for thing, placed in read_each(kept, Placed):
            self.room.things.recall(thing, placed.position, placed.rotation)

    # Leases -----------------------------------------------------------------------------------------------------------

    def on_suspend(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Put down what somebody held who is lost: others need it."""
        self._end_leases(member)

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Put down what somebody held who is gone."""
        self._end_leases(member)

    def _end_leases(self, member: Member) -> None:
        for hand in ("left", "right"):
            thing = self._hands.pop((member.entity, hand), None)
            if thing is not None:
                self._wishes.pop(thing.entity, None)
                self.room.things.let_go(thing, member)
                if not self._land(thing):
                    self.room.things.drop(thing, member)
                # Also of what was landing: should that not have been kept, it stands there all the same.
                self.room.keep(self.name, thing.settings.name, Placed(self.room.things.where(thing), thing.rotation))
        for wishes in self._wishes.values():
            wishes.pop(member.entity, None)

    # Keeping ----------------------------------------------------------------------------------------------------------

    def key_of(self, member: Member, type_: str, body: Any) -> str:  # noqa: ARG002 - a body is of one type
        """Wait for a thing that is being put down, if the member may know of it."""
        thing = self.room.things.perceived(member, body.prop)
        return "" if thing is None else thing.settings.name

    def _put_down(self, thing: Thing, position: Millimetres, rotation: PackedRotation) -> Keep:
        """Put a thing somewhere once it is kept that it stands there."""
        placed = Placed(position, rotation)
        self._landing[thing.entity] = placed

        def then(now: float) -> None:  # noqa: ARG001 - a thing stands without a date
            self._land(thing)

        def otherwise() -> None:
            self._landing.pop(thing.entity, None)

        return Keep(
            key=thing.settings.name,
            value=placed,
            then=then,
            otherwise=otherwise,
            body=_truth(thing, changed_facts(thing.facts, **LAID_DOWN), position, rotation),
        )

    def _land(self, thing: Thing) -> bool:
        """Let a thing stand where it is being put; whether it was being put anywhere."""
        placed = self._landing.pop(thing.entity, None)
        if placed is None:
            return False
        self._wishes.pop(thing.entity, None)
        self._release(thing)
        self.room.things.put(thing, placed.position, placed.rotation)
        return True

    # Operations -------------------------------------------------------------------------------------------------------

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object] | Keep:  # noqa: ARG002 - a body is of one type
        """Do what is asked if all rules allow it; the result tells how the thing is then."""
        thing = self.room.things.perceived(member, body.prop)
        if thing is None:
            raise OperationRefused("unknown_prop", "there is no such thing here")
        match body:
            case Grab():
                _check(body.grip[3:])
                self._grab(member, thing, body, now)
            case Put():
                _check(body.rotation)
                if (kept := self._put(member, thing, body, now)) is not None:
                    return kept
            case Offer():
                self._offer(member, thing, offered=body.offered)
            case Move():
                _check(body.rotation)
                return self._move(member, thing, body)
        return self._truth(member, thing)

    def audit_detail(self, type_: str, body: Any) -> Mapping[str, str | int]:
        """Say what was done, and to which thing."""
        return {"type": type_, "prop": body.prop}

    def _grab(self, member: Member, thing: Thing, asked: Grab, now: float) -> None:
        self._demand_right(member, thing)
        if member.suspended:
            # What it asked for waited, and its leases have ended: it would hold what nobody sees.
            raise self._outrun(member, thing, "failed", "your connection was lost meanwhile")
        self._demand_ownership(member, thing, asked.ownership)
        if self._hands.get((member.entity, asked.hand), thing) is not thing:
            raise self._refused(member, thing, "hand_full", f"your {asked.hand} hand holds something")
        self._demand_reach(member, thing, self.room.things.where(thing), asked.hand)
        if thing.facts.holder not in {0, member.entity} and not thing.facts.offered:
            self._wish(member, thing, asked, now)
            raise self._outrun(member, thing, "held", "somebody holds it")
        self._take(member, thing, asked.hand, asked.grip)

    def _put(self, member: Member, thing: Thing, asked: Put, now: float) -> Keep | None:
        self._demand_ownership(member, thing, asked.ownership)
        hand = self._demand_holder(member, thing)
        place = self._demand_place(member, thing, asked.position, hand)
        wish = self._next_wish(member, thing, now)
        if wish is not None:
            self._take(wish.member, thing, wish.hand, wish.grip)
            # What the member asked for was refused when it asked, and is done now.
            done: Mapping[str, str | int] = {"type": "grab", "prop": thing.entity}
            self.room.audit.record(Action.PROP_HANDLED, wish.member, detail=done)
            return None
        return self._put_down(thing, place, asked.rotation)

    def _offer(self, member: Member, thing: Thing, *, offered: bool) -> None:
        self._demand_holder(member, thing)
        if offered != thing.facts.offered:
            self.room.things.offer(thing, offered=offered)

    def _move(self, member: Member, thing: Thing, asked: Move) -> Keep:
        self._demand_right(member, thing)
        self._demand_ownership(member, thing, asked.ownership)
        if asked.authority != thing.facts.authority:
            raise self._outrun(member, thing, "stale", "it was moved since")
        if thing.facts.holder:
            raise self._outrun(member, thing, "held", "somebody holds it")
        self._demand_reach(member, thing, self.room.things.where(thing), None)
        return self._put_down(thing, self._demand_place(member, thing, asked.position, None), asked.rotation)

    # Holding ----------------------------------------------------------------------------------------------------------

    def _take(self, member: Member, thing: Thing, hand: Side, grip: Grip) -> None:
        if thing.facts.holder != member.entity:
            self._wishes.pop(thing.entity, None)
            self.counts["grabs"] += not thing.facts.holder
            self.counts["handovers"] += bool(thing.facts.holder)
        self._release(thing)
        self._hands[member.entity, hand] = thing
        self.room.things.carry(thing, member, hand, grip)

    def _release(self, thing: Thing) -> None:
        """Forget who holds a thing."""
        holder = self.room.members.get(thing.facts.holder)
        if holder is not None and self._hands.pop((holder.entity, thing.facts.hand), None) is not None:
            self.room.things.let_go(thing, holder)

    def _wish(self, member: Member, thing: Thing, asked: Grab, now: float) -> None:
        """Keep the wish, and tell the holder of one that it has not heard of lately, if it may know who is there.

        Who wishes again keeps the place in the row, unless the wish before was over: then others are first.
        """
        wishes = self._wishes.setdefault(thing.entity, {})
        before = wishes.get(member.entity)
        if before is not None and before.until < now:
            del wishes[member.entity]
        told_at = -math.inf if before is None else before.told_at
        holder = self.room.members[thing.facts.holder]
        if now - told_at >= WISH_SECONDS and self.room.things.perceives(holder, member.slot):
            told_at = now
            wanted = Wanted(prop=thing.entity, entity=member.entity, name=member.participant.name)
            holder.outlet.event(EncodedEvent.of(self.name, "wanted", wanted))
        wishes[member.entity] = Wish(member, asked.hand, asked.grip, now + WISH_SECONDS, told_at)

    def _next_wish(self, holder: Member, thing: Thing, now: float) -> Wish | None:
        """Find the first wish that is not over, can still be granted, and is of somebody the holder may perceive."""
        things = self.room.things
        place = things.where(thing)
        for wish in self._wishes.get(thing.entity, {}).values():
            if (
                wish.until >= now
                and (wish.member.entity, wish.hand) not in self._hands
                and not wish.member.suspended
                and wish.member.may(Right.HANDLE)
                and things.perceives(wish.member, thing.slot)
                # Else what became of the thing would tell who is behind a curtain.
                and things.perceives(holder, wish.member.slot)
                and things.reaches(wish.member, place, wish.hand)
            ):
                return wish
        return None

    # Rules ------------------------------------------------------------------------------------------------------------

    def _demand_right(self, member: Member, thing: Thing) -> None:
        if not thing.facts.grabbable:
            raise self._refused(member, thing, "forbidden", "it is not for handling")
        if not member.may(Right.HANDLE):
            raise self._refused(member, thing, "forbidden", "you may handle nothing here")

    def _demand_ownership(self, member: Member, thing: Thing, ownership: int) -> None:
        if ownership != thing.facts.ownership:
            raise self._outrun(member, thing, "stale", "it changed hands since")

    def _demand_holder(self, member: Member, thing: Thing) -> Side:
        hand = thing.facts.hand
        if thing.facts.holder != member.entity or not hand:
            raise self._refused(member, thing, "not_holder", "you do not hold it")
        return hand

    def _demand_reach(self, member: Member, thing: Thing, position: Millimetres, hand: Side | None) -> None:
        if not self.room.things.reaches(member, position, hand):
            raise self._refused(member, thing, "out_of_reach", "that is too far away")

    def _demand_place(self, member: Member, thing: Thing, position: Millimetres, hand: Side | None) -> Millimetres:
        """Find the nearest place inside the room, if the member reaches it and may perceive what is there."""
        place = self.room.things.inside(position)
        self._demand_reach(member, thing, place, hand)
        if not self.room.things.perceives_at(member, place):
            raise self._refused(member, thing, "forbidden", "nothing is put where you may not see it")
        return place

    def _refused(self, member: Member, thing: Thing, code: str, detail: str) -> OperationRefused:
        return OperationRefused(code, detail, self._truth(member, thing))

    def _outrun(self, member: Member, thing: Thing, code: str, detail: str) -> OperationRefused:
        """Refuse who did nothing wrong, but was slower than another."""
        return OperationRefused(code, detail, self._truth(member, thing), blameless=True)

    def _truth(self, member: Member, thing: Thing) -> Mapping[str, object]:
        things = self.room.things
        # Where somebody's hand really is, is not for everybody: others draw the thing in the hand they are shown.
        place = things.where(thing) if thing.facts.holder in {0, member.entity} else things.home(thing)
        return _truth(thing, thing.facts, place, thing.rotation)


def _truth(thing: Thing, facts: ObjectFacts, position: Millimetres, rotation: PackedRotation) -> Mapping[str, object]:
    return asdict(
        Truth(
            prop=thing.entity,
            holder=facts.holder,
            hand=facts.hand,
            grip=facts.grip,
            ownership=facts.ownership,
            authority=facts.authority,
            offered=facts.offered,
            position=position,
            rotation=rotation,
        )
    )


def _check(rotation: PackedRotation) -> None:
    try:
        check_rotation(rotation)
    except MalformedRotation as error:
        raise OperationRefused("malformed", str(error)) from error
