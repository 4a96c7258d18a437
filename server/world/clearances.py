"""Who sees whom as they are in a room, and who gets a masked body (SPEC.md section 7.2): by circles and clearances.

`care`: everybody sees everybody as they are. `group` and `sim`: who may `clear_motion` does, and whom somebody lets
see them, their own care team.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.masking import SCALE_GREATEST, SCALE_KEPT, SCALE_LEAST
from protocol.rights import Right

if TYPE_CHECKING:
    from random import Random

    from core_ext import Interest
    from server.config import RoomSettings
    from server.world.member import Member
    from server.world.room_type import RoomType

CLEARED: Final = 1 << 1
"""Of a circle or a clearance: who may `clear_motion`. Bit 0 is everybody's."""
_TEAM_BITS: Final = range(2, 64)
TEAMS_MAX: Final = len(_TEAM_BITS)
"""Care teams in a room at a time."""

_SCALES: Final = tuple(scale for scale in range(SCALE_LEAST, SCALE_GREATEST + 1) if scale not in SCALE_KEPT)


class TooManyTeams(Exception):
    """Every care team that a room has room for is taken."""


class Clearances:
    """The circles and clearances of one room's members."""

    def __init__(self, settings: RoomSettings, room_type: RoomType, interest: Interest, random: Random) -> None:
        self.profile = settings.fidelity or room_type.fidelity
        self._masking = self.profile != "care"
        self._interest = interest
        self._random = random
        self._held: dict[Member, int] = {}
        self._teams: dict[Member, int] = {}
        """The bit of each member's team, of those who have one."""
        fingers = settings.masked_fingers
        interest.show_masked_fingers(room_type.masked_fingers if fingers is None else fingers)

    def joined(self, member: Member) -> None:
        """Give a newcomer a masked body for the session, a circle and a clearance."""
        if not self._masking:
            return
        self._interest.set_mask(member.slot, self._random.choice(_SCALES), self._random.choice(_SCALES))
        self._interest.set_circle(member.slot, CLEARED)
        self._held[member] = 0
        self.settle(member)

    def settle(self, member: Member) -> None:
        """Clear a member as its rights are now. For one that has not joined, nothing."""
        clearance = self._held.get(member)
        if clearance is not None:
            cleared = CLEARED if member.may(Right.CLEAR_MOTION) else 0
            self._clear(member, clearance & ~CLEARED | cleared)

    def left(self, member: Member) -> None:
        """Let go of somebody's team. For one that has none, nothing."""
        self._held.pop(member, None)
        bit = self._teams.pop(member, 0)
        for other, clearance in tuple(self._held.items()):
            if clearance & bit:
                self._clear(other, clearance & ~bit)

    def let(self, member: Member, other: Member, *, cleared: bool) -> None:
        """Take `other` into a member's care team, or out of it: who is in it sees the member as they are.

        Raises `TooManyTeams`, and then nothing changes.
        """
        if not self._masking:
            return
        bit = self._teams.get(member, 0)
        if not bit:
            if not cleared:
                return
            bit = self._free_bit()
            self._teams[member] = bit
            self._interest.set_circle(member.slot, CLEARED | bit)
        clearance = self._held[other]
        self._clear(other, clearance | bit if cleared else clearance & ~bit)

    def _free_bit(self) -> int:
        taken = set(self._teams.values())
        for number in _TEAM_BITS:
            if 1 << number not in taken:
                return 1 << number
        raise TooManyTeams

    def _clear(self, member: Member, clearance: int) -> None:
        self._held[member] = clearance
        self._interest.set_clearance(member.observer, clearance)
