"""One room: who is in it, who may perceive whom, and its step.

Pure: time comes in as an argument, people are spoken to by their outlet, bytes leave by the gateway's broadcast after
each step. The compiled core holds where everybody is; this holds who they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core_ext import EntityTable, Grid, Interest, SnapshotEncoder
from protocol.features import UNATTENDED
from protocol.ids import BUDGET_NONE, POSITION_SCALE, CloseCode, EntityKind
from protocol.messages import RoomDescription
from protocol.rights import Right
from server.config.safety import DEFAULT_SAFETY, SafetySettings
from server.errors import AuditUnavailable, EntityUnknown, InvalidRequest, RoomFull
from server.world.auditing import Action, NullAuditor, RoomAudit
from server.world.bars import Bars
from server.world.clearances import Clearances
from server.world.entity import EntityIds, avatar_facts, upright_rotation
from server.world.event import EncodedEvent
from server.world.explanation import Explanation, Party, Sight, as_terms, explain, party_of
from server.world.eyes import Eyes
from server.world.feature import FeatureHost
from server.world.keeping import NOTHING_KEPT, Forgetful, Keeping, nothing
from server.world.member import CorrectionReason, Member, Outlet, Participant
from server.world.privacy import Privacy
from server.world.rights import EVERY_RIGHT, Rights, RoomRights, Standing
from server.world.room_type import RoomType
from server.world.spawn import Spawns
from server.world.strain import Strain
from server.world.things import Things
from server.world.wire_time import wire_time
from server.world.withdrawals import Withdrawals
from server.world.zone import Zones, box_to_millimetres, to_millimetres

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from msgspec import Struct

    from protocol.messages import Operation
    from protocol.state import StateNumbers
    from server.config import RoomSettings
    from server.store.motion_writer import MotionWriter
    from server.world.auditing import Auditor
    from server.world.feature import Reply
    from server.world.keeping import Keeper, Recalled, Then

SCENE_PATH = "/v1/scenes/"
"""Where the front desk serves scenes."""

BYTES_PER_KBIT = 125
GRID_CELL_MM = 2_000
"""A crowd stands at about one to the square metre: a few people a cell."""
REFRESH_SECONDS = 0.5
"""How long a newcomer may stay unseen: a step of somebody who walks into sight."""

_REASONS: dict[int, CorrectionReason] = {1: "bounds", 2: "speed"}


class Room:
    """A room that is open. Not thread-safe: everything happens on the event loop's thread."""

    def __init__(
        self,
        room_id: str,
        name: str,
        room_type: RoomType,
        settings: RoomSettings,
        *,
        rights: Rights,
        safety: SafetySettings = DEFAULT_SAFETY,
        random: Random,
        now: float,
        auditor: Auditor | None = None,
        keeper: Keeper | None = None,
        motion: MotionWriter | None = None,
        recalled: Recalled = NOTHING_KEPT,
    ) -> None:
        """Open a room; `rights` and `safety` are the facility's.

        `recalled` is what the keeper has of the room from before; without a keeper nothing outlives the process.
        `motion` writes recordings.
        """
        self.id = room_id
        self.name = name
        self.type = room_type
        self.settings = settings
        self.tick_hz = settings.tick_hz or room_type.tick_hz
        self.capacity = settings.capacity or room_type.capacity
        self.visible = settings.visible or room_type.visible
        self.audit = RoomAudit(room_id, auditor or NullAuditor())
        self.tick = 0
        self.members: dict[int, Member] = {}
        self.empty_since: float | None = now
        """When the last one left, or the room was opened; None while anybody has a place."""

        self._rights = RoomRights(rights, room_type.name, settings)
        self.safety = safety
        self.bars = Bars(safety.removed_seconds)
        self._ids = EntityIds(random)
        self._spawns = Spawns(settings.spawns, random)
        self._by_slot: dict[int, Member] = {}
        self._weights = settings.weights if settings.weights is not None else room_type.weights
        self._strain = Strain(1.0 / self.tick_hz)
        self.zones = Zones(settings.zones)
        self.table = EntityTable(self.capacity + len(settings.objects), box_to_millimetres(settings.bounds))
        self.table.set_zones(self.zones.boxes, self.zones.private_mask)
        self.grid = Grid(GRID_CELL_MM)
        self._sight = _sight(self)
        self.interest = _interest(self, self._sight)
        withdrawals = Withdrawals(room_type, self.interest, self.members)
        self.eyes = Eyes(
            room_type,
            self._by_slot,
            self.table,
            self.interest,
            self.zones,
            rights=self._rights,
            withdrawals=withdrawals,
        )
        self.encoder = SnapshotEncoder(self.table, self.interest)
        clearances = Clearances(settings, room_type, self.interest, random)
        self.privacy = Privacy(settings, room_type, clearances, withdrawals, motion)
        self.things = Things(settings, self.table, self.interest, self.zones)
        for thing in settings.objects:
            self.things.set_up(self.new_entity(), thing, now)
        self._keeping = Keeping(room_id, keeper or Forgetful(), recalled)
        self.features = FeatureHost(self, room_type.features, self._keeping)
        self.features.recalled(recalled, now)

    # Coming and going -------------------------------------------------------------------------------------------------

    def new_entity(self) -> int:
        """Draw an entity id for somebody about to join."""
        return self._ids.draw()

    def join(self, participant: Participant, outlet: Outlet, now: float) -> Member:
        """Give a participant a place and an avatar at a spawn point.

        Raises `RoomFull`, `AuditUnavailable`. The features' first events reach the outlet before this returns.
        """
        if participant.entity in self.members:
            raise ValueError(f"entity {participant.entity} is in room {self.id} already")
        self.demand_place()
        spawn = self._spawns.draw()
        standing = self.standing(participant.role, participant.scope)
        granted = self.eyes.granted_by_right(participant.role, standing)
        slot = self.table.add(participant.entity, EntityKind.AVATAR, avatar_facts(participant), wire_time(now))
        self.table.place(slot, *to_millimetres(spawn.position), upright_rotation(spawn.yaw))
        self.table.set_weight(slot, self._weights.get(participant.role, 1.0))
        observer = self.interest.add_observer(slot, granted)
        self.table.set_silent(slot, not standing.may(Right.SPEAK))
        member = Member(participant, outlet, slot, observer, granted, spawn, standing)
        self.members[participant.entity] = member
        self._by_slot[slot] = member
        self.privacy.joined(member)
        self.empty_since = None
        self.audit.record(Action.JOINED, member)
        self.features.joined(member, now)
        return member

    def rights_of(self, role: str) -> frozenset[Right]:
        """Give what a role may do here."""
        return self._rights.of(role)

    def standing(self, role: str, scope: frozenset[Right] = EVERY_RIGHT) -> Standing:
        """Say what somebody of a role and with a ticket of a scope may do here."""
        return Standing(self.rights_of(role), scope)

    def withhold(self, member: Member, reason: str, rights: frozenset[Right]) -> None:
        """Take rights away from a member until `give_back`, for a reason that is a word of the program."""
        member.standing.withhold(reason, rights)
        self._settle(member)

    def give_back(self, member: Member, reason: str) -> None:
        """End what is withheld from a member for a reason."""
        member.standing.give_back(reason)
        self._settle(member)

    def _settle(self, member: Member) -> None:
        """Let the core know of rights that changed."""
        self.table.set_silent(member.slot, not member.may(Right.SPEAK))
        self.eyes.settle(member)
        self.privacy.clearances.settle(member)

    def demand_place(self, leaving: int = 0) -> None:
        """Raise `RoomFull` or `AuditUnavailable` unless somebody may join once so many have left."""
        if len(self.members) - leaving >= self.capacity:
            raise RoomFull(self.capacity)
        if not self.audit.available:
            raise AuditUnavailable

    def leave(self, member: Member, now: float, code: int = CloseCode.NORMAL) -> None:
        """Take a member's place and avatar away; `code` closed its session. For one that has left, nothing."""
        if self.members.get(member.entity) is not member:
            return
        if self.concealed(member):
            member.perceived_by = frozenset(other.entity for other in self.perceivers(member))
        del self.members[member.entity]
        self.privacy.withdrawals.left(member)
        self.features.left(member, now)
        action = Action.REMOVED if code == CloseCode.REMOVED else Action.LEFT
        self.audit.record(action, member, detail={"close_code": code})
        self.privacy.clearances.left(member)
        del self._by_slot[member.slot]
        self.interest.remove_observer(member.observer)
        self.table.remove(member.slot)
        if not self.members:
            self.empty_since = now
            self._strain.forget()
            self.interest.strain = 0

    def suspend(self, member: Member, now: float) -> None:
        """Take a member out of everybody's sight, from the next snapshot on, and keep its place."""
        member.suspended = True
        self.features.suspended(member, now)
        self.table.set_present(member.slot, False)

    def resume(self, member: Member, outlet: Outlet, now: float, *, resync: bool = False) -> None:
        """Put a member that is suspended back in sight; its interest set begins empty.

        `resync`: the events it missed are lost, and the features begin anew with it.
        """
        member.outlet = outlet
        member.suspended = False
        self.interest.clear(member.observer)
        self.table.set_present(member.slot, True)
        if resync:
            self.features.resynced(member, now)

    def close(self, code: CloseCode, reason: str) -> None:
        """End everybody's session."""
        for member in tuple(self.members.values()):
            member.outlet.close(code, reason)

    # Living -----------------------------------------------------------------------------------------------------------

    def operate(self, member: Member, operation: Operation, now: float, answer: Callable[[Reply], None]) -> None:
        """Do what a member asks of a feature; `answer` gets the reply, once what must be kept is. Raises nothing."""
        if (operation.feature, operation.type) not in UNATTENDED:
            member.active_at = now
        self.features.operate(member, operation, now, answer)

    def keep(self, feature: str, key: str, value: Struct, author: str = "", refused: Then = nothing) -> None:
        """Keep what a feature did of itself."""
        self._keeping.keep_unasked(feature, key, value, author, refused)

    @property
    def chat_kept(self) -> int:
        """Lines of chat that are kept for who comes later."""
        return self.settings.keep_chat

    def concealed(self, member: Member) -> bool:
        """Whether some may not perceive a member, for a curtain or what it withdrew; of one that left, as it was."""
        if self.members.get(member.entity) is not member:
            return member.perceived_by is not None
        return self.zones.is_private(self.table.zone(member.slot)) or self.privacy.withdrawals.hides(member)

    def remove(self, member: Member, reason: str, now: float) -> None:
        """Show a member's person out for a reason that is a word of the program, and keep them out for a time."""
        self.bars.put(member, self.members.values(), now)
        # What waits for a resume too: a resume asks no door.
        for session in member.sessions_among(self.members.values()):
            session.outlet.close(CloseCode.REMOVED, reason)

    def state(self, member: Member) -> StateNumbers:
        """Give what a member's device last reported."""
        return self.table.state(member.slot)

    def perceivers(self, member: Member) -> list[Member]:
        """Everybody who may perceive a member, itself and suspended ones among them; of one that left, who could."""
        if not self.concealed(member):
            return list(self.members.values())
        if member.perceived_by is not None:
            return [other for other in self.members.values() if other.entity in member.perceived_by]
        return [other for other in self.members.values() if self.interest.permits(other.observer, member.slot)]

    def limit(self, member: Member, kbits: int) -> None:
        """Send a member at most so many kbit/s over any second; `BUDGET_NONE` lifts the limit."""
        self.interest.set_budget(member.observer, 0 if kbits >= BUDGET_NONE else kbits * BYTES_PER_KBIT)

    def took(self, seconds: float, now: float) -> None:
        """Say how long after it was due the tick was done: a strained server shows what is far less often."""
        if self.members:  # else the last one left within this tick
            self.interest.strain = self._strain.note(seconds, now)

    @property
    def strain(self) -> int:
        """Steps by which the room shows what is far less often, because its server cannot keep up."""
        return self._strain.level

    @property
    def load(self) -> float:
        """How long after they were due ticks are done, as a share of their period; nothing ticks in an empty room."""
        return self._strain.load

    def explain(self, observer: Member, subject_entity: int) -> Explanation:
        """Say why an observer gets an entity as it does. For operators: it tells what is behind curtains.

        Raises `EntityUnknown`, and `InvalidRequest` for the observer itself, whose own avatar is sent to others alone.
        """
        if subject_entity == observer.entity:
            raise InvalidRequest("observer and subject are the same entity, and nobody is sent their own avatar")
        member, thing = self.members.get(subject_entity), self.things.placed.get(subject_entity)
        if member is not None:
            slot, subject = member.slot, party_of(member)
        elif thing is not None:
            slot = thing.slot
            subject = Party(entity=subject_entity, kind=thing.settings.kind, name=thing.settings.name)
        else:
            raise EntityUnknown("subject")
        zone = self.table.zone(slot)
        owner = self.members.get(thing.facts.holder) if thing is not None else member
        return explain(
            room=self.id,
            tick=self.tick,
            observer=party_of(observer),
            subject=subject,
            zone=self.settings.zones[zone].name if self.zones.is_private(zone) else None,
            withdrawn=owner in self.privacy.withdrawals.hidden(observer),
            sight=self._sight,
            terms=as_terms(self.interest.explain(observer.observer, slot)),
        )

    def corrections(self, member: Member) -> int:
        """How often a member's poses have been corrected since it joined."""
        return self.table.corrections(member.slot)

    def step(self, tick: int, now: float) -> None:
        """Bring the room to `tick`; the gateway's broadcast follows and sends the snapshots, and then `tell`."""
        self.tick = tick
        self._send_corrections()
        self.features.ticked(tick, now)
        self.grid.rebuild(self.table)
        self.encoder.begin_tick(tick, wire_time(now))

    def tell(self, now: float) -> None:
        """Let the features say what the snapshots of this tick need not wait for."""
        self.features.sent(self.tick, now)

    def describe(self) -> RoomDescription:
        """Say what `welcome.room` says."""
        return RoomDescription(
            id=self.id,
            type=self.type.name,
            name=self.name,
            scene=SCENE_PATH + self.settings.scene,
            tick_hz=self.tick_hz,
            bounds=self.settings.bounds,
            visible=self.visible,
            zones=self.zones.describe(),
            features=self.features.names,
        )

    def _send_corrections(self) -> None:
        for slot, sequence, x, y, z, reason in self.table.take_corrections():
            member = self._by_slot.get(slot)
            if member is not None and not member.suspended:
                member.outlet.correction(sequence, (x, y, z), _REASONS[reason])


def _sight(room: Room) -> Sight:
    settings, defaults = room.settings, room.type
    return Sight(
        tick_hz=room.tick_hz,
        radius=settings.radius or defaults.radius,
        hysteresis=settings.hysteresis or defaults.hysteresis,
        tiers=settings.tiers or defaults.tiers,
        refresh=max(1, math.floor(room.tick_hz * REFRESH_SECONDS)),
    )


def _interest(room: Room, sight: Sight) -> Interest:
    near, far = sight.tiers
    reserved = room.settings.reserved
    return Interest(
        room.table,
        room.grid,
        radius_mm=_mm(sight.radius),
        hysteresis_mm=_mm(sight.hysteresis),
        cap=room.visible,
        tier_mm=(_mm(near), _mm(far)),
        reserved=min(room.type.reserved if reserved is None else reserved, room.visible),
        detailed=room.settings.detailed or room.type.detailed,
        refresh=sight.refresh,
        tick_hz=sight.tick_hz,
    )


def _mm(metres: float) -> int:
    return round(metres * POSITION_SCALE)


__all__ = ["CorrectionReason", "EncodedEvent", "Member", "Outlet", "Participant", "Room", "RoomType", "wire_time"]
