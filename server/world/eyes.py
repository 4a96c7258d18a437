"""Who sees whom in a room now, and the curtains: what features may ask of it, and the one thing they may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core_ext import EntityTable, Interest
    from server.world.member import Member
    from server.world.rights import RoomRights, Standing
    from server.world.room_type import RoomType
    from server.world.withdrawals import Withdrawals
    from server.world.zone import Zones


class Eyes:
    """The eyes of a room's members."""

    def __init__(
        self,
        room_type: RoomType,
        by_slot: Mapping[int, Member],
        table: EntityTable,
        interest: Interest,
        zones: Zones,
        *,
        rights: RoomRights,
        withdrawals: Withdrawals,
    ) -> None:
        """`rights` say whose eyes a curtain does not stop, `withdrawals` who is hidden from whom without one."""
        self._by_slot = by_slot
        self._table = table
        self._interest = interest
        self._zones = zones
        self._rights = rights
        self._withdrawals = withdrawals
        self._consent_hides = any(feature.hides for feature in room_type.features)
        self._open: set[int] = set()
        """Who perceives everything just now, by entity id."""

    @property
    def curtains(self) -> bool:
        """Whether the room has any private zone."""
        return bool(self._zones.private_mask)

    @property
    def may_hide(self) -> bool:
        """Whether there can ever be somebody in the room whom somebody else may not perceive."""
        return self.curtains or self._consent_hides

    def perceives(self, observer: Member, member: Member) -> bool:
        """Whether an observer may perceive a member, were it near."""
        return self._interest.permits(observer.observer, member.slot)

    def may_watch(self, observer: Member, subject: Member) -> bool:
        """Whether an observer who is hidden from a subject may perceive it, as far as the subject may know.

        Who is hidden by a curtain perceives the subject or not wherever it is. Who is hidden by what it withdrew may
        be behind the subject's own curtain, and may else not look in: so it is said to, wherever it is.
        """
        if observer in self._withdrawals.hidden(subject):
            return subject not in self._withdrawals.hidden(observer)
        return self.perceives(observer, subject)

    def seen(self, observer: Member) -> list[Member]:
        """Give the members that an observer is shown, as of its last update; nobody for one whose socket is lost."""
        if observer.suspended:
            return []
        shown = (self._by_slot.get(slot) for slot, _, _ in self._interest.members(observer.observer))
        return [member for member in shown if member is not None and not member.suspended]

    def private_zone(self, member: Member) -> int | None:
        """Give the number of the private zone a member is in, None outside any."""
        zone = self._table.zone(member.slot)
        return zone if self._zones.is_private(zone) else None

    def hidden(self, observer: Member) -> list[Member]:
        """Give the members whom an observer may not perceive, for a curtain or for what they withdrew."""
        return [
            member for member in self._by_slot.values() if not self._interest.permits(observer.observer, member.slot)
        ]

    def granted_by_right(self, role: str, standing: Standing) -> int:
        """Give the mask of the private zones that somebody perceives from outside."""
        return self._zones.mask(self._rights.zones(role, standing))

    def begin_emergency(self, member: Member) -> None:
        """Note that a member is about to break the glass; nothing opens before `open_curtains`."""
        self._withdrawals.begin_emergency(member)

    def open_curtains(self, member: Member) -> None:
        """Let a member perceive every private zone, and people whatever they withdrew, from the next update on."""
        self._open.add(member.entity)
        self._withdrawals.lift(member)
        self.settle(member)

    def end_emergency(self, member: Member) -> None:
        """Let a member perceive what it does by right and consent, from the next update on."""
        self._open.discard(member.entity)
        self._withdrawals.end_emergency(member)
        self.settle(member)

    def settle(self, member: Member) -> None:
        """Let a member perceive what it may now, from the next update on."""
        by_right = self.granted_by_right(member.participant.role, member.standing)
        member.granted = self._zones.private_mask if member.entity in self._open else by_right
        self._interest.set_granted(member.observer, member.granted)
