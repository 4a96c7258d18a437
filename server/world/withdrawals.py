"""Who is hidden from whom, because they withdrew what the others are there for (SPEC.md section 7.3).

Whoever is in a room for one purpose perceives nobody who withdrew it, near or far, nor what these carry. An emergency
lets who broke the glass perceive them all the same, as it opens curtains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.features import GIVEN_BY_COMING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core_ext import Interest
    from server.world.member import Member
    from server.world.room_type import RoomType

_BITS: Final = {purpose: 1 << number for number, purpose in enumerate(GIVEN_BY_COMING)}
"""Of the purposes that people are in a room for."""

_NOTHING: Final[frozenset[str]] = frozenset()


class Withdrawals:
    """What the members of one room have withdrawn, and from whom that hides them."""

    def __init__(self, room_type: RoomType, interest: Interest, members: Mapping[int, Member]) -> None:
        """`members` are those of the room, by entity id."""
        self._type = room_type
        self._interest = interest
        self._members = members
        self._withdrawn: dict[Member, frozenset[str]] = {}
        """Of those who have withdrawn anything."""
        self._emergencies: set[Member] = set()
        self._lifted: set[Member] = set()
        self.changes = 0
        """How often anything changed of who is hidden from whom, and of whom an emergency keeps."""

    def joined(self, member: Member) -> None:
        """Hide from a newcomer who withdrew what it is there for."""
        self._settle((member,))

    def left(self, member: Member) -> None:
        """Forget a member: nobody is hidden because of it any more."""
        if member in self._emergencies:
            self._emergencies.discard(member)
            self.changes += 1
        self._lifted.discard(member)
        # Of whoever hid from nobody nothing follows for the others: thousands may leave a room at once.
        if self._withdrawn.pop(member, None) is not None:
            self._settle(self._members.values())

    def note(self, member: Member, withdrawn: frozenset[str]) -> None:
        """Say what a member has withdrawn now; it counts from the next frame on."""
        if withdrawn == self._withdrawn.get(member, _NOTHING):
            return
        self._withdrawn[member] = withdrawn
        if not withdrawn:
            del self._withdrawn[member]
        self._interest.set_withdrawn(member.slot, _mask(withdrawn))
        self._settle(self._members.values())

    # Emergencies ------------------------------------------------------------------------------------------------------

    @property
    def emergencies(self) -> frozenset[Member]:
        """Who has an emergency in the room, also one that has yet to be written down."""
        return frozenset(self._emergencies)

    def begin_emergency(self, member: Member) -> None:
        """Note that a member is about to break the glass."""
        self._emergencies.add(member)
        self.changes += 1

    def lift(self, member: Member) -> None:
        """Let a member perceive everybody, whatever they withdrew."""
        self._lifted.add(member)
        self._settle((member,))

    def end_emergency(self, member: Member) -> None:
        """Note that a member's emergency is over: what was withdrawn counts for it again."""
        self._emergencies.discard(member)
        self._lifted.discard(member)
        self._settle((member,))

    # Who is hidden from whom ------------------------------------------------------------------------------------------

    def purposes(self, member: Member) -> frozenset[str]:
        """For what a member is in the room; for nothing if it is there in its own right."""
        return frozenset(self._type.purposes.get(member.participant.role, ()))

    def refusing(self, observer: Member) -> tuple[Member, ...]:
        """Give those who withdrew everything that an observer is there for, whether or not it perceives them."""
        purposes = self.purposes(observer)
        if not purposes:
            return ()
        return tuple(
            member for member, withdrawn in self._withdrawn.items() if purposes <= withdrawn and member is not observer
        )

    def hidden(self, observer: Member) -> tuple[Member, ...]:
        """Give those whom an observer does not perceive because of what they withdrew."""
        return () if observer in self._lifted else self.refusing(observer)

    def hides(self, member: Member) -> bool:
        """Whether a member has withdrawn anything that may hide it from others."""
        return member in self._withdrawn

    def _settle(self, observers: Iterable[Member]) -> None:
        """Let the core know. Nobody is there for anything while that hides nobody: people then share streams."""
        for observer in observers:
            purposes = _mask(self.purposes(observer)) if self.hidden(observer) else 0
            self._interest.set_purposes(observer.observer, purposes)
        self.changes += 1


def _mask(purposes: frozenset[str]) -> int:
    return sum(_BITS[purpose] for purpose in purposes if purpose in _BITS)
